"""The menu by work: every list and every page of the back office has a way in, for who may open it."""
import re
from html import unescape

import pytest
from django.contrib import admin
from django.urls import NoReverseMatch, get_resolver, reverse

from guicheng.pages import menu
from projects.models import ProgressUpdate
from tests import factories

pytestmark = pytest.mark.django_db

NO_WAY_NEEDED = {  # reached by a button, a redirect or a script, never looked for
    "login", "logout", "jsi18n", "autocomplete", "password_change_done", "second_factor", "pieces_style",
    "recovery_codes", "audit-export", "seal_ask", "guicheng_user_sheet", "projects_supervisionnotice_desk_csv",
}
OF_A_LIST = ("_add", "_export", "_template")  # a button of their list


def links_of(client, address):
    page = client.get(address)
    if page.status_code != 200:
        return set()
    return {unescape(found).split("?")[0].split("#")[0] for found in re.findall(r'href="(/admin/[^"]*)"', page.text)}


def ways_of(client):
    """All addresses of the first page, the sections, and the pages that these lead to."""
    first = links_of(client, "/admin/")
    sections = {link for link in first if link.startswith("/admin/work/")}
    return first.union(*(links_of(client, section) for section in sections))


def without_a_way(client):
    """The names of the pages that open to this person and that nothing leads to."""
    near = ways_of(client)
    missed = []
    for name in sorted({key for key in get_resolver("guicheng.urls").namespace_dict["admin"][1].reverse_dict
                        if isinstance(key, str)}):
        try:
            address = reverse(f"admin:{name}")
        except NoReverseMatch:
            continue
        if name in NO_WAY_NEEDED or name.endswith(OF_A_LIST) or address in near:
            continue
        if client.get(address).status_code == 200:
            missed.append(name)
    far = set().union(*(links_of(client, address) for address in near if address.count("/") <= 4)) if missed else set()
    return [name for name in missed if reverse(f"admin:{name}") not in far]


@pytest.mark.parametrize("role", ["", "系统管理员", "社区经办人", "领导"])
def test_every_page_has_a_way_in(sign_in, superuser, role):
    person = factories.make_user(roles=[role]) if role else superuser
    assert without_a_way(sign_in(person)) == []


def test_a_missing_way_is_found(sign_in, superuser, monkeypatch):
    """Negative control."""
    kept = [menu.Section(part.key, part.title, [entry for entry in part.entries if entry.leads_to not in (
        "audit", "seals")]) for part in menu.SECTIONS]
    monkeypatch.setattr(menu, "SECTIONS", kept)
    monkeypatch.setattr("guicheng.pages.staff.account_links", lambda user: [])
    monkeypatch.setattr("guicheng.pages.staff.seal_ways", lambda user: [])
    assert {"audit", "seals"} <= set(without_a_way(sign_in(superuser)))


def test_every_registered_list_is_placed():
    placed = {entry.leads_to for part in menu.SECTIONS for entry in part.entries}
    assert {model._meta.label_lower for model in admin.site._registry} - placed == set()
    assert all(label in {model._meta.label_lower for model in admin.site._registry} for label in placed if "." in label)


@pytest.mark.parametrize(("address", "section", "way"), [
    ("/admin/projects/project/", "项目和清单", "项目"),
    ("/admin/projects/progressupdate/?for_me=review", "审核", "等我审核的"),
    ("/admin/projects/progressupdate/", "项目和清单", "进展台账"),
    ("/admin/projects/importbatch/add/", "填报", "导入 Excel"),
    ("/admin/audit/", "设置", "审计记录"),
])
def test_a_page_says_where_it_is(sign_in, superuser, address, section, way):
    page = sign_in(superuser).get(address)
    here = next(part for part in page.context["menu"] if part.is_here)
    assert (here.title, next(each.words for each in here.ways if each.is_here)) == (section, way)
    trail = page.text.partition('class="breadcrumbs"')[2].partition("</div>")[0]
    assert f'/admin/work/{here.key}/">{section}</a>' in trail


def test_a_section_without_a_way_is_not_there(sign_in, clerk):
    client = sign_in(clerk)
    assert client.get("/admin/work/record/").status_code == 200
    for missing in ("review", "nowhere"):
        assert client.get(f"/admin/work/{missing}/").status_code == 404


# --- 马上记一条 --------------------------------------------------------------------------------------
QUICK = "/admin/projects/progressupdate/quick/"


def typed(at, **more):
    return {"version": 1, "effective_on": "2021-10-08", "text": "道路已铺好一半。", "status": "in_progress",
            "project": at.pk if at else ""} | more


def test_a_statement_from_the_first_page(sign_in, clerk, project):
    client = sign_in(clerk)
    assert f'value="{project.pk}"' in client.get("/admin/").text
    assert client.post(QUICK, typed(project)).headers["Location"] == "/admin/"
    row = ProgressUpdate.objects.get()
    assert (row.project, row.author, row.state, row.source.code) == (project, clerk, "submitted", "own")
    client.post(QUICK, typed(project, text="另一条。", draft="photos"))
    draft = ProgressUpdate.objects.get(state="draft")
    assert draft.text == "另一条。"


def test_nothing_is_lost_without_a_project_or_with_a_mistake(sign_in, clerk, project):
    client = sign_in(clerk)
    page = client.post(QUICK, typed(None))
    assert page.status_code == 400 and "先选一个项目" in page.text and "道路已铺好一半。" in page.text
    page = client.post(QUICK, typed(project, percent="120"))
    assert page.status_code == 400 and "道路已铺好一半。" in page.text
    assert f'action="/admin/projects/progressupdate/record/{project.pk}/"' in page.text
    assert not ProgressUpdate.objects.exists()


def test_only_ones_own_projects(sign_in, clerk, other_clerk, auditor_like, project):
    assert sign_in(other_clerk).post(QUICK, typed(project)).status_code == 404
    assert sign_in(clerk).post(QUICK, typed(None, project="x")).status_code == 404
    assert sign_in(auditor_like).post(QUICK, typed(project)).status_code == 403
    assert sign_in(clerk).get(QUICK).status_code == 405


@pytest.fixture
def auditor_like(db):
    return factories.make_user("auditor", roles=["安全审计员"])
