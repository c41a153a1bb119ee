"""Accounts from a list in Excel: read with care, judged in words, made in one go, the passwords shown once."""
import csv
import io
import zipfile

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from guicheng.accounts import excel_import, import_pages
from guicheng.accounts.excel_import import AccountRoster
from guicheng.accounts.making import account_name_for
from guicheng.accounts.models import AccessEvent, User
from guicheng.excel_import import short
from guicheng.files import spreadsheets
from tests import factories
from tests.projects import odd_workbooks

pytestmark = pytest.mark.django_db
IMPORT = reverse("admin:guicheng_user_import")
HEADER = ["姓名", "账号", "角色", "单位", "经办或审核", "办公电话", "在编"]
PEOPLE = [["张三", "", "", "城建办", "经办", 75781234567.0, "是"], ["李四", "lisi", "审核员", "桂南社区", "", "", "否"]]


@pytest.fixture
def keeper(db, office):
    factories.make_community(name="桂南")
    return factories.make_user("keeper", roles=["系统管理员"])


@pytest.fixture
def head(office):
    user = factories.make_user("head", roles=["单位管理员"])
    office.administrators.add(user)
    return user


def workbook(rows, titles=()):
    book = openpyxl.Workbook()
    for row in [*titles, HEADER, *rows]:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def upload(content, name="名单.xlsx"):
    return {"file": SimpleUploadedFile(name, content)}


def read_rows(file, by):
    return AccountRoster(by).read_file(file)


def judged(rows, by, **kw):
    return read_rows(upload(workbook(rows, **kw))["file"], by)


def test_it_works(sign_in, keeper, office):
    client = sign_in(keeper)
    preview = client.post(IMPORT, upload(workbook(PEOPLE, titles=[["桂城街道工作人员名单"], []])))
    assert "会建立 2 个账号" in preview.content.decode() and User.objects.count() == 1
    done = client.post(IMPORT, {"rows": preview.context["sealed"]})
    zhang, li = User.objects.get(username="zhangsan"), User.objects.get(username="lisi")
    passwords = {name: password for _, name, password, _ in done.context["rows"]}
    assert zhang.check_password(passwords["zhangsan"]) and li.check_password(passwords["lisi"])
    assert (zhang.phone, zhang.wanted_text, li.wanted_text) == ("75781234567", "部门经办人、在编", "审核员")
    assert list(office.clerks.all()) == [zhang] and li.community_reviewer_of.get().name == "桂南"
    assert AccessEvent.objects.filter(kind="made", by=keeper).count() == 2

    sheet = client.post(reverse("admin:guicheng_user_sheet"), {"sheet": done.context["sealed"]})
    rows = list(csv.reader(io.StringIO(sheet.content.decode("utf-8-sig"))))
    assert {row[1]: row[2] for row in rows[1:]} == passwords


def test_confirming_twice_makes_nothing_twice(sign_in, keeper):
    client = sign_in(keeper)
    sealed = client.post(IMPORT, upload(workbook(PEOPLE))).context["sealed"]
    client.post(IMPORT, {"rows": sealed})
    again = client.post(IMPORT, {"rows": sealed}, follow=True)
    assert "刚才已经办过，没有重复办。" in again.content.decode() and User.objects.count() == 3
    from_another_page = client.post(IMPORT, {"rows": sealed, "csrfmiddlewaretoken": "another"})
    assert "已有账号“lisi”" in from_another_page.content.decode() and User.objects.count() == 3


def test_all_or_none(sign_in, keeper, monkeypatch):
    client = sign_in(keeper)
    sealed = client.post(IMPORT, upload(workbook(PEOPLE))).context["sealed"]
    make, made = excel_import.make_account, []

    def one_then_none(*args, **kw):
        if made:
            raise excel_import.ValidationError("不行。")
        made.append(make(*args, **kw))
        return made[0]

    monkeypatch.setattr(excel_import, "make_account", one_then_none)
    assert "第 3 行：不行。" in client.post(IMPORT, {"rows": sealed}, follow=True).content.decode()
    assert User.objects.count() == 1


@pytest.mark.parametrize("name", ["rows", "sheet"])
def test_what_a_page_carried_is_for_that_person_and_unaltered(sign_in, keeper, superuser, name):
    sealed = sign_in(superuser).post(IMPORT, upload(workbook(PEOPLE))).context["sealed"]
    address = IMPORT if name == "rows" else reverse("admin:guicheng_user_sheet")
    client = sign_in(keeper)
    for value in (sealed, sealed + "x", "", "\x00"):
        answer = client.post(address, {name: value}, follow=True)
        assert answer.status_code == 200 and ("过期" in answer.content.decode() or "口令单" in answer.content.decode())
    assert not User.objects.filter(username="lisi").exists()


def test_no_password_is_kept_anywhere(sign_in, keeper):
    client = sign_in(keeper)
    sealed = client.post(IMPORT, upload(workbook(PEOPLE))).context["sealed"]
    passwords = [row[2] for row in client.post(IMPORT, {"rows": sealed}).context["rows"]]
    kept = str(dict(client.session)) + str(list(AccessEvent.objects.values())) + str(list(User.objects.values()))
    assert not [each for each in passwords if each in kept]


# --- judged in words -----------------------------------------------------------------------------
@pytest.mark.parametrize(("row", "sentence"), [
    (["", "wu", "", "城建办", "", "", ""], "没有姓名"),
    (["王五", "keeper", "", "城建办", "", "", ""], "已有账号“keeper”"),
    (["王五", "wang wu", "", "城建办", "", "", ""], "用户名"),
    (["王五", "", "", "没有这个办", "", "", ""], "没有找到单位“没有这个办”"),
    (["王五", "", "系统管理员", "城建办", "", "", ""], "角色“系统管理员”不能在这里申请"),
    (["王五", "", "", "城建办", "随便", "", ""], "填经办或审核"),
    (["王五", "", "", "城建办", "", "", "也许"], "“在编”填是或否"),
    (["王" * 41, "", "", "城建办", "", "", ""], "姓名"),
    (["王五", "", "", "城建办", "", "1" * 41, ""], "办公电话"),
])
def test_each_wrong_row_has_its_sentence(sign_in, keeper, row, sentence):
    answer = sign_in(keeper).post(IMPORT, upload(workbook([*PEOPLE, row])))
    assert sentence in answer.context["rows"][2].problems[0]
    assert "3 人里有 1 人要改" in answer.content.decode() and not answer.context["sealed"]


def test_the_same_name_twice(keeper):
    rows = judged([["王五", "", "", "", "", "", ""], ["王五", "", "", "", "", "", ""], ["甲", "a", *[""] * 5],
                   ["乙", "a", *[""] * 5]], keeper)
    assert [row.username for row in rows] == ["wangwu", "wangwu2", "a", "a"]
    assert rows[3].problems == ["账号“a”在表里出现两次。"] and not rows[1].problems


def test_two_units_of_one_name(keeper):
    factories.make_community(name="城建办")
    assert "有几个单位都叫" in judged([["王五", "", "", "城建办", "", "", ""]], keeper)[0].problems[0]


@pytest.mark.parametrize(("unit", "part", "role", "expected"), [
    ("城建办公室", "经办", "", "部门经办人"), ("桂南", "经办", "", "社区经办人"),
    ("桂南社区", "", "经办人", "社区经办人"), ("城建办", "审核", "", "审核员"),
    ("城建办", "管理", "", "单位管理员"), ("城建办", "", "", ""), ("", "", "领导", "领导")])
def test_the_role_follows(keeper, unit, part, role, expected):
    row = judged([["王五", "", role, unit, part, "", ""]], keeper)[0]
    assert row.role == expected and not row.problems


def test_a_head_lists_people_of_the_own_unit_only(head):
    factories.make_department(name="文化办公室")
    rows = judged([["甲", "", "", "城建办公室", "经办", "", ""], ["乙", "", "", "文化办公室", "", "", ""],
                   ["丙", "", "", "", "", "", ""], ["丁", "", "", "城建办公室", "管理", "", ""],
                   ["戊", "", "领导", "城建办公室", "", "", ""]], head)
    assert [bool(row.problems) for row in rows] == [False, True, True, True, True]


def test_a_name_for_an_account():
    assert account_name_for("欧阳小明", set()) == "ouyangxiaoming"
    assert account_name_for("张三", {"zhangsan", "zhangsan2"}) == "zhangsan3"
    assert account_name_for("🙂", set()) == "user"


# --- files ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "gb18030"])
def test_a_csv(keeper, encoding):
    text = "\n".join(",".join(str(cell) for cell in row) for row in [HEADER, *PEOPLE])
    rows = read_rows(upload(text.encode(encoding), "a.csv")["file"], keeper)
    assert [row.name for row in rows] == ["张三", "李四"] and not rows[0].problems


def packed(**parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/") + ".xml", content)
    return file.getvalue()


def replaced(part, old, new):
    """A good workbook with one part altered."""
    source, file = zipfile.ZipFile(io.BytesIO(workbook(PEOPLE))), io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            content = source.read(name)
            archive.writestr(name, content.replace(old, new) if name == part else content)
    return file.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
HOSTILE = {
    "a bomb": lambda: packed(xl__a=b" " * 50_000_000),
    "many parts": lambda: packed(**{f"p{number}": b"" for number in range(300)}),
    "a far cell": lambda: replaced(SHEET, b'r="A3"', b'r="XFD1048576"'),
    "entities": lambda: replaced(SHEET, b"<worksheet", b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet'),
    "cut off": lambda: workbook(PEOPLE)[:2000],
    "no workbook": lambda: packed(a=b"<a/>"),
    "encrypted": lambda: b"\xd0\xcf\x11\xe0" + b"\0" * 2000,
    "a picture": lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 10,
    "nothing": lambda: b"\n",
    "no header": lambda: "甲,乙\n1,2".encode(),
    "two alike": lambda: "姓名,单位,部门\n1,2,3".encode(),
    "header only": lambda: "姓名,单位\n,".encode(),
    "long": lambda: ("姓名,单位\n" + "甲,乙\n" * 2500).encode(),
    "many": lambda: ("姓名,单位\n" + "甲,乙\n" * 501).encode(),
    "large": lambda: b"a" * (spreadsheets.MAX_BYTES + 1),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_one_sentence(sign_in, keeper, name):
    answer = sign_in(keeper).post(IMPORT, upload(HOSTILE[name]()))
    assert answer.status_code == 200
    errors = answer.context["form"].errors["file"]
    assert len(errors) == 1 and errors[0].endswith("。") or "可以下载空白模板" in errors[0]


def test_the_files_are_read_by_the_one_guarded_reader(keeper, monkeypatch):
    """Negative control: without the reader's refusal the hostile file would be read."""
    monkeypatch.setattr(short, "read_sheets", lambda file: [spreadsheets.Sheet("名单", [HEADER, *PEOPLE])])
    assert [row.name for row in read_rows(io.BytesIO(HOSTILE["a bomb"]()), keeper)] == ["张三", "李四"]


@pytest.mark.parametrize("make", [odd_workbooks.xls, odd_workbooks.ods])
def test_other_office_formats(keeper, make):
    rows = read_rows(io.BytesIO(make(HEADER, *PEOPLE)), keeper)
    assert [row.name for row in rows] == ["张三", "李四"] and not rows[0].problems


def test_a_file_that_is_too_large_is_named_so(sign_in, keeper):
    answer = sign_in(keeper).post(IMPORT, upload(HOSTILE["large"]()))
    assert answer.context["form"].errors["file"] == [spreadsheets.TOO_BIG]


@pytest.mark.parametrize("data", [{}, {"file": "不是文件"}])
def test_no_file_is_a_sentence(sign_in, keeper, data):
    assert "请先选一个文件" in sign_in(keeper).post(IMPORT, data).content.decode()


def test_the_id_of_the_messenger_comes_along(sign_in, keeper, office):
    """It is said in the list; a second one of the same id is not."""
    factories.make_user("there", messenger_id="taken")
    header = [*HEADER, "企业微信账号"]
    people = [("张三", "zhang.san"), ("李四", "taken"), ("王五", "@all"), ("赵六", "zhang.san")]
    file = odd_workbooks.ods(header, *([name, "", "", office.name, "经办", "", "", known] for name, known in people))
    rows = read_rows(io.BytesIO(file), keeper)
    assert [bool(row.problems) for row in rows] == [False, True, True, True]
    assert "已经登记在另一个账号上" in rows[1].problems[0] and "消息账号：" in rows[2].problems[0]
    AccountRoster(keeper).write(rows[:1])
    assert User.objects.get(name="张三").messenger_id == "zhang.san"


def test_the_blank_workbook_can_be_filled_in_and_read(sign_in, keeper, head):
    address = reverse("admin:guicheng_user_import_template")
    book = openpyxl.load_workbook(io.BytesIO(sign_in(keeper).get(address).content))
    assert [cell.value for cell in book["名单"][1]] == [*HEADER, "消息账号"]
    assert len(book["名单"].data_validations.dataValidation) == 4
    book["名单"].append(PEOPLE[0])
    file = io.BytesIO()
    book.save(file)
    assert not read_rows(upload(file.getvalue())["file"], keeper)[0].problems
    own = openpyxl.load_workbook(io.BytesIO(sign_in(head).get(address).content))["可选的词"]
    assert [cell.value for cell in own["D"] if cell.value] == ["单位", "城建办公室"]


def test_200_people_at_once(sign_in, keeper):
    """The whole office: the sealed preview stays far below what a form may send."""
    client = sign_in(keeper)
    people = [[f"员工{number}", f"staff{number}", "", "城建办", "经办", "", "是"] for number in range(200)]
    sealed = client.post(IMPORT, upload(workbook(people))).context["sealed"]
    assert len(sealed) < 100_000
    assert len(client.post(IMPORT, {"rows": sealed}).context["rows"]) == 200
    assert import_pages.AccessEvent.objects.filter(kind="made").count() == 200
