"""A frozen document as the objects the pages are written for: one template shows today's figures and closed ones."""
from collections import Counter
from datetime import date

from guicheng.days.quarters import Quarter
from guicheng.figures import Definition, Figure
from projects.ledger.promises import Judgement, Verdict
from projects.models import Declaration, ProgressUpdate, Project, ProjectList, Promise, Source
from projects.summary import Change, Group, ListSummary, Move, QuarterSummary


def summary_of(figures):
    """The `QuarterSummary` these figures say. Its rows are of no database; only the pages read them."""
    moves = {Move(row["key"]): row["count"] for row in figures["moves"]}
    summary = QuarterSummary(
        Quarter.parse(figures["quarter"]), _day(figures["as_of"]), None, [_list(row) for row in figures["lists"]],
        [_change(row) for row in figures["changes"]], [_judgement(row) for row in figures["promises"]],
        {Verdict(row["key"]): row["count"] for row in figures["verdicts"]}, moves,
    )
    summary.figures = [_figure(row, figures) for row in figures["counts"]]
    return summary


def definitions_of(figures):
    """The definitions as they stood when the figures were frozen."""
    return [Definition(**row) for row in figures["definitions"]]


def _figure(row, figures):
    definition = next(each for each in definitions_of(figures) if each.key == row["key"])
    return Figure(definition, row["value"], _day(figures["as_of"]), row["numerator"], row["denominator"])


def _day(text):
    return date.fromisoformat(text) if text else None


def _status(key):
    return "" if key == "unknown" else key


def _counter(by_status):
    return Counter({_status(key): count for key, count in by_status.items()})


def _list(row):
    project_list = ProjectList(
        slug=row["slug"], title=row["title"], kind=row["kind"], unit=row["unit"], year=row["year"],
        issuer=row["issuer"], announced_from=_day(row["announced_from"]), announced_on=_day(row["announced_on"]))
    declaration = None if row["declared"] is None else Declaration(total=row["declared"])
    done = None if row["declared_done"] is None else Declaration(done=row["declared_done"])
    groups = {kind: [Group(each["key"], each["label"], _counter(each["by_status"])) for each in row[f"by_{kind}"]]
              for kind in ("category", "community")}
    return ListSummary(project_list, _day(row["as_of"]), declaration, done, _counter(row["by_status"]), groups)


def _change(row):
    return Change(row["code"], row["name"], row["list"] or "", row["list_title"], _status(row["before"]),
                  _status(row["after"]))


def _judgement(row):
    project_list = ProjectList(slug=row["list"], title=row["list_title"]) if row["list"] else None
    promise = Promise(
        project=Project(code=row["code"], name=row["name"], project_list=project_list), text=row["text"],
        promised_on=_day(row["promised_on"]), due_on=_day(row["due_on"]), source=Source(title=row["source"]))
    proof = ProgressUpdate(text=row["proof_text"], effective_on=_day(row["proof_on"]),
                           source=Source(title=row["proof_source"])) if row["proof_on"] else None
    return Judgement(promise, Verdict(row["verdict"]), proof)
