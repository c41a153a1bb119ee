"""督办: made by the calendar or by hand, received, answered, escalated and closed; and the lists of the desk."""
import io
from datetime import date, timedelta
from unittest import mock

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from guicheng.days.workdays import CalendarYear, UnknownYear
from guicheng.notices.inbox import InboxMessage
from projects.models import Instruction, LightOverride, ProgressUpdate, Project, SupervisionNotice
from projects.supervision.daily import supervise
from projects.supervision.late import MISSING, incomplete, late_table, rows_of, stale
from projects.supervision.unheard import unheard_units
from tests import factories

pytestmark = pytest.mark.django_db
DUE = date(2021, 10, 15)  # a Friday; the three working days before it begin on Tuesday the 12th
SOON, LATE = date(2021, 10, 12), date(2021, 10, 18)


@pytest.fixture
def late(project):
    """A project of the cast's office, due on DUE, under way, 80 %."""
    project.planned_start, project.planned_end = date(2021, 5, 6), DUE
    project.save()
    factories.make_update(project, effective_on=date(2021, 10, 8), status="in_progress", percent=95)
    project.refresh_from_db()
    return project


@pytest.fixture
def supervisor(db):
    return factories.make_user("supervisor", name="督办员", roles=["督办员"])


@pytest.fixture
def leader(db):
    return factories.make_user("leader", name="某领导", roles=["领导"])


def spoken(project, day=DUE + timedelta(days=1)):
    """Say that it is not finished on a day after its due one: only then it is late."""
    factories.make_update(project, effective_on=day, status="in_progress", percent=95)


def levels(project):
    return list(project.notices.order_by("pk").values_list("level", "cause"))


def test_it_works(late, clerk):
    assert str(supervise(SOON)) == "2021 年 10 月 12 日：新发督办 1 件（提醒 1），其中升级 0 件；办结 0 件。"
    notice = late.notices.get()
    assert (notice.level, notice.cause, notice.unit, notice.raised_by) == ("reminder", "due_soon", late.lead_department,
                                                                          None)
    assert notice.reply_by == DUE
    message = InboxMessage.objects.get(recipient=clerk)
    assert "提醒" in message.title and message.path == notice.get_absolute_url()


def test_not_a_day_too_early(late):
    assert supervise(date(2021, 10, 11)).raised.total() == 0


def test_twice_makes_nothing_new(late, clerk):
    for _ in range(3):
        supervise(SOON)
    assert late.notices.count() == InboxMessage.objects.filter(recipient=clerk).count() == 1


def test_a_day_that_passed_in_silence_is_asked_about_and_never_louder_than_an_urge(late):
    supervise(LATE)
    assert levels(late) == [("reminder", "pending")]
    notice = late.notices.get()
    assert "请核实是否已经完成，并填报进展。" in notice.text
    for day in range(1, 60):
        supervise(LATE + timedelta(days=day))
    assert levels(late) == [("reminder", "pending"), ("urge", "pending")]
    spoken(late, LATE + timedelta(days=60))
    supervise(LATE + timedelta(days=60))
    assert levels(late)[-1] == ("urge", "overdue") and late.notices.filter(closed_on=None).count() == 1


def test_the_ladder(late):
    """提醒, then 催办单 on the first late day, 督办单 and 通报 after five working days without a word."""
    spoken(late)
    day, seen = SOON, []
    while day < date(2021, 11, 30):
        for level, amount in supervise(day).raised.items():
            seen.append((day, str(level), amount))
        day += timedelta(days=1)
    assert seen == [(SOON, "reminder", 1), (date(2021, 10, 16), "urge", 1), (date(2021, 10, 23), "order", 1),
                    (date(2021, 10, 30), "bulletin", 1)]
    assert late.notices.filter(closed_on=None).get().level == "bulletin"
    chain = late.notices.get(level="bulletin")
    assert chain.previous.previous.previous.level == "reminder"
    assert "没有回复" in chain.text


def test_a_reply_gives_the_time_once_more(late, clerk):
    spoken(late)
    supervise(LATE)
    notice = late.notices.get()
    notice.answer(clerk, "管线迁改，月底完成。")
    SupervisionNotice.objects.filter(pk=notice.pk).update(replied_at="2021-10-22T01:00:00Z")
    supervise(date(2021, 10, 29))
    assert late.notices.count() == 1, "five working days from the reply"
    supervise(date(2021, 10, 30))
    order = late.notices.get(level="order")
    assert "已回复，但还没有赶上" in order.text


def test_catching_up_closes_with_the_reason(late):
    spoken(late)
    supervise(LATE)
    factories.make_update(late, effective_on=date(2021, 10, 19), status="completed")
    outcome = supervise(date(2021, 10, 20))
    notice = late.notices.get()
    assert outcome.closed == 1 and notice.closed_on == date(2021, 10, 20) and notice.closed_by is None
    assert notice.closed_reason.startswith("已赶上：已完成 → 蓝")


def test_a_postponement_ends_it_and_begins_anew(late):
    spoken(late)
    supervise(LATE)
    factories.make_update(late, effective_on=date(2021, 10, 19), kind="postponement", postponed_to=date(2021, 10, 29),
                          reason="管线迁改")
    supervise(date(2021, 10, 20))
    assert late.notices.filter(closed_on=None).count() == 0
    spoken(late, date(2021, 10, 30))
    supervise(date(2021, 10, 30))
    assert levels(late) == [("urge", "overdue"), ("urge", "overdue")]


def test_behind_waits_for_green(late):
    def percent(value, day):
        factories.make_update(late, effective_on=day, percent=value)

    percent(10, date(2021, 10, 9))
    assert supervise(date(2021, 10, 9)).raised.total() == 1
    assert levels(late) == [("reminder", "behind")]
    percent(70, date(2021, 10, 9))
    assert supervise(date(2021, 10, 9)).closed == 0, "yellow is not caught up"
    percent(96, date(2021, 10, 9))
    assert supervise(date(2021, 10, 9)).closed == 1
    percent(11, date(2021, 10, 9))
    supervise(date(2021, 10, 9))
    assert late.notices.count() == 2, "behind again is a new one"


def test_nobody_said_anything_for_thirty_days(late):
    assert supervise(date(2021, 10, 8)).raised.total() == 0
    Project.objects.filter(pk=late.pk).update(planned_end=date(2022, 6, 30), due_on=date(2022, 6, 30))
    assert supervise(date(2021, 11, 6)).raised.total() == 0, "29 days"
    assert supervise(date(2021, 11, 7)).raised.total() == 1
    assert levels(late) == [("reminder", "stale")]
    factories.make_update(late, effective_on=date(2021, 11, 8))
    supervise(date(2021, 11, 9))
    assert not late.notices.filter(closed_on=None).exists()


def test_what_a_person_settled_stays_settled(late, supervisor):
    supervise(LATE)
    late.notices.get().close("已与区里协调，按新节点办。", by=supervisor)
    supervise(LATE)
    assert late.notices.count() == 1


def test_an_override_holds_the_supervision(late, supervisor):
    LightOverride.objects.create(project=late, colour="green", reason="已协调", by=supervisor, effective_on=SOON)
    assert supervise(LATE).raised.total() == 0


def test_finished_paused_hidden_and_sample_projects_are_left_alone(late, key_list):
    for status in ("completed", "paused", "cancelled"):
        done = factories.make_project(key_list, planned_end=DUE)
        factories.make_update(done, effective_on=DUE, status=status, reason="资金调整")
    factories.make_project(key_list, planned_end=DUE, is_published=False)
    factories.make_project(key_list, planned_end=DUE, is_sample=True)
    assert supervise(LATE).raised.total() == 1
    assert supervise(LATE, samples=True).raised.total() == 1, "samples only when asked"


def test_past_the_calendar_it_refuses_and_does_nothing(late):
    CalendarYear.objects.filter(year=2021).delete()
    with pytest.raises(UnknownYear, match="2021 年的放假安排还没有录入，不能推算工作日"):
        supervise(LATE)
    assert not SupervisionNotice.objects.exists()


# --- the command ---------------------------------------------------------------------------------
def command(*arguments):
    out = io.StringIO()
    call_command("supervise", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_says_one_sentence(late):
    spoken(late)
    assert "（试算，什么也没有改）2021 年 10 月 18 日：新发督办 1 件" in command("--day", "2021-10-18", "--dry-run")
    assert not SupervisionNotice.objects.exists()
    assert command("--day", "2021-10-18").startswith("2021 年 10 月 18 日：新发督办 1 件（催办单 1）")


@pytest.mark.parametrize(("day", "sentence"), [
    ("昨天", "不是一个日期"), ("2021-13-01", "不是一个日期"), ("2999-01-01", "今天以后"),
    ("2020-06-01", "2020 年的放假安排还没有录入"),
])
def test_the_command_refuses_with_a_sentence(late, day, sentence):
    with pytest.raises(CommandError, match=sentence):
        command("--day", day)


def test_a_missing_calendar_reaches_who_keeps_it(street_admin):
    CalendarYear.objects.all().delete()
    for _ in range(2):
        with pytest.raises(CommandError):
            command("--day", "2021-10-18")
    assert InboxMessage.objects.filter(recipient=street_admin, title__contains="放假安排").count() == 1


# --- nothing twice, nothing half -----------------------------------------------------------------
def test_killed_in_the_middle_leaves_no_half(late, clerk):
    supervise(SOON)
    spoken(late)
    with mock.patch.object(SupervisionNotice, "_tell_unit", side_effect=KeyboardInterrupt), \
            pytest.raises(KeyboardInterrupt):
        supervise(LATE)
    assert levels(late) == [("reminder", "due_soon")]
    assert late.notices.get().is_open, "the reminder was not closed without its successor"
    supervise(LATE)
    assert levels(late) == [("reminder", "due_soon"), ("urge", "overdue")]


def at_the_same_time(project):
    """Two runs that both looked before either wrote: what the second would do without the lock's second look."""
    from projects.supervision.daily import Issue, _Run

    first, second = _Run(LATE, False), _Run(LATE, False)
    blind = mock.patch.object(_Run, "_steps", lambda self, project, light, causes, notices: [
        Issue("urge", "overdue", f"overdue:{project.pk}:x:urge:0", "请办。")])
    with blind:
        for run in (first, second):
            run.check_calendar()
            run.look_at([project.pk])


def test_two_at_once_make_no_double(late):
    at_the_same_time(late)
    assert late.notices.count() == 1


def test_control_without_the_constraints_they_would(late, monkeypatch):
    """Take the rules out of the model and the database: the same two runs make a double."""
    monkeypatch.setattr(SupervisionNotice._meta, "constraints", [])
    monkeypatch.setattr(SupervisionNotice._meta.get_field("cause_key"), "_unique", False)
    monkeypatch.setattr(SupervisionNotice, "validate_unique", lambda self, exclude=None: None)
    table = SupervisionNotice._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'u'", [table])
            for (name,) in cursor.fetchall():
                cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
            cursor.execute("DROP INDEX projects_supervisionnotice_one_open")
            at_the_same_time(late)
            assert late.notices.count() == 2
        else:  # SQLite keeps a column's UNIQUE in the table: leave it out by another key
            cursor.execute("DROP INDEX projects_supervisionnotice_one_open")
            SupervisionNotice.issue(late, "urge", "overdue", "a", "请办。", day=LATE)
            SupervisionNotice.issue(late, "urge", "overdue", "b", "请办。", day=LATE)
            assert late.notices.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_real_runs_at_once(office, key_list):
    import threading

    projects = [factories.make_project(key_list, planned_end=DUE, lead_department=office) for _ in range(6)]
    faults = []

    def run():
        try:
            supervise(LATE)
        except Exception as error:  # noqa: BLE001
            faults.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    assert SupervisionNotice.objects.count() == len(projects)


def test_a_closed_one_is_for_ever(late, supervisor):
    supervise(LATE)
    notice = late.notices.get()
    notice.close("已协调。", by=supervisor)
    with pytest.raises(DatabaseError), transaction.atomic():
        SupervisionNotice.objects.filter(pk=notice.pk).update(text="改写")
    with pytest.raises(ValidationError, match="已经办结"):
        notice.answer(supervisor, "还想说")


# --- by hand -------------------------------------------------------------------------------------
def url(name, pk):
    return reverse(f"admin:projects_supervisionnotice_{name}", args=[pk])


ISSUED = {"level": "order", "text": "请说明为什么停工。"}


def test_a_leader_starts_one_and_the_clerk_answers(sign_in, leader, clerk, project):
    client = sign_in(leader)
    page = client.post(url("issue", project.pk), ISSUED | {"instruction": "抓紧办。"}, follow=True).content.decode()
    assert "已发出督办单，发给城建办公室" in page and "抓紧办。" in page
    notice = project.notices.get()
    assert notice.raised_by == leader
    answering = sign_in(clerk)
    page = answering.get(notice.get_absolute_url()).content.decode()
    assert "签收" in page and "抓紧办。" in page
    answering.post(url("receive", notice.pk))
    page = answering.post(url("reply", notice.pk), {"text": "下周复工。"}, follow=True).content.decode()
    assert "已回复。" in page and "下周复工。" in page
    notice.refresh_from_db()
    assert (notice.received_by, notice.replied_by, notice.stage) == (clerk, clerk, "已回复")
    assert InboxMessage.objects.filter(recipient=leader, title__contains="已回复").exists()
    client.post(url("close", notice.pk), {"reason": "已复工。"})
    notice.refresh_from_db()
    assert notice.stage == "已办结"
    assert "号（人工发起）：已办结" in client.get(reverse("admin:projects_project_change",
                                                   args=[project.pk])).content.decode()


def test_a_double_click_makes_one(sign_in, leader, project):
    client = sign_in(leader)
    for _ in range(2):
        client.post(url("issue", project.pk), ISSUED | {"instruction": "抓紧办。"})
    assert project.notices.count() == Instruction.objects.count() == 1
    client.post(url("issue", project.pk), ISSUED | {"csrfmiddlewaretoken": "of a page shown anew"})
    assert project.notices.count() == 2, "the control: another form"


@pytest.mark.parametrize(("change", "sentence"), [
    ({"text": ""}, "请写明内容。"), ({"text": "\x00\x0b"}, "请写明内容。"), ({"level": "shout"}, "选择一个有效的选项"),
    ({"text": "长" * 2001}, "2000 个字以内"), ({"reply_by": "2021-01-01"}, "回复期限不能早于今天。"),
    ({"reply_by": "明天"}, "输入一个有效的日期"), ({"reply_by": "9999-12-31"}, "2100 年以前"),
])
def test_wrong_input_gets_a_sentence_and_loses_nothing(sign_in, leader, project, change, sentence):
    response = sign_in(leader).post(url("issue", project.pk), ISSUED | {"instruction": "抓紧办。"} | change)
    page = response.content.decode()
    assert response.status_code == 400 and sentence in page and "抓紧办。" in page
    assert not project.notices.exists()


def test_an_empty_reply_and_an_empty_end_get_a_sentence(sign_in, clerk, supervisor, project):
    notice = SupervisionNotice.issue(project, "order", "manual", "k", "请办。", by=supervisor)
    assert "请写明回复。" in sign_in(clerk).post(url("reply", notice.pk), {"text": " "}).content.decode()
    assert "请写明办结原因。" in sign_in(supervisor).post(url("close", notice.pk), {}).content.decode()
    assert sign_in(clerk).get(url("reply", notice.pk)).status_code == 405


def test_received_and_answered_once(sign_in, clerk, supervisor, project):
    notice = SupervisionNotice.issue(project, "order", "manual", "k", "请办。", by=supervisor)
    client = sign_in(clerk)
    client.post(url("reply", notice.pk), {"text": "第一次。"})
    assert "已经回复过" in client.post(url("reply", notice.pk), {"text": "第二次。"}, follow=True).content.decode()
    assert "已经签收过" in client.post(url("receive", notice.pk), follow=True).content.decode()
    notice.refresh_from_db()
    assert notice.reply == "第一次。" and notice.received_by == clerk


def test_the_receipt_keeps_a_reply_already_typed(sign_in, clerk, supervisor, project):
    """签收 and 回复 stand under one box: what was typed goes with either, and only 回复 sends it."""
    notice = SupervisionNotice.issue(project, "order", "manual", "k", "请办。", by=supervisor)
    client = sign_in(clerk)
    page = client.get(notice.get_absolute_url()).text
    form = next(form for form in page.split("<form")[1:] if "<textarea" in form)
    assert f'formaction="{url("receive", notice.pk)}" value="签收"' in form
    for sentence in ("已签收。", "已经签收过"):
        page = client.post(url("receive", notice.pk), {"text": "下周复工。"}).text
        assert sentence in page and "下周复工。</textarea>" in page
    notice.refresh_from_db()
    assert (notice.received_by, notice.reply) == (clerk, "")
    notice.answer(clerk, "已复工。")
    assert client.post(url("receive", notice.pk), {"text": "下周复工。"}).status_code == 302


@pytest.mark.parametrize("name", ["receive", "reply"])
def test_who_acts_upon_it_has_read_its_message(sign_in, clerk, reviewer, supervisor, project, name):
    notice, other = (SupervisionNotice.issue(project, "order", "manual", key, "请办。", by=supervisor) for key in "kl")
    sign_in(clerk).post(url(name, notice.pk), {"text": "下周复工。"})
    unread = InboxMessage.objects.unread()
    assert [row.path for row in unread.filter(recipient=clerk)] == [other.get_absolute_url()]
    assert unread.filter(recipient=reviewer).count() == 2


def test_who_may_do_what(sign_in, office, clerk, reviewer, leader, supervisor, street_admin, project):
    notice = SupervisionNotice.issue(project, "order", "manual", "k", "请办。", by=supervisor)
    may_issue = {leader: 200, supervisor: 200, clerk: 403, reviewer: 403, street_admin: 403}
    may_instruct = {leader: 200, supervisor: 403, clerk: 403, reviewer: 403, street_admin: 403}
    for user, status in may_issue.items():
        assert sign_in(user).get(url("issue", project.pk)).status_code == status, user
    for user, status in may_instruct.items():
        assert sign_in(user).get(url("instruct", project.pk)).status_code == status, user
    for user in (leader, supervisor, street_admin):
        assert sign_in(user).post(url("receive", notice.pk)).status_code == 403, user
    for user in (clerk, reviewer, street_admin):
        assert sign_in(user).post(url("close", notice.pk), {"reason": "x"}).status_code == 403, user


def test_a_supporting_office_reads_and_does_not_sign(sign_in, other_clerk, supervisor, project):
    notice = SupervisionNotice.issue(project, "order", "manual", "k", "请办。", by=supervisor)
    project.supporting_departments.set(other_clerk.department_clerk_of.all())
    assert sign_in(other_clerk).get(notice.get_absolute_url()).status_code == 200
    assert sign_in(other_clerk).post(url("receive", notice.pk)).status_code == 403


def test_outside_the_scope_there_is_nothing(sign_in, other_clerk, supervisor, project):
    notice = SupervisionNotice.issue(project, "order", "manual", "k", "请办。", by=supervisor)
    client = sign_in(other_clerk)
    assert client.get(notice.get_absolute_url()).status_code == 404
    for name in ("receive", "reply", "close"):
        assert client.post(url(name, notice.pk), {"text": "x", "reason": "x"}).status_code == 404
    for name in ("issue", "instruct"):
        assert client.get(url(name, project.pk)).status_code == 404
    assert project.name not in client.get(reverse("admin:projects_supervisionnotice_changelist")).content.decode()


def test_residents_see_no_supervision(visitor, leader, project):
    Instruction.write(project, "抓紧办。", leader)
    page = visitor.get(project.get_absolute_url()).content.decode()
    assert "抓紧办" not in page and "督办" not in page


def test_an_instruction_reaches_the_unit_and_stays(sign_in, leader, clerk, project):
    client = sign_in(leader)
    for _ in range(2):
        client.post(url("instruct", project.pk), {"text": "抓紧办。"})
    row = Instruction.objects.get()
    assert InboxMessage.objects.get(recipient=clerk).text == "抓紧办。"
    with pytest.raises(DatabaseError), transaction.atomic():
        Instruction.objects.filter(pk=row.pk).update(text="改写")


# --- the desk ------------------------------------------------------------------------------------
DESK = "admin:projects_supervisionnotice_desk"


def test_the_late_table(late, leader):
    spoken(late)
    factories.make_update(late, effective_on=date(2021, 10, 13), problem="管线未迁。", coordination="供电部门",
                          next_step="20 日前迁完。")
    factories.make_update(late, effective_on=date(2021, 10, 14), text="有进展。")
    Instruction.write(late, "抓紧办。", leader)
    [row] = late_table(Project.objects.all(), LATE)
    assert (row.project, row.days_late, row.due_on) == (late, 3, DUE)
    assert (row.stuck, row.coordination, row.next_step) == ("管线未迁。", "供电部门", "20 日前迁完。")
    assert row.instruction.startswith("抓紧办。（某领导，") and row.unit == "城建办公室"
    assert late_table(Project.objects.all(), DUE) == []


def test_the_stale_and_the_incomplete(late):
    assert list(stale(Project.objects.all(), date(2021, 11, 7))) == [late]
    assert list(stale(Project.objects.all(), date(2021, 11, 6))) == []
    [row] = rows_of(incomplete(Project.objects.all()), LATE)
    assert row.missing == "联系人或电话、社区、内容"
    assert list(incomplete(Project.objects.all(), "plan")) == []
    assert list(incomplete(Project.objects.all(), "community")) == [late]


def test_what_the_desk_calls_missing_is_what_it_says(db):
    """The condition of the query and the words of the row agree, whatever is filled in."""
    office = factories.make_department(contact="某人", phone="0757")
    for kw in ({}, {"contact": "某人"}, {"contact": "某人", "phone": "1"}, {"lead_department": office},
               {"description": "内容"}, {"community": factories.make_community()}):
        project = factories.make_project(**kw)
        [row] = rows_of([project])
        for name, (title, _) in MISSING.items():
            found = incomplete(Project.objects.filter(pk=project.pk), name).exists()
            assert found == (title in row.missing), (kw, name)


@pytest.mark.parametrize("section", ["late", "pending", "soon", "stale", "missing"])
def test_each_list_opens_and_downloads(sign_in, clerk, late, section):
    if section != "pending":
        spoken(late)
    client = sign_in(clerk)
    assert client.get(reverse(DESK), {"list": section}).status_code == 200
    text = b"".join(client.get(reverse(DESK + "_csv"), {"list": section}).streaming_content).decode()
    assert text.startswith("\ufeff编号,项目,灯,灯的说明")
    if section != "soon":
        assert late.name in text


def test_a_clerk_sees_their_own_and_an_official_the_street(sign_in, clerk, other_clerk, leader, late):
    spoken(late)
    assert late.name in sign_in(clerk).get(reverse(DESK)).content.decode()
    assert late.name in sign_in(leader).get(reverse(DESK)).content.decode()
    assert late.name not in sign_in(other_clerk).get(reverse(DESK)).content.decode()
    response = sign_in(other_clerk).get(reverse(DESK + "_csv"))
    assert late.name not in b"".join(response.streaming_content).decode()
    nobody = factories.make_user("nobody", is_staff=True)
    assert sign_in(nobody).get(reverse(DESK)).status_code == 403


@pytest.mark.parametrize(("query", "status"), [
    ("list=nope", 404), ("list=%00", 404), ("page=abc", 200), ("page=99999999999999999999", 200),
    ("lack=%00&list=missing", 200),
])
def test_odd_addresses(sign_in, clerk, late, query, status):
    assert sign_in(clerk).get(f"{reverse(DESK)}?{query}").status_code == status


def test_the_missing_calendar_is_said(sign_in, street_admin, supervisor, leader, clerk):
    """To who can enter it and to who runs supervision; the others can do nothing about it."""
    CalendarYear.objects.all().delete()
    page = sign_in(street_admin).get(reverse(DESK), {"list": "soon"}).content.decode()
    assert "年的放假安排还没有录入" in page and "去录入" in page and "列不出快到期的项目" in page
    assert "请业务管理员在“工作日历”里录入" in sign_in(supervisor).get(reverse(DESK)).text
    for person in (leader, clerk):
        assert "放假安排" not in sign_in(person).get(reverse(DESK)).text, person


def test_the_number_of_queries_of_the_desk_is_fixed(sign_in, leader, late, office, key_list):
    client = sign_in(leader)

    def count():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse(DESK)).status_code == 200
        return len(queries)

    count()
    first = count()
    for _ in range(12):
        row = factories.make_project(key_list, planned_end=DUE, lead_department=office)
        factories.make_update(row, problem="卡住了。")
        Instruction.write(row, "抓紧。", leader)
    assert count() == first <= 13


# --- this week -----------------------------------------------------------------------------------
WEEK = "admin:projects_progressupdate_week"


def test_this_week_as_plain_text(sign_in, clerk, project):
    factories.make_update(project, status="in_progress", percent=40, text="铺好一半。", problem="雨天多。")
    factories.make_update(project, text="还没有审核。", published=False)
    old = factories.make_update(project, text="上个月的。", recorded_at=timezone.now() - timedelta(days=40))
    elsewhere = factories.make_update(text="别处的。")
    page = sign_in(clerk).get(reverse(WEEK)).content.decode()
    assert "1. 半月岛公园：推进中，完成 40%。铺好一半。（6 月 30 日）" in page
    for hidden in ("雨天多", "还没有审核", old.text, elsewhere.text):
        assert hidden not in page
    assert "readonly" in page and "data-copy" in page
    assert ProgressUpdate.objects.count() == 4


def test_what_was_finished_that_day_is_said_alone(sign_in, clerk, project):
    """70 % and 已完成 of one day do not both hold; the day before 70 % did, and a day of its own is not touched."""
    day = date(2021, 6, 30)
    for kw in ({"effective_on": day - timedelta(days=1), "percent": 60, "text": "铺好一半。"},
               {"effective_on": day, "percent": 70, "text": "快好了。"},
               {"effective_on": day, "status": "completed", "percent": 100, "text": "全部铺好。"}):
        factories.make_update(project, **kw)
    client = sign_in(clerk)
    page = client.get(reverse(WEEK)).text
    assert "2 条）" in page and "1. 半月岛公园：完成 60%。铺好一半。（6 月 29 日）" in page
    assert "2. 半月岛公园：已完成。全部铺好。（6 月 30 日）" in page and "70%" not in page
    factories.make_update(project, effective_on=day, kind="closure", status="completed", proof="验收合格。", text="")
    page = client.get(reverse(WEEK)).text
    assert "2. 半月岛公园：已销号。（6 月 30 日）" in page and "已完成" not in page
    factories.make_update(project, effective_on=day, status="in_progress", text="返工。")
    assert "70%" in client.get(reverse(WEEK)).text, "begun again that day: nothing ended it"


def test_an_empty_week_says_so(sign_in, clerk):
    assert "本周还没有发布过进展" in sign_in(clerk).get(reverse(WEEK)).content.decode()
    assert "上周还没有发布过进展" in sign_in(clerk).get(reverse(WEEK), {"week": "last"}).content.decode()


def test_samples_and_their_supervision_can_be_removed(leader):
    from projects.sample import remove_sample

    sample = factories.make_project(is_sample=True, planned_end=DUE)
    notice = SupervisionNotice.issue(sample, "order", "manual", "k", "请办。", by=leader)
    Instruction.write(sample, "抓紧。", leader, notice)
    notice.close("已办。", by=leader)
    remove_sample()
    assert not SupervisionNotice.objects.exists()


def test_without_a_unit_nobody_is_reminded_of_silence(late):
    Project.objects.filter(pk=late.pk).update(lead_department=None, planned_end=date(2022, 6, 30), due_on=None)
    assert supervise(date(2021, 11, 7)).raised.total() == 0


# --- the dry run ---------------------------------------------------------------------------------
def ran(*args):
    out = io.StringIO()
    call_command("supervise", *args, stdout=out)
    return out.getvalue()


def writes(queries):
    """Those of these statements that write: everything that neither reads nor marks a place to go back to."""
    reads = ("SELECT", "DECLARE", "SAVEPOINT", "RELEASE")  # DECLARE: a reading that PostgreSQL gives in parts
    return [query["sql"] for query in queries if query["sql"].split()[0] not in reads]


def test_a_dry_run_says_what_it_would_send_to_whom(late, clerk, reviewer):
    said = ran("--dry-run", "--day", SOON.isoformat())
    assert f"发出　提醒：{late}（快到期），发给城建办公室（经办人：站内；审核员：站内）" in said
    assert "（试算，什么也没有改）" in said and "新发督办 1 件" in said


def test_a_dry_run_says_on_which_ways(late, clerk, reviewer, settings):
    settings.MESSENGER_URL, settings.MESSENGER_NAME = "http://127.0.0.1:1", "粤政易"
    settings.EMAIL_URL, settings.WEBHOOK_URL = "smtp://127.0.0.1", "http://127.0.0.1:1/"
    clerk.messenger_id, clerk.email = "zhangsan", "z@example.gov.cn"
    clerk.save()
    said = ran("--dry-run", "--day", SOON.isoformat())
    assert "（经办人：站内、邮件汇总、粤政易；审核员：站内）" in said and "并发到群里" not in said
    spoken(late)
    assert "（经办人：站内、邮件汇总、粤政易；审核员：站内），并发到群里" in ran("--dry-run", "--day", LATE.isoformat())


def test_a_dry_run_says_who_would_be_asked_for_the_calendar(late):
    keeper = factories.make_user(name="管日历的", roles=["业务管理员"])
    CalendarYear.objects.filter(year=2022).update(is_complete=False)
    line = "消息　请录入 2022 年的放假安排，发给管日历的：站内"
    assert line in ran("--dry-run", "--day", "2021-11-20") and not InboxMessage.objects.exists()
    ran("--day", "2021-11-20")
    assert InboxMessage.objects.filter(recipient=keeper, cause_key="calendar:2022").exists()
    assert line not in ran("--dry-run", "--day", "2021-11-20"), "who knows it is not told again"


def test_a_dry_run_says_whom_nobody_would_reach(late):
    assert "发给城建办公室（没有可用的账号，没有人会收到）" in ran("--dry-run", "--day", SOON.isoformat())


def test_a_dry_run_says_what_it_would_close(late, clerk):
    supervise(SOON)
    spoken(late)
    assert f"办结　提醒：{late}（已经逾期，改按逾期督办）" in ran("--dry-run", "--day", LATE.isoformat())


def test_a_dry_run_writes_nothing(late, clerk):
    with CaptureQueriesContext(connection) as queries:
        ran("--dry-run", "--day", SOON.isoformat())
    assert writes(queries) == [] and len(queries) > 5
    assert not SupervisionNotice.objects.exists() and not InboxMessage.objects.exists()


def test_control_the_real_run_writes_and_lists_nothing(late, clerk):
    with CaptureQueriesContext(connection) as queries:
        said = ran("--day", SOON.isoformat())
    assert any("INSERT" in sql for sql in writes(queries))
    assert "发出　" not in said and SupervisionNotice.objects.exists() and InboxMessage.objects.exists()


# --- a unit without an account -------------------------------------------------------------------
def issued(client, project):
    return client.post(reverse("admin:projects_supervisionnotice_issue", args=[project.pk]),
                       {"level": "urge", "text": "请说明。", "reply_by": "2030-01-08"}, follow=True).content.decode()


def test_which_units_have_no_account(office):
    other = factories.make_department()
    gone = factories.make_user(is_active=False)
    other.clerks.add(gone)
    assert set(type(office).objects.without_accounts()) == {office, other}
    office.reviewers.add(factories.make_user())
    assert set(type(office).objects.without_accounts()) == {other}


def test_a_notice_that_nobody_reads_says_so_to_its_sender(sign_in, supervisor, late):
    client = sign_in(supervisor)
    before = client.get(reverse("admin:projects_supervisionnotice_issue", args=[late.pk])).content.decode()
    after = issued(client, late)
    for page in (before, after, client.get(late.notices.get().get_absolute_url()).content.decode()):
        assert "城建办公室没有可用的账号，这一件没有人会收到" in page


def test_the_desk_lists_the_units_that_nobody_reads_for(sign_in, supervisor, leader, clerk, late, office):
    unheard = factories.make_department(name="没有账号的办公室")
    factories.make_project(late.project_list, lead_department=unheard, number=77)
    done = factories.make_department(name="都办完了的办公室")
    factories.make_update(factories.make_project(late.project_list, lead_department=done, number=78),
                          status="completed")
    assert unheard_units(supervisor) == [unheard]
    page = sign_in(supervisor).get(reverse(DESK)).content.decode()
    assert "督办发不到人的单位" in page and "没有账号的办公室" in page
    assert "督办发不到人的单位" not in sign_in(clerk).get(reverse(DESK)).content.decode()


def test_control_where_somebody_reads_it_nothing_is_said(sign_in, supervisor, clerk, late):
    client = sign_in(supervisor)
    assert "没有可用的账号" not in issued(client, late)
    assert "督办发不到人的单位" not in client.get(reverse(DESK)).content.decode()
