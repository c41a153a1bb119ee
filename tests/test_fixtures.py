"""The real facts: how many there are, that each has its source, and that loading them again changes nothing."""
import io
import json
import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from communities.models import Community, SecretaryProject, Unit
from guicheng.management.commands.load_facts import insert
from guicheng.trail.append_only import drop_triggers, install_triggers
from guicheng.upkeep.mending import REASON, is_still, value_of
from partybuilding.models import Metric, MetricReading, PartyOrganisation, Venue
from projects.models import (
    Category,
    Declaration,
    Discrepancy,
    Fact,
    LightRule,
    Milestone,
    PolicyDocument,
    ProgressUpdate,
    Project,
    ProjectAlias,
    ProjectList,
    Promise,
    Source,
    WatchedWord,
)
from tests import factories

pytestmark = pytest.mark.django_db
FOLDER = settings.BASE_DIR / "fixtures"
ROWS = [row for path in sorted(FOLDER.glob("*.json")) for row in json.loads(path.read_text(encoding="utf-8"))]

COUNTS = {
    Source: 7, Community: 46, Unit: 17, ProjectList: 7, Declaration: 9, Category: 7, Project: 78, ProjectAlias: 21,
    Promise: 5, Milestone: 3, ProgressUpdate: 54, PolicyDocument: 8, SecretaryProject: 7, PartyOrganisation: 15,
    Venue: 8, Metric: 52, MetricReading: 53, Fact: 275, Discrepancy: 10, WatchedWord: 11, LightRule: 1,
}
# article: how many rows rest on it, of all that has a source; and its facts by kind
TOLD = {"a1": 169, "a2": 100, "a3": 146, "a4": 98, "a5": 47}
FACTS = {
    "a1": {"fact": 22, "activity": 3, "goal": 4, "document": 6, "mechanism": 3, "organisation": 6, "meeting": 2,
           "series": 6, "voice": 4, "team": 4, "programme": 4, "milestone": 2, "story": 1},
    "a2": {"fact": 17, "programme": 14, "honour": 6, "goal": 10, "mechanism": 12, "meeting": 2, "organisation": 2,
           "activity": 1, "voice": 1, "story": 3},
    "a3": {"fact": 13, "programme": 10, "activity": 2, "goal": 16, "document": 1, "meeting": 2, "voice": 2, "series": 5,
           "mechanism": 17, "list": 3, "honour": 1, "organisation": 1, "team": 1},
    "a4": {"team": 3, "fact": 24, "organisation": 4, "list": 1, "voice": 4, "mechanism": 4, "goal": 2},
    "a5": {"voice": 4, "fact": 15, "activity": 1, "mechanism": 2, "story": 1, "list": 1},
}
DECLARED = {  # list, day, source: total, done, categories
    ("2021-key", "2021-04-30", "a4"): (45, None, 7),
    ("2021-key", "2021-12-31", "a1"): (45, None, 7),
    ("2021-community", "2021-04-30", "a4"): (300, None, None),
    ("2021-community", "2021-12-31", "a1"): (300, None, None),
    ("2021-micro", "2021-12-31", "a1"): (71, 64, None),
    ("2021-district", "2021-06-28", "a5"): (20, None, None),
    ("2021-town", "2021-06-28", "a5"): (108, None, None),
    ("2023-secretary", "2023-02-17", "a3"): (45, None, None),
    ("2023-730", "2023-02-17", "a3"): (30, None, 7),
}
PARTY_FIGURES = {
    "branches": 574, "orgs": 663, "estate-branches": 91, "two-new-orgs": 178, "grids": 1017, "care-projects": 418,
    "care-beneficiaries": 1431, "volunteers": 13100, "volunteer-teams": 549, "volunteer-projects": 110,
    "volunteer-core-projects": 25, "building-heads": 1427, "building-heads-party": 617, "street-centres": 1,
    "community-centres": 45, "temp-branches": 4, "temp-branches-vacc": 4, "temp-branches-risk": 2,
    "yiyuan-buildings": 23, "films": 15, "yilian": 10, "cm-activities": 558, "docs": 43,
    "d-demands": 822, "d-demands-done": 543,
}


def load():
    out = io.StringIO()
    call_command("load_facts", stdout=out)
    return out.getvalue().strip()


def top_level(slug):
    return Project.objects.filter(project_list__slug=slug).top_level()


# --- what is in ----------------------------------------------------------------------------------
def test_it_loads_everything():
    assert load() == f"新增 {sum(COUNTS.values())} 行，原有 0 行未动。"
    assert {model: model.objects.count() for model in COUNTS} == COUNTS


def test_45_communities_have_a_code_and_one_has_none(facts):
    listed = Community.objects.listed_in_2021()
    assert list(listed.values_list("order", flat=True)) == list(range(1, 46))
    assert listed.filter(longitude__isnull=False).exclude(position_note="").count() == 16
    assert [row.name for row in Community.objects.filter(code=None)] == ["同心"]
    assert not Community.objects.filter(name__endswith="社区").exists()
    assert not Community.objects.exclude(kind="").exists()


def test_each_list_has_its_projects(facts):
    lists = ProjectList.objects.order_by("order")
    assert {row.slug: top_level(row.slug).count() for row in lists} == {
        "2021-key": 12, "2021-micro": 0, "2021-community": 0, "2023-secretary": 7, "2023-730": 30,
        "2021-district": 1, "2021-town": 0,
    }
    assert Project.objects.filter(project_list=None).count() == 14
    assert Project.objects.exclude(parent=None).count() == 14


def test_the_declared_totals(facts):
    rows = Declaration.objects.select_related("project_list", "source")
    assert {
        (row.project_list.slug, str(row.effective_on), row.source.code): (row.total, row.done, row.categories)
        for row in rows
    } == DECLARED


def test_the_key_projects_at_the_end_of_2021(facts):
    projects = top_level("2021-key").as_of(date(2021, 12, 31))
    assert Counter(row.status_then for row in projects) == {
        "completed": 3, "in_use": 3, "in_progress": 4, "standing": 1, "": 1
    }
    assert list(top_level("2021-key").filter(membership="implied").values_list("code", flat=True)) == ["kp10"]
    assert not top_level("2021-key").exclude(number=None).exists()


def test_of_two_statements_of_one_day_the_box_wins(facts):
    newest = ProgressUpdate.objects.filter(project__code="kp03-fuhua").newest_first().first()
    assert (newest.source_place, newest.status) == ("完成情况图表", "acceptance")
    assert Project.objects.get(code="kp03-fuhua").status == "acceptance"
    assert Project.objects.get(code="kp03").status == "in_progress"


def test_730_has_30_points_in_7_themes_and_no_progress(facts):
    points = top_level("2023-730")
    themes = Counter(points.values_list("category__number", flat=True))
    assert [themes[number] for number in range(1, 8)] == [3, 6, 5, 2, 5, 4, 5]
    assert sorted(points.values_list("number", flat=True)) == list(range(1, 31))
    assert not ProgressUpdate.objects.filter(project__in=points).exists()


def test_7_secretary_projects_of_7_communities(facts):
    rows = SecretaryProject.objects.filter(year=2023)
    assert rows.values("community").distinct().count() == 7
    assert set(rows.filter(title_is_quoted=True).values_list("community__name", flat=True)) == {"同心", "夏东", "林岳"}
    assert not rows.exclude(project__status="").exists()


def test_5_promises_were_due_at_the_end_of_2021(facts):
    assert sorted(Promise.objects.filter(due_on="2021-12-31").values_list("project__code", flat=True)) == [
        "kp04", "kp05", "kp07", "kp08", "kp12"
    ]


def test_the_figures(facts):
    values = {row.metric.slug: row.value for row in MetricReading.objects.select_related("metric")}
    assert {slug: values[slug] for slug in PARTY_FIGURES} == PARTY_FIGURES
    members = MetricReading.objects.filter(metric__slug="members").order_by("effective_on")
    assert [int(row.value) for row in members] == [13082, 13728]
    assert MetricReading.objects.get(metric__slug="care-beneficiaries").parts[:2] == ("超 ", "1,431")
    assert MetricReading.objects.get(metric__slug="care-fund").parts[:2] == ("", "1.39")


def test_what_each_article_tells():
    told = Counter(row["fields"]["source"][0] for row in ROWS if row["fields"].get("source"))
    assert {article: told[article] for article in TOLD} == TOLD
    facts = [row["fields"] for row in ROWS if row["model"] == "projects.fact"]
    assert {article: dict(Counter(fact.get("kind", "fact") for fact in facts if fact["source"] == [article]))
            for article in FACTS} == FACTS


def test_words_of_a_named_leader_are_quoted():
    """One sentence in quotation marks, with the post held then; never retold."""
    said = [row["fields"] for row in ROWS if row["model"] == "projects.fact"
            and re.search("时任.+书记.+(所说|时说)$", row["fields"].get("attribution", ""))]
    assert len(said) == 10
    assert all(re.fullmatch("“[^“”]+”", fact["text"]) for fact in said), said


# --- what holds for every row --------------------------------------------------------------------
def test_no_natural_key_twice():
    keys = Counter((row["model"], apps.get_model(row["model"]).natural_key_of(row["fields"])) for row in ROWS)
    assert [key for key, times in keys.items() if times > 1] == []


def test_no_row_has_a_number_for_a_name():
    assert [row for row in ROWS if "pk" in row] == []


def test_every_statement_has_a_source_and_a_day(facts):
    for model in (ProgressUpdate, Declaration, MetricReading):
        assert not model.objects.filter(source=None).exists()
        assert not model.objects.filter(effective_on=None).exists()
    # only the article of 2022 tells without a day: nothing in it says when
    for model in (Fact, PolicyDocument):
        assert not model.objects.filter(effective_on=None).exclude(source__code="a2").exists()
        assert not model.objects.filter(effective_on=None).exclude(effective_from=None).exists()
    assert {row.recorded_at.isoformat() for model in (ProgressUpdate, Declaration, MetricReading)
            for row in model.objects.all()} == {"2026-11-01T00:00:00+00:00"}


def test_nothing_is_a_sample():
    assert "示例" not in json.dumps(ROWS, ensure_ascii=False)
    assert not any(row["fields"].get("is_sample") for row in ROWS)


def test_the_ledger_is_published_in_order_and_by_nobody(facts):
    assert not ProgressUpdate.objects.exclude(state="published", author=None, kind="progress").exists()
    for project in Project.objects.exclude(updates=None):
        seqs = project.updates.order_by("effective_on", "seq").values_list("seq", flat=True)
        assert list(seqs) == list(range(1, len(seqs) + 1)), project.code


def test_the_projections_are_right_after_loading(facts):
    out = io.StringIO()
    call_command("rebuild_projections", stdout=out)
    assert out.getvalue().splitlines()[0] == "核对 78 个项目，0 个有出入，已改正。"
    assert "，0 行有出入，" in out.getvalue()
    assert Project.objects.search("改造提升南一路").get().code == "kp01"


# --- loading again -------------------------------------------------------------------------------
def test_loading_again_keeps_what_a_clerk_changed(facts):
    Project.objects.filter(code="kp01").update(phone="0757-12345678")
    ProjectAlias.objects.filter(code="kp01-alias-1").delete()
    assert load() == f"新增 1 行，原有 {len(ROWS) - 1} 行未动。"
    assert load() == f"新增 0 行，原有 {len(ROWS)} 行未动。"
    assert Project.objects.get(code="kp01").phone == "0757-12345678"


def test_loading_again_asks_once_per_model(facts, django_assert_max_num_queries):
    mended = {entry["model"] for entry in MENDED}
    with django_assert_max_num_queries(len(COUNTS) + len(mended) + 4):  # and the savepoint
        load()


# --- refusals ------------------------------------------------------------------------------------
@pytest.fixture
def folder(settings, tmp_path):
    settings.FIXTURE_DIRS = [tmp_path]
    return tmp_path


def source(**fields):
    return {"model": "projects.source", "fields": {"code": "s1", "title": "第一篇"} | fields}


def write(folder, *rows):
    Path(folder, "01_sources.json").write_text(json.dumps(rows), encoding="utf-8")


def test_text_is_cleaned_on_the_way_in(folder):
    write(folder, source(title=" 第一篇\u0007 "))
    load()
    assert Source.objects.get(code="s1").title == "第一篇"


@pytest.mark.parametrize("row", [
    source(code="s2", title=""),
    source(code="s2", kind="rumour"),
    source(code="s2", published_on="2021-02-30"),
    source(code="s2", published_from="2021-02-02", published_to="2021-02-01"),
    source(code="s2", nonsense=1),
    source(),
    {"model": "projects.source", "fields": {}},
    {"model": "projects.rumour", "fields": {"code": "s2"}},
    {"model": "projects.fact", "fields": {"code": "f1", "topic": "题", "text": "文", "source": ["nobody"]}},
    "s2",
])
def test_a_wrong_row_is_named_and_nothing_is_loaded(folder, row):
    write(folder, source(), row)
    with pytest.raises(CommandError, match=r"^01_sources\.json 第 2 条.+，没有导入任何资料.*。$"):
        load()
    assert not Source.objects.filter(code="s1").exists()


@pytest.mark.parametrize("text", ["[", "{}", "\ufeff", "[{]"])
def test_a_broken_file_is_named(folder, text):
    Path(folder, "01_sources.json").write_text(text, encoding="utf-8")
    with pytest.raises(CommandError, match=r"^01_sources\.json.+，没有导入任何资料。$"):
        load()


# --- rebuilding ----------------------------------------------------------------------------------
def test_rebuilding_says_what_each_project_says_itself(facts):
    wanted = {row.pk: row.projections() for row in Project.objects.all()}
    Project.objects.update(status="planned", percent=5, quantity=3, latest_update=None, moved_on="2000-01-01",
                           search_text="")
    assert Project.objects.rebuild_projections(size=10) == (78, 78)
    for project in Project.objects.all():
        assert {name: getattr(project, name) for name in wanted[project.pk]} == wanted[project.pk]


def test_rebuilding_reads_a_batch_in_few_queries(facts, django_assert_max_num_queries):
    # a batch is locked, read with aliases and promises, and its ledger read; then none is left to lock
    with django_assert_max_num_queries(10):
        assert Project.objects.rebuild_projections() == (78, 0)


# --- mending -------------------------------------------------------------------------------------
MENDED = [entry for path in sorted(FOLDER.glob("mended/*.json")) for entry in json.loads(path.read_text())]


def row_of(entry):
    model = apps.get_model(entry["model"])
    return model.objects.filter(**dict(zip(model.natural_key_fields, entry["key"], strict=True))).first()



@pytest.fixture
def old_facts(facts):
    """The facts as the last version told them: what was mended is as it was, what is gone is there."""
    drop_triggers(connection)
    for entry in reversed(MENDED):  # what is gone stands last there, and is pointed at
        model = apps.get_model(entry["model"])
        if entry["now"] is None:
            insert({"model": entry["model"], "fields": entry["was"]})
        else:
            model.objects.filter(pk=row_of(entry).pk).update(
                **{name: value_of(model, name, value) for name, value in entry["was"].items()})
    install_triggers()
    Project.objects.rebuild_projections()


def test_an_older_portal_gets_the_better_facts(old_facts):
    assert load() == (f"新增 0 行，原有 {len(ROWS)} 行未动。\n"
                      f"改正 {len(MENDED)} 行：核对来源后写得更准，没有人改过的才跟着改。")
    for entry in MENDED:
        row = row_of(entry)
        if entry["now"] is None:
            assert row is None, entry
        elif isinstance(row, ProgressUpdate):  # what was published stays, and says what it should have said beside it
            assert is_still(row, entry["was"])
            correction = ProgressUpdate.objects.get(amends=row)
            assert (correction.kind, correction.reason, correction.author) == ("correction", REASON, None)
            assert is_still(correction, entry["now"]), entry
        else:
            assert is_still(row, entry["now"]), entry
    assert Project.objects.rebuild_projections() == (78, 0)
    assert load() == f"新增 0 行，原有 {len(ROWS)} 行未动。"
    fact = Fact.objects.get(code="red-power")
    assert fact.history.latest().history_change_reason == REASON


def test_what_somebody_changed_is_left_alone(old_facts):
    Fact.objects.filter(code="command").update(text="本单位改过的话。")
    PartyOrganisation.objects.filter(code="tujidui").update(place="别处")  # what is not mended may differ
    update = ProgressUpdate.objects.get(project__code="kp01", seq=2)
    factories.make_update(update.project, kind="correction", amends=update, reason="看错了。", status="completed",
                          effective_on=update.effective_on)
    load()
    assert Fact.objects.get(code="command").text == "本单位改过的话。"
    assert PartyOrganisation.objects.get(code="tujidui").task == "御水岸小区的生活物资配送和沟通关怀"
    assert ProgressUpdate.objects.get(amends=update).reason == "看错了。"


def test_a_row_at_which_something_new_points_is_kept(old_facts):
    gone = PartyOrganisation.objects.get(code="gongziwei")
    Fact.objects.create(topic="题", text="新的一条。", organisation=gone, source=Source.objects.get(code="a3"))
    load()
    assert PartyOrganisation.objects.filter(code="gongziwei").exists()


def test_every_mended_row_says_what_the_fixtures_say():
    """A later change of the fixtures that forgets the portals in use is found."""
    rows = {(row["model"], apps.get_model(row["model"]).natural_key_of(row["fields"])): row["fields"] for row in ROWS}
    for entry in MENDED:
        fields = rows.get((entry["model"], tuple(entry["key"])))
        if entry["now"] is None:
            assert fields is None, entry["key"]
        else:
            said = {name: fields.get(name) or None for name in entry["now"]}
            assert said == {name: value or None for name, value in entry["now"].items() if name != "kind"} | (
                {"kind": fields.get("kind")} if "kind" in entry["now"] else {})
