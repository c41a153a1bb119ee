"""Silence stays silence: a due day nobody spoke of since, two papers that differ, lists compiled of years gone by."""
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from projects.models import ProgressUpdate
from projects.supervision import late
from tests import factories
from tests.pages.figures import without_marks

DUE = date(2021, 9, 30)


def page(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return without_marks(response.text)


# --- a due day that passed in silence ----------------------------------------------------------------
@pytest.fixture
def promised(project):
    factories.make_promise(project, due_on=DUE, text="年内完成")
    factories.make_update(project, status="in_progress", effective_on=date(2021, 6, 1))
    return project


def test_a_promise_nobody_spoke_of_is_pending_on_every_page(visitor, promised):
    said = "公开资料没有写明是否完成。"
    for address in (promised.get_absolute_url(), reverse("list-promises", args=[promised.project_list.slug]),
                    "/reports/2021Q4/", "/reports/2021Q4/print/"):
        text = page(visitor, address)
        assert "到期待核" in text and said in text, address
    assert "没有另外写计划日期，按承诺的到期日" in page(visitor, promised.get_absolute_url())
    csv = b"".join(visitor.get(reverse("list-promises-csv", args=[promised.project_list.slug]))).decode()
    assert said in csv


def test_pending_and_late_are_two_lists_of_the_desk(promised, sign_in, street_admin):
    today = timezone.localdate()
    projects = type(promised).objects.all()
    assert (list(late.overdue(projects, today)), list(late.pending(projects, today))) == ([], [promised])
    desk = page(sign_in(street_admin), reverse("admin:projects_supervisionnotice_desk") + "?list=pending")
    assert promised.name in desk and "到期待核" in desk
    factories.make_update(promised, status="in_progress", effective_on=DUE + timedelta(days=1))
    assert (list(late.overdue(projects, today)), list(late.pending(projects, today))) == ([promised], [])


def test_what_was_compiled_is_on_no_list_of_the_desk(promised):
    factories.make_update(promised, status="in_progress", effective_on=DUE + timedelta(days=1))
    type(promised.project_list).objects.update(is_compiled=True)
    projects, today = type(promised).objects.all(), timezone.localdate()
    assert not late.overdue(projects, today).exists() and not late.stale(projects, today).exists()
    assert not late.incomplete(projects).exists()


# --- two papers that differ --------------------------------------------------------------------------
@pytest.fixture
def differing(project):
    return factories.make_discrepancy(project=project, topic="开到哪里", statement_1="到公平路", statement_2="到东平路")


def settle(row, **kw):
    kw = {"settled": "到东平路。", "settled_on": date(2022, 3, 1), "settled_by": "某主任",
          "settled_source": factories.make_source(title="核定单")} | kw
    for name, value in kw.items():
        setattr(row, name, value)
    row.full_clean()
    row.save()


def test_until_it_is_settled_both_are_told(visitor, project, differing):
    text = page(visitor, project.get_absolute_url())
    assert "两份资料写法不同，正在核实：开到哪里" in text and "到公平路" in text and "本单位核定" not in text
    settle(differing)
    text = page(visitor, project.get_absolute_url())
    assert "本单位核定：开到哪里" in text and "2022 年 3 月 1 日核定，依据：" in text and "《核定单》" in text
    assert "<summary>原来两份资料写法不同</summary>" in text and "到公平路" in text
    assert "某主任" not in text, "who settled it is for staff"
    assert "正在核实" in page(visitor, project.get_absolute_url() + "?asof=2022-02-28"), "not settled by that day"


@pytest.mark.parametrize("left_out", ["settled", "settled_on", "settled_by", "settled_source"])
def test_a_settlement_is_whole(differing, left_out):
    with pytest.raises(ValidationError, match="四项都填"):
        settle(differing, **{left_out: None if left_out in ("settled_on", "settled_source") else ""})


def test_nothing_is_settled_tomorrow(differing):
    with pytest.raises(ValidationError, match="核定日期不能在今天以后"):
        settle(differing, settled_on=timezone.localdate() + timedelta(days=1))


# --- years -------------------------------------------------------------------------------------------
LABEL = "往年资料（根据公开报道整理，不是完整名单）"


def test_home_shows_the_newest_year_with_its_label(visitor, db):
    factories.make_list(title="以前的", slug="old", year=2021, is_compiled=True)
    factories.make_list(title="近来的", slug="newer", year=2023, is_compiled=True)
    text = page(visitor, "/")
    assert LABEL in text and "近来的" in text and "以前的" not in text and "全部清单" in text
    factories.make_list(title="今年的", slug="now", year=timezone.localdate().year)
    text = page(visitor, "/")
    assert "今年的" in text and LABEL not in text and "近来的" not in text


def test_the_lists_stand_by_year(visitor, db):
    now = timezone.localdate().year
    factories.make_list(title="以前的", slug="old", year=2021, is_compiled=True)
    factories.make_list(title="今年的", slug="now", year=now)
    text = page(visitor, reverse("list-index"))
    assert text.index(f"<h2>{now} 年</h2>") < text.index("今年的") < text.index("<h2>2021 年</h2>") < text.index(LABEL)
    assert LABEL in page(visitor, reverse("list-detail", args=["old"]))
    assert LABEL not in page(visitor, reverse("list-detail", args=["now"]))


# --- an exact day ------------------------------------------------------------------------------------
def test_a_clerk_says_that_it_was_this_very_day(sign_in, clerk, project):
    client, address = sign_in(clerk), reverse("admin:projects_progressupdate_record", args=[project.pk])
    typed = {"version": 1, "effective_on": "2021-10-08", "status": "in_progress", "text": "开工。",
             "source": factories.make_source().pk, "is_exact": "on"}
    client.post(address, typed)
    row = ProgressUpdate.objects.get()
    day = date(2021, 10, 8)
    assert (row.effective_from, row.effective_on, row.told) == (day, day, "2021 年 10 月 8 日")
    edit = reverse("admin:projects_progressupdate_change", args=[row.pk])
    assert 'name="is_exact"' in client.get(edit).text
    client.post(edit, {**{key: value for key, value in typed.items() if key != "is_exact"}, "version": row.version,
                       "effective_from": "2021-10-08"})
    row.refresh_from_db()
    assert (row.effective_from, row.told) == (None, "截至 2021 年 10 月 8 日")
    response = client.post(edit, typed | {"version": row.version, "effective_from": "2021-10-01"})
    assert "勾了“就是这一天”，就不用填“最早日”。" in response.text
