"""Querysets compiled for all who may do the same find what they find built for one of them."""
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guicheng.access.membership import hold_units
from guicheng.days.compiled_for import compiled_for
from projects.models import ProgressUpdate, Project, SupervisionNotice
from tests import factories

pytestmark = pytest.mark.django_db


@compiled_for()
def seen(user, model):
    return model.objects.visible_to(user).order_by("pk")


@compiled_for()
def for_review(user):
    return ProgressUpdate.objects.visible_to(user).for_review_by(user).order_by("pk")


@pytest.fixture
def leader(db):
    return factories.make_user("leader", roles=["领导"])


@pytest.fixture
def rows(office, clerk, reviewer, other_clerk, project):
    """A project of each unit's, one that an office supports, and a statement in review of each."""
    other = factories.make_project(lead_department=other_clerk.department_clerk_of.get())
    supported = factories.make_project()
    supported.supporting_departments.add(office)
    factories.make_project(community=factories.make_community())
    for each, by in ((project, clerk), (other, other_clerk)):
        SupervisionNotice.issue(each, "urge", "manual", f"k{each.pk}", "请说明。", by=clerk)
        factories.make_update(each, published=False).submit(by)


def test_each_finds_their_own(rows, clerk, reviewer, other_clerk, leader, street_admin):
    nobody = factories.make_user()
    for user in (clerk, reviewer, other_clerk, leader, street_admin, nobody, clerk):
        for model in (Project, ProgressUpdate, SupervisionNotice):
            assert seen(user, model) == list(model.objects.visible_to(user).order_by("pk")), (user, model)
        assert for_review(user) == list(ProgressUpdate.objects.visible_to(user).for_review_by(user).order_by("pk"))
    assert len(seen(clerk, Project)) == 2 and len(seen(other_clerk, Project)) == 1 and seen(nobody, Project) == []
    assert len(seen(leader, Project)) == 4 and for_review(reviewer) and not for_review(clerk)


def test_it_is_written_once_for_those_who_may_do_the_same(rows, clerk, other_clerk, leader):
    seen.kept.clear()
    for user in (clerk, other_clerk, clerk):
        seen(user, Project)
    assert len(seen.kept) == 1
    seen(leader, Project)
    assert len(seen.kept) == 2


def test_a_unit_given_and_taken_counts_at_once(rows, office, clerk):
    office.clerks.remove(clerk)
    assert seen(clerk, Project) == []
    office.clerks.add(clerk)
    assert len(seen(clerk, Project)) == 2


def test_units_that_are_held_are_asked_for_once(rows, clerk):
    seen(clerk, Project)
    hold_units(clerk)
    with CaptureQueriesContext(connection) as queries:
        seen(clerk, Project)
        seen(clerk, ProgressUpdate)
    assert len(queries) == 3


def test_what_finds_nothing_whoever_asks(clerk):
    @compiled_for()
    def none(user):
        return Project.objects.none()

    assert none(clerk) == [] and none.kept == {}
