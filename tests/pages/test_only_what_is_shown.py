"""The staff's pages read as objects only the projects they show, however many there are; the others are counted."""
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db.models.signals import post_init
from django.urls import reverse
from django.utils import timezone

from projects import summary
from projects.admin import late as desk
from projects.first_page import own
from projects.models import Project
from projects.supervision import late
from tests import factories
from tests.pages.test_first_page import INDEX, fill

pytestmark = pytest.mark.django_db

DESK = "admin:projects_supervisionnotice_desk"


@contextmanager
def reading():
    """The projects that were made into objects meanwhile."""
    read = []

    def note(instance, **kwargs):
        read.append(instance)

    post_init.connect(note, sender=Project)
    try:
        yield read
    finally:
        post_init.disconnect(note, sender=Project)


@pytest.fixture
def few(monkeypatch):
    """As if there were far more than a page holds."""
    for module, name in ((own, "OFFERED"), (own, "DUE_SHOWN"), (own, "SHOWN"), (desk, "PAGE")):
        monkeypatch.setattr(module, name, 2)


def make_many(office, key_list):
    fill(office, key_list, 4)
    today = timezone.localdate()
    for number in range(4):
        factories.make_project(key_list, lead_department=office, name=f"今天到期的 {number}", planned_end=today)


def test_a_clerks_first_page_shows_the_beginning_of_each_list(sign_in, clerk, office, key_list, few):
    make_many(office, key_list)
    whole = summary.Sorted.one_by_one(list(summary.sorts_of(Project.objects.visible_to(clerk), timezone.localdate())))
    with reading() as read:
        response = sign_in(clerk).get(INDEX)
    shown = response.context
    assert [each.pk for each in shown["open_projects"]] == list(whole.first(own.TO_DO, 2)) and shown["open_cut"]
    assert "这里是最要紧的一部分" in response.text
    for tile, rows in shown["by_light"]:
        assert [row.pk for row in rows] == list(whole.first([tile.light.colour], 2)) and tile.count > 2
    assert [work.title[:7] for work in shown["works"]] == ["今天到期的 0", "今天到期的 1", "这个月到期的还有"[:7]]
    assert "今天到期 4 件" in shown["title"], "all of them, where the list shows two"
    lists = 2 + len(shown["by_light"])
    assert len(read) <= lists * 3 < len(Project.objects.visible_to(clerk)), "and one more each, to see it is cut"


def test_a_page_of_the_desk_reads_its_rows_once(sign_in, clerk, office, key_list, few):
    make_many(office, key_list)
    client = sign_in(clerk)
    for key in desk.SECTIONS:
        with reading() as read:
            page = client.get(reverse(DESK), {"list": key}).context["page"]
        assert len(read) == len(page.object_list) == 2 < page.paginator.count, key


@pytest.mark.parametrize("lack", ["", "plan", "contact", "nonsense"])
def test_the_desk_counts_what_its_lists_hold(office, key_list, lack):
    make_many(office, key_list)
    projects, day = Project.objects.all(), timezone.localdate()
    counts = summary.on_desk(projects, day, lack)
    assert counts == {
        "late": len(late.overdue(projects, day)), "pending": len(late.pending(projects, day)),
        "soon": len(late.due_soon(projects, day)), "stale": len(late.stale(projects, day)),
        "missing": len(late.incomplete(projects, lack))}
    assert counts["late"] and counts["pending"] and counts["soon"] and counts["missing"]


def test_where_the_calendar_ends_only_what_is_due_soon_is_unknown(office, key_list):
    make_many(office, key_list)
    day = timezone.localdate() + timedelta(days=36500)
    counts = summary.on_desk(Project.objects.all(), day)
    assert counts["soon"] is None and None not in [counts[key] for key in ("late", "pending", "stale", "missing")]


def test_control_the_reading_notes_every_object(project):
    with reading() as read:
        list(Project.objects.all())
    assert read == [project]
