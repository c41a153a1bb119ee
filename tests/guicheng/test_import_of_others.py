"""Short lists from Excel, of whatever is listed: wishes, which only the tests know, are imported as accounts are."""
import io

import openpyxl
import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from communities.models import Community
from guicheng.excel_import.columns import Field, Fields, one_word
from guicheng.excel_import.percents import percent_of
from guicheng.excel_import.rows import Line, Roster
from guicheng.review.states import State, Verb
from tests import factories
from tests.projects.office_lists import workbook
from tests.wishes.imports import WishRoster
from tests.wishes.models import Wish

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.wishes.urls")]
HEAD = ["社区", "想要什么", "备注"]


def may_write(user):
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="wishes"))
    return user


@pytest.fixture
def keeper(db):
    for name in ("东山", "西山"):
        factories.make_community(name=name)
    return may_write(factories.make_user("keeper", is_staff=True))


@pytest.fixture
def office(keeper, sign_in):
    return sign_in(keeper)


@pytest.fixture
def page(db):
    return lambda name="import": reverse(f"wishes:wishes_wish_{name}")


def upload(rows):
    return {"file": SimpleUploadedFile("心愿表.xlsx", workbook(rows).read())}


def test_it_works(office, page, keeper):
    assert "认得这几列：社区、心愿、哪天说的。" in office.get(page()).text
    preview = office.post(page(), upload([
        ["示例登记表"], HEAD, ["东山社区", "示例：长椅。", ""], ["西汕", "示例：路灯。", ""],
        ["西山", "示例：路灯。", ""]]))
    assert "新增 2 行，有改动 0 行，没有改动 0 行，要先说明 0 行，有问题 1 行。" in preview.text
    assert "导入 2 个心愿" in preview.text
    assert "“社区”：没有叫“西汕”的社区，是不是“西山”" in preview.text and "社区：东山" in preview.text
    assert not Wish.objects.exists(), "a preview writes nothing"
    done = office.post(page(), {"rows": preview.context["sealed"]}, follow=True)
    assert "已导入：新增 2 个心愿，改动 0 个。" in done.text and done.redirect_chain[-1][0] == page("changelist")
    handed_in = Wish.objects.filter(state=State.SUBMITTED, author=keeper)
    assert set(handed_in.values_list("community__name", "text")) == {("东山", "示例：长椅。"), ("西山", "示例：路灯。")}
    again = office.post(page(), {"rows": preview.context["sealed"]}, follow=True)
    assert "没有重复保存" in again.text and Wish.objects.count() == 2


def test_what_changed_since_the_preview_is_shown_again(office, page, keeper):
    sealed = office.post(page(), upload([HEAD, ["东山", "示例：长椅。", ""]])).context["sealed"]
    wish = Wish(community=Community.objects.get(name="东山"), text="示例：长椅。")
    Wish.in_bulk([wish], keeper, Verb.SUBMITTED, "")
    again = office.post(page(), {"rows": sealed})
    assert "预览以后有心愿变了，请再看一遍。" in again.text and "没有改动 1 行" in again.text
    assert not again.context["sealed"] and Wish.objects.count() == 1


@pytest.mark.parametrize("rows, sentence", [
    ([["社区", "联系人"], ["东山", "示例"]],
     "没有找到标题行：要有“心愿”和“社区”。可以下载空白模板来填（社区、心愿、哪天说的）。"),
    ([HEAD], "标题行下面没有心愿。"),
    ([HEAD, *[["东山", f"示例 {number}", ""] for number in range(4)]], "一次最多 3 个心愿，这里有 4 个，请分几次。"),
])
def test_a_file_that_is_no_list_is_refused(office, page, rows, sentence):
    answer = office.post(page(), upload(rows))
    assert answer.status_code == 400 and answer.context["form"].errors["file"] == [sentence]


def test_a_preview_is_its_readers_own(office, page, sign_in):
    sealed = office.post(page(), upload([HEAD, ["东山", "示例：长椅。", ""]])).context["sealed"]
    other = sign_in(may_write(factories.make_user("other", is_staff=True)))
    for rows in (sealed, sealed[:-1], "", "\0"):
        assert "预览已经过期，请重新上传心愿表。" in other.post(page(), {"rows": rows}, follow=True).text
    assert not Wish.objects.exists()


def test_who_may_not_change_wishes_imports_none(page, sign_in):
    client = sign_in(factories.make_user("clerk", is_staff=True))
    assert {client.get(page()).status_code, client.post(page(), {"rows": "x"}).status_code,
            client.get(page("import_template")).status_code} == {403}


def test_the_blank_workbook_is_read_as_it_is(office, page, keeper):
    book = openpyxl.load_workbook(io.BytesIO(office.get(page("import_template")).content))
    assert [cell.value for cell in book["心愿表"][1]] == ["社区", "心愿", "哪天说的"]
    assert [cell.value for cell in book["可选的词"]["A"]] == ["社区", "东山", "西山"]
    book["心愿表"].append(["西山", "示例：长椅。"])
    file = io.BytesIO()
    book.save(file)
    assert [line.outcome for line in WishRoster(keeper).read_file(file)] == ["new"]


def test_the_list_is_found_on_whichever_sheet(keeper):
    book = openpyxl.Workbook()
    book.active.append(["示例封面"])
    sheet = book.create_sheet("心愿")
    for row in (HEAD, ["东山", "示例：长椅。", ""]):
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    assert [line.name for line in WishRoster(keeper).read_file(file)] == ["示例：长椅。"]


# --- where a reader of cells plugs in ----------------------------------------------------------------
def read_share(line, field):
    """A share; of a rounded one it is said that it was."""
    return line.said(field, percent_of(line.cells[field.key]))


@pytest.mark.parametrize("cells, values, notes, problems", [
    ({"share": 35.0}, {"share": 35}, [], []),
    ({"share": 35.4}, {"share": 35}, ["“占比”是 35.4%，没到就不进位"], []),
    ({"share": "一半", "is_done": "是"}, {"is_done": True}, [], ["“占比”：“一半”不是一个百分比"]),
    ({"is_done": "快了"}, {}, [], ["“办完”：填是或否，不是“快了”"]),
    ({}, {}, [], []),
])
def test_a_cell_gives_a_value_a_note_or_a_refusal(cells, values, notes, problems):
    roster, line = Roster(), Line(2, [], cells)
    roster.fields = Fields({"示例": [
        Field("share", "占比", read=read_share),
        Field("is_done", "办完", read=one_word({"是": True, "否": False}, "是或否"))]}, naming=["share"])
    assert (roster.read(line, ["share", "is_done"]), line.notes, line.problems) == (values, notes, problems)
    assert line.filled_by == {key: key for key in values}
