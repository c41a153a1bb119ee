"""The search page: all that is public and nothing else, the nearest first, in a fixed number of queries."""
import re
from datetime import date
from importlib import import_module

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from communities.models import Community
from guicheng.pages.search import SHOWN
from guicheng.seal.words import MARK
from guicheng.search.models import searched_models
from guicheng.tables import paging
from projects.models import PolicyDocument, Project
from tests import factories
from tests.seal import crawl, world

pytestmark = pytest.mark.django_db


def found(client, text):
    """{kind: the names of its rows} of what a search finds."""
    answer = client.get("/search/", {"q": text})
    assert answer.status_code == 200
    return {group.key: ["".join(piece for piece, _ in row.name) for row in group.rows]
            for group in answer.context["groups"]}


@pytest.fixture
def street(key_list):
    """One of every kind that says 灯笼巷, and one of every kind that does not."""
    source = factories.make_source(title="灯笼巷见闻", published_on=date(2021, 5, 1))
    community = factories.make_community(slug="denglong", name="灯笼巷")
    factories.make_community(slug="other", name="别处")
    factories.make_unit(name="灯笼巷小区", community=Community.objects.get(slug="other"))
    factories.make_list(slug="lantern", title="灯笼巷清单", source=source)
    factories.make_project(key_list, name="灯笼巷改造", code="lane", community=community)
    factories.make_project(key_list, name="别的", code="else")
    factories.make_fact(topic="灯笼巷", text="有三十盏灯笼。灯笼巷在河边。", effective_on=date(2021, 4, 1))
    factories.make_venue(name="灯笼巷服务站")
    factories.make_organisation(name="灯笼巷党支部")
    PolicyDocument.objects.create(title="灯笼巷公约", stage="issued", source=source)
    return key_list


def test_every_kind_is_found(street, visitor):
    assert found(visitor, "灯笼巷") == {
        "communities": ["灯笼巷社区", "别处社区"], "projects": ["灯笼巷改造"],
        "lists": ["灯笼巷清单"], "facts": ["灯笼巷"],
        "venues": ["灯笼巷服务站"], "organisations": ["灯笼巷党支部"], "sources": ["《灯笼巷见闻》"],
        "documents": ["灯笼巷公约"]}
    assert set(found(visitor, "denglongxiang")) == set(found(visitor, "dlx")) == set(found(visitor, "灯笼巷"))
    assert found(visitor, "河边")["facts"] == ["灯笼巷"]
    assert "有灯笼巷小区" in visitor.get("/search/?q=灯笼巷小区").text


@pytest.mark.parametrize("hide", ["list", "project", "organisation"])
def test_what_is_not_public_is_not_found(street, visitor, hide):
    kinds = {"list": "lists", "project": "projects", "organisation": "organisations"}
    if hide == "list":
        apps.get_model("projects.ProjectList").objects.filter(slug="lantern").update(is_published=False)
    elif hide == "project":
        Project.objects.filter(code="lane").update(is_published=False)
    else:
        apps.get_model("partybuilding.PartyOrganisation").objects.update(is_published=False)
    assert kinds[hide] not in found(visitor, "灯笼巷")


# --- the words of what was said --------------------------------------------------------------------
def test_only_what_is_in_force_is_searched(visitor, project):
    first = factories.make_update(project, text="铺好了青石板路。", effective_on=date(2021, 5, 31))
    assert found(visitor, "青石板") == {"projects": ["半月岛公园"]}
    factories.make_update(project, text="种了凤凰树。", published=False)
    assert found(visitor, "凤凰树") == {}, "a draft"
    second = factories.make_correction(first, text="铺好了麻石路。")
    assert found(visitor, "青石板") == {} and found(visitor, "麻石") == {"projects": ["半月岛公园"]}
    factories.make_withdrawal(second)
    assert found(visitor, "麻石") == {}


def test_the_sentence_is_shown_with_its_day_and_the_words_marked(visitor, project):
    factories.make_update(project, text="先清了淤泥。再铺好了青石板路，装了栏杆。", effective_on=date(2021, 5, 31))
    page = visitor.get("/search/?q=青石板路").text
    assert "再铺好了<mark>青石板路</mark>，装了栏杆。" in page and "清了淤泥" not in page
    assert "截至 2021 年 5 月 31 日：" in page and 'href="/projects/park/"' in page


def test_at_another_day_nothing_is_found_by_what_was_said_later(visitor, project, key_list):
    key_list.announced_on = date(2021, 1, 1)
    key_list.save()
    factories.make_update(project, text="铺好了青石板路。", effective_on=date(2021, 5, 31))
    rows = [len(visitor.get(f"/api/projects/?q=青石板{day}").json()["results"]) for day in ("", "&asof=2021-04-30")]
    assert rows == [1, 0]


# --- the nearest first -----------------------------------------------------------------------------
def test_the_nearest_stand_first(visitor, key_list):
    make = factories.make_project
    factories.make_update(make(key_list, name="甲"), text="旁边是凤池。")
    make(key_list, name="丰迟路")  # the same pinyin
    make(key_list, name="乙", place="凤池对面")
    make(key_list, name="大凤池")
    make(key_list, name="凤池")
    make(key_list, name="凤池东路")
    assert found(visitor, "凤池")["projects"] == ["凤池", "凤池东路", "大凤池", "乙", "甲"]
    assert found(visitor, "fengchi")["projects"][-1] == "甲" or "甲" not in found(visitor, "fengchi")["projects"]
    assert "丰迟路" in found(visitor, "fengchi")["projects"]


def test_what_is_called_so_is_found_behind_a_thousand(visitor, key_list, monkeypatch):
    monkeypatch.setattr(paging, "COUNT_CAP", 3)
    monkeypatch.setattr("guicheng.pages.search.COUNT_CAP", 3)
    factories.make_project(key_list, name="凤池")
    for number in range(5):
        factories.make_update(factories.make_project(key_list, name=f"凤池 {number} 号"))
    page = visitor.get("/search/?q=凤池")
    assert page.context["groups"][0].count == 4 and found(visitor, "凤池")["projects"][0] == "凤池"
    assert "3 多个" in page.text


def test_words_that_mean_the_same_come_last_and_are_said(visitor, key_list):
    factories.make_project(key_list, name="桂花社区老旧小区改造")
    factories.make_project(key_list, name="旧改办公室搬迁")
    assert found(visitor, "旧改")["projects"] == ["旧改办公室搬迁", "桂花社区老旧小区改造"]
    page = visitor.get("/search/?q=旧改").text
    assert "意思相近的也找了：老旧小区改造" in page and "<mark>老旧小区改造</mark>" in page


def test_more_than_is_shown_leads_to_the_list_with_all(visitor, key_list):
    for number in range(SHOWN + 3):
        factories.make_update(factories.make_project(key_list), text=f"第 {number} 盏路灯亮了。")
    page = visitor.get("/search/?q=路灯")
    group, = page.context["groups"]
    assert (len(group.rows), group.count) == (SHOWN, SHOWN + 3)
    whole = visitor.get(group.whole)
    assert whole.context["page"].count == group.count


# --- nothing, and what cannot be looked for --------------------------------------------------------
def test_without_a_word_there_is_the_box_and_examples(visitor):
    page = visitor.get("/search/")
    assert page.status_code == 200 and page.text.count('href="?q=') >= 4 and 'name="q"' in page.text


def test_where_nothing_is_found_it_leads_on(visitor, db):
    page = visitor.get("/search/?q=没有这样的").text
    for way in ("/communities/", "/sources/", "/projects/", "tel:12345"):
        assert f'href="{way}"' in page
    assert "没有找到“没有这样的”" in page


def test_who_looks_for_a_telephone_gets_it(visitor, project):
    assert 'id="call"' in visitor.get("/search/?q=投诉").text
    assert 'id="call"' not in visitor.get("/search/?q=公园").text


@pytest.mark.parametrize("text, said", [
    ("长" * 81, "最多 80 个字"), ("公\x00园", "控制字符"), ("公\x07园", "控制字符"), ("字 " * 11, "最多 10 个")])
@pytest.mark.parametrize("address", ["/search/", "/projects/", "/api/projects/", "/lists/key-test/projects.csv"])
def test_what_cannot_be_looked_for_is_a_sentence(visitor, key_list, address, text, said):
    answer = visitor.get(address, {"q": text})
    assert answer.status_code == 400 and said in answer.text


# --- how much is asked -----------------------------------------------------------------------------
def queries(client, text):
    with CaptureQueriesContext(connection) as asked:
        assert client.get("/search/", {"q": text}).status_code == 200
    return len(asked)


def test_the_queries_do_not_grow(street, visitor, key_list):
    visitor.get("/search/?q=灯")
    few = queries(visitor, "灯笼巷")
    for number in range(30):
        factories.make_update(factories.make_project(key_list), text=f"灯笼巷第 {number} 段。")
        factories.make_fact(text=f"灯笼巷第 {number} 条。")
        factories.make_venue(name=f"灯笼巷 {number} 号服务站")
    assert queries(visitor, "灯笼巷") <= few + 1 <= 16
    assert queries(visitor, "没有这样的") <= 13


# --- seals -----------------------------------------------------------------------------------------
def test_a_sealed_word_is_found_by_nothing(visitor, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    project = world.street()
    factories.make_fact(topic="记述", text=f"{world.MARKER}说了一句。")
    factories.make_venue(name=f"{world.MARKER}站")
    marker = world.MARKER
    asked = [marker, marker[:2], marker[-2:], f"{marker[1:3]} {project.name[-2:]}", f"改造 {marker[:1]}"]
    assert set(found(visitor, marker)) >= {"projects", "facts", "venues"}
    world.seal()
    for text in asked:
        answer = visitor.get("/search/", {"q": text})
        rows = [row for group in answer.context["groups"] for row in group.rows]
        answer.body = re.sub(rb'<title>.*?</title>|<h1>.*?</h1>|value="[^"]*"|"[^"]*\?q=[^"]*"', b"", answer.content)
        assert crawl.saying({text: answer}, marker) == [], text
        assert not any(marker in "".join(piece for piece, _ in row.name) for row in rows), text


def test_a_mark_does_not_hide_a_sealed_word_from_the_cover(visitor, settings, tmp_path):
    """The name holds the word, what was said does not: found by what was said, the name is covered whole."""
    settings.DATA_DIR = tmp_path
    marker, project_list = world.MARKER, world.street().project_list
    row = factories.make_project(project_list, name=f"{marker}桥")
    factories.make_update(row, text=f"在{marker[0]}字旁。")
    world.seal()
    page = visitor.get("/search/", {"q": marker[0]})
    main = page.text.partition("</form>")[2]
    assert row.code in main and f"{MARK}桥" in main
    plain = re.sub("<[^>]*>", "", main)
    assert marker not in plain


# --- what is kept ----------------------------------------------------------------------------------
def test_the_texts_follow_their_rows(street):
    lane = Community.objects.get(slug="other")
    unit = lane.units.get()
    assert "灯笼巷小区" in lane.search_text
    unit.name = "石榴里"
    unit.save()
    lane.refresh_from_db()
    assert "灯笼巷" not in lane.search_text and "石榴里" in lane.search_text
    unit.community = Community.objects.get(slug="denglong")
    unit.save()
    lane.refresh_from_db()
    assert "石榴里" not in lane.search_text and "石榴里" in Community.objects.get(slug="denglong").search_text
    unit.delete()
    assert "石榴里" not in Community.objects.get(slug="denglong").search_text


def test_a_rebuild_finds_nothing_and_mends_what_is_behind(street, capsys):
    call_command("rebuild_projections")
    assert "0 个有出入" in (said := capsys.readouterr().out) and "0 行有出入" in said
    Community.objects.update(search_text="别的")
    call_command("rebuild_projections")
    assert "2 行有出入" in capsys.readouterr().out


FILLS = [f"{app}.migrations.{number}_search" for app, number in
         (("projects", "0009"), ("communities", "0006"), ("partybuilding", "0004"))]


def test_the_migrations_fill_what_a_save_keeps(facts, project):
    factories.make_withdrawal(factories.make_update(project, text="撤回的。"))
    factories.make_correction(factories.make_update(project, text="说错的。"), text="说对的。")
    factories.make_alias(project, name="别名")
    models = [*searched_models(apps), Project]
    kept = {model: dict(model.objects.values_list("pk", "search_text")) for model in models}
    said = dict(Project.objects.values_list("pk", "said_text"))
    assert any(said.values()) and len(models) == 8
    for model in models:
        model.objects.update(search_text="")
    Project.objects.update(said_text="")
    for name in FILLS:
        import_module(name).fill_all(apps, None)
    assert {model: dict(model.objects.values_list("pk", "search_text")) for model in models} == kept
    assert dict(Project.objects.values_list("pk", "said_text")) == said
