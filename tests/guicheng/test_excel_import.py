"""A table from Excel, of whatever is kept there: wishes, which only the tests know, are read as projects are."""
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from communities.models import Community
from guicheng.accounts.excel_import import FIELDS as ACCOUNTS
from guicheng.excel_import.blocks import parts_of
from guicheng.excel_import.names import Names, NotFound, key_of
from guicheng.excel_import.rows import Loader, Roster, Table
from guicheng.files.spreadsheets import Sheet
from guicheng.review.states import State
from projects.excel_import.fields import FIELDS as PROJECTS
from projects.excel_import.fields import KEPT
from projects.models import ProgressUpdate, Project
from projects.watched_words import FIELDS as WORDS
from tests import factories
from tests.wishes.imports import WISHES, WishRoster
from tests.wishes.models import Wish

SHEET = [
    ["2026 年心愿登记表", "2026 年心愿登记表", "2026 年心愿登记表", ""],
    ["序号", "所在社区", "想要什么", "备注"],
    [1.0, "东山社区", "示例：多一张长椅。", ""],
    ["", "", "", ""],
    [2.0, "西山", "示例：修好路灯。", ""],
    ["合计", "2", "", ""],
    [3.0, "西 山", "示例：修好路灯。", ""],
    [4.0, "西汕", "示例：种一棵树。", ""],
    [5.0, "东山", "#出错的公式", ""],
]


def table_of(rows):
    sheet = Sheet("心愿", rows)
    header = WISHES.find_header(sheet)
    return Table(sheet, header, WISHES.map_columns(header.headings, sheet, header.below))


def roster_of(by):
    roster = WishRoster(by)
    roster.table = table_of(SHEET)
    return roster


@pytest.fixture
def clerk(db):
    clerk = factories.make_user("clerk")
    for name in ("东山", "西山"):
        factories.make_community(name=name).clerks.add(clerk)
    return clerk


def test_a_list_of_wishes(clerk):
    roster = roster_of(clerk)
    lines = roster.judge(list(roster.table.lines()))
    assert roster.table.columns == [(1, "community"), (2, "text")] and [each.why for each in roster.table.skipped] == [
        "blank", "total"]
    assert [(line.number, line.outcome, line.problems) for line in lines] == [
        (3, "new", []), (5, "new", []), (7, "wrong", ["和第 5 行是同一个心愿，只导入第 5 行"]),
        (8, "wrong", ["“所在社区”：没有叫“西汕”的社区，是不是“西山”"]),
        (9, "wrong", ["“想要什么”是出错的公式，请在 Excel 里改成值再上传"])]
    assert roster.changes(lines[0].values, {}) == [["社区", "", "东山"], ["心愿", "", "示例：多一张长椅。"]]
    assert roster.write(lines) == 2
    handed_in = Wish.objects.filter(state=State.SUBMITTED, author=clerk).order_by("pk")
    assert list(handed_in.values_list("community__name", "text")) == [
        ("东山", "示例：多一张长椅。"), ("西山", "示例：修好路灯。")]

    again = roster_of(clerk)
    lines = again.judge(list(again.table.lines()))
    assert [line.outcome for line in lines[:2]] == ["unchanged", "unchanged"] and again.write(lines) == 0


def test_links_are_read_at_once(clerk, django_assert_num_queries):
    here, there = Community.objects.filter(name__in=["东山", "西山"])
    loader = Loader(Wish, WISHES)
    with django_assert_num_queries(1):
        loader.read_links([{"community": here.pk}, {"community": there.pk}, {"text": "示例"}, {"community": None}])
        assert loader.loaded({"community": there.pk, "text": "示例"}) == {"community": there, "text": "示例"}
        assert loader.loaded({"community": None}) == {"community": None}


def test_a_roster_that_does_not_say_how(clerk):
    """Without the three answers of an app there is no import, rather than one that does nothing."""
    table = table_of(SHEET)
    for verb in (Roster(table).identify, Roster(table).compare, Roster(table).write):
        with pytest.raises(NotImplementedError):
            verb(None)


def test_every_line_is_every_line(clerk):
    """For a list in which nothing may be left out in silence."""
    assert [line.number for line in table_of(SHEET).every_line()] == [3, 5, 6, 7, 8, 9]


def test_each_field_has_one_definition():
    """A word means one field; what a model keeps has the column it says it has."""
    for fields in (PROJECTS, ACCOUNTS, WORDS, WISHES):
        told = [word for each in fields for word in {each.label, *each.words.split()}]
        assert len(told) == len(set(told)), {word for word in told if told.count(word) > 1}
    for each in KEPT:
        assert Project._meta.get_field(each.column).is_relation == bool(each.link), each.key
    for each in PROJECTS.groups["进展"]:
        assert ProgressUpdate._meta.get_field(each.key)


TYPED = {date: st.dates(date(1990, 1, 1), date(2100, 12, 31)),
         Decimal: st.decimals(0, 10 ** 9, places=2, allow_nan=False), int: st.integers(0, 100),
         str: st.sampled_from(["示例", "planned", "60"])}
KINDS = {"planned_start": date, "planned_end": date, "effective_on": date, "budget": Decimal, "percent": int,
         "number": int, "community": int, "lead_department": int, "category": int, "project_list": int,
         "budget_source": int, "quantity": Decimal}


@given(st.data())
def test_what_is_stored_is_loaded_again(data):
    """JSON keeps a text, a number or nothing; of these a field makes again what it was."""
    each = data.draw(st.sampled_from(list(PROJECTS)))
    value = data.draw(st.none() | TYPED[KINDS.get(each.key, str)])
    stored = each.stored(value)
    assert stored is None or isinstance(stored, int | str)
    assert each.loaded(stored) == value and each.shown(None, None) == ""


def test_a_misspelt_name_names_the_nearest():
    names = Names([(1, "城市建设和水务办公室", "城建办"), (2, "公共服务办公室", "")], "单位")
    assert names.get("城建办") == names.get("城市建设和 水务办公室") == 1 and names.find("没有的") is None
    with pytest.raises(NotFound, match="没有叫“公共服务室”的单位，是不是“公共服务办公室"):
        names.get("公共服务室")
    assert key_of("Ａ（一期）") == key_of("ａ(一期)") != key_of("A(二期)")


def test_another_header_begins_another_table():
    """Rows keep their numbers, the first part the name; the same header again and a second storey begin none."""
    first, other = ["社区", "心愿"], ["心愿", "日期"]
    sheet = Sheet("表", [first, ["桂一", "路灯"], first, ["桂二", "长椅"], other, ["桥", "2026-01-01"]])
    one, two = parts_of(sheet, WISHES)
    assert (one.name, len(one.rows)) == ("表", 4)
    assert (two.name, two.part_of, two.rows) == ("表（第 5 行起）", "表", [[], [], [], [], other, ["桥", "2026-01-01"]])
    assert parts_of(Sheet("表", sheet.rows[:4]), WISHES) == [Sheet("表", sheet.rows[:4])]
    assert len(parts_of(Sheet("表", [first, other, ["桥", "2026-01-01"]]), WISHES)) == 1
