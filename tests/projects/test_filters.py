"""How projects are found: what the page, its CSV and the API share."""
from datetime import date

import pytest

from guicheng.days.as_of import NOW, Moment
from projects.filters import ORDERS, ProjectFilter
from projects.models import ProjectList, Status
from tests import factories


@pytest.fixture
def found(key_list, office):
    """Give the codes that the parameters find among a handful of different projects."""
    category = factories.make_category(key_list, number=1, name="第 1 类")
    community = factories.make_community(slug="yingyue", name="映月")
    make = factories.make_project
    factories.make_update(make(key_list, code="done", name="公园", category=category, planned_end=date(2021, 9, 30)),
                          status="completed")
    make(key_list, code="silent", community=community, lead_department=office)
    supported = make(code="loose", supporting_departments=[office], name="学校")
    factories.make_update(supported, status="standing", effective_on=date(2022, 3, 1))
    make(factories.make_list(slug="sample", year=2022, is_sample=True), code="sample", is_sample=True)
    make(code="hidden", is_published=False)

    def _found(**data):
        filters = ProjectFilter({name: str(value) for name, value in data.items()})
        assert filters.is_valid(), filters.sentence_of_errors
        return {project.code for project in filters.qs}

    return _found


def test_it_works(found):
    assert found() == {"done", "silent", "loose", "sample"}


@pytest.mark.parametrize("data, codes", [
    ({"q": "公园"}, {"done"}), ({"q": "gongyuan"}, {"done"}), ({"q": "映月"}, {"silent"}), ({"q": "没有这样的"}, set()),
    ({"list": "key-test"}, {"done", "silent"}), ({"list": "none"}, {"loose"}), ({"list": "sample"}, {"sample"}),
    ({"list": "key-test", "category": 1}, {"done"}),
    ({"status": "completed"}, {"done"}), ({"status": "unknown"}, {"silent", "sample"}), ({"status": "paused"}, set()),
    ({"community": "yingyue"}, {"silent"}),
    ({"year": 2021}, {"done", "silent"}), ({"year": 2022}, {"loose", "sample"}),
    ({"data": "real"}, {"done", "silent", "loose"}), ({"data": "sample"}, {"sample"}),
    ({"list": "key-test", "status": "unknown", "q": "第"}, {"silent"}),
])
def test_each_filter(found, data, codes):
    assert found(**data) == codes


def test_a_department_leads_or_supports(found, office):
    assert found(department=office.pk) == {"silent", "loose"}


@pytest.mark.parametrize("name, value", [
    ("list", "no-such-list"), ("status", "done"), ("status", "None"), ("community", "x"), ("year", "1999"),
    ("year", "x"), ("category", "1"), ("department", "x"), ("data", "all"), ("q", "长" * 81), ("q", "公\x00园"),
    ("verdict", "broken"),
])
def test_what_cannot_be_read_is_refused_by_name(found, name, value):
    filters = ProjectFilter({name: value})
    assert not filters.is_valid()
    assert f"“{filters.filters[name].label}”" in filters.sentence_of_errors


def test_a_hidden_list_is_not_to_be_chosen(found, key_list):
    key_list.is_published = False
    key_list.save()
    assert not ProjectFilter({"list": key_list.slug}).is_valid()
    assert found() == {"loose", "sample"}


@pytest.mark.parametrize("name", ["project_list__source", "is_published", "search_text__startswith", "lead_department"])
def test_other_parameters_reach_no_column(found, name):
    assert found(**{name: "x"}) == found()


@pytest.mark.parametrize("order", [*ORDERS, ""])
def test_every_order_gives_a_page_of_all(found, order):
    page = ProjectFilter({"order": order}).page(["code", "moved_on"])
    assert {row["code"] for row in page.rows} == found()


@pytest.mark.parametrize("moment", [NOW, Moment(date(2021, 12, 31))])
def test_what_is_due_first_stands_first_and_the_undated_last(key_list, moment):
    make = factories.make_project
    ProjectList.objects.update(announced_on=date(2021, 1, 1))
    make(key_list, code="undated")
    make(key_list, code="planned", planned_end=date(2021, 9, 30))
    factories.make_promise(make(key_list, code="promised"), due_on=date(2021, 8, 31))
    put_off = make(key_list, code="put-off", planned_end=date(2021, 7, 31))
    factories.make_update(put_off, kind="postponement", postponed_to=date(2021, 10, 31), reason="雨水多。")
    page = ProjectFilter({"order": "due"}, moment=moment).page(["code", "moved_on"])
    assert [row["code"] for row in page.rows] == ["promised", "planned", "put-off", "undated"]


@pytest.mark.parametrize("moment", [NOW, Moment(date(2021, 12, 31))])
def test_by_status_is_in_the_order_of_the_menu(key_list, moment):
    ProjectList.objects.update(announced_on=date(2021, 1, 1))
    for status in sorted(Status.possible()):
        row = factories.make_project(key_list, code=status.replace("_", "-") or "silent")
        if status:
            factories.make_update(row, status=status, reason="有原因。")
    page = ProjectFilter({"order": "status"}, moment=moment).page(["code", "moved_on"])
    assert [row["code"] for row in page.rows] == [*(each.replace("_", "-") for each in Status.values), "silent"]


@pytest.mark.parametrize("data, title", [
    ({}, "项目"), ({"status": "completed", "community": "yingyue"}, "已完成的项目 · 映月社区"),
    ({"list": "key-test", "category": "1"}, "项目 · 2021 年重点项目 · 1. 第 1 类"),
    ({"verdict": "kept", "year": "2021", "q": " 公园 "}, "承诺按期完成的项目 · “公园” · 2021 年"),
    ({"status": "unknown", "data": "sample"}, "已公布，暂无进展信息的项目 · 只看示例数据"), ({"order": "name"}, "项目"),
])
def test_the_title_says_what_is_chosen(found, data, title):
    filters = ProjectFilter(data)
    assert filters.is_valid() and filters.title == title
