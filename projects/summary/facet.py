"""How many projects each choice of a filter would find: the numbers beside the filters of a list."""
from collections import Counter
from dataclasses import dataclass

from guicheng.figures import Definition
from projects.summary.lists import written
from projects.summary.promises import judged_as

FACET = Definition(
    "facet", "筛选旁边的数",
    "其余的筛选不变，选了这一项会列出几个项目；分项单独计，示例也在内。一个项目有几条承诺的，每种判定各算一次。",
    unit="个")
COUNTED = 5_000  # projects, some 75 ms with a promise for every fourth; more are not counted while somebody waits
NO_LIST = "none"
KEYS = ("list", "category", "community", "status")


@dataclass(frozen=True)
class Option:
    """One choice of a filter. `count` is None where there is too much to count."""

    value: str
    label: str
    count: int | None
    url: str
    is_current: bool


@dataclass(frozen=True)
class Facet:
    """A filter with its choices in their order; the first one chooses nothing."""

    name: str
    label: str
    options: list

    @property
    def current(self):
        return next(each for each in self.options if each.is_current)

    @property
    def found(self):
        """The choices that find something, and the one that is taken: what a long filter shows."""
        return [each for each in self.options if each.count != 0 or each.is_current]


class _Cube:
    """Projects by what they can be filtered by: {(list, category, community, status): how many}, or with a verdict."""

    def __init__(self, cells, chosen):
        self.cells, self.chosen = cells, chosen

    def by(self, name, follows=()):
        """value -> how many, of those that are as chosen in all but this name and what follows it."""
        cells = self.cells.items()
        for key, value in self.chosen.items():
            if value and key in KEYS and key != name and key not in follows:
                place = KEYS.index(key)
                cells = [cell for cell in cells if cell[0][place] == value]
        own, counts = -1 if name == "verdict" else KEYS.index(name), Counter()
        for key, count in cells:
            counts[key[own]] += count
        return counts


def facets(filters):
    """{name: Facet} of a valid ProjectFilter: list, category (of a list), status, community, verdict.

    Each number is of the choice under all other filters. Two queries, which read at most COUNTED projects: of more
    no number is told (`count` is None). A search is scanned once more.
    """
    chosen = {name: filters.form.cleaned_data.get(name) for name in (*KEYS, "verdict")}
    cells, of_verdicts = _cells(filters, chosen["verdict"])
    found = {}
    for name in filters.faceted:
        cube = of_verdicts if name == "verdict" else cells
        counts = None if cube is None else _Cube(cube, chosen).by(name, filters.follows.get(name, ()))
        found[name] = _facet(filters, name, counts, chosen[name] or "")
    return found


def _facet(filters, name, counts, current):
    each = filters.filters[name]
    # what has several promises has several verdicts, and what has none has no verdict: no sum
    total = None if counts is None or name == "verdict" else counts.total()
    options = [Option("", "不限", total, filters.address(**{name: ""}), not current)]
    options += [
        Option(value, label, None if counts is None else counts[value], filters.address(**{name: value}),
               value == current)
        for value, label in filters.choices_of(name)]
    return Facet(name, each.label, options)


def _cells(filters, verdict):
    """({(list, category, community, status): how many}, the same with a verdict), None where they are too many."""
    found = _found(filters)
    if found is None:
        return None, None
    judged = judged_as(filters.moment, list(found))
    cells = Counter(key for pk, key in found.items() if not verdict or (pk, verdict) in judged)
    return cells, Counter((*found[pk], each) for pk, each in judged)  # of one project each verdict once


def _found(filters):
    """{project: (list, category, community, status)} of what is found whatever is chosen there; None of too many."""
    found = filters.without(*KEYS, "verdict")
    if found.has_far_over(COUNTED) or found.has_over(COUNTED):
        return None
    few = found.order_by().values("pk")[:COUNTED + 1]
    rows = filters.queryset.filter(pk__in=few).order_by().values_list(
        "pk", "project_list__slug", "category__number", "community__slug", filters.column("status"))
    # put into words here: the rows are few, and the database takes five times as long to group them
    found = {pk: (slug or NO_LIST, "" if number is None else str(number), community or "", written(status))
             for pk, slug, number, community, status in rows}
    return None if len(found) > COUNTED else found

