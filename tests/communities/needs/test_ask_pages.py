"""我要反映: the chooser, the form and what refuses it, the receipt."""
import random
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from communities.faces import NEEDS
from communities.models import Need, NeedKind, NeedOriginal, NeedTerm
from communities.needs import asking
from guicheng import media_store
from guicheng.public.faces import FaceDecision
from guicheng.public.forms import form_key
from guicheng.words import near_day
from tests import factories
from tests.communities.needs.forms import PHONE, WORDS, aged, asked, faults, opened, send
from tests.pictures import jpeg

pytestmark = pytest.mark.django_db
MOST_QUERIES = 25  # of asking with three photos


@pytest.fixture(autouse=True)
def here(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return factories.make_community(slug="here", name="此地")


def photos(number=3, first=0):
    return [jpeg(600, 400, shade=shade * 30, name=f"IMG_{shade}.jpg") for shade in range(first, first + number)]


# --- the chooser -----------------------------------------------------------------------------------
def test_every_kind_with_its_term(visitor):
    NeedTerm.objects.filter(kind="complaint").update(answer_days=9)
    page = visitor.get("/needs/new/").text
    assert all(f"/needs/new/{kind}/" in page and kind.example in page for kind in NeedKind)
    assert "签收后 9 个工作日内答复" in page and "12388" in page and 'href="tel:12345"' in page
    assert page.index("tel:110") < page.index("/needs/new/complaint/") < page.index("/needs/find/")


def test_12345_is_named_only_where_it_is_ours_to_name(visitor, settings):
    settings.HOTLINE_12345 = False
    assert "12345" not in visitor.get("/needs/new/").text


def test_every_page_has_the_button_and_the_mistakes(visitor):
    page = visitor.get("/projects/").text
    assert 'class="ask" href="/needs/new/"' in page and "/needs/new/mistake/?page=/projects/" in page
    assert 'class="ask" href="/elder/needs/new/"' in visitor.get("/elder/projects/").text
    assert "/needs/new/mistake/?page=/projects/" in visitor.get("/elder/projects/").text


# --- while the face is off -------------------------------------------------------------------------
@pytest.fixture
def closed(settings):
    settings.PUBLIC_URL = "https://www.example.gov.cn/"
    settings.ALLOWED_HOSTS = ["testserver"]


def test_while_it_is_off_the_page_leads_to_telephones(visitor, closed, here, key_list):
    here.phone, here.hours = "0757-11112222", "9:00—17:00"
    here.save()
    factories.make_project(key_list, code="park")
    page = visitor.get("/needs/new/")
    assert page.status_code == 200 and "还没有开放" in page.text
    assert 'href="tel:12345"' in page.text and 'href="tel:075711112222"' in page.text
    assert "/needs/new/complaint/" not in page.text and "/needs/new/mistake/" in page.text
    assert 'class="ask"' in visitor.get("/projects/").text and "有话说" not in visitor.get("/projects/park/").text
    assert visitor.get("/needs/new/complaint/").url == "/needs/new/"


def test_while_it_is_off_a_form_that_was_open_is_refused_in_words(closed):
    response = asked_with_key()
    assert response.status_code == 403 and "还没有开放" in response.text and not Need.objects.exists()


def asked_with_key():
    return send(WORDS | {"form_key": aged(form_key("need"))})


def test_a_mistake_is_taken_all_the_same(closed):
    address = "/needs/new/mistake/?page=/communities/here/"
    response = send(opened(address) | WORDS, "/needs/new/mistake/")
    need = Need.objects.get()
    assert response.status_code == 303 and (need.kind, need.about_path) == ("mistake", "/communities/here/")


def test_approved_it_is_on(visitor, closed, superuser):
    FaceDecision(is_on=True, since=timezone.localdate(), approved_by="某某", basis="纪要").enter(NEEDS, 1, superuser)
    assert "/needs/new/complaint/" in visitor.get("/needs/new/").text and asked().status_code == 303


# --- asking ----------------------------------------------------------------------------------------
def test_it_works(here):
    response = asked(place="路口东侧", name="李女士", phone=PHONE)
    need = Need.objects.get()
    assert (response.status_code, response.url) == (303, f"{need.get_link()}?new=1")
    assert (need.title, need.text, need.place) == (WORDS["title"], WORDS["text"], "路口东侧")
    assert need.community == need.first_community == here and need.channel == "web"
    assert (need.original.name, need.original.phone) == ("李女士", PHONE)


def test_who_does_not_know_the_community_says_so():
    assert asked(community="unknown").status_code == 303
    assert Need.objects.get().community is None


@pytest.mark.parametrize("words, sentence", [
    ({"community": ""}, "请选一个社区，不清楚就选“不知道”"), ({"community": "nowhere"}, "请从列出的社区里选一个"),
    ({"title": " "}, "请用一句话说清"), ({"text": ""}, "请写具体情况"),
    ({"title": "长" * 61}, "最多60个字，现在是61个"),
    ({"phone": "123"}, "11位手机号"), ({"name": "长" * 21}, "最多20个字"), ({"website": "http://x"}, "应当空着"),
])
def test_what_is_wrong_is_said_and_all_else_stays(words, sentence):
    given = WORDS | {"place": "路口东侧", "name": "李女士", "phone": PHONE} | words
    response = asked(**given)
    assert response.status_code == 400 and sentence in faults(response) and not Need.objects.exists()
    for name, value in given.items():
        assert name in ("community", "website") or value.strip() in response.text
    assert f'value="{given["community"]}" selected' in response.text or given["community"] in ("", "nowhere")


def test_the_summary_leads_to_the_field():
    page = asked(title="").text
    assert 'href="#f-title"' in page and 'id="f-title"' in page and "autofocus" in page
    field = re.search(r"<input[^>]*id=\"f-title\"[^>]*>", page)[0]
    assert 'aria-invalid="true"' in field and "f-title_error" in field


def test_nobody_fills_it_in_so_fast():
    data = opened() | WORDS
    response = send(data | {"form_key": form_key("need")})
    assert response.status_code == 400 and "发得太快" in response.text and WORDS["title"] in response.text
    assert send(data).status_code == 303


@pytest.mark.parametrize("change, status", [({"form_key": ""}, 403), ({"form_key": form_key("verify")}, 403)])
def test_it_comes_from_our_own_page(change, status):
    assert send(opened() | WORDS | change).status_code == status
    assert send(opened() | WORDS, origin="https://example.org").status_code == 403
    assert not Need.objects.exists()


def test_one_form_is_one_need_and_other_words_are_another():
    data = opened() | WORDS
    first, again, other = send(data), send(data), send(data | {"text": "还有一盏。"})
    assert first.url == again.url != other.url and Need.objects.count() == 2


def test_an_address_has_its_share(monkeypatch):
    monkeypatch.setattr("communities.views.asking.SHARE", 1)
    assert asked().status_code == 303
    response = asked(text="另一件。")
    assert response.status_code == 429 and response["Retry-After"] and "另一件。" in response.text
    assert Need.objects.count() == 1


def test_ten_a_day_of_one_telephone_number(monkeypatch):
    monkeypatch.setattr(asking, "MOST_A_DAY", 1)
    assert asked(phone=PHONE).status_code == 303
    assert "一天内" in faults(asked(phone="138 0000 0000", text="另一件。"))
    assert asked(phone="13900000000", text="另一件。").status_code == 303


def test_a_body_that_is_too_large_is_refused_in_words():
    response = Client().post("/needs/new/complaint/", {"x": "x"}, CONTENT_LENGTH=26 * 1024 * 1024)
    assert response.status_code == 413 and "超过 25 MB" in response.text


# --- photos ----------------------------------------------------------------------------------------
def test_photos_stay_over_an_error():
    response = send(opened() | WORDS | {"title": "", "photos": photos(2)})
    assert response.status_code == 400 and "照片2张也在" in faults(response) + response.text.replace(" ", "")
    assert response.text.count("data:image/jpeg;base64,") == 2
    held = re.search(r'name="held" value="([^"]+)"', response.text)[1]
    digest = re.search(r'name="drop" value="([^"]+)"', response.text)[1]
    assert send(opened() | WORDS | {"held": held, "photos": photos(2, 1), "drop": digest}).status_code == 303
    rows = list(Need.objects.get().photos.all())
    assert len(rows) == 2 and all(row.is_whole and row.uploaded_by is None for row in rows)
    assert digest not in [row.sha256 for row in rows], "one was let go, one came twice, one is new"


def test_more_than_six_are_said_and_six_are_kept():
    response = send(opened() | WORDS | {"photos": photos(7)})
    assert "多出的1张没有收" in faults(response) and response.text.count("data:image/jpeg;base64,") == 6


def test_what_is_no_photo_is_named():
    bad = SimpleUploadedFile("合同<b>.jpg", b"%PDF-1.4", content_type="image/jpeg")
    response = send(opened() | WORDS | {"photos": [bad, *photos(1)]})
    assert "合同" in faults(response) and "PDF" in faults(response) and "<b>" not in response.text.partition("<b>")[0]
    assert response.text.count("data:image/jpeg;base64,") == 1


def test_another_ones_photos_are_not_taken_by_a_made_up_token():
    assert send(opened() | WORDS | {"held": "made-up"}).status_code == 303
    assert Need.objects.get().photos.count() == 0
    assert not media_store.folder().exists()


def test_three_photos_cost_few_queries():
    data = opened() | WORDS | {"phone": PHONE, "photos": photos(3)}
    with CaptureQueriesContext(connection) as queries:
        assert send(data).status_code == 303
    assert len(queries) <= MOST_QUERIES, "\n".join(each["sql"][:110] for each in queries)


# --- what it is about ------------------------------------------------------------------------------
def test_a_project_is_named_and_kept(visitor, key_list, here):
    project = factories.make_project(key_list, code="park", name="半月岛公园", community=here)
    assert "/needs/new/?project=park" in visitor.get("/projects/park/").text
    assert "/needs/new/complaint/?project=park" in visitor.get("/needs/new/?project=park").text
    data = opened("/needs/new/complaint/?project=park")
    assert data["community"] == "here"
    assert send(data | WORDS).status_code == 303 and Need.objects.get().project == project


@pytest.mark.parametrize("page", [
    "//evil.example/", "https://evil.example/", "/nowhere/", "/admin/", "/needs/GC2611-0001/abcdefgh23456789/",
    "/projects/\\evil", "javascript:alert(1)", "/projects/\x00", "/" + "a" * 400, "/projects/\n",
])
def test_only_a_page_of_ours_is_kept(page):
    data = opened("/needs/new/mistake/")
    assert send(data | WORDS | {"page": page}, "/needs/new/mistake/").status_code == 303
    assert Need.objects.get().about_path == ""


def test_a_kind_that_is_none_is_not_there(visitor):
    assert visitor.get("/needs/new/whistle/").status_code == 404


# --- hostile values --------------------------------------------------------------------------------
PIECES = [
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "' OR 1=1 --", "{{ 7*7 }}", "{% csrf_token %}",
    "\x00", "\u202e反", "\ud7ff", "😀" * 30, "长" * 3000, "../../etc/passwd", "%00", "\r\nSet-Cookie: a=b", "&lt;b&gt;",
    "<!--", "]]>", "\\", "1" * 400, "-1", "𠮷", "\u0000\uffff", "ﷺ" * 40, "a\u0301" * 50, "\x1b[2J", "=cmd|' /C'!A0"]
MARK = "<zq"


def hostile(seed):
    """One form of values that nobody means well with; each carries a tag that must never come out as one."""
    chance = random.Random(seed)  # noqa: S311
    names = ["community", "title", "text", "place", "name", "phone", "sending", "held", "project", "page", "website",
             "drop"]
    return {name: MARK + "".join(chance.choices(PIECES, k=chance.randint(1, 3))) if chance.random() < .8
            else WORDS.get(name, "") for name in names}


def test_hostile_values_do_no_harm(monkeypatch):
    """1,020 values: no error of the server, none comes out unescaped."""
    monkeypatch.setattr("communities.views.asking.SHARE", 10_000)
    plain = {kind: opened(f"/needs/new/{kind}/") for kind in ("complaint", "mistake")}
    wrong, values = [], 0
    for seed in range(85):
        kind = "mistake" if seed % 3 == 0 else "complaint"
        given = hostile(seed)
        values += len(given)
        response = send(plain[kind] | given, f"/needs/new/{kind}/")
        page = Client().get(response.url) if response.status_code == 303 else response
        if response.status_code >= 500 or MARK in page.text:
            wrong.append((seed, response.status_code))
    assert values >= 1000 and wrong == []


def test_control_an_unescaped_value_would_be_seen(monkeypatch):
    monkeypatch.setattr("django.template.base.conditional_escape", str)
    assert MARK in asked(community="", title=f"{MARK}>").text


# --- the receipt -----------------------------------------------------------------------------------
def test_the_receipt(visitor):
    page = visitor.get(asked(phone=PHONE).url)
    need = Need.objects.get()
    assert page.status_code == 200 and need.number in page.text and f"http://testserver{need.get_link()}" in page.text
    assert 'class="qr"' in page.text and "别转给别人" in page.text and f"{near_day(need.accept_by)}前" in page.text
    assert "最晚" in page.text and "找回" in page.text and page["Cache-Control"] == "no-store"
    assert PHONE not in page.text


def test_without_a_telephone_number_it_says_that_the_link_is_all(visitor):
    assert "没有留电话，网上找不回来" in visitor.get(asked().url).text
    assert not NeedOriginal.objects.get().has_phone
