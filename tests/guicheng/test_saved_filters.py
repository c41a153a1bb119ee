"""常用筛选: kept by a person for a list, theirs alone, never by a GET."""
import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from guicheng.office.saved_filters import SavedFilter, filter_in
from projects.models import Project
from tests import factories

pytestmark = pytest.mark.django_db
LIST, KEEP = reverse("admin:projects_project_changelist"), reverse("admin:saved_filter_keep")
QUERY = "status__exact=in_progress"


def keep(client, **kw):
    return client.post(KEEP, {"list": "projects.project", "name": "推进中的", "query": QUERY} | kw, follow=True)


def drop(row):
    return reverse("admin:saved_filter_drop", args=[row.pk])


# --- the rule ------------------------------------------------------------------------------------
@pytest.mark.parametrize(("query", "kept"), [
    ("b=2&a=1", "a=1&b=2"), ("p=3&all=&e=1&a=1", "a=1"), ("a=&b=", ""), ("q=长者", "q=%E9%95%BF%E8%80%85")])
def test_a_filter_is_what_is_asked_without_the_place(query, kept):
    assert filter_in(query) == kept


def test_it_is_kept_for_one_person_and_one_list(clerk, reviewer):
    row = SavedFilter.keep(clerk, Project._meta, "推进中的", f"p=2&{QUERY}")
    assert (row.query, list(SavedFilter.objects.visible_to(reviewer))) == (QUERY, [])
    SavedFilter.keep(reviewer, Project._meta, "推进中的", QUERY)


@pytest.mark.parametrize(("name", "query", "said"), [
    ("推进中的", "a=1", "已有这个名称"), ("", "a=1", ""), ("空的", "p=2", ""), ("长" * 31, "a=1", ""),
    ("太长", "a=" + "1" * 600, "")])
def test_what_cannot_be_kept_is_refused(clerk, name, query, said):
    SavedFilter.keep(clerk, Project._meta, "推进中的", QUERY)
    with pytest.raises(ValidationError, match=said):
        SavedFilter.keep(clerk, Project._meta, name, query)
    assert SavedFilter.objects.count() == 1


def test_no_more_than_are_a_shortcut(clerk):
    for number in range(SavedFilter.MOST):
        SavedFilter.keep(clerk, Project._meta, f"第 {number}", f"a={number}")
    with pytest.raises(ValidationError, match="最多存 20 个"):
        SavedFilter.keep(clerk, Project._meta, "再一个", "a=x")


# --- the list ------------------------------------------------------------------------------------
def test_it_works(sign_in, clerk, project):
    client = sign_in(clerk)
    assert "存为常用筛选" in client.get(f"{LIST}?{QUERY}").content.decode()
    page = keep(client).content.decode()
    assert "已存为常用筛选“推进中的”" in page and f'href="?{QUERY}" aria-current="page">推进中的' in page
    assert "把现在的筛选存为" not in page, "it is kept"
    row = SavedFilter.objects.get()
    assert "推进中的" in client.get(LIST).content.decode()
    assert "已删掉" in client.post(drop(row), follow=True).content.decode()
    assert not SavedFilter.objects.exists()


def test_control_without_a_filter_there_is_nothing_to_keep(sign_in, clerk, project):
    assert "saved-filters" not in sign_in(clerk).get(LIST).content.decode()


def test_a_get_writes_nothing(sign_in, clerk):
    client, row = sign_in(clerk), SavedFilter.keep(clerk, Project._meta, "推进中的", QUERY)
    assert (client.get(KEEP, {"name": "又一个"}).status_code, client.get(drop(row)).status_code) == (405, 405)
    assert SavedFilter.objects.get() == row


def test_nobody_reads_or_drops_anothers(sign_in, clerk, reviewer, project):
    row = SavedFilter.keep(reviewer, Project._meta, "别人的筛选", QUERY)
    assert sign_in(clerk).post(drop(row)).status_code == 404
    assert "别人的筛选" not in sign_in(clerk).get(LIST).content.decode() and SavedFilter.objects.exists()


@pytest.mark.parametrize("kw", [{"list": "projects.nothing"}, {"list": ""}, {"list": "guicheng.user"}, {"name": ""},
                                {"query": ""}, {"name": "\x00"}, {"query": "a=%00"}])
def test_bad_input_is_one_sentence(sign_in, clerk, kw):
    page = keep(sign_in(clerk), **kw)
    assert page.status_code == 200 and '<li class="error">' in page.content.decode()
    assert not SavedFilter.objects.exists()


def test_a_kept_filter_that_no_longer_means_anything_is_no_fault(sign_in, superuser, project):
    client = sign_in(superuser)
    SavedFilter.keep(superuser, Project._meta, "旧的", "gone__exact=1")
    assert client.get(f"{LIST}?gone__exact=1", follow=True).status_code in (200, 400)
    assert factories.make_project()
