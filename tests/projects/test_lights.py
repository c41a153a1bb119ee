"""Lights: from dates alone, the rule of their day, and the sentence that explains each."""
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from guicheng.days.workdays import CalendarYear
from projects.models import LightOverride, LightRule, Project
from projects.supervision.lights import light_of, lights_of, months_after, plan_percent
from projects.templatetags.projects import light_tag
from tests import factories

pytestmark = pytest.mark.django_db
# a hundred days, so that a day is a point
START, END = date(2021, 3, 1), date(2021, 6, 9)


def day(number):
    return START + timedelta(days=number)


def planned(**kw):
    return factories.make_project(**{"planned_start": START, "planned_end": END} | kw)


def stated(project, on, **kw):
    factories.make_update(project, effective_on=on, **kw)
    project.refresh_from_db()
    return project


def test_it_works():
    project = stated(planned(), day(55), status="in_progress", percent=35)
    light = light_of(project, day(60))
    assert (light.colour, light.plan, light.actual, light.behind) == ("yellow", 60, 35, 25)
    assert light.sentence == "计划 60%，实际 35%，落后 25 点 → 黄"


@pytest.mark.parametrize(("percent", "colour", "words"), [
    (60, "green", "与计划持平"), (70, "green", "超前 10 点"), (51, "green", "落后 9 点"),
    (50, "yellow", "落后 10 点"), (30, "yellow", "落后 30 点"), (29, "red", "落后 31 点"), (0, "red", "落后 60 点"),
])
def test_the_edges_of_behind(percent, colour, words):
    light = light_of(stated(planned(), day(1), status="in_progress", percent=percent), day(60))
    assert (light.colour, words in light.sentence) == (colour, True)


@pytest.mark.parametrize(("kw", "words"), [
    ({"planned_start": None, "planned_end": None}, "没有填计划开始和计划完成的日期"),
    ({"planned_start": None}, "没有填计划开始的日期"),
    ({"planned_end": None}, "没有填计划完成的日期"),
])
def test_without_a_plan_it_is_white(kw, words):
    light = light_of(stated(planned(**kw), day(1), status="in_progress", percent=90), day(20))
    assert light.colour == "white" and words in light.sentence


def test_without_a_percent_it_is_white_never_green():
    light = light_of(stated(planned(), day(1), status="in_progress"), day(20))
    assert light.colour == "white" and "没有人报过完成百分比" in light.sentence


@pytest.mark.parametrize(("today", "colour"), [
    (date(2021, 9, 28), "green"),  # 29, 30, 8: the 9th is the fourth
    (date(2021, 9, 29), "yellow"),  # 30, 8, 9: three working days across 国庆
    (date(2021, 10, 9), "yellow"), (date(2021, 10, 10), "white"),  # nobody has said since that it is not finished
])
def test_due_within_three_working_days_across_the_holiday(today, colour):
    project = planned(planned_end=date(2021, 10, 9))
    assert light_of(stated(project, date(2021, 9, 1), status="in_progress", percent=99), today).colour == colour


def test_overdue_is_red_and_says_how_late():
    project = stated(planned(), END + timedelta(days=2), status="acceptance", percent=99)
    light = light_of(project, END + timedelta(days=8))
    assert (light.colour, light.label, light.days_late) == ("red", "逾期", 8)
    assert light.sentence.startswith("应于 2021 年 6 月 9 日完成，已晚 8 天；计划 100%，实际 99%，落后 1 点")


def test_overdue_is_red_without_any_percent():
    project = stated(planned(planned_start=None), END + timedelta(days=1), status="in_progress")
    assert light_of(project, END + timedelta(days=1)).colour == "red"


@pytest.mark.parametrize("said", [{}, {"status": "in_progress", "percent": 10}, {"status": "planned"}])
def test_a_day_that_passed_in_silence_has_no_lamp(said):
    """到期待核: nothing is late before somebody says that it was not finished; of a standing one nobody can say it."""
    project = planned()
    if said:
        stated(project, END, **said)
    light = light_of(project, END + timedelta(days=1))
    assert (light.colour, light.label, light.days_late, light.causes) == ("white", "到期待核", 0, {"pending"})
    assert light.sentence == "应于 2021 年 6 月 9 日完成，到期以后没有填报是否完成 → 白"
    assert light_of(project, END).label != "到期待核"
    stated(project, END + timedelta(days=1), status="in_progress")
    assert light_of(project, END).label != "逾期" and light_of(project, END + timedelta(days=1)).label == "逾期"


def test_what_was_compiled_from_press_reports_has_no_lamp():
    project = planned(project_list=factories.make_list())
    stated(project, END + timedelta(days=2), status="in_progress", percent=10)
    assert light_of(project).label == "逾期"
    project.project_list.is_compiled = True
    project.project_list.save()
    light = light_of(project)
    assert (light.colour, light.label, light.causes) == ("white", "往年资料", frozenset())


def test_what_has_no_end_is_never_late():
    light = light_of(stated(planned(planned_start=None), END + timedelta(days=9), status="standing"))
    assert (light.colour, light.causes) == ("white", frozenset())


def test_not_started_for_three_months():
    project = planned(planned_start=date(2021, 3, 31), planned_end=date(2022, 12, 31))
    assert light_of(project, date(2021, 6, 29)).colour == "white"
    light = light_of(project, date(2021, 6, 30))
    assert light.colour == "red" and "满 3 个月还没有开工的记录" in light.sentence
    stated(project, date(2021, 6, 1), status="in_progress")
    assert light_of(project, date(2021, 6, 30)).colour == "white"


def test_months_end_where_the_month_ends():
    assert months_after(date(2020, 11, 30), 3) == date(2021, 2, 28)
    assert months_after(date(2021, 10, 15), 3) == date(2022, 1, 15)


@pytest.mark.parametrize(("status", "colour", "label"), [
    ("completed", "blue", "已完成"), ("in_use", "blue", "已投用"), ("paused", "grey", "暂停"),
    ("cancelled", "grey", "不再实施"),
])
def test_finished_is_blue_and_stopped_is_grey_however_late(status, colour, label):
    project = stated(planned(), day(50), status=status, reason="资金调整")
    light = light_of(project, END + timedelta(days=100))
    assert (light.colour, light.label, light.days_late) == (colour, label, 0)


def test_a_closed_one_says_so():
    project = stated(planned(), day(50), kind="closure", status="completed", proof="验收〔2021〕1 号")
    assert light_of(project, day(60)).label == "已销号"
    assert light_of(project, day(49)).colour != "blue", "not yet on the day before"


def test_milestones_are_the_plan_where_they_have_dates():
    project = stated(planned(), day(1), status="in_progress", percent=50)
    for number in (10, 20, 30, 90):
        factories.make_milestone(project, planned_on=day(number))
    factories.make_milestone(project, planned_on=None, actual_on=day(2))
    light = light_of(project, day(30))
    assert (light.plan, light.colour) == (75, "yellow")
    assert light_of(project, day(10)).plan == 25, "a milestone counts from its day"


def test_a_postponement_moves_the_plan_from_its_day_on():
    project = stated(planned(), day(1), status="in_progress", percent=40)
    stated(project, day(80), kind="postponement", postponed_to=END + timedelta(days=100), reason="管线迁改")
    later = END + timedelta(days=1)
    assert light_of(project, later).due_on == END + timedelta(days=100)
    assert light_of(project, later).colour == "yellow"
    assert light_of(project, day(79)).due_on == END, "the day before still had the old date"
    assert light_of(project, day(79)).colour == "red"


def test_as_of_a_past_day_reads_the_ledger_of_that_day():
    project = stated(planned(), day(10), status="in_progress", percent=10)
    stated(project, day(90), status="completed")
    assert light_of(project).colour == "blue"
    assert light_of(project, day(10)).colour == "green"


def test_last_years_lights_keep_last_years_rule():
    LightRule.objects.create(effective_on=date(2021, 1, 1))
    LightRule.objects.create(effective_on=date(2022, 1, 1), yellow_from=1, red_from=5)
    old = stated(planned(), day(1), status="in_progress", percent=51)
    new = planned(planned_start=date(2022, 3, 1), planned_end=date(2022, 6, 9))
    stated(new, date(2022, 3, 2), status="in_progress", percent=51)
    assert light_of(old, day(60)).colour == "green"
    light = light_of(new, date(2022, 4, 30))
    assert (light.behind, light.colour, light.rule.red_from) == (9, "red", 5)


def test_before_anybody_wrote_a_rule_the_first_holds():
    assert LightRule.objects.in_force(date(2021, 1, 1)).red_from == 30


def test_a_rule_cannot_reach_back():
    LightRule.objects.create(effective_on=date(2021, 1, 1))
    with pytest.raises(ValidationError, match="规则从今天或以后起"):
        LightRule(effective_on=date(2021, 6, 1)).full_clean()


def test_past_the_calendar_nothing_is_guessed():
    project = planned(planned_start=date(2026, 11, 1), planned_end=date(2027, 1, 8))
    stated(project, date(2026, 11, 2), status="in_progress", percent=95)
    light = light_of(project, date(2026, 12, 31))
    assert light.colour == "white"
    assert "2027 年的放假安排还没有录入，不能推算工作日" in light.sentence
    CalendarYear.objects.create(year=2027, is_complete=True)
    assert light_of(project, date(2026, 12, 31)).colour == "green"


def test_what_is_certain_is_said_without_the_calendar():
    CalendarYear.objects.all().delete()
    late = stated(planned(), END + timedelta(days=1), status="in_progress")
    assert light_of(late, END + timedelta(days=1)).colour == "red"
    late = stated(planned(), day(1), status="in_progress", percent=10)
    assert light_of(late, day(99)).colour == "red"


@pytest.mark.parametrize(("start", "due", "on", "percent"), [
    (START, END, START, 0), (START, END, END, 100), (START, END, day(-5), 0), (START, START, START, 100),
    (START, day(3), day(1), 33), (START, day(3), day(2), 67), (START, day(-1), START, None), (None, END, START, None),
])
def test_plan_percent(start, due, on, percent):
    assert plan_percent(start, due, [], on) == percent


# --- overrides -----------------------------------------------------------------------------------
def override(project, by, colour="green", **kw):
    kw = {"reason": "已与业主协调好", "effective_on": day(50)} | kw
    return LightOverride.objects.create(project=project, colour=colour, by=by, **kw)


def test_an_override_shows_its_reason_and_what_the_dates_say(street_admin):
    project = stated(planned(), day(1), status="in_progress", percent=35)
    override(project, street_admin)
    light = light_of(project, day(60))
    assert light.colour == "green"
    assert light.sentence == ("人工改为绿：已与业主协调好（业务管理员，2021 年 4 月 20 日）。"
                              "按日期：计划 60%，实际 35%，落后 25 点 → 黄")
    assert light_of(project, day(49)).colour == "red" or light_of(project, day(49)).override is None


def test_an_override_ends_by_its_day_or_by_another(street_admin):
    project = stated(planned(), day(1), status="in_progress", percent=35)
    override(project, street_admin, until=day(55))
    assert light_of(project, day(55)).override and not light_of(project, day(56)).override
    override(project, street_admin, colour="red")
    assert light_of(project, day(60)).colour == "red"
    override(project, street_admin, colour="")
    assert light_of(project, day(60)).override is None


def test_an_override_is_for_ever_on_the_record(project, street_admin):
    row = LightOverride.decide(project, "green", "已协调", street_admin)
    for change in (lambda: LightOverride.objects.filter(pk=row.pk).update(reason="改写"), row.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_an_override_needs_a_reason_and_a_day_to_come(project, street_admin):
    with pytest.raises(ValidationError):
        LightOverride.decide(project, "green", "", street_admin)
    with pytest.raises(ValidationError, match="结束日不能早于今天"):
        LightOverride.decide(project, "green", "已协调", street_admin, until=date(2021, 1, 1))


# --- many ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(("on", "queries"), [(None, 7), (day(60), 7)])
def test_the_number_of_queries_is_fixed(django_assert_num_queries, street_admin, on, queries):
    """The projects, the rule, the calendar, the milestones, the overrides, what was compiled; then the ledger."""
    for count in (1, 12):
        for _ in range(count):
            project = stated(planned(), day(1), status="in_progress", percent=10)
            factories.make_milestone(project)
            override(project, street_admin)
        with django_assert_num_queries(queries):
            assert len(lights_of(Project.objects.all(), on)) >= count


def test_every_light_has_its_own_shape():
    from projects.supervision.lights import LABELS, Light

    drawn = {light_tag(Light(colour, label, "")) for colour, label in LABELS.items()}
    shapes = {tag.split("</svg>")[0].split('currentColor">', 1)[1] for tag in drawn}
    assert len(shapes) == 6
    assert all("灯·" in tag for tag in drawn)


# --- the screens ---------------------------------------------------------------------------------
def test_the_list_and_the_project_show_the_light(sign_in, clerk, project):
    project.planned_start, project.planned_end = START, END
    project.save()
    stated(project, END + timedelta(days=1), status="in_progress")
    client = sign_in(clerk)
    page = client.get(reverse("admin:projects_project_change", args=[project.pk])).content.decode()
    assert "红灯·逾期" in page and "应于 2021 年 6 月 9 日完成" in page
    page = client.get(reverse("admin:projects_project_changelist")).content.decode()
    assert "红灯·逾期" in page and f">{light_of(project).brief}<" in page
    assert "应于 2021 年 6 月 9 日完成" not in page, "what each row says at length says nothing"
    export = client.get(reverse("admin:projects_project_export", args=["csv"]))
    text = export.getvalue().decode() if export.streaming else export.content.decode()
    assert "红灯·逾期：应于 2021 年 6 月 9 日完成" in text, "a file has room"


@pytest.mark.parametrize(("kw", "percent", "brief"), [
    ({"planned_start": START, "planned_end": END}, 5, "落后"), ({}, None, ""), ({"planned_end": END}, None, "")])
def test_a_list_says_by_how_much_only_where_it_presses(kw, percent, brief):
    project = planned(**kw)
    if percent is not None:
        stated(project, day(50), status="in_progress", percent=percent)
    said = light_of(project, day(60)).brief
    assert said.startswith(brief) if brief else said == ""


def test_a_list_says_why_a_person_decided_a_light(street_admin):
    project = planned()
    LightOverride.decide(project, "red", "管线没有迁走。", street_admin)
    assert "管线没有迁走" in light_of(project).brief


def test_residents_see_no_light(visitor, project):
    project.planned_start, project.planned_end = START, END
    project.save()
    assert "红灯" not in visitor.get(project.get_absolute_url()).content.decode()


def light_url(project):
    return reverse("admin:projects_supervisionnotice_light", args=[project.pk])


def test_the_light_is_changed_by_hand_with_a_reason(sign_in, street_admin, project):
    client = sign_in(street_admin)
    refused = client.post(light_url(project), {"colour": "green", "reason": ""})
    assert refused.status_code == 400 and "请写明原因。" in refused.content.decode()
    page = client.post(light_url(project), {"colour": "green", "reason": "已协调"}, follow=True).content.decode()
    assert "人工改为绿：已协调（业务管理员" in page


@pytest.mark.parametrize("role", ["部门经办人", "审核员", "领导"])
def test_who_may_not_change_a_light(sign_in, office, project, role):
    user = factories.make_user(roles=[role])
    office.clerks.add(user)
    assert sign_in(user).post(light_url(project), {"colour": "green", "reason": "x"}).status_code == 403
    assert not LightOverride.objects.exists()


def test_outside_the_scope_there_is_no_light(sign_in, other_clerk, project):
    assert sign_in(other_clerk).get(light_url(project)).status_code == 404


def test_a_rule_that_has_begun_is_read_only(sign_in, street_admin):
    client = sign_in(street_admin)
    begun = LightRule.objects.create(effective_on=date(2021, 1, 1))
    coming = LightRule.objects.create(effective_on=timezone.localdate() + timedelta(days=9))
    def page(rule):
        return client.get(reverse("admin:projects_lightrule_change", args=[rule.pk])).content.decode()
    assert 'name="red_from"' not in page(begun)
    assert 'name="red_from"' in page(coming)
