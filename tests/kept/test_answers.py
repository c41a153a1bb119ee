"""Kept answers: drawn once, given out as they were, and asked for anew when something was published."""
import threading

import pytest
from django.test import Client
from django.utils import timezone

from guicheng.kept import pages, triggers
from guicheng.kept.publication import Publication
from guicheng.kept.store import FileStore, Page
from guicheng.public.faces import FaceDecision
from projects.faces import COMPARISON
from projects.models import Project
from tests.kept.asking import Site

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def site(settings, tmp_path, project):
    settings.KEPT_PAGES_DIR, settings.KEPT_PAGES_BYTES = tmp_path / "kept", 10 * 1024 * 1024
    return Site()


def test_drawn_once_and_the_same_as_without(site):
    first, second = site.get("/projects/park/"), site.get("/projects/park/")
    assert first == second and first[0] == 200 and site.drawn == 1
    plain = Client().get("/projects/park/", headers={"host": "localhost"})
    assert plain.content == first[2]
    assert {**first[1], **dict(plain.items())} == first[1], "all of Django's headers"
    assert first[1]["Cache-Control"] == "no-cache" and len(first[1]["ETag"]) == 34


def test_a_change_is_seen_in_the_next_request(site, project):
    site.get("/projects/park/")
    Project.objects.filter(pk=project.pk).update(name="改名后的公园")
    assert "改名后的公园" in site.get("/projects/park/")[2].decode()
    assert site.drawn == 2


def test_a_face_that_is_closed_is_gone_in_every_process(site, superuser):
    """What this process remembers of faces hangs on the stamp too."""
    assert site.get("/reports/compare/")[0] == 200
    FaceDecision.objects.bulk_create([FaceDecision(
        face=COMPARISON.key, number=1, is_on=False, since=timezone.localdate(), by=superuser)])  # as another process
    assert site.get("/reports/compare/")[0] == 404


def test_the_browser_that_has_it_gets_no_body(site):
    _, headers, body = site.get("/")
    for known in (headers["ETag"], f"W/{headers['ETag']}", f'"other", {headers["ETag"]}', "*"):
        status, told, sent = site.get("/", HTTP_IF_NONE_MATCH=known)
        assert (status, sent, told["ETag"]) == (304, b"", headers["ETag"])
        assert told["Content-Security-Policy"] == headers["Content-Security-Policy"]
    assert site.get("/", HTTP_IF_NONE_MATCH='"other"')[2] == body


def test_cookies_change_nothing(site):
    site.get("/")
    assert site.get("/", HTTP_COOKIE="guicheng_session=abc; guicheng_csrf=def")[0] == 200
    assert site.drawn == 1


@pytest.mark.parametrize("address", ["/admin/", "/search/?q=公园", "/projects/?q=公园", "/nowhere/", "/healthz",
                                     "/reports/verify/", "/projects/?status=no-such"])
def test_what_is_not_kept(site, address):
    before = site.get(address)
    site.get(address)
    assert site.drawn == 2 and before[1].get("Cache-Control") != "no-cache"


def test_a_search_for_nothing_is_kept(site):
    site.get("/projects/?q=")
    site.get("/projects/?q=")
    assert site.drawn == 1


def test_only_our_own_names_make_keys(site):
    assert site.get("/", HTTP_HOST="elsewhere.example")[0] == 400
    assert not list(pages.settings.KEPT_PAGES_DIR.glob("??/*"))


def test_what_wechat_hangs_on_an_address_makes_no_page_of_its_own(site):
    plain = site.get("/projects/?status=in_progress")
    assert site.get("/projects/?status=in_progress&from=singlemessage&isappinstalled=0&utm_source=x")[2] == plain[2]
    assert site.drawn == 1


def test_another_day_another_page(site, monkeypatch):
    site.get("/")
    later = timezone.now() + timezone.timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    site.get("/")
    assert site.drawn == 2


def test_other_code_or_settings_another_page(site, monkeypatch):
    site.get("/")
    monkeypatch.setattr(pages, "edition", lambda: "another")
    site.get("/")
    assert site.drawn == 2


def test_a_stamp_that_cannot_be_read_is_a_miss(site):
    Publication.objects.all().delete()
    assert site.get("/")[0] == site.get("/")[0] == 200
    assert site.drawn == 2
    triggers.install_triggers()


@pytest.mark.parametrize("spoiled", [b"", b"{}\n", b"not json\n<html>", b'{"stamp": 1'])
def test_a_spoiled_file_is_a_miss(site, spoiled):
    before = site.get("/")
    file, = pages.settings.KEPT_PAGES_DIR.glob("??/*")
    file.write_bytes(spoiled)
    assert site.get("/") == before
    assert site.drawn == 2


def test_a_folder_that_cannot_be_written_costs_time_and_nothing_else(settings, tmp_path, project):
    (tmp_path / "file").write_text("in the way")
    settings.KEPT_PAGES_DIR, settings.KEPT_PAGES_BYTES = tmp_path / "file", 1000
    site = Site()
    assert site.get("/")[0] == site.get("/")[0] == 200


def test_head_gets_no_page_of_its_own(site):
    assert site.get("/", method="HEAD")[0] == 200
    assert not list(pages.settings.KEPT_PAGES_DIR.glob("??/*"))


def test_head_is_answered_from_what_is_kept(site):
    page = site.get("/")
    assert site.get("/", method="HEAD") == (200, page[1], b"") and site.drawn == 1
    assert site.get("/", method="HEAD", HTTP_IF_NONE_MATCH=page[1]["ETag"])[0] == 304
    assert site.get("/", method="POST")[0] == 403 and site.drawn == 2


def test_many_at_once_draw_it_once(site):
    threads = [threading.Thread(target=_ask, args=(site,)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert site.drawn == 1


def _ask(site):
    from django.db import connections

    try:
        assert site.get("/")[0] == 200
    finally:
        connections.close_all()


def test_what_changes_while_it_is_drawn_is_drawn_again(site, project, monkeypatch):
    """The stamp is read first: what is published meanwhile makes the page one that nobody asks for."""
    def rename(template, *args, told=[], **kwargs):  # noqa: B006
        response = real(template, *args, **kwargs)
        if not told:
            told.append(1)
            Project.objects.filter(pk=project.pk).update(name="画的时候改的名")
        return response

    from projects.views import projects as views
    real = views.render
    monkeypatch.setattr(views, "render", rename)
    assert "画的时候改的名" not in site.get("/projects/park/")[2].decode()
    assert "画的时候改的名" in site.get("/projects/park/")[2].decode()


def test_the_room_is_bounded(tmp_path):
    store = FileStore(tmp_path / "kept", 50_000)
    for number in range(100):
        store.write(f"{number:02x}" * 32, "1", Page.of("200 OK", [], b"x" * 1000))
    store.sweep()
    assert 40_000 < sum(path.stat().st_size for path in store.folder.glob("??/*")) <= 50_000
    assert store.read("63" * 32, "1"), "the newest stay"


def test_a_large_answer_is_not_kept(tmp_path):
    store = FileStore(tmp_path, 10**9)
    store.write("aa" * 32, "1", Page.of("200 OK", [], b"x" * (3 * 1024 * 1024)))
    assert store.read("aa" * 32, "1") is None


def test_it_can_be_switched_off(settings, project):
    settings.KEPT_PAGES_BYTES = 0
    site = Site()
    assert [site.get("/")[0] for _ in range(2)] == [200, 200] and site.drawn == 2
