"""Whose rows: written for every model of the back office, denied where nobody wrote it, and no way round it."""
import re

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from guicheng.access.scope import rows_for
from guicheng.accounts.models import User
from guicheng.office.checks import check_scopes
from partybuilding.models import MetricReading, PartyOrganisation, Venue
from projects.models import Declaration, Discrepancy, Fact, Milestone, ProjectList, Source
from tests import factories
from tests.forms import opened, post

pytestmark = pytest.mark.django_db


@pytest.fixture
def party_clerk(db):
    """A clerk of 党总支, which has two branches below it and stands below a committee."""
    top = factories.make_organisation(name="示例党委", kind="committee")
    middle = factories.make_organisation(name="示例党总支", kind="general_branch", parent=top)
    for number in (1, 2):
        factories.make_organisation(name=f"示例支部{number}", parent=middle)
    factories.make_organisation(name="别处支部", parent=top)
    user = factories.make_user("party_clerk", roles=["党组织经办人"])
    middle.clerks.add(user)
    return user


def test_it_works():
    assert check_scopes() == []


# --- denied unless written -------------------------------------------------------------------------
def test_a_model_without_a_rule_is_an_error_and_not_open(superuser):
    with pytest.raises(ImproperlyConfigured, match="auth.Permission 没有写明"):
        rows_for(superuser, Permission.objects.all())


@pytest.mark.parametrize(("base", "sentence"), [
    (admin.ModelAdmin, "不按范围显示"), ("ScopedAdmin", "没有写明谁能看哪些行")])
def test_the_check_finds_an_admin_without_scope(base, sentence):
    from guicheng.office import base as ours

    site = admin.AdminSite()
    site.register(Permission, getattr(ours, base) if isinstance(base, str) else base)
    assert [sentence in each.msg for each in check_scopes(site=site)] == [True]


def test_the_check_looks_into_inlines():
    from guicheng.office.base import ScopedAdmin

    class Inline(admin.TabularInline):
        model = Declaration

    site = admin.AdminSite()
    site.register(ProjectList, type("Admin", (ScopedAdmin,), {"inlines": [Inline]}))
    assert [each.id for each in check_scopes(site=site)] == ["guicheng.E001"]


# --- which rows ------------------------------------------------------------------------------------
def test_what_is_said_of_a_project_follows_it(clerk, other_clerk, street_admin, project):
    rows = [factories.make_fact(project=project), factories.make_discrepancy(project=project),
            factories.make_promise(project), factories.make_milestone(project), factories.make_alias(project)]
    street = factories.make_fact()
    for row in rows:
        for user, seen in [(clerk, True), (other_clerk, False), (street_admin, True)]:
            assert type(row).objects.visible_to(user).filter(pk=row.pk).exists() is seen
    assert street not in Fact.objects.visible_to(clerk) and street in Fact.objects.visible_to(street_admin)
    assert Discrepancy.objects.visible_to(other_clerk).count() == Milestone.objects.visible_to(other_clerk).count() == 0


def test_a_list_that_is_not_public_is_for_those_who_see_everything(clerk, street_admin, key_list):
    hidden = factories.make_list(is_published=False)
    factories.make_declaration(hidden)
    assert set(ProjectList.objects.visible_to(clerk)) == {key_list}
    assert hidden in ProjectList.objects.visible_to(street_admin)
    assert not Declaration.objects.visible_to(clerk).exists()


def test_sources_are_everyones(clerk):
    source = factories.make_source()
    assert source in Source.objects.visible_to(clerk)


def test_an_organisation_comes_with_all_below_it(party_clerk):
    names = set(PartyOrganisation.objects.visible_to(party_clerk).values_list("name", flat=True))
    assert names == {"示例党总支", "示例支部1", "示例支部2"}


def test_a_circle_of_organisations_ends(party_clerk):
    """Two below each other cannot be typed, but a fixture could say it."""
    middle = PartyOrganisation.objects.get(name="示例党总支")
    PartyOrganisation.objects.filter(pk=middle.pk).update(parent=PartyOrganisation.objects.get(name="示例支部1"))
    assert PartyOrganisation.objects.visible_to(party_clerk).count() == 3


def test_a_deep_tree_is_one_query(party_clerk):
    above = PartyOrganisation.objects.get(name="示例支部1")
    for _ in range(20):
        above = factories.make_organisation(parent=above)
    party_clerk.get_all_permissions()
    with CaptureQueriesContext(connection) as queries:
        assert PartyOrganisation.objects.visible_to(party_clerk).count() == 23
    assert len(queries) == 1


def test_venues_and_figures_follow_the_community_that_is_led(party_clerk, street_admin):
    here, there = factories.make_community(), factories.make_community()
    source = factories.make_source()
    for community in (here, there):
        Venue.objects.create(name=f"{community}中心", kind="station", community=community, source=source)
        factories.make_reading(factories.make_metric(community=community))
    assert not Venue.objects.visible_to(party_clerk).exists()
    PartyOrganisation.objects.filter(name="示例党总支").update(community=here)
    assert [row.community for row in Venue.objects.visible_to(party_clerk)] == [here]
    PartyOrganisation.objects.filter(name="示例党总支").update(community=None)
    PartyOrganisation.objects.filter(name="示例支部1").update(community=here)
    assert not Venue.objects.visible_to(party_clerk).exists(), "a branch does not stand for its community"
    here.clerks.add(party_clerk)
    assert MetricReading.objects.visible_to(party_clerk).count() == 1
    assert MetricReading.objects.visible_to(street_admin).count() == 2


def test_accounts_and_the_log_are_ones_own(clerk, reviewer, superuser, street_admin):
    LogEntry.objects.create(user=reviewer, object_repr="别人的", action_flag=1)
    keeper = factories.make_user(roles=["系统管理员"])
    assert not rows_for(clerk, User.objects.all()) and not rows_for(street_admin, User.objects.all())
    assert rows_for(keeper, User.objects.all()).count() == 5
    assert [rows_for(user, LogEntry.objects.all()).count() for user in (clerk, street_admin, superuser)] == [0, 0, 1]


# --- nobody makes themselves stronger ------------------------------------------------------------
@pytest.mark.parametrize("who", ["street_admin", "superuser"])
def test_nobody_is_named_on_the_form_of_a_unit(request, sign_in, office, who):
    """Who works for a unit is changed on the account's page, by who gives roles, and never by the person itself."""
    person = request.getfixturevalue(who)
    colleague = factories.make_user(roles=["审核员"])
    client = sign_in(person)
    address = reverse("admin:projects_department_change", args=[office.pk])
    post(client, address, opened(client, address), name="改了名的办公室", reviewers=[person.pk, colleague.pk])
    office.refresh_from_db()
    assert office.name == "改了名的办公室" and not office.reviewers.exists()


def test_a_clerk_of_an_organisation_names_nobody(sign_in, party_clerk):
    below = PartyOrganisation.objects.get(name="示例支部1")
    PartyOrganisation.objects.filter(pk=below.pk).update(is_published=False)
    address = reverse("admin:partybuilding_partyorganisation_change", args=[below.pk])
    community = factories.make_community()
    client = sign_in(party_clerk)
    response = post(client, address, opened(client, address), name="改了名的支部", clerks=[party_clerk.pk],
                    one_step_review="on", is_published="on", community=community.pk)
    below.refresh_from_db()
    assert response.status_code == 302 and below.name == "改了名的支部"
    assert not below.clerks.exists() and not below.one_step_review
    assert not below.is_published and below.community is None, "neither public nor wider by one's own hand"


def test_a_clerk_enters_organisations_below_their_own(sign_in, party_clerk):
    client, address = sign_in(party_clerk), reverse("admin:partybuilding_partyorganisation_add")
    mine, theirs = (PartyOrganisation.objects.get(name=name) for name in ("示例党总支", "示例党委"))
    form = {"name": "新支部", "kind": "branch", "source": mine.source_id}
    for parent in ("", theirs.pk):
        assert client.post(address, form | {"parent": parent}).status_code == 200, "refused with a sentence"
    assert client.post(address, form | {"parent": mine.pk}).status_code == 302
    assert not PartyOrganisation.objects.get(name="新支部").is_published


def test_what_is_public_is_the_offices(sign_in, party_clerk):
    shown = PartyOrganisation.objects.get(name="示例支部1")
    address = reverse("admin:partybuilding_partyorganisation_change", args=[shown.pk])
    assert sign_in(party_clerk).post(address, {"name": "改写"}).status_code == 403


# --- tricks -----------------------------------------------------------------------------------------
@pytest.fixture
def secret(db):
    """A project of others that is not public, on a list that is not public."""
    return factories.make_project(
        factories.make_list(title="没公开的清单", is_published=False), name="没公开的项目", code="secret-code",
        lead_department=factories.make_department(name="别处办公室"), is_published=False)


def test_the_shortcut_to_a_public_page_tells_nothing(sign_in, clerk, project, secret):
    from django.contrib.contenttypes.models import ContentType

    kind = ContentType.objects.get_for_model(secret).pk

    def shortcut(kind, pk):
        return sign_in(clerk).get(f"/admin/r/{kind}/{pk}/")

    assert shortcut(kind, project.pk)["Location"] == project.get_absolute_url()
    refused = [shortcut(kind, secret.pk), shortcut(kind, 10**12), shortcut(10**12, 1), shortcut(10**30, 10**30),
               shortcut(ContentType.objects.get_for_model(Permission).pk, 1)]
    assert {each.status_code for each in refused} == {404}
    assert len({each.content for each in refused}) == 1


QUESTIONS = [
    "?name__startswith=没", "?search_text__contains=没", "?lead_department__name=别处办公室",
    "?project_list__title__startswith=没", "?o=99", "?o=-1.2.3", "?o=search_text", "?e=1", "?_facets=True", "?all=",
    "?p=99999999999999999999", "?_popup=1&_to_field=code", "?_to_field=search_text", "?q=没公开", "?q=%00",
    "?status__exact=%00", "?project_list__id__exact=99999999999999999999", "?is_published__exact=x",
    "?project_list__id__exact=x", "?status__isnull=x", "?updates__text__startswith=a", "?pk__in=1,2,3", "?id=1",
]


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_address_of_a_list_shows_more(sign_in, clerk, project, secret, question):
    response = sign_in(clerk).get(reverse("admin:projects_project_changelist") + question, follow=True)
    assert response.status_code in (200, 400)
    page = response.content.decode().replace("没公开\"", "")
    assert not any(word in page for word in (secret.name, secret.code, "没公开的清单", "别处办公室"))


def test_a_filter_does_not_count_the_rows_of_others(sign_in, clerk, project, secret):
    """The id of a list that is not public answers as one that does not exist."""
    address = reverse("admin:projects_project_changelist")
    bodies = {re.sub(rf"(project_list__id__exact\W+(value=\W+)?){pk}\b", r"\1#", sign_in(clerk).get(
        address, {"project_list__id__exact": pk}).content.decode()) for pk in (secret.project_list_id, 8_888_888)}
    assert not any("8888888" in body for body in bodies)
    assert len({body.count("secret") for body in bodies}) == 1
    assert len(bodies) == 1 or len({len(body) for body in bodies}) == 1


@pytest.mark.parametrize("term", ["没公开", "", "\x00", "a" * 5000])
@pytest.mark.parametrize(("model", "field"), [
    ("fact", "project"), ("project", "parent"), ("project", "lead_department"), ("fact", "source"), ("fact", "venue")])
def test_a_choice_offers_ones_own(sign_in, clerk, project, secret, model, field, term):
    response = sign_in(clerk).get(reverse("admin:autocomplete"), {
        "app_label": "projects", "model_name": model, "field_name": field, "term": term})
    assert response.status_code in (200, 403)
    names = [each["text"] for each in response.json().get("results", [])] if response.status_code == 200 else []
    assert not {secret.name, "别处办公室"} & set(names)


@pytest.mark.parametrize("query", [
    "", "?app_label=projects", "?app_label=guicheng&model_name=user&field_name=groups&term=",
    "?app_label=admin&model_name=logentry&field_name=user&term=",
    "?app_label=projects&model_name=project&field_name=search_text&term=", "?app_label=%00&model_name=x&field_name=y",
    "?app_label=projects&model_name=project&field_name=parent&term=&page=x",
])
def test_odd_questions_for_choices_are_refused(sign_in, clerk, query):
    assert sign_in(clerk).get(reverse("admin:autocomplete") + query).status_code in (403, 404)


@pytest.mark.parametrize("pk", ["0", "-1", "x", "99999999999999999999999", "%00", "1_5F2", "' OR 1=1", "1/../2"])
def test_odd_numbers_of_rows_are_not_found(sign_in, clerk, project, secret, pk):
    client = sign_in(clerk)
    for page in ("change", "history"):
        assert client.get(f"/admin/projects/project/{pk}/{page}/").status_code == 404


def test_the_row_of_another_is_not_written_through_an_inline(sign_in, street_admin, project, secret):
    """A form names the rows of its inlines by number: one of another project is passed over, whoever asks."""
    theirs = factories.make_promise(secret, text="别人的承诺")
    address = reverse("admin:projects_project_change", args=[project.pk])
    client = sign_in(street_admin)
    response = post(client, address, opened(client, address), **{
        "promises-TOTAL_FORMS": 1, "promises-INITIAL_FORMS": 1, "promises-0-id": theirs.pk,
        "promises-0-project": project.pk, "promises-0-text": "改写", "promises-0-promised_on": "2021-04-30",
        "promises-0-due_on": "2021-12-31", "promises-0-source": theirs.source_id})
    theirs.refresh_from_db()
    assert response.status_code in (302, 409)
    assert theirs.text == "别人的承诺" and theirs.project == secret and not project.promises.exists()


def test_what_is_said_of_a_hidden_project_is_on_no_public_page(visitor, secret):
    community = factories.make_community()
    metric = factories.make_metric(community=community)
    factories.make_discrepancy(project=secret, community=community, metric=metric, topic="没公开的分歧")
    factories.make_fact(organisation=factories.make_organisation(name="没公开的党委", is_published=False),
                        community=community, text="没公开的记述。")
    for address in (reverse("source-list"), community.get_absolute_url(), reverse("party"), reverse("party-figures"),
                    reverse("party-organisations"), reverse("party-stories-of", args=["fact"])):
        page = visitor.get(address)
        assert page.status_code == 200 and "没公开" not in page.content.decode(), address
