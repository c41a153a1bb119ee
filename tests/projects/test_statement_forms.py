"""What the forms of a statement ask for, and what they remark without refusing."""
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from projects.ledger.empty_words import tells_nothing
from projects.models import ProgressUpdate, Source
from tests import factories

pytestmark = pytest.mark.django_db


# --- 延期 names only its own fields --------------------------------------------------------------
def test_a_postponement_without_anything_names_its_own_fields(project, clerk):
    with pytest.raises(ValidationError) as caught:
        ProgressUpdate(project=project, kind="postponement", source=Source.objects.own(), author=clerk,
                       effective_on=date(2021, 10, 8)).full_clean()
    assert set(caught.value.message_dict) == {"postponed_to", "reason"}


def test_control_progress_without_anything_still_says_what_there_is_to_say(project, clerk):
    with pytest.raises(ValidationError, match="状态、百分比、数量和进展至少填一项"):
        ProgressUpdate(project=project, source=Source.objects.own(), author=clerk,
                       effective_on=date(2021, 10, 8)).full_clean()


def test_the_form_of_a_postponement_asks_for_nothing_else(sign_in, clerk, project):
    client, address = sign_in(clerk), reverse("admin:projects_progressupdate_postpone", args=[project.pk])
    page = client.post(address, {"version": 1, "effective_on": "2021-10-08"})
    assert page.status_code == 400
    assert set(page.context["form"].errors) == {"postponed_to", "reason"}
    assert {len(errors) for errors in page.context["form"].errors.values()} == {1}
    text = page.content.decode()
    assert "百分比" not in text.split('class="progress-form"')[1].split("</form>")[0]
    assert set(page.context["form"].fields) == {
        "effective_on", "postponed_to", "reason", "next_step", "version", "words_checked"}


# --- 正常推进 is never enough where a lamp is red -------------------------------------------------
@pytest.mark.parametrize("text", [
    "正常推进", "正常推进。", "目前按计划有序推进中！", "项目正在顺利实施", "本月 无变化"])
def test_such_words_tell_nothing(text):
    assert tells_nothing(text)


@pytest.mark.parametrize("text", [
    "", "正在铺设管道", "正常推进，已完成 60%。", "等区里批复", "管线没有迁走，正常推进其他部分", "正在" * 9000 + "铺"])
def test_control_what_says_something_does(text):
    assert not tells_nothing(text)


@pytest.fixture
def red(project):
    project.planned_start, project.planned_end = date(2021, 3, 1), date(2021, 6, 9)
    project.save()
    factories.make_update(project, effective_on=date(2021, 6, 20), status="in_progress")
    project.refresh_from_db()
    return project


def record(client, project, **kw):
    typed = {"version": 1, "effective_on": "2021-10-08", "text": "正常推进。", "source": Source.objects.own().pk} | kw
    return client.post(reverse("admin:projects_progressupdate_record", args=[project.pk]), typed)


def test_where_the_lamp_is_red_the_writer_is_told_and_may_still_go_on(sign_in, clerk, red):
    client = sign_in(clerk)
    page = record(client, red)
    assert page.status_code == 400 and "只写“正常推进。”看不出卡在哪里" in page.content.decode()
    assert not red.updates.waiting().exists()
    assert record(client, red, words_checked="on").status_code == 302, "a note, not a refusal"
    assert red.updates.waiting().get().text == "正常推进。"


@pytest.mark.parametrize("kw", [
    {"text": "管线没有迁走。"}, {"next_step": "下周迁管线。"}, {"problem": "管线没有迁走。"}])
def test_who_says_more_is_not_asked(sign_in, clerk, red, kw):
    assert record(sign_in(clerk), red, **kw).status_code == 302


def test_control_where_the_lamp_is_not_red_it_is_enough(sign_in, clerk, project):
    assert record(sign_in(clerk), project).status_code == 302
