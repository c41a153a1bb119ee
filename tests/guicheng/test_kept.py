"""What the server says to a tab that keeps words: which sendings were taken; words given back; drafts kept by it."""
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from guicheng.office.submissions import TWIN_MINUTES, Submission
from guicheng.public.given_back import MOST
from guicheng.trail.audit import AuditEntry
from projects.models import Fact, ProgressUpdate, ReviewStep
from tests import factories
from tests.two_writers.scene import Page

TYPED = "铺好了北边一半的步道。"
NUMBER = "abc123abc123"
INDEX, LOGIN, PASSWORD = (reverse(f"admin:{name}") for name in ("index", "login", "password_change"))


def record(project):
    return reverse("admin:projects_progressupdate_record", args=[project.pk])


def taken(page):
    return NUMBER in page.browser.get(INDEX).content.decode().partition('data-taken="')[2].partition('"')[0]


# --- taken or not
def test_what_was_saved_is_taken(clerk, project):
    page = Page(clerk, record(project)).fill(text=[TYPED], _keep=[NUMBER])
    assert not taken(page) and page.send().status_code == 302 and taken(page)


def test_what_a_verb_took_without_a_key_is_taken(clerk, reviewer, project):
    row = factories.make_update(project, published=False, author=clerk)
    row.submit(clerk)
    change, decide = (reverse(f"admin:projects_progressupdate_{name}", args=[row.pk]) for name in ("change", "decide"))
    page = Page(reviewer, change, decide).only(decision="return", reason="写清楚哪一段。", version=row.version,
                                               _keep=NUMBER)
    assert page.send().status_code == 302 and taken(page)


@pytest.mark.parametrize("typed", [{"percent": ["400"], "_keep": [NUMBER]}, {"_keep": ["<b>"]}, {}])
def test_control_what_was_refused_or_has_no_number_is_not(clerk, project, typed):
    page = Page(clerk, record(project)).fill(text=[TYPED], **typed)
    page.send()
    assert not taken(page) and "<b>" not in page.browser.get(INDEX).content.decode()


def test_control_what_was_answered_with_a_warning_is_not(clerk, reviewer, project):
    """Somebody was faster: the reason that was typed is not used."""
    row = factories.make_update(project, published=False, author=clerk)
    row.submit(clerk)
    change, decide = (reverse(f"admin:projects_progressupdate_{name}", args=[row.pk]) for name in ("change", "decide"))
    page = Page(reviewer, change, decide).only(decision="return", reason="写清楚哪一段。", version=row.version,
                                               next=INDEX, _keep=NUMBER)
    row.save_draft(clerk)
    assert page.send().status_code == 302 and not taken(page)


# --- words given back
def test_a_page_whose_token_is_old_gives_the_words_back(clerk, project):
    page = Page(clerk, record(project)).fill(text=[f"{TYPED}<i>"], percent=["50"])
    page.token = "x" * 64
    answer = page.send()
    said = answer.content.decode()
    assert answer.status_code == 403 and f"{TYPED}&lt;i&gt;" in said and "<i>" not in said and "x" * 64 not in said
    assert "no-store" in answer.headers["Cache-Control"] and not ProgressUpdate.objects.exists()


def test_no_secret_is_given_back(clerk):
    client = Client(enforce_csrf_checks=True)
    for address, data in [(LOGIN, {"username": "名字", "password": "口令口令口令"}),
                          (PASSWORD, {"old_password": "旧口令", "new_password1": "新口令"}),
                          (INDEX, {"code": "１２３４５６", "token": "令牌", "_seen": "看见", "text": "可以抄"})]:
        answer = client.post(address, data)
        said = answer.content.decode()
        assert answer.status_code == 403
        assert not [each for each in data.values() if each in said and each != "可以抄"]
    assert "可以抄" in said


def test_too_long_is_cut_and_says_so(clerk):
    said = Client(enforce_csrf_checks=True).post(INDEX, {"a": "字" * MOST, "b": "尾" * 9}).content.decode()
    assert said.count("字" * MOST) == 1 and "尾尾" not in said and f"只列出前 {MOST} 字" in said


def test_the_words_of_a_session_that_ended(clerk, project):
    page = Page(clerk, record(project)).fill(text=[TYPED])
    Session.objects.all().delete()
    answer = page.send()
    assert answer.status_code == 403 and TYPED in answer.content.decode()
    answer = page.fill(_keep=[NUMBER]).send()  # the tab keeps them: straight to the sign-in page
    assert answer.status_code == 302 and answer.url == f"{LOGIN}?next={record(project)}"


def test_from_the_sign_in_page_back_to_the_page_of_the_form(clerk, project):
    client = Client()
    for came_from, leads_to in [("http://testserver/admin/projects/project/?p=1", "/admin/projects/project/%3Fp%3D1"),
                                ("https://evil.example/admin/", record(project)), ("", record(project)),
                                ("http://testserver//evil.example/admin/", record(project))]:
        answer = client.post(record(project), headers={"referer": came_from} if came_from else {})
        assert answer.url == f"{LOGIN}?next={leads_to}"


def test_a_second_sign_in_elsewhere_keeps_the_words_and_the_way(clerk, project):
    page = Page(clerk, record(project)).fill(text=[TYPED])
    other = Client()
    other.force_login(clerk)
    answer = page.send()
    assert answer.status_code == 403 and TYPED in answer.content.decode()


# --- one row
def test_the_same_new_row_from_two_pages_is_one(superuser, project):
    def page(person):
        tab = Page(person, "/admin/projects/fact/add/")
        return tab.fill(topic=["记述"], text=[TYPED], source=[project.source_id])

    first = page(superuser)
    second, third = page(first), page(first)
    assert first.send().status_code == 302
    answer = second.send()
    assert answer.status_code == 302 and Fact.objects.count() == 1
    assert "没有再加一条" in second.browser.get(answer.url).content.decode()
    assert third.fill(text=["另一句。"]).send().status_code == 302 and Fact.objects.count() == 2
    Submission.objects.update(at=timezone.now() - timedelta(minutes=TWIN_MINUTES + 1))
    assert page(first).send().status_code == 302 and Fact.objects.count() == 3


# --- a draft
@pytest.fixture
def draft(clerk, project):
    return factories.make_update(project, published=False, author=clerk, text="原来的话。")


def saving(person, draft):
    change, autosave = (reverse(f"admin:projects_progressupdate_{name}", args=[draft.pk])
                        for name in ("change", "autosave"))
    return Page(person, change, autosave)


def test_a_draft_is_kept(clerk, draft):
    answer = saving(clerk, draft).fill(text=[TYPED], problem=["苗木晚到。"]).send()
    said = answer.json()
    draft.refresh_from_db()
    assert answer.status_code == 200 and said["set"] == {"version": draft.version} and draft.version == 2
    assert (draft.text, draft.problem, draft.state) == (TYPED, "苗木晚到。", "draft")
    assert {"text", "problem"} <= set(said["kept"])


def test_it_writes_no_history_audit_or_step(clerk, draft):
    models = (ReviewStep, AuditEntry, LogEntry, Submission)
    before = [model.objects.count() for model in models]
    saving(clerk, draft).fill(text=[TYPED]).send()
    assert [model.objects.count() for model in models] == before


def test_a_wrong_field_stays_as_it_was_and_the_others_are_kept(clerk, draft):
    said = saving(clerk, draft).fill(text=[TYPED], effective_on=["去年"]).send().json()
    day = draft.effective_on
    draft.refresh_from_db()
    assert draft.text == TYPED and draft.effective_on == day and "effective_on" not in said["kept"]


def test_a_rule_that_is_broken_is_said(clerk, draft):
    answer = saving(clerk, draft).fill(status=["paused"], reason=[""]).send()
    draft.refresh_from_db()
    assert answer.status_code == 422 and "写明原因" in answer.json()["said"] and draft.version == 1


def test_an_older_page_overwrites_nothing(clerk, draft):
    first = saving(clerk, draft).fill(text=[TYPED])
    second = saving(first, draft).fill(text=["另一页。"])
    assert first.send().status_code == 200
    answer = second.send()
    draft.refresh_from_db()
    assert answer.status_code == 409 and draft.text == TYPED


def test_no_other_persons_and_nothing_handed_in(clerk, reviewer, other_clerk, superuser, draft):
    for person in (reviewer, other_clerk, superuser):
        page = saving(person, draft).only(text=TYPED, version=1, effective_on="2021-10-08")
        page.token = page.token or "x" * 64
        assert page.send().status_code in (403, 404)
    page = saving(clerk, draft).fill(text=[TYPED])
    draft.submit(clerk)
    assert page.send().status_code == 409
    draft.refresh_from_db()
    assert draft.text == "原来的话。" and draft.state == "submitted"


def idle(client, minutes):
    """Let this session's last touch be some minutes old."""
    session = client.session
    session["touched"] = int((timezone.now() - timedelta(minutes=minutes)).timestamp())
    session.save()
    ago = timezone.now() + timedelta(minutes=30 - minutes)
    Session.objects.filter(pk=session.session_key).update(expire_date=ago)
    return ago


def test_it_is_no_activity(clerk, draft):
    page = saving(clerk, draft).fill(text=[TYPED])
    ends = idle(page.browser, 20)
    assert page.send().status_code == 200
    assert Session.objects.get().expire_date == ends
    page.browser.get(INDEX)  # control: a page that somebody opens is
    assert Session.objects.get().expire_date > ends


def test_queries_of_an_autosave(clerk, draft, django_assert_max_num_queries):
    page = saving(clerk, draft).fill(text=[TYPED])
    with django_assert_max_num_queries(40, connection=connection):
        assert page.send().status_code == 200
