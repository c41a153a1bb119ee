"""The rules of a seal: two people for each step, what it covers, what is erased, and what is written down."""
import io

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from guicheng import media_store
from guicheng.files.sealing import named_by
from guicheng.locks import held
from guicheng.seal import work
from guicheng.seal.models import BY_ONE, GONE, LIFTED_BY_ONE, Seal
from guicheng.trail.audit import AuditEntry
from tests import factories
from tests.seal import world
from tests.seal.world import MARKER

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path / "media"


@pytest.fixture
def secretary():
    return factories.make_user(roles=["业务管理员"])


def wrote():
    return [(entry.changes[0]["label"], entry.by) for entry in AuditEntry.objects.filter(
        model="guicheng.seal").order_by("pk")]


# --- two people ------------------------------------------------------------------------------------
def test_it_works(visitor, project, secretary):
    factories.make_update(project, text=f"{MARKER}说好。")
    assert MARKER in visitor.get("/projects/park/").text
    asker = world.keeper()
    seal = Seal(kind="name", words=MARKER, ground="当事人来电。").ask(asker)
    assert MARKER in visitor.get("/projects/park/").text and seal.state == "等另一位确认"
    seal.confirm(secretary)
    page = visitor.get("/projects/park/").text
    assert MARKER not in page and "【依规不再公开】说好。" in page
    assert seal.is_in_force and (seal.asked_by, seal.confirmed_by) == (asker, secretary)
    assert wrote() == [("提出封存", asker), ("确认封存", secretary)]


def test_one_person_alone_gets_a_sentence():
    seal = world.seal(confirmed=False)
    with pytest.raises(ValidationError, match=BY_ONE):
        seal.confirm(seal.asked_by)
    with pytest.raises(IntegrityError, match="guicheng_seal_two_people"), transaction.atomic():
        Seal.objects.filter(pk=seal.pk).update(confirmed_by=seal.asked_by, confirmed_at=timezone.now())
    seal.confirm(world.keeper())
    seal.ask_lift(seal.asked_by, "当事人同意。")
    with pytest.raises(ValidationError, match=LIFTED_BY_ONE):
        seal.lift(seal.asked_by)
    assert Seal.objects.in_force().get() == seal and seal.state == "已封存，等另一位确认解除"


def test_a_superuser_too_is_one_person(superuser):
    seal = Seal(kind="text", words=MARKER, ground="来函。").ask(superuser)
    with pytest.raises(ValidationError, match=BY_ONE):
        seal.confirm(superuser)


@pytest.mark.parametrize("role", ["业务管理员", "系统管理员", "安全审计员", "审核员", "领导", "部门经办人"])
def test_only_the_security_administrator_asks(role):
    with pytest.raises(ValidationError, match="只有安全管理员"):
        Seal(kind="text", words=MARKER, ground="来函。").ask(factories.make_user(roles=[role]))
    assert not Seal.objects.exists()


@pytest.mark.parametrize("role", ["系统管理员", "安全审计员", "审核员", "领导", "部门经办人"])
def test_who_may_not_confirm(role):
    seal, person = world.seal(confirmed=False), factories.make_user(roles=[role])
    with pytest.raises(ValidationError, match="另一位安全管理员"):
        seal.confirm(person)
    with pytest.raises(ValidationError, match="没有权限"):
        seal.drop(person)


@pytest.mark.parametrize("words, ground, sentence", [
    ("", "来函。", "要写明"), ("文", "来函。", "两个字"), ("class", "来函。", "汉字"), (MARKER, "", "不能为空|依据"),
])
def test_what_is_not_stated_is_refused(words, ground, sentence):
    with pytest.raises(ValidationError, match=sentence):
        Seal(kind="text", words=words, ground=ground).ask(world.keeper())


def test_each_step_is_taken_once(secretary):
    seal = world.seal(confirmed=False)
    twin = Seal.objects.get(pk=seal.pk)
    seal.confirm(secretary)
    for step in (lambda: twin.confirm(world.keeper()), lambda: twin.drop(secretary), lambda: twin.lift(secretary)):
        with pytest.raises(ValidationError, match=GONE):
            step()
    with pytest.raises(ValidationError, match="已经提出过"):
        world.seal(confirmed=False)


def test_dropped_it_covers_nothing_and_may_be_asked_again(secretary):
    seal = world.seal(confirmed=False)
    seal.drop(secretary)
    with pytest.raises(ValidationError, match=GONE):
        seal.confirm(world.keeper())
    assert not Seal.objects.cover() and seal.state == "已作废"
    assert world.seal().is_in_force


# --- personal data ---------------------------------------------------------------------------------
def test_the_words_of_personal_data_are_shown_no_more(sign_in):
    seal = Seal(kind="name", words=MARKER, ground="本人要求。", is_personal=True).ask(world.keeper())
    reader = sign_in(seal.asked_by)
    assert MARKER in reader.get(reverse("admin:seals")).text
    seal.confirm(world.keeper())
    page = reader.get(reverse("admin:seals")).text
    assert MARKER not in page and f"{len(MARKER)} 个字，指纹 {seal.digest[:16]}" in page
    assert not AuditEntry.objects.saying(MARKER).exists()


def test_a_photo_is_gone_from_its_page_and_its_address(visitor, sign_in, project, superuser, folder):
    photo, paper = world.with_files(project)
    urls = [photo.address(320), paper.get_absolute_url()]
    assert [visitor.get(url).status_code for url in urls] == [200, 200]
    assert MARKER in visitor.get("/projects/park/").text
    tag = visitor.get(urls[0])["ETag"]
    for kind, row in (("photo", photo), ("paper", paper)):
        world.seal(kind, code=row.code, sha256=row.sha256)
    for url in urls:
        answer = visitor.get(url)
        assert answer.status_code == 410 and "【依规不再公开】" in answer.text
        assert answer["Cache-Control"] == "public, max-age=60"
    assert visitor.get(urls[0], headers={"if-none-match": tag}).status_code == 410
    page = visitor.get("/projects/park/").text
    assert page.count("【依规不再公开】") == 2 and MARKER not in page and photo.code not in page
    assert work.finish_now() == 2 and photo.is_whole and paper.is_whole
    staff = sign_in(superuser)
    assert staff.get(reverse("admin:photo-file", args=[photo.code, 320])).status_code == 200


def test_a_personal_photo_is_erased_and_not_called_lost(visitor, project):
    photo, paper = world.with_files(project)
    seal = world.seal("photo", code=photo.code, sha256=photo.sha256, is_personal=True)
    assert work.finish_now() == 1
    seal.refresh_from_db()
    assert not any(media_store.path_of(photo.file, ending).exists() for ending in photo.endings) and paper.is_whole
    assert seal.erased_at and wrote()[-1] == ("删除原件（个人信息）", None)
    said = io.StringIO()
    call_command("sweep_media", stdout=io.StringIO(), stderr=said)
    assert said.getvalue() == ""
    with pytest.raises(ValidationError, match="不能解除"):
        seal.ask_lift(world.keeper(), "还要用。")
    assert work.finish_now() == 0 and len(wrote()) == 3


def test_during_a_backup_it_stays_unfinished_and_is_begun_again(settings, project, visitor):
    photo, _ = world.with_files(project)
    world.seal("photo", code=photo.code, sha256=photo.sha256, is_personal=True)
    with held(settings.DATA_DIR):
        assert work.finish_now() == 0
        with pytest.raises(CommandError, match="还有 1 项"):
            call_command("cover_sealed")
    assert photo.is_whole and visitor.get(photo.address(320)).status_code == 410
    call_command("cover_sealed", stdout=io.StringIO())
    assert not photo.is_whole and not Seal.objects.unfinished().exists()


def test_a_copy_of_the_photo_is_sealed_too(visitor, project):
    first, _ = world.with_files(project)
    second, _ = world.with_files(factories.make_project(lead_department=project.lead_department))
    assert first.sha256 == second.sha256 and first.code != second.code
    world.seal("photo", code=first.code, sha256=first.sha256)
    assert visitor.get(second.address(320)).status_code == 410


def test_it_is_found_by_the_address_that_is_pasted(project):
    photo, paper = world.with_files(project)
    assert named_by("photo", f"https://example.org/sub{photo.address(800)}?x=1") == photo
    assert named_by("paper", paper.code) == paper
    for kind, text in (("photo", paper.code), ("photo", "没有"), ("paper", ""), ("photo", "0" * 33)):
        with pytest.raises(ValidationError, match="没有找到"):
            named_by(kind, text)


# --- the pages -------------------------------------------------------------------------------------
def test_from_asking_to_lifting_on_the_pages(sign_in, secretary, visitor, project):
    first, second = sign_in(world.keeper()), sign_in(secretary)
    asked = first.post(reverse("admin:seal_ask"), {"kind": "text", "words": "半月岛公园", "ground": "来函。"},
                       follow=True)
    seal = Seal.objects.get()
    assert "要另一位安全管理员或业务管理员确认才生效" in asked.text and "半月岛公园" in asked.text

    def decide(client, verb, **more):
        return client.post(reverse("admin:seal_decide"), {"seal": seal.pk, "verb": verb, **more}, follow=True)

    assert "公开的项目里有 1 个写到这些字" in second.get(reverse("admin:seals")).text
    alone = decide(first, "confirm")
    assert alone.status_code == 409 and BY_ONE in alone.text and "半月岛公园" in visitor.get("/projects/").text
    assert "已生效" in decide(second, "confirm").text
    assert "半月岛公园" not in visitor.get("/projects/").text
    assert "现在就办" in second.get(reverse("admin:seals")).text
    assert "都办完了" in decide(second, "finish").text
    assert decide(first, "ask_lift").status_code == 409
    assert "等另一位确认" in decide(first, "ask_lift", ground="已同意。").text
    assert decide(first, "lift").status_code == 409
    assert "已解除" in decide(second, "lift").text and "半月岛公园" in visitor.get("/projects/").text


def test_a_wrong_form_comes_back_with_its_words(sign_in):
    client = sign_in(world.keeper())
    for data, sentence in (({"kind": "text", "words": "文"}, "两个字"), ({"kind": "photo", "address": "x"}, "没有找到"),
                           ({"kind": "text"}, "要写明遮哪些字"), ({"kind": "song"}, "")):
        answer = client.post(reverse("admin:seal_ask"), {"ground": "来函的依据", **data})
        assert answer.status_code == 400 and sentence in answer.text and "来函的依据" in answer.text
    assert client.post(reverse("admin:seal_decide"), {"seal": "9" * 40, "verb": "confirm"}).status_code == 409
    assert client.get(reverse("admin:seal_decide")).status_code == 405


def test_the_link_is_on_the_first_page_of_who_may(sign_in, secretary, clerk):
    for person, there in ((world.keeper(), True), (secretary, True), (clerk, False)):
        assert (reverse("admin:seals") in sign_in(person).get(reverse("admin:index")).text) is there


# --- every answer ----------------------------------------------------------------------------------
def test_an_answer_nobody_covered_is_withheld(rf):
    from django.http import HttpResponse

    from guicheng.seal.middleware import cover_sealed

    def answer(path="/a.bin", kind="application/pdf"):
        return cover_sealed(lambda request: HttpResponse(MARKER.encode(), content_type=kind))(rf.get(path))

    assert answer().status_code == 200
    world.seal()
    assert answer().status_code == 503 and "正在按封存处理" in answer().content.decode()
    assert answer("/admin/a.bin").status_code == 200 and MARKER in answer("/admin/a", "text/html").content.decode()
    for kind in ("text/html", "application/json", "image/svg+xml", "application/atom+xml", "text/csv", ""):
        assert MARKER not in answer(kind=kind).content.decode(), kind


def test_the_length_and_the_names_of_files_follow(visitor):
    key_list = factories.make_list(slug="here", title=f"{MARKER}清单")
    factories.make_project(key_list, name="一个项目")
    world.seal()
    answer = visitor.get("/lists/here/projects.csv")
    assert "%E4%BE%9D%E8%A7%84" in answer["Content-Disposition"] and answer["Content-Disposition"].isascii()
    page = visitor.get("/lists/here/")
    assert int(page["Content-Length"]) == len(page.content)
    assert MARKER not in b"".join(answer.streaming_content).decode()


def test_staff_see_the_original(sign_in, superuser, project):
    world.seal(words="半月岛公园")
    assert "半月岛公园" in sign_in(superuser).get(reverse("admin:projects_project_change", args=[project.pk])).text
