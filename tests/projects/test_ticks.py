"""The last reviewer ticks, on the portal's own pages: a statement, a whole import, a new project."""
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from guicheng.office.seen import seal
from guicheng.review.checked import TICKS, Checked
from guicheng.trail.audit import AuditEntry
from projects.excel_import import jobs, review
from projects.models import ProgressUpdate, Project, ReviewStep
from tests import factories
from tests.projects.office_lists import HEAD, NEW, confirm

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(project, clerk, reviewer):
    update = factories.make_update(project, published=False, author=clerk, text="铺好一半。")
    update.submit(clerk)
    return update.approve(reviewer)


@pytest.fixture
def batch(clerk, reviewer, project, preview):
    """An import that waits for the 终审."""
    batch = confirm(preview(clerk, [HEAD, NEW]))
    jobs.start(batch, "approve", reviewer)
    return batch


def test_the_form_has_the_boxes_and_none_is_ticked(waiting, sign_in, reviewer, senior_reviewer):
    address = reverse("admin:projects_progressupdate_change", args=[waiting.pk])
    for page in (address, reverse("admin:index")):
        text = sign_in(senior_reviewer).get(page).text
        form = text[text.index('name="politics"') - 400:]
        assert [name for name in TICKS if f'name="{name}"' not in form] == []
        assert form.count('name="openness"') == 3 and " checked" not in form
        assert "发布以前逐项核对" in text and "终审通过并发布" in text
    waiting.submit(waiting.author)
    for page in (address, reverse("admin:index")):
        text = sign_in(reviewer).get(page).text
        assert "初审通过" in text and 'name="politics"' not in text, "a first review asks for none"


def test_one_sentence_and_nothing_lost(waiting, sign_in, senior_reviewer):
    typed = {"version": waiting.version, "decision": "approve", "next": reverse("admin:index"), "secrecy": "on"}
    answer = sign_in(senior_reviewer).post(reverse("admin:projects_progressupdate_decide", args=[waiting.pk]), typed)
    assert answer.status_code == 400
    assert "还没有发布：请核对政治表述和专名、个人信息（含照片）、数字有出处，勾好再发布。" in answer.text
    assert answer.text.count(" checked") == 1 and "铺好一半。" in answer.text
    assert not ProgressUpdate.objects.published().exists()


def test_what_is_not_open_by_itself_is_sent_back(waiting, sign_in, senior_reviewer):
    decide = reverse("admin:projects_progressupdate_decide", args=[waiting.pk])
    typed = {"version": waiting.version} | factories.TICKED | {"openness": "closed"}
    client = sign_in(senior_reviewer)
    answer = client.post(decide, typed | {"decision": "approve"})
    assert "公开属性选了“不公开”，不能发布，请退回填报人。" in answer.text
    client.post(decide, typed | {"decision": "return", "reason": "不宜公开。"})
    waiting.refresh_from_db()
    step = waiting.steps.get(verb="returned")
    assert (waiting.state, step.checked) == ("returned", Checked())


def test_the_trail_says_what_was_ticked(waiting, sign_in, senior_reviewer, street_admin):
    waiting.approve(senior_reviewer, factories.CHECKED)
    said = "个人信息（含照片）、数字有出处；主动公开"
    client = sign_in(street_admin)
    assert said in client.get(reverse("admin:projects_progressupdate_change", args=[waiting.pk])).text
    assert said in client.get(reverse("admin:projects_reviewstep_changelist")).text


def test_a_correction_of_the_facts_has_nobody_who_ticks(project):
    factories.make_update(project, text="写错的。").correct_facts("补全", text="写对的。")
    assert project.updates.in_force().get().text == "写对的。" and not ReviewStep.objects.exists()


# --- a whole import -----------------------------------------------------------------------------------
def test_an_import_is_published_with_one_set_of_ticks(batch, sign_in, senior_reviewer):
    address = reverse("admin:projects_importbatch_change", args=[batch.pk])
    client = sign_in(senior_reviewer)
    assert client.get(address).text.count('type="checkbox"') == 4
    decide = reverse("admin:projects_importbatch_review", args=[batch.pk])
    answer = client.post(decide, {"approve": "1", "figures": "on", "openness": "open"})
    assert answer.status_code == 400 and "勾好再发布。" in answer.text and answer.text.count(" checked") == 2
    assert not ProgressUpdate.objects.published().exists()
    client.post(decide, {"approve": "1"} | factories.TICKED)
    batch.refresh_from_db()
    assert batch.message == "发布 1 条，公开新项目 1 个。"
    assert ReviewStep.objects.get(verb="published").checked == Checked.whole()


def test_no_way_round_the_page(batch, senior_reviewer):
    with pytest.raises(ValidationError, match="勾好再发布"):
        jobs.start(batch, "approve", senior_reviewer)
    assert "勾好再发布" in review.approve_all(batch, senior_reviewer), "a job from before there were ticks"
    assert not ProgressUpdate.objects.published().exists()
    assert not Project.objects.filter(name=NEW[1], is_published=True).exists()


def test_a_long_import_keeps_them_for_the_worker(batch, senior_reviewer, monkeypatch):
    monkeypatch.setattr(jobs, "LONG", 0)
    monkeypatch.setattr(jobs, "work", SimpleNamespace(enqueue=lambda pk: None))
    jobs.start(batch, "approve", senior_reviewer, checked=factories.CHECKED)
    assert Checked.from_dict(batch.job_checked) == Checked.whole()
    jobs.run(batch.pk)
    assert ReviewStep.objects.get(verb="published").checked == Checked.whole()


# --- a new project -------------------------------------------------------------------------------------
def test_a_new_project_is_made_public_with_ticks(sign_in, clerk, senior_reviewer, office):
    project = factories.make_project(lead_department=office, is_published=False, entered_by=clerk)
    with pytest.raises(ValidationError, match="勾好再发布"):
        project.publish(senior_reviewer)
    listed = reverse("admin:projects_project_changelist")
    data = {"action": "publish_selected", "_selected_action": [project.pk], "seen": seal([project])}
    client = sign_in(senior_reviewer)
    assert "下面 1 条会发布" in client.post(listed, data).text
    assert client.post(listed, data | {"ticked": "1"}).status_code == 400
    assert not Project.objects.published().exists()
    client.post(listed, data | factories.TICKED | {"ticked": "1"})
    assert Project.objects.published().get().published_by == senior_reviewer
    assert AuditEntry.objects.latest("pk").reason == str(Checked.whole())
