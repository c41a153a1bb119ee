"""What a project refuses, what is public, and how its columns follow the ledger."""
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from projects.models import Project, Source
from projects.models.then import NEVER
from tests import factories

OWN_PART = "projects_project_not_its_own_part"


def test_it_works(project):
    assert str(project) == "半月岛公园"
    assert list(Project.objects.published()) == [project]


# --- parts ---------------------------------------------------------------------------------------
def test_a_project_is_not_its_own_part(project):
    project.parent = project
    with pytest.raises(ValidationError, match="项目不能是自己的一部分"):
        project.validate_constraints()
    with pytest.raises(ValidationError):
        project.full_clean()
    with pytest.raises(IntegrityError, match=OWN_PART), transaction.atomic():
        Project.objects.filter(pk=project.pk).update(parent=project)


def test_control_the_constraint_alone_refuses_it(project, monkeypatch):
    project.parent = project
    kept = [each for each in Project._meta.constraints if each.name != OWN_PART]
    monkeypatch.setattr(Project._meta, "constraints", kept)
    project.validate_constraints()


def test_a_part_has_no_parts(project):
    part = factories.make_part(project)
    with pytest.raises(ValidationError, match="本身是一部分"):
        factories.make_part(part)


def test_a_part_may_bear_its_parents_number(project):
    assert factories.make_part(project, number=project.number).number == 1


def test_a_category_of_another_list_is_refused(project):
    project.category = factories.make_category()
    with pytest.raises(ValidationError, match="不属于所选的清单"):
        project.full_clean()
    project.category = factories.make_category(project.project_list)
    project.full_clean()


# --- public --------------------------------------------------------------------------------------
def test_an_unpublished_project_is_not_public(project):
    project.is_published = False
    project.save()
    assert not Project.objects.published().exists()


def test_nothing_on_an_unpublished_list_is_public(project, key_list):
    on_none = factories.make_project()
    key_list.is_published = False
    key_list.save()
    assert list(Project.objects.published()) == [on_none]


def test_what_others_point_at_cannot_be_deleted(project):
    factories.make_update(project)
    for row in (project, project.source, project.project_list, project.lead_department):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.delete()


# --- projections ---------------------------------------------------------------------------------
def test_projections_take_the_newest_row_that_states_each(project):
    factories.make_update(project, status="in_progress", percent=40, effective_on=date(2021, 5, 1))
    factories.make_update(project, quantity=12, text="", effective_on=date(2021, 6, 1))
    latest = factories.make_update(project, text="围蔽施工。", effective_on=date(2021, 7, 1))
    project.refresh_from_db()
    assert (project.status, project.percent, project.quantity) == ("in_progress", 40, 12)
    assert (project.latest_update, project.moved_on) == (latest, date(2021, 7, 1))


def test_an_older_statement_entered_later_moves_nothing(project):
    factories.make_update(project, status="completed", effective_on=date(2021, 9, 1))
    factories.make_update(project, status="in_progress", effective_on=date(2021, 5, 1))
    project.refresh_from_db()
    assert (project.status, project.moved_on) == ("completed", date(2021, 9, 1))


def test_on_one_day_the_last_entered_wins(project):
    factories.make_update(project, status="in_progress")
    factories.make_update(project, status="completed")
    project.refresh_from_db()
    assert project.status == "completed" and project.is_done


def test_a_project_nobody_spoke_of_is_unknown_and_never_moved(project):
    assert (project.status, project.percent, project.latest_update) == ("", None, None)
    assert project.moved_on == NEVER
    assert not project.refresh_projections()


def test_refresh_mends_what_was_changed_behind_its_back(project):
    factories.make_update(project, status="completed", percent=100)
    Project.objects.update(status="paused", percent=3, search_text="", moved_on=date(2020, 1, 1))
    project.refresh_from_db()
    assert project.refresh_projections()
    project.refresh_from_db()
    assert (project.status, project.percent, project.moved_on) == ("completed", 100, date(2021, 6, 30))
    assert not project.refresh_projections()


def test_what_has_no_day_at_all_keeps_the_day_it_was_entered(db, monkeypatch):
    """本单位填报 has no date: the projection must not move every night."""
    project = factories.make_project(source=Source.objects.own())
    kept = project.moved_on
    monkeypatch.setattr("django.utils.timezone.localdate", lambda: date(2099, 1, 1))
    assert not project.refresh_projections()
    assert project.moved_on == kept


def test_a_rebuild_finds_nothing_once_all_is_in_step(project):
    factories.make_update(project, status="completed")
    factories.make_project(source=Source.objects.own())
    assert Project.objects.all().rebuild_projections() == (2, 0)
    Project.objects.filter(pk=project.pk).update(status="paused", search_text="")
    assert Project.objects.all().rebuild_projections(size=1) == (2, 1)
    project.refresh_from_db()
    assert project.status == "completed" and "bydgy" in project.search_text


# --- search --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "typed", ["公园", "半月岛公园", "banyuedao", "BYDGY", "bydgy", " 公园 ", "海心沙", "城建", "映月"])
def test_search_finds_name_pinyin_initials_alias_office_and_community(project, typed):
    project.community = factories.make_community(name="映月")
    project.save()
    factories.make_alias(project, name="海心沙公园")
    assert list(Project.objects.search(typed)) == [project]


@pytest.mark.parametrize("typed", ["学校", "%", "_", "xuexiao"])
def test_search_finds_nothing_else(project, typed):
    assert not Project.objects.search(typed).exists()


def test_search_finds_latin_text_in_any_case(db):
    project = factories.make_project(name="KTV 整治")
    assert list(Project.objects.search("ktv")) == [project]


def test_a_new_name_is_found_and_the_old_is_not(project):
    project.name = "千灯湖"
    project.save(update_fields=["name"])
    assert list(Project.objects.search("qiandenghu")) == [project]
    assert not Project.objects.search("半月岛").exists()


@pytest.mark.parametrize("typed", ["\x00公园", "公\u202e园"])
def test_search_drops_what_no_database_takes(project, typed):
    assert list(Project.objects.search(typed)) == [project]
