"""The public site as files: whole, with relative links, nothing in it that a stranger may not read."""
import io
import re
from functools import cache
from html import unescape
from urllib.parse import unquote

import pytest
from django.core.management import CommandError, call_command
from django.test.utils import override_script_prefix
from django.utils import timezone

from guicheng.days.quarters import Quarter
from guicheng.locks import held
from guicheng.pages.export import asking, writing
from guicheng.pages.export.addresses import file_of
from guicheng.pages.export.rewriting import NO_FORM, Rewriter
from guicheng.pages.export.writing import MARK, ExportError, export
from guicheng.public.faces import FaceDecision
from projects.faces import COMPARISON
from projects.models import Photo, Project
from projects.report.files import FORMATS
from projects.views import reports
from tests import factories
from tests.seal import crawl, world

pytestmark = pytest.mark.django_db
LINK = re.compile(r'\s(?:href|src|srcset|action)="([^"]*)"')
WHOLE = re.compile(r"(?:href|src|srcset|action|content)=\"(?:https?:)?//|testserver|localhost|127\.0\.0\.1")


@pytest.fixture
def street(db, settings, tmp_path, monkeypatch):
    """Two projects with a community, statements, a photo and a paper; few quarters, and of each two files."""
    for name in set(FORMATS) - {"csv", "svg"}:
        monkeypatch.delitem(FORMATS, name)
    monkeypatch.setattr(Quarter, "current", classmethod(lambda cls: Quarter(2021, 4)))
    monkeypatch.setattr(reports, "public_document_of", cache(reports.public_document_of))
    settings.DATA_DIR = tmp_path / "data"
    settings.DATA_DIR.mkdir()
    project = world.street()
    world.with_files(project)
    return project


@pytest.fixture
def site(street, tmp_path):
    """The exported folder: `site()` writes it and gives it."""
    def write(name="site"):
        export(tmp_path / name)
        return tmp_path / name

    return write


def names(folder):
    return {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}


def faults(folder):
    """The links of the pages and feeds that lead nowhere or out of the folder, and whole addresses."""
    found = []
    for name, path in names(folder).items():
        if path.suffix not in (".html", ".xml", ".css", ".ics"):
            continue
        text = path.read_text(encoding="utf-8")
        if whole := WHOLE.search(re.sub("tag:localhost,|http://www.w3.org/", "", text)):
            found.append(f"{name}: {whole[0]}")
        for value in LINK.findall(text):
            links = unescape(value).split(",") if "jpg" in value else [unescape(value)]
            for link in [each.split()[0] for each in links]:
                place, _, fragment = link.partition("#")
                target = (path.parent / unquote(place)).resolve() if place else path
                if link.startswith(("tel:", "data:")):
                    continue
                if not target.is_file() or not target.is_relative_to(folder):
                    found.append(f"{name}: {link}")
                elif fragment and target.suffix == ".html" and not re.search(
                        rf'\sid="{re.escape(unquote(fragment))}"', target.read_text(encoding="utf-8")):
                    found.append(f"{name}: {link} (no such place)")
    return found


def test_every_link_leads_to_a_file_and_none_out(site):
    folder = site()
    assert faults(folder) == []
    written = names(folder)
    for name in ("index.html", "projects/index.html", "projects/park/index.html", "communities/here/index.html",
                 "lists/key-test/index.html", "lists/key-test/projects.csv", "lists/key-test/planned.ics", "feed.xml",
                 "lists/key-test/feed.xml", "reports/2021Q4/index.html", "reports/2021Q4.csv", "reports/2021Q4.svg",
                 "static/css/base.css", "reports/compare/index.html", "about/index.html", MARK):
        assert name in written, name
    assert not [name for name in written if name.startswith(("admin", "api")) or "asof" in name]
    assert "projects/index-list-key-test.html" in written, "one choice of a filter is a page"


def test_it_would_be_seen(tmp_path):
    """Negative control."""
    (tmp_path / "a.html").write_text('<a href="b.html">b</a><img src="/x.png"><a href="https://example.org/">e</a>'
                                     '<a href="#here">h</a>', encoding="utf-8")
    assert len(faults(tmp_path)) == 5


def test_photos_and_papers_are_there(site):
    folder, photo = site(), Photo.objects.get()
    written = names(folder)
    assert {f"media/{photo.code}-{width}.jpg" for width in photo.widths} <= set(written)
    assert any(name.startswith("papers/") for name in written)


def test_what_needs_the_site_is_a_sentence(site):
    folder = site()
    for name in ("projects/index.html", "reports/verify/index.html", "index.html"):
        text = (folder / name).read_text(encoding="utf-8")
        assert NO_FORM in text and "<form" not in text and "<input" not in text, name
    assert "工作人员登录" in text and "/admin/" not in text


def test_twice_the_same_and_what_is_gone_is_gone(site, street):
    first = {name: path.read_bytes() for name, path in names(site()).items()}
    assert {name: path.read_bytes() for name, path in names(site()).items()} == first
    Project.objects.filter(code="part").update(is_published=False)
    gone = set(first) - set(names(site()))
    assert gone >= {"projects/part/index.html", "elder/projects/part/index.html"}
    assert {name for name in gone if "part/" not in name} == {  # with it the last of whom nothing was told
        "projects/index-status-unknown.html", "elder/projects/index-status-unknown.html"}


def test_a_sealed_word_and_a_sealed_photo_are_in_no_file(site, street):
    def saying(folder):
        return [name for name, path in names(folder).items()
                if crawl.plain(crawl.text_of(path.read_bytes(), "")).find("陈大文") >= 0]

    assert len(saying(site())) > 10, "the control"
    world.seal()
    photo = Photo.objects.get()
    world.seal(kind="photo", code=photo.code, sha256=photo.sha256)
    folder = site()
    assert saying(folder) == [] and faults(folder) == []
    assert not [name for name in names(folder) if name.startswith("media/")]


def test_what_is_not_opened_to_residents_is_not_in_it(site):
    FaceDecision(is_on=False, since=timezone.localdate()).enter(COMPARISON, 1, factories.make_user())
    folder = site()
    assert not (folder / "reports/compare").exists() and faults(folder) == []
    assert "reports/compare" not in (folder / "reports/index.html").read_text(encoding="utf-8")


def test_below_a_path_and_with_an_address_it_is_the_same(site, settings):
    plain = set(names(site()))
    settings.PUBLIC_URL, settings.PUBLIC_ROOT = "http://example.org/guicheng/", "http://example.org"
    settings.BASE_PATH = settings.FORCE_SCRIPT_NAME = "/guicheng"
    settings.STATIC_URL, settings.ALLOWED_HOSTS = "/guicheng/static/", ["example.org"]
    with override_script_prefix("/guicheng/"):
        folder = site("other")
    assert faults(folder) == []
    assert {name for name in plain - set(names(folder)) if "compare" not in name} == set(), "only faces may differ"
    text = (folder / "projects/park/index.html").read_text(encoding="utf-8")
    assert "example.org" not in text.replace("example.org/guicheng/projects/park", "")


# --- into which folder -----------------------------------------------------------------------------
def said(folder):
    out = io.StringIO()
    call_command("export_public", str(folder), stdout=out)
    return out.getvalue()


def test_the_command_says_what_it_wrote_into_an_empty_folder(street, tmp_path):
    (tmp_path / "site").mkdir()
    assert re.search(r"写好了 \d+ 个网页、\d+ 个文件：", said(tmp_path / "site"))
    assert (tmp_path / "site" / MARK).exists()


@pytest.mark.parametrize("name", ["mine", "mine/file.txt", "nowhere/site", "half"])
def test_what_is_not_its_own_is_left_alone(street, tmp_path, name):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/file.txt").write_text("我的")
    (tmp_path / "half.new").mkdir()
    (tmp_path / "half.new/file.txt").write_text("我的")
    with pytest.raises(CommandError) as error:
        said(tmp_path / name)
    assert str(error.value).endswith("。") and (tmp_path / "mine/file.txt").read_text() == "我的"
    assert (tmp_path / "half.new/file.txt").exists()


def test_what_fails_leaves_the_old_one_as_it_was(site, tmp_path, monkeypatch):
    before = {name: path.read_bytes() for name, path in names(site()).items()}

    def broken(self, address):
        response = asked(self, address)
        response.status_code = 500 if "/projects/" in address else response.status_code
        return response

    asked = asking.Site.get
    monkeypatch.setattr(asking.Site, "get", broken)
    with pytest.raises(ExportError, match="打不开"):
        export(tmp_path / "site")
    assert {name: path.read_bytes() for name, path in names(tmp_path / "site").items()} == before
    monkeypatch.undo()
    assert (tmp_path / "site.new" / MARK).exists(), "what a broken run leaves is ours, and goes with the next"


def test_a_full_disk_is_a_sentence(street, tmp_path, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(28, "No space left on device", "x")

    monkeypatch.setattr(writing._Export, "_put", full)
    with pytest.raises(ExportError, match="没有写成"):
        export(tmp_path / "site")


def test_two_at_once_are_one(street, settings, tmp_path):
    with held(settings.DATA_DIR / "export-public.turn"), pytest.raises(ExportError, match="另一个"):
        export(tmp_path / "site")


def test_what_gives_nothing_becomes_words(site, street, monkeypatch):
    def without(self, address):
        return asked(self, "/nowhere/" if address.endswith(".csv") else address)

    asked = asking.Site.get
    monkeypatch.setattr(asking.Site, "get", without)
    folder = site()
    assert faults(folder) == [] and not [name for name in names(folder) if name.endswith(".csv")]
    assert re.search("<span[^>]*>[^<]*CSV", (folder / "reports/2021Q4/index.html").read_text(encoding="utf-8"))


# --- pieces ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(("address", "name"), [
    ("/", "index.html"), ("/projects/", "projects/index.html"), ("/reports/2021Q4.csv", "reports/2021Q4.csv"),
    ("/projects/?list=a&after=2021-12-31_5", "projects/index-after-2021-12-31_5-list-a.html"),
    ("/reports/2021Q4.csv?close=1", "reports/2021Q4-close-1.csv"),
    ("/projects/?q=x", None), ("/projects/?list=a&community=b", None), ("/projects/?asof=2021-12-31", None),
    ("/projects/?list=../../x", None), ("/admin/", None), ("/api/projects/", None), ("https://example.org/", None),
    ("//example.org/", None), ("/a/../../b", None), ("/projects/x/poster/", None), ("/projects/?page=", None),
])
def test_an_address_has_one_file_or_none(address, name):
    assert file_of(address) == name


def test_the_words_of_a_page_stay_to_the_letter():
    page = ('<!doctype html><html lang="zh"><p class="a">一 &amp; 二&nbsp;&#19977;<br><img src="a.png" alt="&quot;">'
            '</p><!-- c --><svg viewBox="0 0 1 1"><a href="x"><rect width="1"/></a></svg></html>')
    assert Rewriter.rewritten(page, lambda link: link) == page
    gone = Rewriter.rewritten(page.replace("<br>", '<a class="b" href="y">字</a>'), lambda link: None)
    assert '<span class="b" >字</span>' in gone and "<img" not in gone and "<a " in gone.partition("<svg")[2]


# --- in a browser ----------------------------------------------------------------------------------
@pytest.mark.browser
def test_every_page_opens_from_a_disk(site, open_page):
    """No console error, nothing that is not found, nothing asked of any host."""
    folder, page, wrong = site(), open_page(), []
    page.on("console", lambda message: message.type in ("error", "warning") and wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    aborted = "net::ERR_ABORTED"  # by the next page that is opened
    page.on("requestfailed", lambda request: request.failure == aborted or wrong.append(request.url))
    page.on("request", lambda request: request.url.startswith("file:") or wrong.append(request.url))
    pages = list(folder.rglob("*.html"))
    for path in pages:
        page.goto(path.as_uri())
        assert page.evaluate("getComputedStyle(document.body).fontFamily") != "Times New Roman", path
    page.goto((folder / "index.html").as_uri())
    page.click("nav.nav >> text=办实事")
    page.click(".moves h3 a >> nth=0")
    assert page.url.startswith(folder.as_uri()) and page.query_selector("h1")
    assert wrong == [] and len(pages) > 20
