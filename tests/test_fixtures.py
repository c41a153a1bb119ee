"""The real facts: how many there are, that each has its source, and that loading them again changes nothing."""
import io
import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command

from communities.models import Community, SecretaryProject, Unit
from partybuilding.models import Metric, MetricReading, PartyOrganisation, Venue
from projects.models import (
    Category,
    Declaration,
    Discrepancy,
    Fact,
    LightRule,
    PolicyDocument,
    ProgressUpdate,
    Project,
    ProjectAlias,
    ProjectList,
    Promise,
    Source,
    WatchedWord,
)

pytestmark = pytest.mark.django_db
FOLDER = settings.BASE_DIR / "fixtures"
ROWS = [row for path in sorted(FOLDER.glob("*.json")) for row in json.loads(path.read_text(encoding="utf-8"))]

COUNTS = {
    Source: 7, Community: 46, Unit: 15, ProjectList: 7, Declaration: 8, Category: 7, Project: 77, ProjectAlias: 28,
    Promise: 5, ProgressUpdate: 54, PolicyDocument: 3, SecretaryProject: 7, PartyOrganisation: 12, Venue: 7,
    Metric: 49, MetricReading: 50, Fact: 99, Discrepancy: 10, WatchedWord: 11, LightRule: 1,
}
DECLARED = {  # list, day, source: total, done, categories
    ("2021-key", "2021-04-30", "a4"): (45, None, 7),
    ("2021-key", "2021-12-31", "a1"): (45, None, 7),
    ("2021-community", "2021-04-30", "a4"): (300, None, None),
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
        "2021-district": 2, "2021-town": 0,
    }
    assert Project.objects.filter(project_list=None).count() == 12
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
    assert MetricReading.objects.get(metric__slug="care-beneficiaries").shown == "超 1,431"
    assert MetricReading.objects.get(metric__slug="care-fund").shown == "1.39"


# --- what holds for every row --------------------------------------------------------------------
def test_no_natural_key_twice():
    keys = Counter((row["model"], apps.get_model(row["model"]).natural_key_of(row["fields"])) for row in ROWS)
    assert [key for key, times in keys.items() if times > 1] == []


def test_no_row_has_a_number_for_a_name():
    assert [row for row in ROWS if "pk" in row] == []


def test_every_statement_has_a_source_and_a_day(facts):
    for model in (ProgressUpdate, Declaration, MetricReading, Fact, PolicyDocument):
        assert not model.objects.filter(source=None).exists()
        assert not model.objects.filter(effective_on=None).exists()
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
    assert out.getvalue().strip() == "核对 77 个项目，0 个有出入，已改正。"
    assert Project.objects.search("桂才直通车").get().code == "kp07"


# --- loading again -------------------------------------------------------------------------------
def test_loading_again_keeps_what_a_clerk_changed(facts):
    Project.objects.filter(code="kp01").update(phone="0757-12345678")
    ProjectAlias.objects.filter(code="kp01-alias-1").delete()
    assert load() == f"新增 1 行，原有 {len(ROWS) - 1} 行未动。"
    assert load() == f"新增 0 行，原有 {len(ROWS)} 行未动。"
    assert Project.objects.get(code="kp01").phone == "0757-12345678"


def test_loading_again_asks_once_per_model(facts, django_assert_max_num_queries):
    with django_assert_max_num_queries(len(COUNTS) + 4):  # and the savepoint
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
    assert Project.objects.rebuild_projections(size=10) == (77, 77)
    for project in Project.objects.all():
        assert {name: getattr(project, name) for name in wanted[project.pk]} == wanted[project.pk]


def test_rebuilding_reads_a_batch_in_few_queries(facts, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        assert Project.objects.rebuild_projections() == (77, 0)
