"""对外发布: what is decided of a public face, by whom it is seen, and what it opens and closes."""
from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.http import Http404, HttpResponse
from django.template import Context, Template
from django.urls import reverse
from django.utils import timezone

from guicheng.public import faces
from guicheng.public.faces import UNFOUNDED, Face, FaceDecision, register, standing
from guicheng.trail.audit import AuditEntry
from projects.faces import COMPARISON, LATE_UNITS
from tests import factories
from tests.forms import held

pytestmark = pytest.mark.django_db
PAGE, FORM = reverse("admin:faces"), reverse("admin:face", args=["comparison"])
PUBLIC = "https://example.invalid/"
FOUNDED = {"approved_by": "某某，分管副主任", "basis": "办公会议纪要第 3 号"}
TYPED = {"is_on": "on", **FOUNDED}


@pytest.fixture
def keeper(db):
    return factories.make_user("keeper", name="安全管理员", roles=["安全管理员"])


@pytest.fixture
def auditor(db):
    return factories.make_user("auditor", name="安全审计员", roles=["安全审计员"])


def today(**ahead):
    return timezone.localdate() + timedelta(**ahead)


def decide(keeper, is_on, face=COMPARISON, since=None, **said):
    row = FaceDecision(is_on=is_on, since=since or today(), **((FOUNDED if is_on else {}) | said))
    return row.enter(face, FaceDecision.objects.next_number(face), keeper)


# --- the rule --------------------------------------------------------------------------------------
@pytest.mark.parametrize(("public_url", "is_on"), [("", True), (PUBLIC, False)])
def test_until_somebody_decides(settings, public_url, is_on):
    settings.PUBLIC_URL = public_url
    assert COMPARISON.is_on is LATE_UNITS.is_on is is_on
    assert Face("open", "常开", "一直开着。", needs_approval=False).is_on


@pytest.mark.parametrize("public_url", ["", PUBLIC])
def test_a_decision_counts_everywhere(settings, keeper, public_url):
    settings.PUBLIC_URL = public_url
    decide(keeper, True)
    assert COMPARISON.is_on
    decide(keeper, False)
    assert not COMPARISON.is_on and LATE_UNITS.is_on is not public_url


def test_the_last_that_is_in_force_counts(settings, keeper):
    settings.PUBLIC_URL = PUBLIC
    later = decide(keeper, True, since=today(days=3))
    assert not COMPARISON.is_on and standing(COMPARISON).decision is None
    assert standing(COMPARISON).coming == [later]
    off = decide(keeper, False)
    assert standing(COMPARISON).decision == off and standing(COMPARISON).coming == [], "it is overtaken"


def test_a_day_that_comes(settings, keeper, monkeypatch):
    settings.PUBLIC_URL = PUBLIC
    decide(keeper, True, since=today(days=1))
    assert not COMPARISON.is_on
    tomorrow = today(days=1)
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args: tomorrow)
    assert COMPARISON.is_on and standing(COMPARISON).is_on


def test_another_process_follows_within_a_minute(settings, keeper):
    settings.PUBLIC_URL = PUBLIC
    assert not COMPARISON.is_on
    FaceDecision.objects.create(face="comparison", number=1, is_on=True, since=today(), by=keeper, **FOUNDED)
    assert not COMPARISON.is_on, "what was read is kept for a while"
    assert faces.KEPT_FOR < 60
    cache.clear()
    assert COMPARISON.is_on


@pytest.mark.parametrize("said", [{"approved_by": ""}, {"basis": ""}, {"approved_by": " "}, {"basis": "\u3000"}])
def test_switching_on_needs_who_and_why(keeper, said):
    with pytest.raises(ValidationError) as refused:
        decide(keeper, True, **said)
    assert refused.value.messages == [UNFOUNDED]
    assert not FaceDecision.objects.exists() and not AuditEntry.objects.exists()
    assert decide(keeper, False, **said).pk, "off is always allowed"


def test_it_is_not_decided_for_days_gone(keeper):
    with pytest.raises(ValidationError, match="不能早于今天"):
        decide(keeper, True, since=today(days=-1))


def row(keeper, **values):
    return FaceDecision(**{"face": "comparison", "number": 1, "is_on": True, "since": date(2021, 6, 30),
                           "by": keeper, **FOUNDED} | values)


@pytest.mark.parametrize(("values", "name"), [
    ({"basis": ""}, "guicheng_facedecision_founded"), ({"approved_by": ""}, "guicheng_facedecision_founded"),
    ({}, "guicheng_facedecision_once"),
])
def test_the_database_has_the_last_word(keeper, values, name):
    row(keeper, number=1).save()
    assert row(keeper, number=2, is_on=False, approved_by="", basis="").save() is None
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        row(keeper, number=3 if values else 1, **values).save()
    assert name in str(refused.value) or (not values and connection.vendor == "sqlite")
    with pytest.raises(ValidationError) as said:
        row(keeper, number=3 if values else 1, **values).full_clean(exclude=["since"])
    assert UNFOUNDED in said.value.messages if values else "另作了决定" in str(said.value)


def test_control_without_the_constraint_the_database_takes_it(keeper):
    if connection.vendor != "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE guicheng_facedecision DROP CONSTRAINT guicheng_facedecision_founded")
        row(keeper, basis="").save()
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA ignore_check_constraints = ON")
    try:
        row(keeper, basis="").save()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA ignore_check_constraints = OFF")


def test_nobody_changes_what_was_decided(keeper):
    made = decide(keeper, True)
    for change in (lambda: made.delete(), lambda: FaceDecision.objects.update(is_on=False)):
        with pytest.raises(IntegrityError, match="不能修改或删除"), transaction.atomic():
            change()
    assert FaceDecision.objects.get().is_on


def test_two_who_decide_at_once(keeper):
    """The second saw the same state; the two threads are in tests/two_writers/."""
    number = FaceDecision.objects.next_number(COMPARISON)
    FaceDecision(is_on=False, since=today()).enter(COMPARISON, number, keeper)
    with pytest.raises(ValidationError, match="另作了决定"):
        FaceDecision(is_on=True, since=today(), **FOUNDED).enter(COMPARISON, number, keeper)
    assert FaceDecision(is_on=False, since=today()).enter(LATE_UNITS, number, keeper).pk, "another face has its own"


def test_it_is_in_the_audit_trail(keeper, auditor, sign_in, settings):
    settings.PUBLIC_URL = PUBLIC
    decide(keeper, True)
    entry = AuditEntry.objects.get()
    assert (entry.by, entry.row_text, entry.reason) == (keeper, "比一比：开放", FOUNDED["basis"])
    assert ("给居民看", "不开放", "开放") in [(each["label"], each["old"], each["new"]) for each in entry.changes]
    page = sign_in(auditor).get(reverse("admin:audit")).text
    assert "比一比：开放" in page and FOUNDED["approved_by"] in page


# --- how an app asks -------------------------------------------------------------------------------
def test_a_view_and_a_template_follow(settings, rf):
    view = COMPARISON.guards(lambda request: HttpResponse("比"))
    template = Template('甲{% face "comparison" %}乙{% endface %}丙')
    assert view(rf.get("/")).content.decode() == "比" and template.render(Context()) == "甲乙丙"
    settings.PUBLIC_URL = PUBLIC
    with pytest.raises(Http404):
        view(rf.get("/"))
    assert template.render(Context()) == "甲丙"


def test_a_face_that_nobody_registered_is_an_error():
    with pytest.raises(KeyError):
        Template('{% face "no-such" %}{% endface %}')


def test_two_faces_have_two_keys():
    assert register(COMPARISON) is COMPARISON, "a module read twice"
    with pytest.raises(ValueError, match="comparison"):
        register(Face("comparison", "别的", "别的。"))


def test_every_face_says_in_chinese_what_residents_see():
    assert {face.key for face in faces.registered()} == {"comparison", "late-units", "needs"}
    assert all(face.label and face.shows.endswith("。") and face.needs_approval for face in faces.registered())


# --- the page --------------------------------------------------------------------------------------
def test_the_table(sign_in, keeper, settings):
    settings.PUBLIC_URL = PUBLIC
    page = sign_in(keeper).get(PAGE).text
    for face in faces.registered():
        assert face.label in page and face.shows in page and reverse("admin:face", args=[face.key]) in page
    assert page.count("<strong>不开放</strong>") == 3 and "还没有作过决定" in page
    assert PAGE in sign_in(keeper).get(reverse("admin:index")).text


def test_a_decision_is_made(sign_in, keeper, settings):
    settings.PUBLIC_URL = PUBLIC
    client = sign_in(keeper)
    shown = client.get(FORM)
    response = client.post(FORM, held(shown) | TYPED | {"number": "1"}, follow=True)
    assert response.redirect_chain and "已记下：比一比：开放" in response.text
    made = FaceDecision.objects.get()
    assert (made.is_on, made.since, made.by, made.number) == (True, today(), keeper, 1)
    assert COMPARISON.is_on
    for said in (FOUNDED["approved_by"], FOUNDED["basis"], "<strong>开放</strong>", keeper.name):
        assert said in response.text


@pytest.mark.parametrize(("typed", "sentence"), [
    ({"basis": ""}, UNFOUNDED), ({"approved_by": "　"}, UNFOUNDED), ({"is_on": ""}, "请选开放或者不开放"),
    ({"since": ""}, "请写明从哪天起"), ({"since": "2021-06-30"}, "不能早于今天"), ({"number": "7"}, "另作了决定"),
    ({"number": "x"}, "另作了决定"),
])
def test_what_is_refused_is_a_sentence_and_loses_nothing(sign_in, keeper, typed, sentence):
    client = sign_in(keeper)
    data = TYPED | {"since": today().isoformat(), "number": "1"} | typed
    response = client.post(FORM, data)
    assert response.status_code == 200 and response.text.count(sentence) == 1
    kept = held(response)
    for name in ("since", "approved_by", "basis"):
        assert kept.get(name, "") == data[name], name
    assert not FaceDecision.objects.exists()
    fixed = client.post(FORM, data | TYPED | {"since": today().isoformat(), "number": kept["number"]})
    assert fixed.status_code == 302 and FaceDecision.objects.count() == 1, "sent again it is taken"


def test_who_reads_and_who_decides(sign_in, keeper, auditor, clerk, street_admin):
    decide(keeper, False, basis="上级通知")
    client = sign_in(auditor)
    assert "上级通知" in client.get(PAGE).text and FORM not in client.get(PAGE).text
    assert client.get(FORM).status_code == client.post(FORM, TYPED).status_code == 404
    assert PAGE in client.get(reverse("admin:index")).text
    for person in (clerk, street_admin, factories.make_user(roles=["系统管理员"]), factories.make_user(roles=["领导"])):
        client = sign_in(person)
        assert client.get(PAGE).status_code == client.get(FORM).status_code == 404
        assert PAGE not in client.get(reverse("admin:index")).text
    assert FaceDecision.objects.count() == 1


def test_no_such_face(sign_in, keeper):
    assert sign_in(keeper).get(reverse("admin:face", args=["no-such"])).status_code == 404
