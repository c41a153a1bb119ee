"""A closed quarter is shown by the page of every quarter: the frozen figures as the objects it reads."""
import json
from datetime import date

from guicheng.days.quarters import Quarter
from projects.document import canonical
from projects.report.build import document_of
from projects.report.reading import definitions_of, summary_of
from projects.summary import DEFINITIONS, quarter_summary
from tests import factories


def test_nothing_is_lost_on_the_way(key_list, project):
    factories.make_declaration(key_list, total=45)
    factories.make_update(project, status="completed", effective_on=date(2021, 10, 1))
    factories.make_update(factories.make_project(None), status="in_progress", effective_on=date(2021, 11, 1))
    factories.make_promise(project, due_on=date(2021, 12, 31))
    quarter = Quarter(2021, 4)
    now = quarter_summary(quarter)
    figures = json.loads(canonical(document_of(quarter).figures))
    then = summary_of(figures)
    assert then.as_dict() == now.as_dict()
    assert then.verdicts == now.verdicts and then.is_known
    assert [row.sentence for row in then.lists] == [row.sentence for row in now.lists]
    assert [row.get_absolute_url() for row in then.changes] == [row.get_absolute_url() for row in now.changes]
    assert definitions_of(figures)[: len(DEFINITIONS)] == DEFINITIONS


def test_a_changed_figure_is_seen(key_list, project):
    quarter = Quarter(2021, 4)
    figures = json.loads(canonical(document_of(quarter).figures))
    figures["lists"][0]["by_status"]["completed"] += 1
    assert summary_of(figures).as_dict() != quarter_summary(quarter).as_dict()
