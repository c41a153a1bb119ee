"""What stands today, beside what is being written or judged: the last statement and its photos."""
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from guicheng.files.attach import attach, read_photo
from projects.models import Photo
from tests import factories, pictures


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def said(project, by, text, *, alt="", **kw):
    """A published statement; with `alt`, with a photo."""
    update = factories.make_update(project, published=False, author=by, text=text, **kw)
    if alt:
        photo = read_photo(pictures.jpeg(shade=len(alt)), by, Photo)
        photo.alt, photo.people_agreed = alt, True
        attach(update, [photo], by)
        update.refresh_from_db()
    update.submit(by)
    update.approve(factories.make_user(), factories.CHECKED)
    update.publish(factories.make_user(), factories.CHECKED)
    project.refresh_from_db()
    return update


def form(client, name, pk):
    return client.get(reverse(f"admin:projects_progressupdate_{name}", args=[pk])).content.decode()


# --- the rule ------------------------------------------------------------------------------------
def test_it_works(project, clerk):
    said(project, clerk, "先说的。")
    last = said(project, clerk, "后说的。")
    assert factories.make_update(project, published=False, author=clerk).before == last


def test_what_is_not_public_yet_stands_nowhere(project, clerk):
    last = said(project, clerk, "公开的。")
    factories.make_update(project, published=False, author=clerk, text="草稿。")
    assert factories.make_update(project, published=False, author=clerk).before == last


def test_of_an_amendment_it_is_what_is_amended(project, clerk):
    first = said(project, clerk, "先说的。")
    said(project, clerk, "后说的。")
    assert first.withdrawal().before == first


def test_where_nobody_has_spoken_there_is_none(project, clerk):
    assert factories.make_update(project, published=False, author=clerk).before is None


# --- beside the form -----------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["record", "postpone", "close"])
def test_the_last_statement_and_its_photo_stand_beside_each_form(sign_in, clerk, project, name):
    update = said(project, clerk, "管道铺好一半。", alt="开挖的路面", next_step="下月恢复路面。")
    page = form(sign_in(clerk), name, project.pk)
    assert "管道铺好一半。" in page and "下月恢复路面。" in page and 'alt="开挖的路面"' in page
    assert reverse("admin:photo-file", args=[update.photos.get().code, 320]) in page


def test_a_correction_stands_beside_what_it_corrects(sign_in, clerk, project):
    first = said(project, clerk, "先说的。", alt="先拍的")
    said(project, clerk, "后说的。", alt="后来才拍到的")
    page = form(sign_in(clerk), "correct", first.pk)
    assert "先拍的" in page and "原来（" in page and "后来才拍到的" not in page


def test_control_without_a_statement_the_page_says_so(sign_in, clerk, project):
    page = form(sign_in(clerk), "record", project.pk)
    assert "还没有人说过进展" in page and "class=\"thumbs\"" not in page


# --- before the reviewer -------------------------------------------------------------------------
@pytest.fixture
def waiting(project, clerk):
    said(project, clerk, "管道铺好一半。", alt="开挖的路面")
    update = factories.make_update(project, published=False, author=clerk, text="路面恢复了。")
    photo = read_photo(pictures.jpeg(shade=200), clerk, Photo)
    photo.alt, photo.people_agreed = "恢复的路面", True
    attach(update, [photo], clerk)
    update.refresh_from_db()
    update.submit(clerk)
    return update


def test_the_queue_shows_before_and_after_with_their_photos(sign_in, reviewer, waiting):
    page = sign_in(reviewer).get("/admin/").content.decode()
    for each in ("现在公开的", "管道铺好一半。", 'alt="开挖的路面"', "这次要说的", "路面恢复了。", 'alt="恢复的路面"'):
        assert each in page


def test_the_page_of_what_waits_shows_them_too(sign_in, reviewer, waiting):
    page = form(sign_in(reviewer), "change", waiting.pk)
    assert "管道铺好一半。" in page and 'alt="开挖的路面"' in page and 'alt="恢复的路面"' in page


def test_control_what_is_public_itself_has_nothing_before_it(sign_in, reviewer, project, clerk):
    said(project, clerk, "先说的。")
    last = said(project, clerk, "后说的。")
    assert "现在公开的" not in form(sign_in(reviewer), "change", last.pk)


def test_a_photo_more_costs_the_queue_no_query(sign_in, reviewer, waiting, project, clerk):
    def asked():
        client.get("/admin/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/admin/")
        return len(queries)

    client, before = sign_in(reviewer), None
    before = asked()
    for number in range(3):
        other = factories.make_project(project.project_list, lead_department=project.lead_department)
        said(other, clerk, f"说过的 {number}。", alt="拍" * (number + 1))
        factories.make_update(other, published=False, author=clerk, text="又说。").submit(clerk)
    assert asked() == before


# --- 销号 with a photo before and one after ------------------------------------------------------
def closing(client, project, **kw):
    typed = {"version": 1, "effective_on": "2021-12-20", "status": "completed", "proof": "验收合格。"} | kw
    return client.post(reverse("admin:projects_progressupdate_close", args=[project.pk]), typed)


BOTH = {"media-before": pictures.jpeg, "media-after": lambda: pictures.jpeg(shade=90)}
WORDS = {"media-before_alt": "开挖的路面", "media-after_alt": "恢复的路面", "media-people_agreed": "on"}


def test_a_closure_takes_a_photo_before_and_one_after(sign_in, clerk, reviewer, project):
    page = form(sign_in(clerk), "close", project.pk)
    assert 'name="media-before"' in page and 'name="media-after"' in page
    answer = closing(sign_in(clerk), project, **WORDS, **{name: make() for name, make in BOTH.items()})
    update = project.updates.get()
    assert answer.status_code == 302 and update.state == "submitted"
    assert [(each.role, each.pair, each.alt) for each in update.photos.all()] == [
        ("before", 1, "开挖的路面"), ("after", 1, "恢复的路面")]
    shown = sign_in(reviewer).get("/admin/").content.decode()
    assert shown.index("<figcaption>改造前") < shown.index("<figcaption>改造后")
    assert "改造前" in form(sign_in(reviewer), "change", update.pk)


def test_no_photo_is_ever_required(sign_in, clerk, project):
    assert closing(sign_in(clerk), project).status_code == 302
    assert project.updates.get().state == "submitted"


def test_one_of_the_two_is_enough_and_the_other_joins_it_later(project, clerk):
    update = factories.make_update(project, published=False, author=clerk)
    for role, shade in (("after", 1), ("before", 2), ("after", 3)):
        photo = read_photo(pictures.jpeg(shade=shade * 40), clerk, Photo)
        photo.role = role
        attach(update, [photo], clerk)
    assert [(each.role, each.pair) for each in update.photos.all()] == [("after", 1), ("before", 1), ("after", 2)]


def test_what_was_chosen_stays_when_the_form_comes_back(sign_in, clerk, project):
    client = sign_in(clerk)
    page = closing(client, project, proof="", **WORDS, **{name: make() for name, make in BOTH.items()})
    assert page.status_code == 400 and "已收到 2 张照片" in page.content.decode()
    held = page.context["media"].data["media-held"]
    assert closing(client, project, **WORDS, **{"media-held": held}).status_code == 302
    assert sorted(project.updates.get().photos.values_list("role", "pair", "alt")) == [
        ("after", 1, "恢复的路面"), ("before", 1, "开挖的路面")]


def test_control_other_forms_have_no_such_places(sign_in, clerk, project):
    assert 'name="media-before"' not in form(sign_in(clerk), "record", project.pk)
