"""Photos and papers, for whatever has some: a wish, which only the tests know, has them as a statement has."""
import io
import os

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.urls import reverse
from django.utils.datastructures import MultiValueDict

from communities.models import Need, NeedPhoto
from guicheng import media_store
from guicheng.files.attach import attach, copy_attachments, read_paper, read_photo
from guicheng.files.forms import AttachmentsForm, forms_of
from guicheng.files.models import attachments, models_of
from projects.models import Paper, Photo, ProgressUpdate, ReportingScan
from tests import factories, pictures
from tests.wishes.models import Wish, WishPaper, WishPhoto

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path / "media"


@pytest.fixture
def author():
    return factories.make_user("author")


@pytest.fixture
def wish(author):
    wish = Wish(community=factories.make_community(), text="示例：多一张长椅。")
    wish.save_draft(author)
    return wish


@pytest.fixture
def photo(wish, author):
    row = read_photo(pictures.jpeg(), author, WishPhoto)
    row.alt, row.people_agreed = "长椅", True
    attach(wish, [row, read_paper(pictures.paper(), author, WishPaper)], author)
    return wish.photos.get()


def old(folder):
    for path in folder.glob("*/*"):
        os.utime(path, (0, 0))


def test_the_tables_are_known():
    assert {Photo, Paper, ReportingScan, NeedPhoto, WishPhoto, WishPaper} == set(attachments())
    assert models_of(Wish) == [WishPhoto, WishPaper] and models_of(ProgressUpdate) == [Photo, Paper]
    assert models_of(Need) == [NeedPhoto], "an owner need not have papers"
    assert [form._meta.model for form in forms_of(Wish)] == [WishPhoto, WishPaper]


def test_nobody_sweeps_what_another_app_shows(photo, folder):
    """With two tables known by name, the photos of a third were gone after a day."""
    old(folder)
    call_command("sweep_media", stdout=io.StringIO())
    assert photo.is_whole and photo.owner.papers.get().is_whole
    WishPhoto.objects.filter(pk=photo.pk)._raw_delete("default")  # the control: no row names it any more
    call_command("sweep_media", stdout=io.StringIO())
    assert not photo.is_whole and photo.owner.papers.get().is_whole


def test_what_lost_its_file_is_named(photo):
    media_store.remove(photo.file, ["-800.jpg"])
    said = io.StringIO()
    call_command("sweep_media", stdout=io.StringIO(), stderr=said)
    assert said.getvalue() == f"照片 {photo.code}（心愿 {photo.wish_id}）缺文件。\n"


def test_a_file_that_another_table_shows_stays(photo, author, project, django_capture_on_commit_callbacks):
    update = factories.make_update(project, published=False, author=author)
    same = Photo.objects.create(update=update, uploaded_by=author, **{
        name: getattr(photo, name) for name in ("file", "size", "sha256", "width", "height")})
    with django_capture_on_commit_callbacks(execute=True):
        photo.delete()
    assert same.is_whole
    with django_capture_on_commit_callbacks(execute=True):
        same.delete()
    assert not same.is_whole


def test_anybody_fetches_what_is_published_and_nothing_else(photo, wish, visitor):
    address = photo.address(800)
    assert visitor.get(address).status_code == 404
    wish.publish(factories.make_user(), factories.CHECKED)
    assert visitor.get(address).status_code == 200
    assert visitor.get(wish.papers.get().get_absolute_url()).status_code == 200


def test_staff_fetch_what_they_may_see(photo, wish, sign_in, clerk):
    address = reverse("admin:photo-file", args=[photo.code, 800])
    assert sign_in(clerk).get(address).status_code == 404, "may see statements, but no wishes"
    clerk.user_permissions.add(Permission.objects.get(codename="view_wish"))
    clerk = type(clerk).objects.get(pk=clerk.pk)
    assert sign_in(clerk).get(address).status_code == 404, "of another community"
    wish.community.clerks.add(clerk)
    assert sign_in(clerk).get(address).status_code == 200
    assert sign_in(factories.make_user(is_staff=True)).get(address).status_code == 403


def test_frozen_with_its_owner(photo, wish, author):
    wish.publish(factories.make_user(), factories.CHECKED)
    with pytest.raises(IntegrityError), transaction.atomic():
        wish.photos.update(alt="别的")
    with pytest.raises(ValidationError, match="这条心愿已经发布"):
        attach(wish, [read_photo(pictures.jpeg(shade=9), author, WishPhoto)], author)


def test_not_handed_in_without_a_sentence(wish, author):
    attach(wish, [read_photo(pictures.jpeg(), author, WishPhoto)], author)
    with pytest.raises(ValidationError, match="第 1 张照片还要写替代文字"):
        wish.submit(author)


def test_in_review_a_new_photo_takes_it_back(photo, wish, author):
    wish.submit(author)
    attach(wish, [read_paper(pictures.paper(pictures.pdf(pages=2)), author, WishPaper)], author)
    assert Wish.objects.get(pk=wish.pk).state == wish.state == "draft"


def test_copied_to_another_owner_of_the_kind(photo, wish, author):
    other = Wish(community=wish.community, text="示例：再来一张。")
    other.save_draft(author)
    assert copy_attachments(wish, other, author) == 2
    assert other.photos.get().file == photo.file and other.photos.get().code != photo.code


def test_the_form_gives_rows_of_the_owner(author):
    files = MultiValueDict({"media-photos": [pictures.jpeg()], "media-papers": [pictures.paper()]})
    form = AttachmentsForm(QueryDict("media-people_agreed=on&media-alt=x"), files, by=author, of=Wish)
    assert form.is_valid() and {type(row) for row in form.rows} == {WishPhoto, WishPaper}
    back = AttachmentsForm(form.data, None, by=author, of=Wish)
    assert back.is_valid() and {type(row) for row in back.rows} == {WishPhoto, WishPaper}, "held over a refused form"
