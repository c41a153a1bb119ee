"""The figures of the back office against the summaries: the street's first page, one's own, the 督办台, the week."""
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from projects import summary
from projects.first_page.street import STEPS
from projects.models import Project, ProjectList
from projects.supervision import late
from tests import factories
from tests.pages.figure_files import Walk
from tests.pages.figures import Reader
from tests.pages.test_first_page import fill

pytestmark = pytest.mark.django_db
CHARTS = {"lead_department", "community"}


class StaffTruth:
    """What the summaries say of the projects in somebody's sight."""

    def __init__(self, user, counted=True):
        self.projects = Project.objects.visible_to(user).real()
        self.own = self.projects.counted() if counted else self.projects
        self.day = timezone.localdate()

    def of(self, mark):
        key, scope = mark.key, mark.scope
        if mark.says:
            return self._bar("list", scope["bar"]).gap_sentence
        if key == "light":
            lights = summary.by_light(self.own.order_by())
            return lights[scope["light"]] if "light" in scope else lights.total()
        if key == "chart":
            families = self._bar(scope["chart"], scope["bar"]).families
            if "step" not in scope:
                return sum(families.values())
            return next(families[name] for name, word in STEPS.items() if word == scope["step"])
        if key == "lacking":
            return late.incomplete(self.projects, scope["lack"]).count()
        if key == "late":
            return summary.late(self.projects, self.day)[0]
        found = {"pending": late.pending, "soon": late.due_soon, "stale": late.stale,
                 "missing": lambda projects, day: late.incomplete(projects)}[key]
        return len(list(found(self.projects, self.day)))

    def _bar(self, chart, label):
        if chart == "list":
            lists = summary.list_summaries(lists=ProjectList.objects.published().real())
            found = {row.project_list.title: row for row in lists}
            rest = summary.groups_by(self.projects.filter(project_list=None), "project_list")
            found |= {row.label: row for row in rest}
        else:
            found = {row.label: row for row in summary.groups_by(self.projects, chart)}
        return found[label]


@pytest.fixture
def leader(db):
    return factories.make_user("leader", name="某领导", roles=["领导"])


def marks_of(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    return Reader(response.text).marks


def test_the_street(sign_in, leader, office, key_list):
    factories.make_declaration(key_list, total=45)
    fill(office, key_list)
    walk, client, truth = Walk(), sign_in(leader), StaffTruth(leader)
    marks = marks_of(client, "/admin/")
    assert {mark.scope.get("chart") for mark in marks} >= CHARTS | {"list"}
    walk.add("/admin/", marks, truth)
    for key in ("late", "pending", "soon", "stale", "missing"):
        walk.add(key, marks_of(client, f"/admin/projects/supervisionnotice/desk/?list={key}"), truth)
    walk.end(at_least=40)


def test_ones_own(sign_in, clerk, office, key_list):
    fill(office, key_list)
    walk = Walk()
    walk.add("/admin/", marks_of(sign_in(clerk), "/admin/"), StaffTruth(clerk, counted=False))
    walk.end(at_least=4)


def test_the_week_counts_its_lines(sign_in, clerk, office, key_list):
    project = factories.make_project(key_list, lead_department=office)
    for text in ("已进场。", "已封顶。"):
        factories.make_update(project, text=text, effective_on=timezone.localdate() - timedelta(days=1))
    client = sign_in(clerk)
    page = client.get(reverse("admin:projects_progressupdate_week"))
    (mark,) = (mark for mark in Reader(page.text).marks if mark.key == "week")
    head, *lines = page.context["text"].splitlines()
    assert int(mark.text) == len(lines) == 2 and "2 条" in head


def test_a_wrong_one_is_found(sign_in, leader, office, key_list):
    fill(office, key_list)
    page = sign_in(leader).get("/admin/").text
    wrong = page.replace('<b data-figure="light" data-light="red">', '<b data-figure="light" data-light="red">1')
    walk = Walk()
    walk.add("wrong", Reader(wrong).marks, StaffTruth(leader))
    assert wrong != page and [row[0] for row in walk.wrong["wrong"]] == ["light"]
