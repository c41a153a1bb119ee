"""The index of a search finds what a scan finds, and the database keeps it whoever writes."""
import sqlite3
from contextlib import closing, contextmanager

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection, transaction
from django.test import override_settings
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from guicheng.search import among, pairs
from guicheng.search.folding import fold
from guicheng.search.query import Query, Term
from guicheng.tables import paging
from projects.filters import ProjectFilter
from projects.models import ProgressUpdate, Project, Source
from tests import factories
from tests.databases import on_postgresql, on_sqlite

pytestmark = pytest.mark.django_db
WORDS = ["公园", "改造", "桂花", "园", "改", "guihua", "gh", "12345", "0757-8623", "KTV", "ｋｔｖ", "（东）", '"', "'",
         "\\", 'a"b', "%", "_", "*", "AND", "OR", "NOT", "(", ")", "^", "𠮷祥", "𠮷", "café", "é", "〇八", "-", "·",
         "千灯湖—桂城段"]
SIGNS = st.characters(codec=None, exclude_categories=())  # lone halves of a pair and NUL too


@pytest.fixture
def index(settings):
    """Ask the index however small the table is."""
    settings.SEARCH_INDEX = "on"
    return settings


@pytest.fixture
def few(monkeypatch):
    """So many are few: the rest is found by a walk."""
    def _few(number):
        monkeypatch.setattr(among, "FEW", number)
        monkeypatch.setattr(among, "SAMPLE", number + 2)
        monkeypatch.setattr(among, "VERY_MANY", number)
    return _few


def keys(rows):
    return sorted(rows.values_list("pk", flat=True))


def both_ways(ask):
    """What `ask()` gives with the index and without."""
    given = []
    for way in ("on", "off"):
        with override_settings(SEARCH_INDEX=way):
            given.append(ask())
    return given


# --- the same is found -----------------------------------------------------------------------------
@pytest.fixture(scope="module")
def texts(standing):
    """Projects whose texts hold all kinds of words, as they are kept and as somebody wrote them by hand."""
    with standing():
        source, made = Source.objects.own(), []
        for number in range(len(WORDS)):
            name = f"{WORDS[number]}与{WORDS[-number]}"
            made.append(factories.make_project(source=source, name=name, code=f"w{number}"))
        for number, project in enumerate(made[:6]):
            said = fold(f"说了{WORDS[number * 3]}一次。")
            Project.objects.filter(pk=project.pk).update(said_text=said, search_text=f"手写{WORDS[-number]}\n\t")
        yield


@st.composite
def looked_for(draw):
    """A word as people type it: of what stands there, a part of that, or anything."""
    near = st.text("公园改造guih12-()\"' %_", max_size=5)
    word = draw(st.one_of(st.sampled_from(WORDS), st.text(SIGNS, max_size=4), near))
    start, length = draw(st.integers(0, 3)), draw(st.integers(1, 4))
    return draw(st.sampled_from([word, word[start:start + length], f"{word} {draw(st.sampled_from(WORDS))}"]))


@given(looked_for(), st.sampled_from([0, 3, 5000]))
@example("", 5000)
@example("\0", 5000)
@example("\ud800公园", 5000)
@example("公\0园", 5000)
@example("  公园　改造 ", 0)
@hypothesis_settings(max_examples=300, deadline=None,
                     suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_the_index_finds_what_a_scan_finds(texts, few, text, most):
    few(most)
    for columns in (None, ["search_text"]):
        with_index, scanned = both_ways(lambda: keys(
            Project.objects.search(Query(text), columns=columns)))  # noqa: B023
        assert with_index == scanned
    with_index, scanned = both_ways(lambda: keys(Project.objects.search(Query(text), sealed=["公园"])))
    assert with_index == scanned
    if "\0" not in text and text.isprintable():  # the lists of the back office refuse the rest before
        with_index, scanned = both_ways(lambda: keys(Project.objects.filter(search_text__found=text)))
        assert with_index == scanned


def test_control_an_index_that_knows_too_little_finds_too_little(texts, monkeypatch):
    monkeypatch.setattr(among, "pairs_of", lambda word: [word[:2] + "缺"])
    with_index, scanned = both_ways(lambda: keys(Project.objects.search("公园")))
    assert with_index == [] and scanned


def test_a_row_of_another_table_is_found_by_its_own(index, project):
    update = factories.make_update(project, text="说了")
    factories.make_update(factories.make_project(project.project_list, name="别的"))
    found = ProgressUpdate.objects.filter(project__search_text__found="半月岛")
    assert list(found) == [update] and not ProgressUpdate.objects.filter(project__search_text__found="没有的").exists()


@pytest.mark.parametrize("most", [0, 2, 5000])
def test_pages_files_and_counts_are_the_same(texts, few, visitor, monkeypatch, most):
    few(most)
    monkeypatch.setattr(paging, "COUNT_CAP", 3)
    for address in ("/projects/?q=公园", "/projects/?q=公园&order=name", "/projects/?q=桂&order=name",
                    "/projects/?q=没有的", "/projects/?q=gui&data=real", "/projects/?q=公园&page=1&order=due",
                    "/api/projects/?q=改造"):
        with_index, scanned = both_ways(lambda: visitor.get(address).content)  # noqa: B023
        assert with_index == scanned, address


def turn_every_page():
    seen, place = [], {}
    while True:
        page = ProjectFilter({"q": "公园", **place}).page(["moved_on"], size=2)
        seen += [row["pk"] for row in page.rows]
        if not (place := page.next):
            return seen


def test_a_walk_of_many_turns_every_page_once(texts, few, project):
    few(2)
    for number in range(5):
        factories.make_update(factories.make_project(project.project_list, name=f"公园 {number} 号"))
    with_index, scanned = both_ways(turn_every_page)
    assert with_index == scanned and len(with_index) == 7


def test_what_is_called_so_is_found_behind_very_many(index, few, visitor, key_list, monkeypatch):
    few(2)
    monkeypatch.setattr("guicheng.pages.search.COUNT_CAP", 3)
    monkeypatch.setattr("guicheng.pages.search.NEWEST", 1)
    factories.make_project(key_list, name="凤池")
    for number in range(5):
        factories.make_update(factories.make_project(key_list, name=f"凤池 {number} 号"))
    group, = visitor.get("/search/?q=凤池").context["groups"]
    assert group.count == 4 and len(group.rows) == 2
    assert "".join(piece for piece, _ in group.rows[0].name) == "凤池"


# --- when it is asked ------------------------------------------------------------------------------
@contextmanager
def asking(monkeypatch):
    asked = []
    monkeypatch.setattr(among.Candidates, "keys", lambda self, using: asked.append(self.table) or [])
    yield asked


@pytest.mark.parametrize("way, large, is_asked", [
    ("auto", True, True), ("auto", False, False), ("on", False, True), ("off", True, False)])
def test_the_setting_says_when_it_is_asked(settings, monkeypatch, way, large, is_asked):
    settings.SEARCH_INDEX = way
    monkeypatch.setattr(among, "_asked", {})
    monkeypatch.setattr(among, "_is_large", lambda model, using: large)
    with asking(monkeypatch) as asked:
        list(Project.objects.search("公园"))
    assert bool(asked) is is_asked


def test_large_is_what_has_passed_so_many_rows(monkeypatch, project):
    monkeypatch.setattr(among, "_asked", {})
    monkeypatch.setattr(among, "LOOK_HOLDS", 0)
    assert not among.is_asked(Project)
    monkeypatch.setattr(among, "LARGE", 0)
    assert among.is_asked(Project)
    monkeypatch.setattr(among, "LARGE", 10**9)
    assert among.is_asked(Project), "once asked it is not looked at again"


def test_one_that_does_not_stand_is_not_asked(index, monkeypatch, project):
    monkeypatch.setattr(among, "_asked", {})
    drop_that_of_projects()
    assert not among.is_asked(Project) and list(Project.objects.search("半月岛")) == [project]


@pytest.mark.parametrize("way, last, is_made", [
    ("auto", 0, True), ("auto", 10**9, False), ("on", 10**9, True), ("off", 0, False)])
def test_what_is_small_costs_no_writer_anything(settings, monkeypatch, project, way, last, is_made):
    settings.SEARCH_INDEX = way
    monkeypatch.setattr(pairs, "LARGE", last)
    look_at_keys_now()
    drop_that_of_projects()
    pairs.assert_whole()
    assert pairs.missing() == ([Project._meta.db_table] if is_made else [])
    pairs.install()
    assert pairs.stands(Project._meta.db_table) is is_made and pairs.missing() == []


def test_a_single_character_asks_nothing(index, monkeypatch):
    with asking(monkeypatch) as asked:
        list(Project.objects.search("园"))
        assert not asked
        list(Project.objects.search("公园 园"))
        assert asked


def drop_that_of_projects():
    with connection.cursor() as cursor:
        made = pairs.wanted(connection.vendor, Project._meta.db_table, ("search_text", "said_text"))
        pairs._drop(cursor, connection.vendor, made)


# --- it is kept ------------------------------------------------------------------------------------
def indexed(word):
    """The keys that the index gives, without a LIKE."""
    return among.Candidates(Project, [[fold(word)]]).keys("default")


def run(sql, *params):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def look_at_keys_now():
    """PostgreSQL makes no index on a table whose keys are still to be looked at, as in a test's one transaction."""
    connection.check_constraints()


def test_whoever_writes_keeps_it(project):
    table, pk = Project._meta.db_table, project.pk
    assert indexed("半月岛公园") == [pk]
    Project.objects.filter(pk=pk).update(search_text="石榴里\n\t")
    assert indexed("半月岛公园") == [] and indexed("石榴里") == [pk]
    run(f"UPDATE {table} SET said_text = '铺好了青石板' WHERE id = %s", pk)  # noqa: S608
    assert indexed("青石板") == [pk] == indexed("石榴")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        Project.objects.filter(pk=pk).update(said_text="收回的话")
        1 / 0  # noqa: B018
    assert indexed("收回") == [] and indexed("青石") == [pk]
    run(f"UPDATE {table} SET id = 987654 WHERE id = %s", pk)  # noqa: S608
    assert indexed("青石板") == [987654]
    run(f"DELETE FROM {table} WHERE id = 987654")  # noqa: S608
    assert indexed("青石板") == [] and pairs.rebuild() == (8, 0)


def test_a_long_text_is_known_to_its_end(project):
    text = "".join(chr(0x4E00 + number % 5000) for number in range(3 * pairs.PLACES + 7))
    for end in (pairs.PLACES - 1, pairs.PLACES, pairs.PLACES + 1, 2 * pairs.PLACES, len(text)):
        Project.objects.filter(pk=project.pk).update(said_text="", search_text=text[:end - 2] + "乌鹊")
        assert indexed("乌鹊") == [project.pk], end
        assert indexed(text[end - 3] + "乌") == [project.pk]
    for place in range(0, len(text) - 3, 97):
        Project.objects.filter(pk=project.pk).update(said_text="", search_text=text)
        assert indexed(text[place:place + 2]) == [project.pk]


def test_what_was_said_is_indexed_as_long_as_it_is_in_force(project):
    update = factories.make_update(project, text="种了凤凰树。")
    assert indexed("凤凰树") == [project.pk]
    factories.make_withdrawal(update)
    assert indexed("凤凰树") == [] and pairs.rebuild() == (8, 0)


def test_a_rebuild_mends_it(project, capsys):
    call_command("rebuild_projections")
    assert "核对搜索的索引 8 个，0 个有出入" in capsys.readouterr().out
    look_at_keys_now()
    run("DROP INDEX projects_project_called")
    assert pairs.missing() == [Project._meta.db_table]
    with pytest.raises(ImproperlyConfigured, match="先运行 python manage.py prepare"):
        pairs.assert_whole()
    call_command("rebuild_projections")
    assert "8 个，1 个有出入" in capsys.readouterr().out and pairs.missing() == []
    assert indexed("半月岛公园") == [project.pk]


@on_sqlite
def test_control_without_its_trigger_a_change_is_unseen_and_found_by_a_rebuild(project):
    run("DROP TRIGGER projects_project_pairs_update")
    Project.objects.filter(pk=project.pk).update(search_text="石榴里\n\t")
    assert indexed("石榴里") == [] and pairs.missing() == ["projects_project"]
    run(pairs.wanted("sqlite", "projects_project", ("search_text", "said_text"))["projects_project_pairs_update"])
    assert pairs.missing() == [] and pairs.rebuild() == (8, 1), "its words differ, not its parts"
    assert indexed("石榴里") == [project.pk] and pairs.rebuild() == (8, 0)


def test_any_program_can_write():
    """The triggers call nothing but SQLite's own: here by a connection that knows no function of ours."""
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("PRAGMA recursive_triggers=ON")
        database.execute("CREATE TABLE wish (id integer PRIMARY KEY, search_text text, said_text text)")
        database.execute(f"CREATE TABLE {pairs.PLACE} (i integer PRIMARY KEY)")
        database.executemany(f"INSERT INTO {pairs.PLACE} VALUES (?)", [(number + 1,) for number in range(9)])  # noqa: S608
        for sql in pairs.wanted("sqlite", "wish", ("search_text", "said_text")).values():
            database.execute(sql)
        database.execute("INSERT INTO wish VALUES (1, '公园', '路灯'), (2, '改造', '')")
        database.execute("INSERT OR REPLACE INTO wish VALUES (2, '石榴', '')")
        ask = "SELECT rowid FROM wish_pairs WHERE wish_pairs MATCH ?"
        for word, keys_of_it in {"公园": [(1,)], "路灯": [(1,)], "改造": [], "石榴": [(2,)]}.items():
            assert database.execute(ask, [word]).fetchall() == keys_of_it
        database.execute("INSERT INTO wish_pairs(wish_pairs, rank) VALUES ('integrity-check', 1)")


@on_postgresql
def test_another_function_is_made_again(project):
    look_at_keys_now()
    run("CREATE OR REPLACE FUNCTION guicheng_pairs(text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT "
        "AS 'SELECT NULL::text[]'")
    assert len(pairs.missing()) == 8
    pairs.install()
    assert pairs.missing() == [] and indexed("半月岛") == [project.pk]


def test_a_migration_that_rebuilds_the_table_leaves_it_whole(index, project):
    pairs.make_way(plan=[("a migration", False)])
    Project.objects.filter(pk=project.pk).update(search_text="石榴里\n\t")
    pairs.install()
    assert pairs.missing() == [] and indexed("石榴里") == [project.pk] and indexed("半月岛公园") == []
    assert pairs.rebuild() == (8, 0)


# --- the plan --------------------------------------------------------------------------------------
def plan(sql, params):
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")  # of so few rows a scan is cheaper
        cursor.execute(f"EXPLAIN {'QUERY PLAN ' if connection.vendor == 'sqlite' else ''}{sql}", params)
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


def test_the_plan_uses_the_index(project):
    candidates = among.Candidates(Project, [["公园"]])
    ask = candidates._of_postgresql if connection.vendor == "postgresql" else candidates._of_sqlite
    uses = "Bitmap Index Scan on projects_project_pairs" if connection.vendor == "postgresql" else "VIRTUAL TABLE INDEX"
    assert uses in plan(*ask())
    by_scan = Project.objects.filter(search_text__contains="公园").values("pk")
    assert uses not in plan(*by_scan.query.sql_with_params()), "control: a LIKE alone"


def test_few_are_read_by_their_keys(index, project):
    found = Project.objects.search("半月岛").newest_first().values("pk")
    said = plan(*found.query.sql_with_params())
    assert ("projects_project_pkey" if connection.vendor == "postgresql" else "USING INTEGER PRIMARY KEY") in said
    assert "USE TEMP B-TREE FOR ORDER BY" in said or "Sort" in said


def test_who_is_called_so_is_looked_up(project):
    said = plan(*Project.objects.all().named(Query("半月岛")).order_by().values("pk").query.sql_with_params())
    assert "projects_project_called" in said


# --- how many there are ----------------------------------------------------------------------------
def test_a_form_in_which_another_stands_is_not_looked_for():
    assert Term("公园", ("绿地", "口袋公园")).least == ("公园", "绿地")
    assert Term("口袋公园", ("公园",)).least == ("公园",) and Term("公园").least == ("公园",)


def test_that_there_are_far_more_is_judged_by_a_few(texts, index, few):
    few(0)
    found = Project.objects.search("公园")
    found._candidates.keys("default")
    found._candidates.expected = 100_000  # as PostgreSQL says of a large table
    assert found.has_far_over(5_000) and not found.filter(code="none of them").has_far_over(5_000)
    found._candidates.expected = 10_000
    assert not found.has_far_over(5_000)


@on_sqlite
def test_a_new_index_is_filled_as_its_triggers_fill_it(texts):
    written = ["", "公", "a公园\n改造\t gh", "公\0园", "𠮷祥" * 1500]
    with connection.cursor() as cursor:
        for text in written:
            cursor.execute(f"SELECT {pairs._pairs('%s')}", [text] * pairs._pairs("%s").count("%s"))  # noqa: S608, SLF001
            assert (cursor.fetchone()[0] or "").split() == pairs._cut(text).split(), text  # noqa: SLF001
