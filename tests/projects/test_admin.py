"""The back office: a clerk records, a reviewer publishes, nobody reaches what is not theirs."""
from datetime import date, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from guicheng.office.seen import seal
from projects.models import ProgressUpdate
from tests import factories

pytestmark = pytest.mark.django_db
State = ProgressUpdate.State


def record_url(project):
    return reverse("admin:projects_progressupdate_record", args=[project.pk])


def row_address(name, project):
    return reverse(f"admin:projects_progressupdate_{name}", args=[project.pk])


def row_url(name, update):
    return reverse(f"admin:projects_progressupdate_{name}", args=[update.pk])


@pytest.fixture
def own(db):
    from projects.models import Source

    return Source.objects.own()


@pytest.fixture
def typed(own):
    """What a clerk types."""
    return {"version": 1, "effective_on": "2021-10-08", "status": "in_progress", "percent": "40",
            "text": "道路已铺好一半。", "problem": "雨天多。", "source": own.pk}


@pytest.fixture
def published(project, street_admin):
    return factories.make_update(project, by=street_admin, text="原来的说法。", status="in_progress")


def test_a_clerk_records_and_it_waits(sign_in, clerk, project, typed):
    response = sign_in(clerk).post(record_url(project), typed, follow=True)
    row = project.updates.get()
    assert (row.state, row.author, row.percent, row.problem) == (State.SUBMITTED, clerk, 40, "雨天多。")
    assert "等待审核" in response.content.decode()
    project.refresh_from_db()
    assert project.status == ""
    assert LogEntry.objects.filter(user=clerk, object_id=str(row.pk)).exists()


def decide(client, row, decision="approve", **kw):
    row.refresh_from_db()
    typed = {"version": row.version, "decision": decision} | factories.TICKED | kw
    return client.post(row_url("decide", row), typed, follow=kw.pop("follow", True))


def test_two_reviewers_publish_what_waits(sign_in, clerk, reviewer, senior_reviewer, project, typed, visitor):
    sign_in(clerk).post(record_url(project), typed)
    row = project.updates.get()
    first, second = sign_in(reviewer), sign_in(senior_reviewer)
    page = first.get(reverse("admin:index")).content.decode()
    assert project.name in page and row_url("decide", row) in page
    assert "雨天多。" in first.get(row_url("change", row)).content.decode()
    assert "初审通过" in decide(first, row, text="审核员改写的").content.decode()
    assert decide(first, row).status_code == 403, "the 终审 is another's"
    assert "已发布" in decide(second, row).content.decode()
    row.refresh_from_db()
    assert (row.state, row.author, row.checker, row.reviewer) == (State.PUBLISHED, clerk, reviewer, senior_reviewer)
    assert row.text == typed["text"], "a reviewer puts no words into the author's mouth"
    project.refresh_from_db()
    assert (project.status, project.percent) == ("in_progress", 40)
    page = visitor.get(project.get_absolute_url()).content.decode()
    assert "道路已铺好一半" in page
    assert "雨天多" not in page, "what only staff read stays inside"


def test_a_return_says_why_and_the_author_sees_it(sign_in, clerk, reviewer, project, typed):
    sign_in(clerk).post(record_url(project), typed)
    row = project.updates.get()
    refused = decide(sign_in(reviewer), row, "return")
    assert refused.status_code == 400 and "退回要写明原因。" in refused.content.decode()
    decide(sign_in(reviewer), row, "return", reason="请写明路名。")
    row.refresh_from_db()
    assert row.state == State.RETURNED
    client = sign_in(clerk)
    assert "退回" in client.get(reverse("admin:index")).content.decode()
    assert "请写明路名。" in client.get(row_url("change", row)).content.decode()
    client.post(row_url("change", row), typed | {"text": "海五路已铺好一半。", "version": row.version})
    row.refresh_from_db()
    assert (row.state, row.text) == (State.SUBMITTED, "海五路已铺好一半。")


def test_without_a_reason_the_first_page_says_so_in_place(sign_in, clerk, reviewer, project):
    row = factories.make_update(project, published=False, author=clerk)
    row.submit(clerk)
    answer = decide(sign_in(reviewer), row, "return", reason=" ", next=reverse("admin:index"))
    assert answer.status_code == 200 and answer.redirect_chain[-1][0].endswith(f"#row{row.pk}")
    assert answer.wsgi_request.path == reverse("admin:index")
    place = answer.text[answer.text.index(f'id="row{row.pk}"'):]
    assert "<details open>" in place and "退回要写明原因。" in place
    assert "退回要写明原因。" not in sign_in(reviewer).get(reverse("admin:index")).text


@pytest.mark.parametrize("stated", [
    {"kind": "closure", "status": "completed", "proof": "验收记录第 1 号。", "text": ""},
    {"kind": "postponement", "postponed_to": date(2031, 12, 31), "reason": "雨季延误。", "text": ""},
    {"status": "paused", "reason": "雨季延误。", "text": "字" * 400, "quantity": 7, "percent": 40,
     "effective_from": date(2021, 5, 3), "source_place": "第 9 版"},
])
def test_the_queue_shows_all_that_would_be_public(sign_in, clerk, reviewer, project, stated):
    row = factories.make_update(project, published=False, author=clerk, **stated)
    row.submit(clerk)
    page = sign_in(reviewer).get(reverse("admin:index")).text
    page = page[page.index(f'id="row{row.pk}"'):]
    said = {"验收记录第 1 号。", "已完成"} if "proof" in stated else {"雨季延误。"}
    said |= {"2031 年 12 月 31 日"} if "postponed_to" in stated else set()
    if stated["text"]:
        said |= {"字" * 400, "完成数量", "40%", "5 月 3 日", "第 9 版", "暂停"}
    assert [each for each in [*said, row.source.title] if each not in page] == []


def test_the_queue_shows_what_a_withdrawal_takes_back(sign_in, clerk, reviewer, project, published):
    published.withdrawal("发错了项目。").submit(clerk)
    page = sign_in(reviewer).get(reverse("admin:index")).text
    assert published.text in page and "发错了项目。" in page


def test_what_changed_meanwhile_is_not_approved(sign_in, clerk, reviewer, project, typed):
    sign_in(clerk).post(record_url(project), typed)
    row = project.updates.get()
    seen = row.version
    sign_in(clerk).post(row_url("change", row), typed | {"text": "另一句。", "version": seen})
    page = sign_in(reviewer).post(row_url("decide", row), {"version": seen, "decision": "approve"}, follow=True)
    assert page.status_code == 409 and "填报人改过了，请再看一遍。" in page.text
    assert project.updates.get().state == State.SUBMITTED


@pytest.mark.parametrize(("verb", "sentence"), [
    (lambda row, by: row.send_back(by, "写错了。"), "已由终审员退回。"),
    (lambda row, by: row.approve(by, factories.CHECKED), "已由终审员初审通过。"),
    (lambda row, by: row.publish(by, factories.CHECKED), "已由终审员终审通过。"),
    (lambda row, by: row.save_draft(row.author), "填报人已收回修改。"),
    (lambda row, by: row.drop(row.author), "已由经办人撤销。"),
    (lambda row, by: row.submit(row.author), "填报人改过了"),
])
@pytest.mark.parametrize("decision", ["approve", "return"])
def test_who_decides_too_late_is_told_and_keeps_the_reason(
        sign_in, clerk, reviewer, senior_reviewer, project, verb, sentence, decision):
    row = factories.make_update(project, published=False, author=clerk)
    row.submit(clerk)
    typed = {"version": row.version, "decision": decision, "reason": "请写明路名。"}
    verb(row, senior_reviewer)
    for place in ({}, {"next": reverse("admin:index")}):
        answer = sign_in(reviewer).post(row_url("decide", row), typed | place, follow=True)
        assert answer.status_code == (200 if place else 409)
        assert sentence in answer.text and "请写明路名。" in answer.text and project.name in answer.text
    assert ProgressUpdate.objects.get(pk=row.pk).version == row.version, "nothing was done"


def test_who_had_no_business_there_is_refused(sign_in, clerk, other_clerk, reviewer, project):
    row = factories.make_update(project, published=False, author=clerk)
    row.submit(clerk)
    stranger = factories.make_user(roles=["审核员"])
    seen = row.version
    row.send_back(reviewer, "写错了。")
    for person, status in ((clerk, 403), (other_clerk, 404), (stranger, 404)):
        typed = {"version": seen, "decision": "approve"}
        assert sign_in(person).post(row_url("decide", row), typed).status_code == status


def test_of_two_tabs_the_second_is_told(sign_in, clerk, project, typed):
    client = sign_in(clerk)
    client.post(record_url(project), typed)
    row = project.updates.get()
    client.post(row_url("change", row), typed | {"text": "第一个标签页。", "version": row.version})
    second = client.post(row_url("change", row), typed | {"text": "第二个标签页。", "version": row.version})
    assert second.status_code == 400
    assert "刚被别人改过" in second.content.decode() and "第二个标签页。" in second.content.decode()
    assert project.updates.get().text == "第一个标签页。"


@pytest.mark.parametrize("change", [{"decision": "burn"}, {"decision": ""}, {"version": "x"}, {"version": ""}])
def test_odd_decisions_change_nothing(sign_in, clerk, reviewer, project, typed, change):
    sign_in(clerk).post(record_url(project), typed)
    row = project.updates.get()
    answer = sign_in(reviewer).post(row_url("decide", row), {"version": 1, "decision": "approve"} | change)
    assert answer.status_code == 400
    assert project.updates.get().state == State.SUBMITTED


def test_a_reviewer_approves_several_from_the_list(sign_in, clerk, reviewer, senior_reviewer, project, typed):
    sign_in(clerk).post(record_url(project), typed)
    address = reverse("admin:projects_progressupdate_changelist")
    chosen = {"action": "approve_selected", "_selected_action": [project.updates.get().pk], "ticked": "1"}
    chosen |= factories.TICKED
    for person, sentence in [(reviewer, "通过 1 条，其中 0 条已发布"), (reviewer, "不由你审核"),
                             (senior_reviewer, "其中 1 条已发布")]:
        seen = {"seen": seal(project.updates.all())}
        response = sign_in(person).post(address, chosen | seen, follow=True)
        assert sentence in response.content.decode()
    assert project.updates.get().reviewer == senior_reviewer


def test_a_draft_is_kept_and_is_nobody_elses_work(sign_in, clerk, reviewer, project, typed):
    sign_in(clerk).post(record_url(project), typed | {"draft": "存草稿"})
    row = project.updates.get()
    assert row.state == State.DRAFT
    assert row_url("change", row) in sign_in(clerk).get(reverse("admin:index")).content.decode()
    assert row_url("change", row) not in sign_in(reviewer).get(reverse("admin:index")).content.decode()
    sign_in(clerk).post(row_url("change", row), typed | {"version": row.version})
    assert project.updates.get().state == State.SUBMITTED


def test_what_waits_is_taken_back_by_that_name(sign_in, clerk, project, typed):
    client = sign_in(clerk)
    assert 'value="存草稿"' in client.get(record_url(project)).text
    client.post(record_url(project), typed)
    row = project.updates.get()
    page = client.get(row_url("change", row)).text
    assert 'name="draft" value="收回来改"' in page and "存草稿" not in page
    answer = client.post(row_url("change", row), typed | {"draft": "收回来改", "version": row.version}, follow=True)
    assert "已收回" in answer.text and "不在审核中了" in answer.text and 'value="存草稿"' in answer.text
    assert project.updates.get().state == State.DRAFT


def test_its_author_gives_a_row_up_after_a_question(sign_in, clerk, project, typed):
    client = sign_in(clerk)
    client.post(record_url(project), typed)
    row = project.updates.get()
    page = client.get(row_url("change", row)).text
    asked = page[page.index("<summary>撤销这一条"):]
    assert "确定撤销吗？" in asked and page.count('name="drop"') == asked.count('name="drop"') == 1
    client.post(row_url("change", row), typed | {"drop": "1"})
    assert project.updates.get().state == State.DROPPED


def test_a_watched_word_asks_once(sign_in, clerk, project, typed):
    from projects.models import WatchedWord

    WatchedWord.objects.create(word="牵投", kind="wrong", advice="应写作“牵头”。")
    client = sign_in(clerk)
    wrong = typed | {"text": "由城建办牵投。"}
    page = client.post(record_url(project), wrong)
    assert page.status_code == 400 and "应写作“牵头”。" in page.content.decode()
    assert not project.updates.exists()
    client.post(record_url(project), wrong | {"words_checked": "on"})
    assert project.updates.get().state == State.SUBMITTED


@pytest.mark.parametrize(("change", "sentence"), [
    ({"percent": "40"}, "完成百分比 40% 比现在的 70% 低。"),
    ({"percent": "", "status": "completed"}, "“已完成”一般用“申请销号”来报"),
    ({"percent": "", "status": "in_use"}, "“已投用”一般用“申请销号”来报"),
])
def test_what_is_seldom_meant_is_asked_once(sign_in, clerk, project, typed, change, sentence):
    factories.make_update(project, percent=70, text="铺了七成。")
    client = sign_in(clerk)
    page = client.post(record_url(project), typed | change)
    assert page.status_code == 400 and sentence in page.text and "已核对，照这样提交" in page.text
    assert project.updates.count() == 1
    client.post(record_url(project), typed | change | {"words_checked": "on"})
    assert project.updates.waiting().count() == 1


def test_what_is_not_in_doubt_is_not_asked(sign_in, clerk, project, typed):
    factories.make_update(project, percent=70, text="完工。", kind="closure", status="completed", proof="验收合格。")
    sign_in(clerk).post(record_url(project), typed | {"percent": "80", "status": "in_use"})
    assert project.updates.waiting().count() == 1


def test_another_statement_in_review_is_said(sign_in, clerk, project, typed):
    client, sentence = sign_in(clerk), "这个项目已有别的进展在审核"
    assert sentence not in client.get(record_url(project)).text
    client.post(record_url(project), typed)
    row = project.updates.get()
    for name in ("record", "postpone", "close"):
        page = client.get(row_address(name, project)).text
        assert sentence in page and row_url("change", row) in page
    assert sentence not in client.get(row_url("change", row)).text, "it is no other of its own"


def test_each_form_says_only_what_fits_it(sign_in, clerk, project):
    project.planned_end = date(2021, 9, 30)
    project.save()
    project.refresh_projections()
    client = sign_in(clerk)
    pages = {name: client.get(row_address(name, project)).text for name in ("record", "postpone", "close")}
    assert "暂停或不再实施时要写。" in pages["record"] and "状态没有变就不选" in pages["record"]
    assert "写为什么要延期。" in pages["postpone"] and "现在应于 2021 年 9 月 30 日" in pages["postpone"]
    assert "暂停" not in pages["postpone"] and "状态没有变就不选" not in pages["close"]


# --- postponement and closure --------------------------------------------------------------------
def test_a_postponement_is_applied_for_and_public_with_its_reason(
        sign_in, clerk, reviewer, senior_reviewer, project, visitor):
    project.planned_end = date(2021, 9, 30)
    project.save()
    project.refresh_projections()
    address = row_address("postpone", project)
    typed = {"version": 1, "effective_on": "2021-09-01", "postponed_to": "2091-12-31", "reason": "雨季延误。"}
    past = sign_in(clerk).post(address, typed | {"postponed_to": str(timezone.localdate() - timedelta(days=1))})
    assert past.status_code == 400 and "新的日期不能在今天以前。" in past.text
    type(project).objects.filter(pk=project.pk).update(due_on=date(2091, 9, 30))
    early = sign_in(clerk).post(address, typed | {"postponed_to": "2091-09-30"})
    assert early.status_code == 400 and "要比现在的日期" in early.content.decode()
    project.refresh_projections()
    sign_in(clerk).post(address, typed)
    row = project.updates.get()
    assert "雨季延误" not in visitor.get(project.get_absolute_url()).content.decode()
    decide(sign_in(reviewer), row)
    decide(sign_in(senior_reviewer), row)
    page = visitor.get(project.get_absolute_url()).content.decode()
    assert "雨季延误。" in page and "2091 年 12 月 31 日" in page and "2021 年 9 月 30 日" in page


def test_a_closure_needs_proof(sign_in, clerk, project):
    address = row_address("close", project)
    typed = {"version": 1, "effective_on": "2021-12-20", "status": "completed", "proof": ""}
    assert sign_in(clerk).post(address, typed).status_code == 400
    sign_in(clerk).post(address, typed | {"proof": "验收记录第 1 号。"})
    assert project.updates.get().kind == "closure"


@pytest.mark.parametrize(("percent", "is_shown"), [(70, False), (100, True)])
def test_what_is_closed_shows_no_part_of_the_way(sign_in, clerk, visitor, project, percent, is_shown):
    staff = sign_in(clerk)
    addresses = [(visitor, project.get_absolute_url()), (staff, record_url(project)),
                 (staff, reverse("admin:projects_project_change", args=[project.pk]))]

    def shown():
        pages = [client.get(address).text.split("<ol class=\"timeline")[0] for client, address in addresses]
        return [f"{percent}%" in page for page in pages]

    factories.make_update(project, percent=percent, status="in_progress")
    assert shown() == [True] * 3
    factories.make_update(project, kind="closure", status="completed", proof="验收合格。", text="",
                          effective_on=date(2021, 12, 20))
    assert shown() == [is_shown] * 3


@pytest.mark.parametrize(("change", "sentence"), [
    ({"percent": "140"}, "百分比应在 0 到 100 之间。"),
    ({"percent": "一半"}, "输入整数。"),
    ({"quantity": "-1"}, "完成数量不能是负数。"),
    ({"status": "paused"}, "暂停或不再实施，要写明原因（公开）。"),
    ({"status": "", "percent": "", "text": ""}, "状态、百分比、数量和进展至少填一项。"),
    ({"effective_on": ""}, "必填"),
    ({"effective_on": "0021-12-31"}, "日期应在 1990 年以后，请检查年份。"),
    ({"effective_on": "昨天"}, "输入一个有效的日期。"),
    ({"effective_from": "2021-11-01"}, "最早日不能晚于日期。"),
    ({"effective_on": timedelta(days=2)}, "日期不能在今天以后"),
    ({"source": "99999"}, "选择一个有效的选项"),
])
def test_wrong_input_gets_a_sentence_and_loses_nothing(sign_in, clerk, project, typed, change, sentence):
    change = {name: str(timezone.localdate() + value) if isinstance(value, timedelta) else value
              for name, value in change.items()}
    response = sign_in(clerk).post(record_url(project), typed | change)
    page = response.content.decode()
    assert response.status_code == 400
    assert sentence in page
    assert "雨天多。" in page, "what was typed is still there"
    assert not project.updates.exists()


@pytest.mark.parametrize("hostile", ["\x0b道路", "道\ufffe路", "\u202e道路"])
def test_control_characters_are_cleaned(sign_in, clerk, project, typed, hostile):
    sign_in(clerk).post(record_url(project), typed | {"text": hostile})
    assert project.updates.get().text == "道路"


def test_a_published_row_cannot_be_edited(sign_in, street_admin, superuser, published, typed):
    for person in (street_admin, superuser):
        sign_in(person).post(row_url("change", published), typed | {"text": "改写"})
        assert sign_in(person).post(row_url("delete", published), {"post": "yes"}).status_code == 403
    published.refresh_from_db()
    assert published.text == "原来的说法。"


def test_a_correction_takes_the_place(sign_in, street_admin, senior_reviewer, published, typed, visitor):
    address = row_url("correct", published)
    refused = sign_in(street_admin).post(address, typed)
    assert refused.status_code == 400, "a correction says why"
    sign_in(street_admin).post(address, typed | {"text": "更正后的说法。", "reason": "数字看错了。"})
    new = published.amended_by.get()
    assert (new.kind, new.state) == ("correction", State.SUBMITTED)
    new.publish(senior_reviewer, factories.CHECKED)
    page = visitor.get(published.project.get_absolute_url()).content.decode()
    assert "更正后的说法" in page and "更正前的说法" in page and "数字看错了" in page
    assert sign_in(street_admin).get(address).status_code == 404, "once only"


def test_a_withdrawal_hides_the_text(sign_in, street_admin, senior_reviewer, published, visitor):
    sign_in(street_admin).post(row_url("withdraw", published), {"version": 1, "reason": "发错了项目。"})
    published.amended_by.get().publish(senior_reviewer, factories.CHECKED)
    page = visitor.get(published.project.get_absolute_url()).content.decode()
    assert "已撤回" in page and "发错了项目" in page
    assert "原来的说法" not in page
    published.project.refresh_from_db()
    assert published.project.status == ""


def test_outside_the_scope_there_is_nothing(sign_in, other_clerk, project, published, typed):
    client = sign_in(other_clerk)
    addresses = [record_url(project), row_url("change", published), row_url("correct", published),
                 row_url("withdraw", published), reverse("admin:projects_project_change", args=[project.pk])]
    assert [client.get(address).status_code for address in addresses] == [404] * 5
    assert client.post(record_url(project), typed).status_code == 404
    assert project.name not in client.get(reverse("admin:projects_project_changelist")).content.decode()
    assert project.updates.count() == 1


def test_inside_the_scope_the_same_addresses_answer(sign_in, clerk, project, published):
    """The negative control of the test above: the clerk of the office gets them all."""
    client = sign_in(clerk)
    addresses = [record_url(project), row_url("change", published), row_url("correct", published),
                 row_url("withdraw", published), reverse("admin:projects_project_change", args=[project.pk])]
    assert [client.get(address).status_code for address in addresses] == [200] * 5


def test_a_person_without_the_right_cannot_record(sign_in, office, project):
    leader = factories.make_user("leader", roles=["领导"])
    assert sign_in(leader).get(record_url(project)).status_code == 403


def test_only_who_may_record_is_offered_the_button(sign_in, clerk, project):
    address = reverse("admin:projects_project_change", args=[project.pk])
    leader = factories.make_user("leader2", roles=["领导"])
    assert record_url(project) in sign_in(clerk).get(address).content.decode()
    assert record_url(project) not in sign_in(leader).get(address).content.decode()


def test_only_its_author_edits_what_waits(sign_in, office, clerk, project, typed):
    colleague = factories.make_user("colleague", roles=["部门经办人"])
    office.clerks.add(colleague)
    sign_in(clerk).post(record_url(project), typed)
    row = project.updates.get()
    assert sign_in(colleague).post(row_url("change", row), typed | {"text": "改写"}).status_code == 405
    sign_in(clerk).post(row_url("change", row), typed | {"text": "我自己改的", "version": row.version})
    assert project.updates.get().text == "我自己改的"


def test_a_double_click_records_once(sign_in, clerk, project, typed):
    client = sign_in(clerk)
    for _ in range(2):
        assert client.post(record_url(project), typed).status_code == 302
    assert project.updates.count() == 1
    client.post(record_url(project), typed | {"text": "另一件事"})
    assert project.updates.count() == 2


@pytest.mark.parametrize("ticked", ["\x00", "abc", "9" * 30, "-1"])
def test_ticks_that_are_no_rows_are_a_sentence(sign_in, reviewer, project, ticked):
    address = reverse("admin:projects_progressupdate_changelist")
    chosen = {"action": "approve_selected", "_selected_action": [ticked]}
    assert "请重新勾选" in sign_in(reviewer).post(address, chosen, follow=True).content.decode()


@pytest.mark.parametrize("field", ["parent", "continues"])
def test_a_project_cannot_point_at_itself(project, field):
    setattr(project, field, project)
    with pytest.raises(ValidationError) as caught:
        project.full_clean()
    assert "项目不能选自己。" in caught.value.message_dict[field]


def test_hiding_a_project_hides_its_parts(visitor, project):
    part = factories.make_part(project)
    project.is_published = False
    project.save()
    assert visitor.get(part.get_absolute_url()).status_code == 404
    part.refresh_from_db()
    part.is_published = True
    with pytest.raises(ValidationError):
        part.full_clean()


def test_without_a_role_nothing_is_read(sign_in, office, published):
    nobody = factories.make_user("nobody", is_staff=True)
    office.clerks.add(nobody)
    assert sign_in(nobody).get(row_url("change", published)).status_code == 403


def test_accounts_cannot_be_probed_or_taken_over(sign_in, street_admin):
    client = sign_in(factories.make_user("accounts2", roles=["系统管理员"]))
    address = reverse("admin:guicheng_user_changelist")
    for lookup in ("email__startswith", "username__regex", "last_login__year", "password__startswith"):
        assert client.get(address, {lookup: "("}).status_code == 400
    password = reverse("admin:auth_user_password_change", args=[street_admin.pk])
    assert client.get(password).status_code == 403


def test_the_projects_of_others_are_not_named_in_a_filter(sign_in, clerk, project, published):
    hidden = factories.make_project(name="别处的项目", lead_department=factories.make_department())
    address = reverse("admin:projects_progressupdate_changelist")
    page = sign_in(clerk).get(address, {"project__id__exact": project.pk}).content.decode()
    assert hidden.name not in page and published.text in page


def test_a_hidden_field_cannot_be_asked_for(sign_in, clerk):
    client = sign_in(clerk)
    address = reverse("admin:projects_project_changelist")
    assert client.get(address, {"search_text__startswith": "a"}).status_code == 400
    assert client.get(address, {"status__exact": "in_progress"}).status_code == 200


def test_nobody_makes_themselves_stronger(sign_in):
    person = factories.make_user("accounts", roles=["系统管理员"])
    boss = factories.make_user("boss", is_staff=True, is_superuser=True)
    client = sign_in(person)
    address = reverse("admin:guicheng_user_change", args=[person.pk])
    page = client.get(address).content.decode()
    assert 'name="is_superuser"' not in page and 'name="groups"' not in page
    client.post(address, {"username": "accounts", "is_superuser": "on", "is_staff": "on", "is_active": "on"})
    person.refresh_from_db()
    assert not person.is_superuser
    assert client.post(reverse("admin:auth_user_password_change", args=[boss.pk]), {
        "password1": "another-long-one-1", "password2": "another-long-one-1"}).status_code == 403


@pytest.mark.parametrize("model", ["project", "progressupdate", "projectlist", "department", "source", "fact"])
def test_lists_ask_the_same_number_of_queries(sign_in, superuser, office, key_list, model):
    """One row or fifty: joins are named."""
    client = sign_in(superuser)
    address = reverse(f"admin:projects_{model}_changelist")

    def count():
        with CaptureQueriesContext(connection, ) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    def more(rows):
        for _ in range(rows):
            row = factories.make_project(key_list, lead_department=office)
            factories.make_update(row, by=superuser)
            factories.make_fact(project=row)

    more(1)
    count()
    first = count()
    more(12)
    assert count() == first
    assert first <= 14


def test_the_first_page_answers_every_role(sign_in, clerk, reviewer, street_admin, superuser, project):
    for person in (clerk, reviewer):
        page = sign_in(person).get(reverse("admin:index")).content.decode()
        assert project.name in page and "填报进展" in page
    for person in (street_admin, superuser):
        page = sign_in(person).get(reverse("admin:index")).content.decode()
        assert project.project_list.title in page and "等我审核" in page


def test_every_admin_page_of_every_model_opens(sign_in, superuser, published):
    from django.contrib import admin

    client = sign_in(superuser)
    for model, model_admin in admin.site._registry.items():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        for search in ("", "桂城"):
            assert client.get(reverse(f"{name}_changelist"), {"q": search} if search else {}).status_code == 200, name
        if model_admin.has_add_permission(client.get(reverse("admin:index")).wsgi_request):
            assert client.get(reverse(f"{name}_add"), follow=True).status_code == 200, name


def test_effective_dates_are_shown_in_chinese(published, visitor):
    assert published.effective_on == date(2021, 6, 30)
    assert "2021 年 6 月 30 日" in visitor.get(published.project.get_absolute_url()).content.decode()


# --- photos on the same page ---------------------------------------------------------------------
def picture(name="现场.jpg"):
    import io

    from django.core.files.uploadedfile import SimpleUploadedFile
    from PIL import Image

    content = io.BytesIO()
    Image.effect_noise((640, 480), 40).convert("RGB").save(content, "JPEG")
    return SimpleUploadedFile(name, content.getvalue(), "image/jpeg")


def test_a_photo_goes_with_the_statement(sign_in, clerk, project, typed):
    answer = sign_in(clerk).post(record_url(project), typed | {
        "media-photos": picture(), "media-alt": "铺好的路面", "media-people_agreed": "on"}, follow=True)
    row = project.updates.get()
    assert "等待审核" in answer.content.decode()
    assert (row.state, row.photos.get().alt) == (State.SUBMITTED, "铺好的路面")


def test_a_photo_without_its_words_leaves_a_draft(sign_in, clerk, project, typed):
    client = sign_in(clerk)
    answer = client.post(record_url(project), typed | {"media-photos": picture()}, follow=True)
    row = project.updates.get()
    assert "每张照片写好替代文字" in answer.content.decode()
    assert (row.state, row.photos.count()) == (State.DRAFT, 1)


def test_a_bad_file_is_named_and_the_good_one_is_kept(sign_in, clerk, project, typed):
    from django.core.files.uploadedfile import SimpleUploadedFile

    client = sign_in(clerk)
    bad = SimpleUploadedFile("坏的.jpg", b"<svg></svg>", "image/jpeg")
    page = client.post(record_url(project), typed | {"media-photos": [picture(), bad], "media-alt": "路面"})
    assert page.status_code == 400 and not project.updates.exists()
    assert "坏的.jpg" in page.content.decode() and "已收到 1 张照片" in page.content.decode()
    held = page.context["media"].data["media-held"]
    client.post(record_url(project), typed | {"media-held": held, "media-alt": "路面", "media-people_agreed": "on"})
    assert project.updates.get().photos.count() == 1


def test_a_correction_keeps_the_photos(sign_in, clerk, reviewer, project, typed):
    sign_in(clerk).post(record_url(project), typed | {
        "media-photos": picture(), "media-alt": "铺好的路面", "media-people_agreed": "on"})
    row = project.updates.get()
    row.publish(reviewer, factories.CHECKED)
    sign_in(clerk).post(row_url("correct", row), typed | {"reason": "写错了。", "text": "改过的说法。"})
    new = row.amended_by.get()
    assert (new.state, new.photos.get().alt) == (State.SUBMITTED, "铺好的路面")
