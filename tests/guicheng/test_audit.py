"""The audit trail of 安全审计员: complete, searchable, exportable, and nobody else's."""
import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from guicheng.trail.audit import AuditEntry
from guicheng.trail.history import acting
from projects.models import Project, WatchedWord
from tests import factories

pytestmark = pytest.mark.django_db
PAGE, EXPORT = reverse("admin:audit"), reverse("admin:audit-export")


@pytest.fixture
def auditor(db):
    return factories.make_user("auditor", name="安全审计员", roles=["安全审计员"])


@pytest.fixture
def happened(project, clerk, reviewer, street_admin):
    """A change with a reason, and a statement that was submitted and sent back."""
    with acting(clerk, "现场核对"):
        project.place = "映月湖"
        project.save()
    with acting(street_admin):
        project.leader = "=cmd|' /C calc'!A0"
        project.save()
    update = factories.make_update(project, published=False)
    update.submit(by=clerk)
    update.send_back(by=reviewer, reason="请补充照片。")
    return project


def text_of(client, **query):
    response = client.get(PAGE, query)
    assert response.status_code == 200
    return response.content.decode().split("</form>")[-1]


def test_it_works(sign_in, auditor, happened):
    page = text_of(sign_in(auditor))
    for said in ("经办人", "现场核对", "地点", "映月湖", "半月岛公园", "退回", "请补充照片。", "提交"):
        assert said in page
    assert page.index("请补充照片。") < page.index("映月湖"), "newest first"


@pytest.mark.parametrize("address", [PAGE, EXPORT])
def test_for_others_there_is_nothing(sign_in, clerk, reviewer, street_admin, address, happened):
    leader = factories.make_user(roles=["领导"])
    accounts = factories.make_user(roles=["系统管理员"])
    for person in (clerk, reviewer, street_admin, leader, accounts):
        assert sign_in(person).get(address).status_code == 404
        assert "审计" not in sign_in(person).get(reverse("admin:index")).content.decode()


@pytest.mark.parametrize("address", [PAGE, EXPORT])
def test_it_is_read_only(sign_in, auditor, address):
    for method in ("post", "put", "delete", "patch"):
        assert getattr(sign_in(auditor), method)(address).status_code == 405


def test_a_visitor_is_asked_to_sign_in(visitor):
    assert visitor.get(PAGE).status_code == 302


def test_the_way_in_is_on_the_first_page(sign_in, auditor):
    assert PAGE in sign_in(auditor).get(reverse("admin:index")).content.decode()


@pytest.mark.parametrize(("query", "there", "missing"), [
    ({"who": "经办人"}, "映月湖", "请补充照片。"),
    ({"who": "审核员"}, "请补充照片。", "映月湖"),
    ({"text": "映月湖"}, "映月湖", "请补充照片。"),
    ({"text": "现场核对"}, "映月湖", "请补充照片。"),
    ({"text": "补充照片"}, "请补充照片。", "映月湖"),
    ({"model": "projects.project"}, "映月湖", "请补充照片。"),
    ({"model": "review"}, "请补充照片。", "映月湖"),
    ({"first": "2000-01-01", "last": "2001-01-01"}, "没有符合条件的记录", "映月湖"),
    ({"first": "2021-01-01"}, "映月湖", "没有符合"),
])
def test_it_is_searched(sign_in, auditor, happened, query, there, missing):
    page = text_of(sign_in(auditor), **query)
    assert there in page and missing not in page


@pytest.mark.parametrize("query", [
    {"who": "\x00"}, {"text": "长" * 81}, {"model": "auth.user"}, {"first": "昨天"}, {"first": "0021-12-31"},
    {"first": "2021-12-31", "last": "2021-01-01"}, {"last": "9999-12-31"}, {"after": "x"}, {"after": "1_2_3"},
    {"after": "2021-01-01T00:00:00_0_1"}, {"after": f"2021-01-01T00:00:00+00:00_0_{2**64}"},
])
def test_odd_questions_get_a_sentence(sign_in, auditor, query):
    response = sign_in(auditor).get(PAGE, query)
    assert response.status_code == 400 and 'role="alert"' in response.content.decode()
    if "after" not in query:
        assert sign_in(auditor).get(EXPORT, query).status_code == 400


def test_paging_gives_each_line_once(sign_in, auditor, happened, clerk):
    """Also where many share one instant, and both registers take part."""
    source = factories.make_source()
    rows = Project.objects.bulk_create(
        [Project(code=f"bulk-{number}", name=f"第 {number} 行", source=source) for number in range(120)])
    instant = AuditEntry.objects.newest_first()[0].at
    AuditEntry.objects.bulk_create([AuditEntry.of(row, "+", changes=[], by=clerk, reason="", history_id=1)
                                    for row in rows])
    assert instant
    client, seen, token = sign_in(auditor), [], ""
    from guicheng.pages.audit import AuditForm, lines

    form = AuditForm({})
    assert form.is_valid()
    for _ in range(10):
        response = client.get(PAGE, {"after": token} if token else {})
        seen += [line.token for line, _ in response.context["lines"]]
        token = response.context["next"]
        if not token:
            break
    assert len(seen) == len(set(seen)) == len(list(lines(form.cleaned_data))) >= 125


def test_the_page_asks_as_much_for_many(sign_in, auditor, happened):
    client = sign_in(auditor)
    client.get(PAGE)
    with CaptureQueriesContext(connection) as few:
        client.get(PAGE)
    for number in range(60):
        happened.place = f"{number} 号"
        happened.save()
    with CaptureQueriesContext(connection) as many:
        client.get(PAGE)
    assert len(many) == len(few) <= 7


def test_the_export_has_a_line_a_field_and_no_formula(sign_in, auditor, happened):
    response = sign_in(auditor).get(EXPORT, {"model": "projects.project"})
    rows = list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))
    assert rows[0] == ["时刻", "谁", "做了什么", "类别", "哪一行", "哪一项", "原来", "现在", "原因、意见"]
    assert rows[1][1:] == ["业务管理员", "修改", "项目", "半月岛公园", "责任领导", "", "'=cmd|' /C calc'!A0", ""]
    assert rows[2][1:] == ["经办人", "修改", "项目", "半月岛公园", "地点", "", "映月湖", "现场核对"]


def test_a_line_leads_to_the_row_for_who_may_see_it(sign_in, auditor, superuser, happened):
    WatchedWord.objects.create(word="牵头", kind="wrong", advice="没有管理页面的一类也不出错。")
    address = reverse("admin:projects_project_history", args=[happened.pk])
    assert address not in text_of(sign_in(auditor))
    assert address in text_of(sign_in(superuser))


def test_what_is_written_is_escaped(sign_in, auditor, happened):
    happened.place = "<script>alert(1)</script>"
    happened.save()
    assert "<script>alert" not in text_of(sign_in(auditor))
