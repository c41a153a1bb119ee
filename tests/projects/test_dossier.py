"""一项一档: all that is known of one project, for the office or for anybody, as a page, PDF and zip."""
import hashlib
import io
import re
import subprocess
import sys
from datetime import date
from types import SimpleNamespace
from zipfile import ZipFile

import openpyxl
import pytest
from django.db import transaction
from django.http import Http404
from django.urls import reverse

from guicheng import media_store
from guicheng.files.attach import attach, read_photo
from guicheng.files.names import apart, safe_name
from guicheng.seal.models import Seal
from guicheng.seal.words import MARK
from projects.dossier.export import dossier_files
from projects.dossier.pack import DIGESTS, GONE, INDEX, write_zip
from projects.dossier.page import render_html, render_pdf
from projects.dossier.reading import Audience, dossier_of
from projects.models import ExportFile, Instruction, Photo, ProgressUpdate, Project, SupervisionNotice
from tests import factories, pictures
from tests.seal import world

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 2)
INTERNAL, PUBLIC = Audience.INTERNAL, Audience.PUBLIC
SECRETS = ["内部难题", "滞后是因为某事", "请报进展。", "已复工。", "示例批示", "还没发布的话", "某领导", "发布"]


@pytest.fixture(autouse=True)
def data_dir(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def leader(db):
    return factories.make_user("leader", name="某领导", roles=["领导"])


@pytest.fixture
def told(project, clerk, leader):
    """A project with everything: statements, a postponement, photos before and after, a paper, 督办, a draft."""
    factories.make_update(project, text="开始施工。", status="in_progress", effective_on=date(2026, 1, 5),
                          problem="内部难题", delay_reason="滞后是因为某事")
    wrong = factories.make_update(project, text="写错的话。", effective_on=date(2026, 1, 20))
    factories.make_correction(wrong, text="写对的话。", reason="写错了")
    factories.make_update(project, kind="postponement", postponed_to=date(2026, 9, 30), reason="等管线迁改",
                          effective_on=date(2026, 2, 1))
    factories.make_promise(project, text="年内完成", due_on=date(2026, 12, 31))
    factories.make_milestone(project, name="封顶")
    with_pair(project, clerk)
    order = SupervisionNotice.issue(project, "order", "manual", "k", "请报进展。", by=leader, day=DAY)
    order.answer(clerk, "已复工。", "复工单一份。")
    Instruction.write(project, "示例批示。", leader, order)
    factories.make_update(project, published=False, author=clerk, text="还没发布的话")
    project.refresh_from_db()
    return project


def with_pair(project, clerk, shades=(0, 90), **kw):
    """A published statement of the clerk's with a photo before and one after, or single ones."""
    update = factories.make_update(project, published=False, author=clerk, text="现场换了新灯。",
                                   effective_on=date(2026, 2, 20), **kw)
    photos = []
    for number, shade in enumerate(shades):
        photo = read_photo(pictures.jpeg(shade=shade), clerk, Photo)
        photo.alt, photo.caption, photo.people_agreed = f"第{number}张照片", f"路口{number}", True
        if len(shades) == 2:
            photo.role, photo.pair = ("before", "after")[number], 1
        photos.append(photo)
    attach(update, photos, clerk)
    update.refresh_from_db()
    update.submit(clerk)
    update.approve(factories.make_user())
    update.publish(factories.make_user(), factories.CHECKED)
    return update


def text_of(content):
    done = subprocess.run(["pdftotext", "-raw", "-", "-"], input=content, capture_output=True, check=True, timeout=60)
    return re.sub(r"\s", "", done.stdout.decode())


def page_of(dossier):
    return render_html(dossier, lambda file: "")


def address(project, ending="", to=""):
    return reverse(f"admin:projects_project_dossier{ending}", args=[project.pk]) + (f"?to={to}" if to else "")


def zipped(dossier, tmp_path):
    path = tmp_path / "made.zip"
    write_zip(path, dossier)
    return ZipFile(path)


def names_in(book):
    """The names without the folder in which all of them lie."""
    roots = {name.partition("/")[0] for name in book.namelist()}
    assert len(roots) == 1
    return {name.partition("/")[2]: name for name in book.namelist()}


# --- what it says ----------------------------------------------------------------------------------
def test_the_internal_one_says_everything(told, leader):
    said = text_of(render_pdf(dossier_of("park", INTERNAL, leader)))
    for words in ["内部资料，不公开", "目录", "半月岛公园", "开始施工。", "写对的话。", "更正前的说法", "写错的话。",
                  "延期到2026年9月30日", "等管线迁改", "年内完成", "封顶", "改造前", "改造后", "路口0", "复工单一份。",
                  "填报：经办人", "督〔2026〕1号", *SECRETS, "第1页，共"]:
        assert words in said, words
    assert said.rindex("开始施工。") < said.rindex("写对的话。") < said.rindex("现场换了新灯。"), "by their days"


def test_the_public_one_says_nothing_of_the_office(told, leader):
    said = text_of(render_pdf(dossier_of("park", PUBLIC, leader)))
    for words in ["公开版", "半月岛公园", "开始施工。", "写对的话。", "延期到2026年9月30日", "改造前", "路口0"]:
        assert words in said, words
    assert [words for words in [*SECRETS, "经办人", "督办", "内部"] if words in said] == []
    assert dossier_of("park", PUBLIC, leader).orders == []


def test_control_the_secrets_would_be_found(told, leader):
    said = page_of(dossier_of("park", INTERNAL, leader))
    assert [words for words in SECRETS if words not in said] == []


def test_each_internal_chapter_is_marked(told, leader):
    page = page_of(dossier_of("park", INTERNAL, leader))
    for heading in re.findall(r"<h2>(.*?)</h2>", page):
        inside = any(word in heading for word in ("没有发布", "督办", "修改记录", "报送任务"))
        assert ("内部" in heading) == inside, heading


def test_what_was_withdrawn_is_not_told_again(project, leader):
    update = factories.make_update(project, text="收回的话。", effective_on=date(2026, 1, 5))
    factories.make_withdrawal(update, reason="说错了", effective_on=date(2026, 1, 6))
    for audience in Audience:
        page = page_of(dossier_of("park", audience, leader))
        assert "收回的话" not in page and "已撤回。原因：说错了" in page


def test_a_late_project_is_told_to_anybody_without_its_unit_while_that_face_is_off(project, leader, settings):
    settings.PUBLIC_URL = "https://example.org"
    Project.objects.filter(pk=project.pk).update(planned_end=date(2021, 1, 1), due_on=date(2021, 1, 1))
    factories.make_update(project, status="in_progress", text="还在做。", effective_on=date(2021, 2, 1))
    public, internal = (page_of(dossier_of("park", each, leader)) for each in (PUBLIC, INTERNAL))
    assert "城建办公室" not in public and "城建办公室" in internal


def test_nothing_known_is_a_short_paper(project, leader):
    dossier = dossier_of("park", PUBLIC, leader)
    page = page_of(dossier)
    assert "暂无进展" in page and "公开资料没有写明" in page and "None" not in page
    assert text_of(render_pdf(dossier)).count("第2页，共2页") == 1


def test_the_contents_give_the_page_of_each_chapter(told, leader):
    content = render_pdf(dossier_of("park", INTERNAL, leader))
    first = subprocess.run(["pdftotext", "-layout", "-l", "1", "-", "-"], input=content, capture_output=True,
                           check=True).stdout.decode()
    for chapter in ("基本情况", "每次进展", "督办和批示", "修改记录")[:3]:
        number = re.search(rf"{chapter}.*?[.…]+ *(\d+)", first)[1]
        page = subprocess.run(["pdftotext", "-f", number, "-l", number, "-", "-"], input=content,
                              capture_output=True, check=True).stdout.decode()
        assert chapter in page


def test_the_same_state_makes_the_same_bytes(told, leader, tmp_path):
    made = []
    for _ in range(2):
        write_zip(tmp_path / "a.zip", dossier_of("park", INTERNAL, leader, DAY))
        made.append((tmp_path / "a.zip").read_bytes())
    assert made[0] == made[1]
    write_zip(tmp_path / "a.zip", dossier_of("park", INTERNAL, leader, date(2026, 3, 3)))
    assert made[0] != (tmp_path / "a.zip").read_bytes(), "control: another day is another paper"


# --- a closed quarter ------------------------------------------------------------------------------
def test_closed_quarters_that_speak_of_it_are_named(project, leader, street_admin):
    from projects.models import QuarterReport
    from projects.report import close as quarter_close

    street_admin.is_established = True
    street_admin.save()
    factories.make_update(project, text="开工。", status="in_progress", effective_on=date(2021, 11, 1))
    report = QuarterReport.objects.create(year=2021, number=4, overview="半月岛公园已开工。")
    quarter_close.close(report, street_admin)
    public, internal = (page_of(dossier_of("park", each, leader)) for each in (PUBLIC, INTERNAL))
    assert "记为“推进中”" in public and "半月岛公园已开工。" not in public
    assert "记为“推进中”" in internal and "半月岛公园已开工。" in internal


# --- the zip ---------------------------------------------------------------------------------------
def test_the_zip_has_all_of_it_under_names_that_windows_takes(told, leader, tmp_path):
    book = zipped(dossier_of("park", INTERNAL, leader), tmp_path)
    names = names_in(book)
    assert {name.partition("/")[0] for name in names if "/" in name} == {"01 基本情况", "02 照片", "04 督办"}
    assert "02 照片/2026-02-20 第5条 改造前 路口0.jpg" in names
    assert "04 督办/督〔2026〕1号督办单.pdf" in names and "04 督办/督〔2026〕1号督办回复单.pdf" in names
    for name in book.namelist():
        assert not re.search(r'[<>:"\\|?*\x00-\x1f]', name) and not re.search(r"[ .](/|$)", name)
    assert book.testzip() is None
    assert book.read(names["01 基本情况/一项一档（内部）.pdf"]).startswith(b"%PDF")


def test_the_digests_are_those_of_the_files_and_the_index_names_each(told, leader, tmp_path):
    book = zipped(dossier_of("park", INTERNAL, leader), tmp_path)
    names = names_in(book)
    listed = dict(line.split("  ", 1)[::-1] for line in book.read(names[DIGESTS]).decode().splitlines())
    assert set(listed) == set(names) - {DIGESTS}
    for name, digest in listed.items():
        assert hashlib.sha256(book.read(names[name])).hexdigest() == digest, name
    rows = list(openpyxl.load_workbook(io.BytesIO(book.read(names[INDEX]))).active.values)
    assert rows[0][:3] == ("序号", "文件夹", "文件名")
    assert {f"{row[1]}/{row[2]}" for row in rows[1:]} == set(names) - {DIGESTS, INDEX}


def test_the_photos_are_the_largest_that_are_kept(told, leader, tmp_path):
    dossier = dossier_of("park", INTERNAL, leader)
    book = zipped(dossier, tmp_path)
    photo = next(file for file in dossier.files if file.kind == "photo")
    kept = media_store.path_of(photo.store, photo.original).read_bytes()
    assert kept in [book.read(name) for name in book.namelist() if name.endswith(".jpg")]
    assert photo.original == "-1600.jpg" and photo.shown == "-800.jpg"


def test_what_is_not_on_the_disk_is_told(told, leader, tmp_path):
    dossier = dossier_of("park", INTERNAL, leader)
    media_store.path_of(dossier.files[0].store, dossier.files[0].original).unlink()
    book = zipped(dossier, tmp_path)
    names = names_in(book)
    rows = list(openpyxl.load_workbook(io.BytesIO(book.read(names[INDEX]))).active.values)
    assert [row[6] for row in rows[1:] if row[6]] == [GONE]


def test_the_public_zip_holds_no_paper_of_the_office(told, leader, tmp_path):
    names = names_in(zipped(dossier_of("park", PUBLIC, leader), tmp_path))
    assert {name.partition("/")[0] for name in names if "/" in name} == {"01 基本情况", "02 照片"}


@pytest.mark.parametrize(("text", "name"), [
    ("a/b\\c:d*e?f\"g<h>i|j", "a b c d e f g h i j"), (" . ", "未命名"), ("CON", "CON_"), ("com1.txt", "com1.txt_"),
    ("长" * 99, "长" * 60), ("末尾是点...", "末尾是点"), ("换\n行", "换 行"), ("", "未命名")])
def test_safe_names(text, name):
    assert safe_name(text) == name


def test_names_are_apart_as_windows_sees_them():
    assert apart(["a.jpg", "A.jpg", "a.jpg", "b"]) == ["a.jpg", "A（2）.jpg", "a（3）.jpg", "b"]


# --- a seal ----------------------------------------------------------------------------------------
def test_what_is_sealed_is_in_neither(leader, tmp_path):
    project = world.street()
    photo, paper = world.with_files(project)
    assert world.MARKER in page_of(dossier_of("park", PUBLIC, leader)), "control: it would be found"
    world.seal()
    for audience in Audience:
        dossier = dossier_of("park", audience, leader)
        book = zipped(dossier, tmp_path)
        assert world.MARKER not in page_of(dossier) and MARK in page_of(dossier)
        assert re.sub(r"\s", "", world.MARKER) not in text_of(render_pdf(dossier))
        assert world.MARKER not in "".join(book.namelist())
        index = book.read(names_in(book)[INDEX])
        assert world.MARKER not in str(list(openpyxl.load_workbook(io.BytesIO(index)).active.values))


def test_a_sealed_photo_and_paper_are_left_out(leader, tmp_path):
    project = world.street()
    photo, paper = world.with_files(project)
    for row in (photo, paper):
        world.seal(row.kind, code=row.code, sha256=row.sha256)
    for audience in Audience:
        dossier = dossier_of("park", audience, leader)
        assert dossier.files == [] and dossier.content["counts"]["sealed"] == 2
        assert not any(name.endswith(".jpg") for name in zipped(dossier, tmp_path).namelist())
        assert "2 件依规不再公开" in page_of(dossier)


# --- its pages -------------------------------------------------------------------------------------
@pytest.mark.parametrize("to", ["", "internal", "public"])
def test_one_click_gives_it(told, clerk, sign_in, to):
    client = sign_in(clerk)
    page = client.get(address(told, to=to))
    assert page.status_code == 200 and "style=" not in page.text and 'src="/admin/media/' in page.text
    assert client.get(address(told, "_pdf", to)).content.startswith(b"%PDF")
    made = client.get(address(told, "_zip", to))
    assert made["Content-Type"] == "application/zip" and made.content.startswith(b"PK")
    assert client.get(re.search(r'src="(/admin/media/[^"]+)"', page.text)[1]).status_code == 200
    change = client.get(reverse("admin:projects_project_change", args=[told.pk])).text
    assert all(address(told, ending) in change for ending in ("", "_pdf", "_zip"))


def test_a_leader_takes_it_along(told, leader, sign_in):
    assert sign_in(leader).get(address(told, "_zip")).status_code == 200


def test_another_unit_finds_nothing(told, other_clerk, sign_in):
    client = sign_in(other_clerk)
    assert [client.get(address(told, ending)).status_code for ending in ("", "_pdf", "_zip")] == [404] * 3
    assert client.post(address(told, "_later"), {"to": "public", "extension": "zip"}).status_code == 404
    with pytest.raises(Http404):
        dossier_of("park", PUBLIC, other_clerk)


def test_what_is_not_public_has_no_public_one(told, clerk, sign_in):
    told.hide()
    client = sign_in(clerk)
    assert client.get(address(told, to="public")).status_code == 404
    page = client.get(address(told))
    assert page.status_code == 200 and "没有公开" in page.text and "看公开版" not in page.text


def test_another_kind_is_one_sentence(told, clerk, sign_in):
    response = sign_in(clerk).get(address(told), {"to": "<b>"})
    assert response.status_code == 400 and "可以选" in response.text and "<b>" not in response.text


def test_without_the_library_it_is_the_page_to_print(told, clerk, sign_in, monkeypatch):
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    client = sign_in(clerk)
    page = client.get(address(told, "_pdf"))
    assert page.status_code == 200 and "没有装 PDF 组件" in page.text and "半月岛公园" in page.text
    book = ZipFile(io.BytesIO(client.get(address(told, "_zip")).content))
    assert not any(name.endswith("一项一档（内部）.pdf") for name in book.namelist())
    rows = list(openpyxl.load_workbook(io.BytesIO(book.read(names_in(book)[INDEX]))).active.values)
    assert "请在网页上打印" in str(rows)


def test_it_asks_no_more_however_much_is_told(told, clerk, leader, django_assert_max_num_queries):
    def asked():
        with django_assert_max_num_queries(60) as queries:
            dossier_of("park", INTERNAL, leader)
        return len(queries)

    asked()  # what this person may is read once
    few = asked()
    for day in range(1, 9):
        factories.make_update(told, text="又说。", effective_on=date(2026, 2, day), author=factories.make_user())
        SupervisionNotice.issue(told, "order", "manual", f"m{day}", "请办。", by=leader, day=DAY)
    more = asked()
    assert more == few <= 32


# --- in the background -----------------------------------------------------------------------------
@pytest.fixture
def long(monkeypatch):
    monkeypatch.setattr(dossier_files, "LONG", 1)
    monkeypatch.setattr(ExportFile, "saw", lambda file, done: None)  # SQLite would wait for the test's transaction
    asked = []
    monkeypatch.setattr(dossier_files, "work", SimpleNamespace(enqueue=asked.append))
    return asked


@pytest.mark.parametrize("extension", ["pdf", "zip"])
def test_many_photos_are_made_in_the_background(told, clerk, sign_in, long, extension):
    client = sign_in(clerk)
    page = client.get(address(told, f"_{extension}"))
    assert page.status_code == 200 and "要在后台生成" in page.text and not ExportFile.objects.exists()
    answer = client.post(address(told, "_later"), {"to": "internal", "extension": extension})
    file = ExportFile.objects.get()
    assert long == [file.pk] and answer.url == reverse("admin:projects_exportfile_change", args=[file.pk])
    assert "个文件" in client.get(answer.url).text
    dossier_files.run(file.pk)
    file.refresh_from_db()
    assert (file.state, file.message) == ("finished", "")
    got = client.get(reverse("admin:projects_exportfile_download", args=[file.pk]))
    assert b"".join(got.streaming_content)[:2] in (b"%P", b"PK")
    assert file.file_name == f"半月岛公园 一项一档（内部）.{extension}"


def test_the_page_of_the_export_makes_it_where_nobody_does(told, clerk, sign_in, long):
    client = sign_in(clerk)
    client.post(address(told, "_later"), {"to": "public", "extension": "zip"})
    ExportFile.objects.update(job_queued_at="2021-01-01T00:00:00Z")
    file = ExportFile.objects.get()
    client.post(reverse("admin:projects_exportfile_work", args=[file.pk]))
    file.refresh_from_db()
    assert file.state == "finished"


@pytest.fixture
def made(told, clerk, long):
    file, _ = dossier_files.ask(clerk, told, INTERNAL, "zip")
    dossier_files.run(file.pk)
    file.refresh_from_db()
    return file


def fetch(sign_in, user, file):
    return sign_in(user).get(reverse("admin:projects_exportfile_download", args=[file.pk])).status_code


def test_who_loses_the_project_loses_the_file(made, told, clerk, sign_in):
    assert fetch(sign_in, clerk, made) == 200
    told.lead_department = factories.make_department()
    told.save()
    assert fetch(sign_in, clerk, made) == 404


def test_a_seal_takes_the_file_away(made, clerk, sign_in):
    world.seal(words="现场换了新灯")
    assert Seal.objects.in_force().exists() and fetch(sign_in, clerk, made) == 404
    page = sign_in(clerk).get(reverse("admin:projects_exportfile_change", args=[made.pk])).text
    assert "又有内容封存" in page


def test_nobody_gets_it_made_who_may_not_see_it_any_more(told, clerk, office, long):
    file, _ = dossier_files.ask(clerk, told, INTERNAL, "zip")
    office.clerks.remove(clerk)
    dossier_files.run(file.pk)
    file.refresh_from_db()
    assert file.state == "failed" and "看不到这个项目" in file.message


@pytest.mark.parametrize("data", [{}, {"to": "x", "extension": "zip"}, {"to": "public", "extension": "csv"}])
def test_asked_for_wrongly_it_is_one_sentence(told, clerk, sign_in, data):
    response = sign_in(clerk).post(address(told, "_later"), data)
    assert response.status_code == 400 and "请从项目的页面重新选" in response.text
    assert ProgressUpdate.objects.exists() and not ExportFile.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_it_says_how_far_it_is(told, clerk, monkeypatch):
    monkeypatch.setattr(dossier_files, "LONG", 1)
    monkeypatch.setattr(dossier_files, "TELL_EVERY", 0)
    monkeypatch.setattr(dossier_files, "work", SimpleNamespace(enqueue=lambda pk: None))
    said = []
    original = ExportFile.saw
    monkeypatch.setattr(ExportFile, "saw", lambda file, done: (original(file, done), said.append(done)))
    with transaction.atomic():
        file, _ = dossier_files.ask(clerk, told, INTERNAL, "zip")
    dossier_files.run(file.pk)
    file.refresh_from_db()
    assert (file.state, said) == ("finished", [1, 2, 3, 4, 5]), "the PDF, two photos, an order and its reply"
