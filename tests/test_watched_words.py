"""Watched words look at every kind of text: each text that a person writes and that can become public is asked about.

The forms are taken from where the pages take them: the admin's registry with its inline rows, and the classes that say
they ask. Into each field of each of them a word of the list is typed.
"""
import pytest
from django import forms
from django.apps import apps
from django.contrib import admin
from django.test import RequestFactory
from django.urls import reverse

import projects.report.forms  # noqa: F401 - classes that ask
from guicheng.fields import ALL, watched
from guicheng.files.forms import AttachmentsForm, forms_of
from guicheng.kept.rollup import Rollup
from guicheng.office.watched import ASK, AsksAboutWords, texts_of, words_in
from partybuilding.models import Metric, ReadingRow, ReportedReading
from projects.admin.bulk import BulkForm
from projects.ledger.forms import FORMS
from projects.models import (
    AskedUnit,
    BulkChange,
    Fact,
    Photo,
    ProgressUpdate,
    Project,
    QuarterReopening,
    Source,
    WatchedWord,
)
from projects.report.forms import ReopenForm, SigningForm
from projects.reporting.hand_in import Outcome, ask_about_words
from projects.reporting.kinds import Reading
from tests import factories
from tests.forms import changed, held, opened, post

pytestmark = pytest.mark.django_db
OURS = ["guicheng", "projects", "communities", "partybuilding"]
WORD = "牵投"


@pytest.fixture(autouse=True)
def word(db):
    return WatchedWord.objects.create(word=WORD, kind="wrong", advice="应写作“牵头”。")


def texts():
    """Every text that is to be looked at: (model, field). Nobody writes in a rollup."""
    return {(model, name) for label in OURS for model in apps.get_app_config(label).get_models()
            if not issubclass(model, Rollup) for name in watched(model)}


def asks(form, name):
    """Whether a form with the word in this field asks about it."""
    form.data = {form.add_prefix(name): f"由城建办{WORD}。"}
    form.is_bound = True
    form.full_clean()
    return [each.word for each in getattr(form, "words", ())] == [WORD] and ASK in form.non_field_errors()


def found_by(form, model, made):
    """The texts of `model` into which forms of this class look; `made()` gives one."""
    if not issubclass(form, AsksAboutWords):
        return set()
    return {(model, name) for name in watched(model) if name in made().fields and asks(made(), name)}


def of_the_admin(request):
    """What the forms and inline rows of the admin ask about."""
    found = set()
    for model, model_admin in admin.site._registry.items():
        if model is ProgressUpdate:
            continue  # its pages have forms of their own
        for obj in (None, model()) if watched(model) else ():
            form = model_admin.get_form(request, obj, change=obj is not None)
            found |= found_by(form, model, form)
        for inline in model_admin.get_inline_instances(request):
            form = inline.get_formset(request).form
            found |= found_by(form, inline.model, form)
    return found


def of_the_other_pages():
    """What the forms beside the admin's own ask about."""
    found = set()
    project = factories.make_project()
    old = factories.make_update(project, postponed_to="2031-01-01", kind="postponement", reason="雨。")
    for kind, form in FORMS.items():
        amends = old if kind in ("correction", "withdrawal") else None
        found |= found_by(form, ProgressUpdate, lambda form=form, kind=kind, amends=amends: form(
            instance=ProgressUpdate(project=project, kind=kind, amends=amends)))
    found |= found_by(SigningForm, SigningForm._meta.model, SigningForm)
    for form, made in ((BulkForm, lambda: BulkForm("date")), (ReopenForm, ReopenForm)):
        found |= {(apps.get_model(path.rpartition(".")[0]), path.rpartition(".")[2])
                  for name, path in form.writes.items() if asks(made(), name)}
    return found


def of_photos_and_papers():
    """What the page of the photos says of them, and the form that hands in their statement asks."""
    return {(form._meta.model, name) for form in forms_of(ProgressUpdate) for name in watched(form._meta.model)
            if name in form.base_fields and words_in(*texts_of([form._meta.model(**{name: WORD})]))}


def of_the_tables():
    """What is asked when figures of a 报送任务 are handed in."""
    row = ReadingRow(pk=1, metric=Metric(), unit=AskedUnit())
    found = set()
    for name in watched(ReportedReading):
        outcome = Outcome()
        ask_about_words({row: Reading(reviewed=ReportedReading(**{name: WORD}))}, outcome)
        found |= {(ReportedReading, name)} if row in outcome.refused else set()
    return found


def looked_at(request):
    return of_the_admin(request) | of_the_other_pages() | of_photos_and_papers() | of_the_tables()


@pytest.fixture
def by_superuser(superuser):
    request = RequestFactory().get("/")
    request.user = superuser
    return request


def test_every_text_that_can_become_public_is_looked_at(by_superuser):
    missed = texts() - looked_at(by_superuser)
    assert {f"{model._meta.label}.{name}" for model, name in missed} == set()


@pytest.mark.parametrize("model, take_away, missed", [
    (Fact, "guicheng.office.watched.WatchedEditing.get_form", "projects.Fact.text"),
    (QuarterReopening, "guicheng.office.watched.AsksAboutWords.clean", "projects.QuarterReopening.reason"),
])
def test_control_a_text_that_is_not_looked_at_is_found(by_superuser, monkeypatch, model, take_away, missed):
    base = {"get_form": admin.ModelAdmin.get_form, "clean": forms.BaseForm.clean}[take_away.rpartition(".")[2]]
    monkeypatch.setattr(take_away, base)
    assert missed in {f"{model._meta.label}.{name}" for model, name in texts() - looked_at(by_superuser)}


def test_control_a_new_text_is_looked_at_unless_its_model_says_no(monkeypatch):
    monkeypatch.setattr(Source, "unwatched", ALL, raising=False)
    assert watched(Source) == []
    monkeypatch.setattr(Source, "unwatched", ("note",), raising=False)
    assert "note" not in watched(Source) and "title" in watched(Source)


def test_those_left_out_are_known():
    """A model leaves itself out only where its texts are never public: this list is read at each change."""
    left_out = {model._meta.label for label in OURS for model in apps.get_app_config(label).get_models()
                if getattr(model, "unwatched", ()) == ALL and not model.__name__.startswith("Historical")}
    assert left_out == {
        "guicheng.User", "guicheng.AccessEvent", "guicheng.Seal", "guicheng.FaceDecision", "projects.CoveredClose",
        "projects.CoveredFile", "guicheng.UsedPassword", "guicheng.CalendarDay",
        "guicheng.InboxMessage", "guicheng.GroupPost", "guicheng.SavedFilter", "guicheng.Submission",
        "guicheng.AuditEntry", "guicheng.BoundIdentity", "guicheng.Connection", "guicheng.DirectMessage",
        "projects.ExportFile", "projects.ImportBatch", "projects.ImportAnswer", "projects.ImportRow",
        "projects.ColumnHabit",
        "projects.LightOverride", "projects.QuarterClose", "projects.CloseFile", "projects.ReviewStep",
        "projects.WatchedWord", "projects.SupervisionNotice", "projects.Instruction", "projects.ReportingTask",
        "projects.ReportingColumn", "projects.AskedUnit", "projects.ReportingRow", "projects.ReportingAnswer",
        "projects.ReportingReturn", "projects.ReportingRelease", "projects.ReportingScan",
        "projects.ReportingWording", "projects.SuperiorForm", "projects.QuarterClosing",
        "communities.AnswerTemplate", "communities.NeedAnswer", "communities.NeedAnswerStep", "communities.NeedEvent",
        "communities.NeedNumber", "communities.NeedOriginal", "communities.NeedPhoto", "communities.NeedRating",
        "communities.NeedTerm",
        "partybuilding.ReadingRow", "partybuilding.ReadingAnswer", "partybuilding.ReadingReturn",
        "partybuilding.ReadingStep"}


# --- on the pages ----------------------------------------------------------------------------------
def test_the_admin_asks_once_and_keeps_what_was_typed(sign_in, street_admin, project):
    address, client = reverse("admin:projects_project_change", args=[project.pk]), sign_in(street_admin)
    data = changed(opened(client, address), description=f"由城建办{WORD}。")
    answer = post(client, address, data)
    assert ASK in answer.text and "应写作“牵头”。" in answer.text and f"由城建办{WORD}。" in answer.text
    assert 'name="_words_checked"' in answer.text and "_words_checked" not in held(answer), "never ticked beforehand"
    assert Project.objects.get(pk=project.pk).description == ""
    assert post(client, address, data, _words_checked="on").status_code == 302
    assert Project.objects.get(pk=project.pk).description == f"由城建办{WORD}。"
    again = post(client, address, opened(client, address), place="海五路")
    assert again.status_code == 302, "what stays as it was is not asked about again"


def test_an_inline_row_is_asked_about_as_well(sign_in, street_admin, project):
    address, client = reverse("admin:projects_project_change", args=[project.pk]), sign_in(street_admin)
    row = {"name": f"{WORD}开工", "planned_on": "2021-09-01", "source": str(project.source_id),
           "project": str(project.pk)}
    data = changed(opened(client, address), **{"milestones-TOTAL_FORMS": "1"},
                   **{f"milestones-0-{name}": value for name, value in row.items()})
    assert "应写作“牵头”。" in post(client, address, data).text and not project.milestones.exists()
    assert post(client, address, data, _words_checked="on").status_code == 302
    assert project.milestones.get().name == f"{WORD}开工"


def test_a_photo_and_the_name_of_a_paper_are_asked_about_with_their_statement(sign_in, clerk, project):
    row = factories.make_update(project, published=False, author=clerk)
    factories.make_photo(row, uploaded_by=clerk, caption=f"{WORD}单位在现场")
    address = reverse("admin:projects_progressupdate_change", args=[row.pk])
    client = sign_in(clerk)
    data = {"effective_on": "2021-06-30", "text": "已开工。", "version": row.version, "source": row.source_id}
    assert "应写作“牵头”。" in client.post(address, data).text
    row.refresh_from_db()
    assert row.state == "draft"
    client.post(address, data | {"words_checked": "on"})
    row.refresh_from_db()
    assert row.state == "submitted"
    form = AttachmentsForm(by=clerk, of=ProgressUpdate)
    form.rows = [Photo(alt=WORD)]
    assert [each.word for each in words_in(*texts_of(form.rows))] == [WORD]


def test_a_bulk_change_asks(sign_in, clerk, project):
    data = {"kind": "status", "effective_on": "2021-06-30", "status": "in_progress", "reason": f"{WORD}单位开工。",
            "_selected_action": [project.pk]}
    client, address = sign_in(clerk), reverse("admin:projects_project_bulk")
    assert "应写作“牵头”。" in client.post(address, data).text
    page = client.post(address, data | {"_words_checked": "on"})
    assert 'id="id__words_checked" checked' in page.text
    client.post(address, data | {"_words_checked": "on", "seal": page.context["seal"], "confirm": "1"})
    assert BulkChange.objects.get().reason == f"{WORD}单位开工。"
