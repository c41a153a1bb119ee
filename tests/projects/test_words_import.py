"""The list of watched words from a file: new, changed, unchanged and wrong rows, previewed and written once."""
import io

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from guicheng.files import spreadsheets
from guicheng.trail.audit import AuditEntry
from projects.models import WatchedWord
from projects.watched_words import WordRoster
from tests import factories
from tests.projects.office_lists import workbook

pytestmark = pytest.mark.django_db
IMPORT, LIST = (reverse(f"admin:projects_watchedword_{name}") for name in ("import", "changelist"))
HEAD = ["词", "性质", "提示", "启用"]


@pytest.fixture
def known(db):
    return [WatchedWord.objects.create(word=word, kind="wrong", advice=f"应写作“{right}”。")
            for word, right in (("布署", "部署"), ("按装", "安装"), ("座落", "坐落"))]


def read_lines(file):
    return WordRoster(None).read_file(file)


def upload(rows, name="词表.xlsx"):
    return {"file": SimpleUploadedFile(name, workbook(rows).read())}


def outcomes(rows):
    return [(line.outcome, "；".join(line.problems)) for line in read_lines(upload(rows)["file"])]


def test_it_works(sign_in, street_admin, known):
    client = sign_in(street_admin)
    assert "导入词表" in client.get(LIST).text
    page = client.post(IMPORT, upload([
        ["桂城街道提醒词表"], HEAD, ["既使", "错别字", "应写作“即使”。", ""],
        ["布署", "", "应写作“部署”，指人力安排。", ""], ["按装", "常见错误写法", "应写作“安装”。", "是"],
        ["座落", "", "", "否"], ["张三", "干部", "不写姓名。", "是"]]))
    assert "新增 1 行，有改动 2 行，没有改动 1 行，要先说明 0 行，有问题 1 行。" in page.text
    assert "“性质”：“干部”不在可选范围：领导姓名、职务、常见错误写法、不宜公开的说法。" in page.text
    assert "应写作“部署”。 → 应写作“部署”，指人力安排。" in page.text and "启用：是 → 否" in page.text
    assert WatchedWord.objects.count() == 3, "a preview writes nothing"
    done = client.post(IMPORT, {"rows": page.context["sealed"]}, follow=True)
    assert "已导入：新增 1 个词，改动 2 个。" in done.text
    assert list(WatchedWord.objects.order_by("pk").values_list("word", "kind", "advice", "is_active")) == [
        ("布署", "wrong", "应写作“部署”，指人力安排。", True), ("按装", "wrong", "应写作“安装”。", True),
        ("座落", "wrong", "应写作“坐落”。", False), ("既使", "wrong", "应写作“即使”。", True)]
    entries = AuditEntry.objects.filter(model="projects.watchedword").order_by("pk")
    assert [(each.kind, each.by, each.reason) for each in entries if each.reason == "导入提醒词"] == [
        ("+", street_admin, "导入提醒词"), *[("~", street_admin, "导入提醒词")] * 2]


def test_a_csv_file_will_do(sign_in, street_admin):
    content = "词,性质,提示,启用\n既使,错误写法,应写作“即使”。,是\n".encode("gb18030")
    page = sign_in(street_admin).post(IMPORT, {"file": SimpleUploadedFile("词表.csv", content)})
    assert "新增 1 行" in page.text


@pytest.mark.parametrize("row, sentence", [
    (["", "错别字", "提示", ""], "没有写词"),
    (["既使", "", "提示", ""], "没有写性质"),
    (["既使", "错别字", "", ""], "没有写提示"),
    (["既使", "错别字", "提示", "也许"], "“启用”：填是或否，不是“也许”"),
    (["字" * 41, "错别字", "提示", ""], "“词”太长，有 41 个字，最多 40 个"),
    (["既使", "错别字", "字" * 121, ""], "“提示”太长，有 121 个字，最多 120 个"),
])
def test_what_is_wrong_is_said_in_a_sentence(row, sentence):
    assert outcomes([HEAD, row, ["按装", "错别字", "应写作“安装”。", ""]]) == [("wrong", sentence), ("new", "")]


def test_a_word_twice_in_a_file_is_taken_once():
    row = ["既使", "错别字", "应写作“即使”。", ""]
    assert outcomes([HEAD, row, row]) == [("new", ""), ("wrong", "和第 2 行是同一个词，只导入第 2 行")]


@pytest.mark.parametrize("rows, sentence", [
    ([["编号", "说明"], ["1", "2"]], "没有找到标题行：要有“词”这一列。"),
    ([HEAD], "标题行下面没有词。"),
    ([HEAD, *[[f"词{number}", "错别字", "提示", ""] for number in range(4)]], "一次最多 3 个词，这里有 4 个"),
])
def test_a_file_that_is_no_list_is_refused(rows, sentence, monkeypatch):
    monkeypatch.setattr(WordRoster, "most", 3)
    with pytest.raises(ValidationError, match=sentence):
        read_lines(upload(rows)["file"])


def test_a_large_or_broken_file_is_refused_beside_the_field(sign_in, street_admin, monkeypatch):
    client = sign_in(street_admin)
    assert "请先选一个文件。" in client.post(IMPORT, {}).text
    broken = client.post(IMPORT, {"file": SimpleUploadedFile("词表.xlsx", b"PK\x03\x04 no workbook")})
    assert broken.status_code == 400 and 'class="errorlist"' in broken.text
    monkeypatch.setattr(spreadsheets, "MAX_BYTES", 10)
    answer = client.post(IMPORT, upload([HEAD, ["既使", "错别字", "提示", ""]]))
    assert spreadsheets.TOO_BIG in answer.text and not WatchedWord.objects.exists()


def test_what_changed_since_the_preview_is_shown_again(sign_in, street_admin, known):
    client = sign_in(street_admin)
    sealed = client.post(IMPORT, upload([HEAD, ["布署", "", "新的提示。", ""]])).context["sealed"]
    known[0].advice = "别人刚改的。"
    known[0].save()
    again = client.post(IMPORT, {"rows": sealed})
    assert "预览以后有词变了，请再看一遍。" in again.text and "别人刚改的。 → 新的提示。" in again.text
    known[0].refresh_from_db()
    assert known[0].advice == "别人刚改的。"
    client.post(IMPORT, {"rows": again.context["sealed"]})
    known[0].refresh_from_db()
    assert known[0].advice == "新的提示。"


def test_a_preview_is_its_readers_own(sign_in, street_admin, known):
    sealed = sign_in(street_admin).post(IMPORT, upload([HEAD, ["布署", "", "新的。", ""]])).context["sealed"]
    other = sign_in(factories.make_user(roles=["业务管理员"]))
    for rows in (sealed, sealed[:-1], "nothing"):
        assert "预览已经过期" in other.post(IMPORT, {"rows": rows}, follow=True).text
    known[0].refresh_from_db()
    assert known[0].advice == "应写作“部署”。"


def test_who_may_not_change_the_words_does_not_import_them(sign_in, clerk):
    client = sign_in(clerk)
    for address in (IMPORT, reverse("admin:projects_watchedword_import_template")):
        assert client.get(address).status_code == 403
    assert client.post(IMPORT, {"rows": "x"}).status_code == 403


def test_the_blank_template_is_read_as_it_is(sign_in, street_admin):
    content = sign_in(street_admin).get(reverse("admin:projects_watchedword_import_template")).content
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.active
    assert [cell.value for cell in sheet[1]] == HEAD
    assert [cell.value for cell in book["可选的词"]["B"]][1:] == ["领导姓名、职务", "常见错误写法", "不宜公开的说法"]
    sheet.append(["既使", "常见错误写法", "应写作“即使”。", "是"])
    file = io.BytesIO()
    book.save(file)
    assert [line.outcome for line in read_lines(SimpleUploadedFile("词表.xlsx", file.getvalue()))] == ["new"]


def test_what_the_list_exports_comes_back_unchanged(sign_in, street_admin, known):
    client = sign_in(street_admin)
    content = b"".join(client.get(reverse("admin:projects_watchedword_export", args=["xlsx"])).streaming_content)
    lines = read_lines(SimpleUploadedFile("词表.xlsx", content))
    assert [(line.outcome, line.problems) for line in lines] == [("unchanged", [])] * 3
