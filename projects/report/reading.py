"""A frozen document as the objects the pages are written for: one template shows today's figures and closed ones."""
from guicheng.figures import Definition
from projects.summary import QuarterSummary


def summary_of(figures):
    """The `QuarterSummary` these figures say. Its rows are of no database; only the pages read them."""
    return QuarterSummary.from_frozen(figures)


def definitions_of(figures):
    """The definitions as they stood when the figures were frozen."""
    return [Definition.from_frozen(row) for row in figures["definitions"]]
