"""Photos and papers of a statement: who sees them, who may change them, and that they are frozen with it."""
import io
import os
import threading
import time
from datetime import date

import pytest
from django.contrib.admin.models import LogEntry
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from guicheng import media_store
from guicheng.files.attach import attach, copy_attachments, read_paper, read_photo
from guicheng.files.forms import AttachmentsForm
from guicheng.files.models import PEOPLE, arranged
from guicheng.trail.append_only import drop_triggers, missing_triggers
from projects.models import Paper, Photo, ProgressUpdate, WatchedWord
from tests import factories, pictures
from tests.databases import on_postgresql


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path / "media"


@pytest.fixture
def draft(project, clerk):
    return factories.make_update(project, published=False, author=clerk)


def attached(update, by, **words):
    """A real photo and a real paper on the statement."""
    words = {"alt": "新铺的步道", "people_agreed": True} | words
    photo, paper = read_photo(pictures.jpeg(), by, Photo), read_paper(pictures.paper(), by, Paper)
    for name, value in words.items():
        setattr(photo, name, value)
    attach(update, [photo, paper], by)
    return photo, paper


def published(update, by=None):
    """Past the review, as the last two steps would do it."""
    update.refresh_from_db()
    update.submit(update.author)
    update.approve(factories.make_user(), factories.CHECKED)
    return update.publish(by or factories.make_user(), factories.CHECKED)


def addresses(photo, paper):
    return [reverse("photo-file", args=[photo.code, 320]), reverse("paper-file", args=[paper.code])]


def staff_addresses(photo, paper):
    return [reverse("admin:photo-file", args=[photo.code, 320]), reverse("admin:paper-file", args=[paper.code])]


def answers(client, urls):
    return [client.get(url).status_code for url in urls]


def page_of(update):
    return reverse("admin:projects_progressupdate_photos", args=[update.pk])


def test_it_works(draft, clerk, visitor):
    photo, paper = attached(draft, clerk)
    published(draft)
    assert answers(visitor, addresses(photo, paper)) == [200, 200]
    photo.refresh_from_db()
    assert photo.frozen_at == draft.recorded_at
    assert photo.sha256 and photo.widths == [320, 800, 1600]
    page = visitor.get(draft.project.get_absolute_url()).content.decode()
    assert 'alt="新铺的步道"' in page and "800w" in page and 'width="1200" height="900"' in page
    assert "验收表" in page and "PDF，" in page


# --- who sees them ------------------------------------------------------------------------------
@pytest.mark.parametrize("state", ["draft", "submitted", "checked", "returned", "dropped"])
def test_unpublished_only_staff_within_scope(
        draft, clerk, reviewer, other_clerk, superuser, visitor, sign_in, state):
    photo, paper = attached(draft, clerk)
    draft.refresh_from_db()
    another = factories.make_user()
    for step in {"draft": [], "submitted": ["submit"], "checked": ["submit", "approve"],
                 "returned": ["submit", "send_back"], "dropped": ["drop"]}[state]:
        getattr(draft, step)(clerk if step == "submit" else another, *["请重拍。"] * (step == "send_back"))
    assert draft.state == state
    assert answers(visitor, addresses(photo, paper)) == [404, 404]
    assert answers(visitor, staff_addresses(photo, paper)) == [302, 302]
    for person, wanted in ((clerk, 200), (reviewer, 200), (superuser, 200), (other_clerk, 404)):
        client = sign_in(person)
        assert answers(client, addresses(photo, paper)) == [404, 404]
        assert answers(client, staff_addresses(photo, paper)) == [wanted, wanted]
        assert client.get(page_of(draft)).status_code == wanted
    accounts_only = factories.make_user(roles=["系统管理员"])
    assert answers(sign_in(accounts_only), staff_addresses(photo, paper)) == [403, 403]


def test_withdrawn_is_gone_and_corrected_gives_way(draft, clerk, visitor):
    photo, paper = attached(draft, clerk)
    published(draft)
    correction = ProgressUpdate(project=draft.project, kind="correction", amends=draft, reason="写错了。",
                                text="步道铺好了。", effective_on=draft.effective_on, source=draft.source)
    correction.save_draft(clerk)
    assert copy_attachments(draft, correction, clerk) == 2
    assert answers(visitor, addresses(photo, paper)) == [200, 200]
    published(correction)
    assert answers(visitor, addresses(photo, paper)) == [404, 404]
    taken_along = correction.photos.get()
    assert (taken_along.file, taken_along.alt) == (photo.file, photo.alt) and taken_along.code != photo.code
    urls = addresses(taken_along, correction.papers.get())
    assert answers(visitor, urls) == [200, 200]
    page = visitor.get(draft.project.get_absolute_url()).content.decode()
    assert page.count("<figure") == 1
    factories.make_withdrawal(correction)
    assert answers(visitor, urls) == [404, 404]
    assert "<figure" not in visitor.get(draft.project.get_absolute_url()).content.decode()


def test_of_a_project_that_is_not_public_nothing(draft, clerk, visitor):
    urls = addresses(*attached(draft, clerk))
    published(draft)
    for change in ({"is_published": False},):
        type(draft.project).objects.update(**change)
    assert answers(visitor, urls) == [404, 404]


def test_odd_addresses_are_404(visitor, sign_in, superuser, draft, clerk):
    photo, _ = attached(draft, clerk)
    published(draft)
    client = sign_in(superuser)
    for url in ("/media/", f"/media/{photo.code}-999.jpg", f"/media/{photo.code}-320.png", "/media/../secret_key",
                f"/media/{'0' * 32}-320.jpg", "/papers/x.pdf", f"/papers/{photo.code}.pdf"):
        assert visitor.get(url).status_code == 404, url
    for url in (f"/admin/media/{photo.code}/999/", "/admin/media/x/320/", "/admin/papers/x/",
                f"/admin/media/{photo.code}/{10**30}/", f"/admin/projects/progressupdate/{10**30}/photos/"):
        assert client.get(url).status_code == 404, url
    assert visitor.post(addresses(photo, photo)[0]).status_code == 405


# --- how they are served ------------------------------------------------------------------------
def test_a_photo_is_served_plain_and_briefly_kept(draft, clerk, visitor):
    photo, paper = attached(draft, clerk)
    published(draft)
    for url in addresses(photo, paper):
        answer = visitor.get(url)
        assert answer["Cache-Control"] == "public, max-age=60"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert not answer.cookies
        again = visitor.get(url, headers={"if-none-match": answer["ETag"]})
        assert again.status_code == 304 and again["Cache-Control"] == "public, max-age=60"
        assert visitor.head(url).status_code == 200
    assert visitor.get(addresses(photo, paper)[0])["Content-Type"] == "image/jpeg"
    etags = {visitor.get(reverse("photo-file", args=[photo.code, width]))["ETag"] for width in photo.widths}
    assert len(etags) == 3
    url, etag = addresses(photo, paper)[0], answer["ETag"]
    factories.make_withdrawal(draft)
    assert visitor.get(url, headers={"if-none-match": etag}).status_code == 404


def test_a_paper_is_a_download_in_a_sandbox(draft, clerk, sign_in, visitor):
    photo, paper = attached(draft, clerk)
    published(draft)
    for answer in (visitor.get(addresses(photo, paper)[1]), sign_in(clerk).get(staff_addresses(photo, paper)[1])):
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
        assert b"".join(answer.streaming_content) == pictures.pdf()


def test_what_staff_see_is_not_stored(draft, clerk, sign_in):
    answer = sign_in(clerk).get(staff_addresses(*attached(draft, clerk))[0])
    assert "no-store" in answer["Cache-Control"]


def test_a_lost_file_is_a_404(draft, clerk, visitor, folder):
    urls = addresses(*attached(draft, clerk))
    published(draft)
    for path in folder.glob("*/*"):
        path.unlink()
    assert answers(visitor, urls) == [404, 404]


# --- frozen with the statement ------------------------------------------------------------------
def run(sql, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


COLUMNS = ", ".join(f'"{field.column}"' for field in Photo._meta.concrete_fields
                    if field.column not in ("id", "code", "sha256"))

FROZEN = {
    "save": lambda photo: (setattr(photo, "alt", "别的"), photo.save()),
    "queryset.update": lambda photo: Photo.objects.filter(pk=photo.pk).update(alt="别的"),
    "raw UPDATE": lambda photo: run("UPDATE projects_photo SET alt = '别的' WHERE id = %s", photo.pk),
    "thawed": lambda photo: Photo.objects.filter(pk=photo.pk).update(frozen_at=None, alt="别的"),
    "moved away": lambda photo: Photo.objects.filter(pk=photo.pk).update(
        update=factories.make_update(published=False), alt="别的"),
    "delete": lambda photo: photo.delete(),
    "raw DELETE": lambda photo: run("DELETE FROM projects_photo WHERE id = %s", photo.pk),
    "another moved here": lambda photo: Photo.objects.filter(pk=factories.make_photo().pk).update(
        update=photo.update_id),
    "another added": lambda photo: Photo.objects.bulk_create([Photo(
        update=photo.update, uploaded_by=photo.uploaded_by, width=9, height=9, size=9, sha256="f" * 64)]),
    "raw INSERT": lambda photo: run(
        f"INSERT INTO projects_photo (code, sha256, {COLUMNS}) "  # noqa: S608
        f"SELECT %s, %s, {COLUMNS} FROM projects_photo WHERE id = %s", "c" * 32, "c" * 64, photo.pk),
}
every_way = pytest.mark.parametrize("way", FROZEN.values(), ids=FROZEN)


@pytest.fixture
def frozen(project):
    update = factories.make_update(project, published=False)
    photo = factories.make_photo(update, sha256="a" * 63)
    factories.make_paper(update)
    update.publish(factories.make_user(), factories.CHECKED)
    photo.refresh_from_db()
    return photo


def untouched(photo):
    return list(Photo.objects.filter(update=photo.update_id).values_list("pk", "alt")) == [(photo.pk, "新铺的步道")]


@every_way
def test_with_the_statement_they_are_frozen(frozen, way):
    with pytest.raises(IntegrityError, match="照片和附件不能增加、修改或删除"), transaction.atomic():
        way(frozen)
    assert untouched(frozen)


@every_way
def test_control_without_the_triggers_they_would_not(frozen, way):
    drop_triggers(connection)
    way(frozen)
    assert not untouched(frozen)


@pytest.mark.parametrize("way", list(FROZEN.values())[:6])
def test_of_a_draft_they_may_change(db, way):
    photo = factories.make_photo()
    way(photo)
    assert not untouched(photo)


def test_papers_are_frozen_too(frozen):
    paper = frozen.update.papers.get()
    with pytest.raises(IntegrityError, match="照片和附件"), transaction.atomic():
        Paper.objects.filter(pk=paper.pk).update(title="别的")
    with pytest.raises(IntegrityError, match="照片和附件"), transaction.atomic():
        paper.delete()


def test_of_a_sample_they_may_go(db):
    project = factories.make_project(is_sample=True)
    update = factories.make_update(project, published=False)
    photo = factories.make_photo(update)
    update.publish(factories.make_user(), factories.CHECKED)
    photo.delete()
    assert not Photo.objects.exists()


def test_removing_the_sample_takes_them_along(db):
    project = factories.make_project(is_sample=True)
    update = factories.make_update(project, published=False)
    factories.make_photo(update)
    factories.make_paper(update)
    update.publish(factories.make_user(), factories.CHECKED)
    update.steps.all()._raw_delete("default")  # the review's own rows are not this test's
    kept = factories.make_photo()
    call_command("remove_sample", stdout=io.StringIO())
    assert list(Photo.objects.all()) == [kept] and not Paper.objects.exists()


def test_the_triggers_are_asked_for(db):
    assert not missing_triggers()
    run("DROP TRIGGER projects_photo_no_insert" + " ON projects_photo" * (connection.vendor == "postgresql"))
    assert missing_triggers() == ["projects_photo_no_insert"]


@on_postgresql
def test_truncate_is_refused(frozen):
    with pytest.raises(IntegrityError, match="照片和附件"), transaction.atomic():
        run("SET CONSTRAINTS ALL IMMEDIATE")
        run("TRUNCATE projects_photo")


@pytest.mark.django_db(transaction=True)
def test_a_photo_that_arrives_while_it_is_published_waits_and_is_refused(monkeypatch):
    """Two at once: the insert is held until the publication is done, then refused."""
    update = factories.make_update(published=False)
    photo = factories.make_photo(update)
    reviewer, uploader = factories.make_user(), factories.make_user()
    ready, said = threading.Event(), []
    project = type(update.project)
    original = project.refresh_projections

    def slowly(self, *args, **kwargs):
        ready.set()
        time.sleep(0.4)
        return original(self, *args, **kwargs)

    monkeypatch.setattr(project, "refresh_projections", slowly)

    def arrive():
        ready.wait(5)
        try:
            Photo.objects.bulk_create([Photo(update=update, uploaded_by=uploader, width=9, height=9, size=9,
                                             sha256="f" * 64)])
        except Exception as error:  # noqa: BLE001
            said.append(str(error))
        finally:
            connection.close()

    thread = threading.Thread(target=arrive)
    thread.start()
    update.publish(reviewer, factories.CHECKED)
    thread.join(30)
    assert said and "照片和附件不能增加" in said[0]
    assert list(update.photos.all()) == [photo]


# --- before it may be handed in -----------------------------------------------------------------
@pytest.mark.parametrize(("words", "sentence"), [
    ({"alt": ""}, "第 1 张照片还要写替代文字。"), ({"people_agreed": False}, "第 1 张照片还要勾选"),
])
def test_not_without_its_words(draft, clerk, words, sentence):
    photo = factories.make_photo(draft, **words)
    with pytest.raises(ValidationError, match=sentence):
        draft.submit(clerk)
    with pytest.raises(ValidationError, match=sentence):
        draft.publish(factories.make_user(), factories.CHECKED)
    draft.refresh_from_db()
    assert draft.state == "draft" and not draft.is_published
    draft.save_draft(clerk)  # a draft may wait for them
    Photo.objects.filter(pk=photo.pk).update(alt="步道", people_agreed=True)
    draft.submit(clerk)


@pytest.mark.parametrize("steps", [1, 2])
def test_a_change_takes_it_out_of_review(draft, clerk, steps):
    draft.submit(clerk)
    seen_by_reviewer = ProgressUpdate.objects.get(pk=draft.pk)
    if steps == 2:
        seen_by_reviewer.approve(factories.make_user(), factories.CHECKED)
        draft.refresh_from_db()
    attached(draft, clerk)
    assert draft.state == ProgressUpdate.objects.get(pk=draft.pk).state == "draft"
    with pytest.raises(ValidationError, match="刚被别人改过"):
        seen_by_reviewer.publish(factories.make_user(), factories.CHECKED)
    draft.submit(clerk)
    assert draft.checker is None


def test_only_the_author_and_only_until_it_is_published(draft, clerk, reviewer, frozen):
    for person in (reviewer, factories.make_user()):
        with pytest.raises(ValidationError, match="不是你填报的"):
            attach(draft, [], person)
    with pytest.raises(ValidationError, match="已经发布"):
        attach(frozen.update, [], clerk)


def test_the_same_photo_once_and_not_too_many(draft, clerk):
    attached(draft, clerk)
    assert attach(draft, [read_photo(pictures.jpeg(), clerk, Photo)], clerk) == 0
    rows = [Photo(uploaded_by=clerk, width=9, height=9, size=9, sha256=f"{n:064x}") for n in range(20)]
    with pytest.raises(ValidationError, match="最多 20 张照片"):
        attach(draft, rows, clerk)
    assert draft.photos.count() == 1
    assert attach(draft, rows[:19], clerk) == 19
    assert [photo.order for photo in draft.photos.all()] == list(range(1, 21))


def test_pairs_stand_together_before_first():
    one, after, two, before = (Photo(role=role, pair=pair) for role, pair in (
        ("single", None), ("after", 1), ("single", None), ("before", 1)))
    assert arranged([one, after, two, before]) == [[one], [before, after], [two]]


# --- the form beside another form ---------------------------------------------------------------
def filled(by, photos=(), papers=(), **words):
    from django.http import QueryDict
    from django.utils.datastructures import MultiValueDict

    data = QueryDict(mutable=True)
    data.update({f"media-{name}": value for name, value in words.items()})
    files = MultiValueDict({"media-photos": list(photos), "media-papers": list(papers)})
    form = AttachmentsForm(data, files, by=by, of=ProgressUpdate)
    return form, form.is_valid()


def test_a_photo_with_its_words_is_ready(draft, clerk):
    form, valid = filled(clerk, [pictures.jpeg()], [pictures.paper()], alt="步道", people_agreed="on")
    assert valid and form.is_ready
    with transaction.atomic():
        assert form.attach(draft) == 2
        draft.submit(clerk)
    photo = draft.photos.get()
    assert (photo.alt, photo.people_agreed, draft.state) == ("步道", True, "submitted")
    assert draft.papers.get().title == "验收表"


def test_nothing_chosen_is_fine(draft, clerk):
    form, valid = filled(clerk)
    assert valid and form.is_ready and not form.kept_sentence
    assert form.attach(draft) == 0


def test_the_bad_one_is_named_and_the_good_ones_are_held(draft, clerk, other_clerk):
    good, bad = pictures.jpeg(name="好.jpg"), pictures.upload(b"\0\0\0\x18ftypheic", "坏.heic")
    form, valid = filled(clerk, [good, bad], alt="步道", people_agreed="on")
    assert not valid
    assert [text.split("：")[0] for text in form.errors["photos"]] == ["坏.heic"]
    assert form.kept_sentence == "已收到 1 张照片，不用再选；保存时一起存。"
    held = form["held"].value()

    again, valid = filled(clerk, held=held, alt="步道", people_agreed="on")
    assert valid and again.attach(draft) == 1
    assert media_store.path_of(draft.photos.get().file, "-320.jpg").exists()

    for stolen in (held + "x", held[:-5], "nonsense"):
        assert not filled(clerk, held=stolen)[0].rows
    assert not filled(other_clerk, held=held)[0].rows


def test_several_without_words_wait_for_the_next_page(draft, clerk):
    form, valid = filled(clerk, [pictures.jpeg(), pictures.jpeg(shade=200)], alt="第一张")
    assert valid and not form.is_ready
    form.attach(draft)
    assert [photo.alt for photo in draft.photos.all()] == ["第一张", ""]


# --- the page -----------------------------------------------------------------------------------
def words_of(photo, **changes):
    values = {"alt": photo.alt, "caption": photo.caption, "credit": photo.credit, "role": photo.role,
              "pair": photo.pair or "", "order": photo.order} | changes
    values |= {"people_agreed": "on"} if photo.people_agreed else {}
    return {f"{photo.code}-{name}": value for name, value in values.items()}


def test_upload_describe_and_remove(draft, clerk, sign_in, folder, django_capture_on_commit_callbacks):
    client = sign_in(clerk)
    assert client.get(page_of(draft)).status_code == 200
    answer = client.post(page_of(draft), {
        "media-photos": [pictures.jpeg(), pictures.jpeg(shade=200)], "media-papers": [pictures.paper()],
        "media-alt": "步道", "media-people_agreed": "on"})
    assert answer.status_code == 302
    first, second = draft.photos.all()
    assert (first.alt, second.alt, second.people_agreed) == ("步道", "", True)
    assert "第 2 张照片还要写替代文字" in client.get(page_of(draft)).content.decode()
    answer = client.post(page_of(draft), {
        **words_of(first, role="before", pair=1), **words_of(second, alt="改好了", role="after", pair=1, credit="某某"),
        "back": "1"})
    assert answer.url == reverse("admin:projects_progressupdate_change", args=[draft.pk])
    second.refresh_from_db()
    assert (second.alt, second.role, second.pair, second.credit) == ("改好了", "after", 1, "某某")
    first.refresh_from_db()
    swapped = {**words_of(first, role="after"), **words_of(second, role="before")}
    assert client.post(page_of(draft), swapped).status_code == 302
    assert {photo.role for photo in draft.photos.filter(pk=first.pk)} == {"after"}
    with django_capture_on_commit_callbacks(execute=True):
        client.post(page_of(draft), {**words_of(first), f"{first.code}-remove": "on"})
    assert list(draft.photos.all()) == [second]
    assert not list(folder.glob(f"*/{first.file}*")) and list(folder.glob(f"*/{second.file}*"))
    said = LogEntry.objects.filter(user=clerk).values_list("change_message", flat=True)
    assert any("新增 3 个文件" in text for text in said) and any("去掉 1 个" in text for text in said)


def test_each_consent_says_which_photo_it_is_of(draft, clerk, sign_in):
    client = sign_in(clerk)
    factories.make_photo(draft)
    second = factories.make_photo(draft, people_agreed=False)
    page = client.get(page_of(draft)).text
    assert "<legend>新照片</legend>" in page and f"新照片：{PEOPLE}" in page
    for number in (1, 2):
        assert f">第 {number} 张照片</h3>" in page and f"第 {number} 张：{PEOPLE}" in page
    assert f'href="#id_{second.code}-people_agreed">第 2 张照片还要勾选' in page
    assert f'id="id_{second.code}-people_agreed"' in page
    answer = client.post(page_of(draft), {**words_of(second), "media-people_agreed": "on"}, follow=True)
    assert "已有的照片，请在它自己那一栏勾" in answer.text, "the box of the new photos is not theirs"
    client.post(page_of(draft), {**words_of(second), f"{second.code}-people_agreed": "on"})
    assert "还要补" not in client.get(page_of(draft)).text


def test_handed_in_without_a_consent_it_leads_to_where_it_is_ticked(draft, clerk, sign_in):
    """The box on the form of the statement is of new photos; what was typed is kept."""
    factories.make_photo(draft, people_agreed=False)
    address = reverse("admin:projects_progressupdate_change", args=[draft.pk])
    typed = {"version": draft.version, "effective_on": "2021-10-08", "text": "改过的话。", "source": draft.source_id,
             "media-people_agreed": "on"}
    answer = sign_in(clerk).post(address, typed, follow=True)
    assert answer.redirect_chain == [(page_of(draft), 302)] and "第 1 张照片还要勾选" in answer.text
    draft.refresh_from_db()
    assert (draft.state, draft.text) == ("draft", "改过的话。")


def test_one_bad_file_of_three(draft, clerk, sign_in):
    files = [pictures.jpeg(), pictures.upload(b"GIF89a", "动图.gif"), pictures.jpeg(shade=200)]
    answer = sign_in(clerk).post(page_of(draft), {"media-photos": files}, follow=True)
    assert draft.photos.count() == 2
    page = answer.content.decode()
    assert "动图.gif：不能用 GIF" in page and "新增 2 个文件" in page


def test_all_bad_loses_no_word(draft, clerk, sign_in):
    answer = sign_in(clerk).post(page_of(draft), {
        "media-photos": [pictures.upload(b"", "空.jpg")], "media-alt": "我写的话", "media-people_agreed": "on"})
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "空.jpg：文件是空的" in page and "我写的话" in page and "checked" in page


@pytest.mark.parametrize(("change", "sentence"), [
    ({"role": "before"}, "要写是第几对"), ({"role": "nonsense"}, "不"), ({"alt": "字" * 201}, "200"),
    ({"pair": "x", "role": "before"}, "数"), ({"order": -1}, "0"), ({"order": 10**9}, "999"),
    ({"order": ""}, "必填"), ({"role": "before", "pair": 10**9}, "20"),
])
def test_bad_words_get_a_sentence_and_stay(draft, clerk, sign_in, change, sentence):
    photo = factories.make_photo(draft)
    answer = sign_in(clerk).post(page_of(draft), {
        **words_of(photo, caption="刚写的说明", **change), "media-photos": [pictures.jpeg()]})
    assert answer.status_code == 400
    page = answer.content.decode()
    assert sentence in page and "刚写的说明" in page
    assert draft.photos.count() == 2, "the new photo is kept"
    photo.refresh_from_db()
    assert photo.caption == ""


def test_a_watched_word_beside_a_photo_is_asked_about(draft, clerk, sign_in):
    photo, _ = attached(draft, clerk, caption="牵投单位验收")
    assert "牵投</mark>" not in sign_in(clerk).get(page_of(draft)).content.decode()
    WatchedWord.objects.create(word="牵投", kind="wrong", advice="应写作“牵头”。")
    client = sign_in(clerk)
    assert client.post(page_of(draft), words_of(photo, alt="步道")).status_code == 302
    assert "<mark>牵投</mark>" in client.get(page_of(draft)).content.decode()


def test_two_befores_in_a_pair_are_refused(draft, clerk, sign_in):
    photos = [factories.make_photo(draft), factories.make_photo(draft)]
    data = {key: value for photo in photos for key, value in words_of(photo, role="before", pair=1).items()}
    answer = sign_in(clerk).post(page_of(draft), data)
    assert answer.status_code == 400 and "已经有一张这样的照片" in answer.content.decode()


def test_control_characters_are_cleaned(draft, clerk, sign_in):
    photo = factories.make_photo(draft)
    answer = sign_in(clerk).post(page_of(draft), words_of(photo, caption="一\x0b二\u202e三"))
    photo.refresh_from_db()
    assert (answer.status_code, photo.caption) == (302, "一二三")
    assert sign_in(clerk).post(page_of(draft), words_of(photo, caption="一\0二")).status_code == 400


def test_the_page_takes_it_out_of_review_and_says_so(draft, clerk, sign_in):
    draft.submit(clerk)
    answer = sign_in(clerk).post(page_of(draft), {"media-photos": [pictures.jpeg()]}, follow=True)
    assert "回到草稿，请重新提交审核" in answer.content.decode()
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_others_only_look(draft, clerk, reviewer, superuser, sign_in):
    factories.make_photo(draft)
    for person in (reviewer, superuser):
        client = sign_in(person)
        page = client.get(page_of(draft)).content.decode()
        assert "只有填报人可以改" in page and 'type="file"' not in page
        assert client.post(page_of(draft), {"media-photos": [pictures.jpeg()]}).status_code == 403
    published(draft)
    client = sign_in(clerk)
    assert "要改请“更正”" in client.get(page_of(draft)).content.decode()
    assert client.post(page_of(draft), {"media-photos": [pictures.jpeg()]}).status_code == 403
    assert draft.photos.count() == 1


def test_too_many_at_once_gets_a_sentence(draft, clerk, sign_in):
    files = [pictures.upload(b"x", f"{number}.jpg") for number in range(21)]
    answer = sign_in(clerk).post(page_of(draft), {"media-photos": files})
    assert answer.status_code == 400 and "一次最多传 20 个文件" in answer.content.decode()


def test_more_than_a_statement_takes_keeps_what_came(draft, clerk, sign_in):
    for number in range(20):
        factories.make_photo(draft, order=number)
    answer = sign_in(clerk).post(page_of(draft), {"media-photos": [pictures.jpeg()]})
    page = answer.content.decode()
    assert answer.status_code == 400 and "最多 20 张照片" in page and "已收到 1 张照片" in page


def test_other_methods_are_refused(draft, clerk, sign_in):
    assert sign_in(clerk).put(page_of(draft)).status_code == 405


def test_the_page_asks_a_fixed_number(draft, clerk, sign_in, django_assert_max_num_queries):
    for number in range(12):
        factories.make_photo(draft, order=number)
    client = sign_in(clerk)
    client.get(page_of(draft))
    with django_assert_max_num_queries(16):
        client.get(page_of(draft))


# --- the public page ----------------------------------------------------------------------------
def test_photos_cost_two_queries_and_only_where_there_are_any(
        draft, clerk, visitor, django_assert_num_queries):
    from django.test.utils import CaptureQueriesContext

    page = draft.project.get_absolute_url()
    published(factories.make_update(draft.project, published=False, author=clerk))
    visitor.get(page)  # what is kept for a while, like the faces, is asked once
    with CaptureQueriesContext(connection) as before:
        visitor.get(page)
    for number in range(5):
        factories.make_photo(draft, order=number)
    factories.make_paper(draft)
    with django_assert_num_queries(len(before)):  # not yet published: nothing is asked
        visitor.get(page)
    published(draft)
    with django_assert_num_queries(len(before) + 2):
        answer = visitor.get(page)
    assert answer.content.decode().count("<figure") == 5


def test_a_pair_is_shown_side_by_side(draft, clerk, visitor):
    factories.make_photo(draft, role="before", pair=1, alt="从前", caption="2021 年春")
    factories.make_photo(draft, role="after", pair=1, alt="如今", credit="某某")
    published(draft)
    page = visitor.get(draft.project.get_absolute_url()).content.decode()
    assert 'class="pair"' in page
    assert page.index("改造前") < page.index("改造后") and "（某某 摄）" in page and 'loading="lazy"' in page


# --- what is left over --------------------------------------------------------------------------
def test_sweeping_takes_old_files_that_no_row_names(draft, clerk, folder):
    photo, paper = attached(draft, clerk)
    orphan, young = read_photo(pictures.jpeg(shade=9), clerk, Photo), read_photo(pictures.jpeg(shade=99), clerk, Photo)
    (folder / "ab").mkdir(exist_ok=True)
    (folder / "ab" / f"{'ab' * 16}-320.jpg.x.part").write_bytes(b"half")
    for path in folder.glob("*/*"):
        if young.file not in path.name:
            os.utime(path, (0, 0))
    out = io.StringIO()
    call_command("sweep_media", dry_run=True, stdout=out)
    assert "将删除 4 个没有用到的文件" in out.getvalue() and orphan.file in out.getvalue()
    assert len(list(folder.glob("*/*"))) == 3 + 1 + 3 + 3 + 1
    call_command("sweep_media", stdout=out)
    left = {path.name[:32] for path in folder.glob("*/*")}
    assert left == {photo.file, paper.file, young.file}


def test_sweeping_says_what_lost_its_file(draft, clerk):
    photo, _ = attached(draft, clerk)
    media_store.remove(photo.file, ["-800.jpg"])
    said = io.StringIO()
    call_command("sweep_media", stdout=io.StringIO(), stderr=said)
    assert f"照片 {photo.code}" in said.getvalue() and "缺文件" in said.getvalue()


def test_a_crash_before_the_row_leaves_only_a_file(draft, clerk, folder):
    row = read_photo(pictures.jpeg(), clerk, Photo)
    with pytest.raises(RuntimeError), transaction.atomic():
        attach(draft, [row], clerk)
        raise RuntimeError
    assert not Photo.objects.exists() and len(list(folder.glob("*/*"))) == 3


def test_a_removed_photo_that_a_correction_took_along_keeps_its_file(
        draft, clerk, django_capture_on_commit_callbacks):
    photo, _ = attached(draft, clerk)
    other = factories.make_update(draft.project, published=False, author=clerk, effective_on=date(2021, 7, 1))
    copy_attachments(draft, other, clerk)
    with django_capture_on_commit_callbacks(execute=True):
        draft.photos.get().delete()
    assert media_store.path_of(photo.file, "-320.jpg").exists()
