"""Whom to call: on every page somebody, the nearest first; a number that a phone can dial."""
import os
import re
import subprocess
import sys

import pytest
from django.conf import settings as django_settings
from django.template.loader import render_to_string
from django.urls import reverse

from guicheng.public.contact import HOTLINE, Contact, contact, tel
from projects.models import Project
from tests import factories
from tests.pages.test_errors import FAULTS, MANIFEST, ask

STREET = Contact("示例街道", "0757-00000000转801", "工作日上午", HOTLINE)
NOBODY = "可以当面问所在社区的居委会，或者示例街道的工作人员"
PAGES = ["home", "project-index", "list-index", "community-index", "secretary-index", "party", "report-index",
         "source-list", "about", "accessibility"]


def dialled(html):
    return re.findall(r'href="tel:([^"]*)"', html)


def told(**context):
    return render_to_string("includes/_contact.html", {"contact": STREET} | context)


@pytest.fixture
def street_office(settings):
    settings.OFFICE_PHONE, settings.OFFICE_HOURS = "0757-00000000转801", "工作日上午"


# --- a number ------------------------------------------------------------------------------------
@pytest.mark.parametrize(("written", "dials"), [
    ("0757-12345678", "075712345678"), ("（0757）12345678", "075712345678"), ("0757 1234 5678", "075712345678"),
    ("0757—12345678", "075712345678"), ("０７５７－１２３４５６７８", "075712345678"), ("12345678", "12345678"),
    ("0757-12345678转801", "075712345678,801"), ("0757-12345678 转 801", "075712345678,801"),
    ("0757-12345678 分机：12", "075712345678,12"), ("0757-12345678-801", "075712345678,801"),
    ("12345678、12345679", "12345678"), ("0757-12345678/12345679", "075712345678"), ("12345", "12345"),
    ("+86 757 1234 5678", "+8675712345678"), ("400-123-4567", "4001234567"),
    ("0757-12345678（工作日）", "075712345678"),
    ("待补充", ""), ("", ""), ("转801", ""), ("1234567890123456", ""), ("见公告栏", ""),
])
def test_what_a_phone_dials(written, dials):
    assert tel(written) == dials


def test_what_cannot_be_dialled_is_no_link():
    page = told(phone="见公告栏<b>")
    assert "见公告栏&lt;b&gt;" in page and dialled(page) == ["075700000000,801", "12345"]


# --- the order -----------------------------------------------------------------------------------
@pytest.mark.parametrize(("context", "dials"), [
    ({}, ["075700000000,801", "12345"]),
    ({"phone": "0757-11111111", "unit": "某局"}, ["075711111111", "075700000000,801", "12345"]),
    ({"phone": STREET.phone}, ["075700000000,801", "12345"]),
    ({"phone": HOTLINE}, ["12345", "075700000000,801"]),
    ({"contact": Contact("示例街道", hotline=HOTLINE)}, ["12345"]),
    ({"contact": Contact("示例街道", HOTLINE, hotline=HOTLINE)}, ["12345"]),
    ({"contact": Contact("示例街道"), "phone": "0757-11111111"}, ["075711111111"]),
    ({"contact": Contact("示例街道")}, []),
])
def test_the_nearest_is_called_first_and_each_once(context, dials):
    page = told(**context)
    assert dialled(page) == dials
    assert ("某局" in page) == ("unit" in context) and (NOBODY in page) == (dials == [])
    assert page.count('class="second"') == max(len(dials) - 1, 0)


# --- the pages -----------------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize("name", PAGES)
def test_every_page_calls_the_street_and_12345(name, visitor, street_office):
    page = visitor.get(reverse(name)).text
    assert {"075700000000,801", "12345"} <= set(dialled(page)) and "工作日上午" in page


@pytest.mark.django_db
def test_nobody_to_call_is_said_on_every_page(visitor, settings):
    settings.HOTLINE_12345 = False
    for name in PAGES:
        page = visitor.get(reverse(name)).text
        assert dialled(page) == [] and "可以当面问所在社区的居委会，或者桂城街道的工作人员" in page, name


@pytest.mark.django_db
def test_a_unit_comes_before_the_street(visitor, street_office, project, office):
    office.phone = "0757-11111111"
    office.save()
    page = visitor.get(project.get_absolute_url()).text
    main = page.partition("<main")[2].partition("</main>")[0]
    assert dialled(main)[:3] == ["075711111111", "075700000000,801", "12345"]
    here = factories.make_community(slug="here", phone="0757-22222222")
    main = visitor.get(here.get_absolute_url()).text.partition("<main")[2].partition("</main>")[0]
    assert dialled(main)[:3] == ["075722222222", "075700000000,801", "12345"]


@pytest.mark.django_db
def test_a_poster_names_somebody(visitor, street_office, project, office, settings):
    here = factories.make_community(slug="here", phone="")
    type(office).objects.update(phone="")
    for row in (project, here):
        page = visitor.get(f"{row.get_absolute_url()}poster/").text
        assert "<dt>桂城街道</dt>" in page and "0757-00000000转801" in page
        settings.OFFICE_PHONE = ""
        assert '<dd class="phone">12345</dd>' in visitor.get(f"{row.get_absolute_url()}poster/").text
        settings.OFFICE_PHONE = STREET.phone


@pytest.mark.django_db
@pytest.mark.parametrize("address", [
    "/projects/?q=没有这样的事", "/lists/", "/communities/", "/secretary-projects/", "/reports/", "/reports/2021Q4/"])
def test_an_empty_page_leads_on(address, visitor):
    main = visitor.get(address).text.partition("<main")[2].partition("</main>")[0]
    assert reverse("community-index") in main and reverse("source-list") in main and dialled(main) == ["12345"]


@pytest.mark.django_db
def test_an_empty_list_leads_on(visitor, key_list):
    Project.objects.all().delete()
    main = visitor.get(key_list.get_absolute_url()).text.partition("<main")[2].partition("</main>")[0]
    assert reverse("community-index") in main and reverse("source-list") in main and "12345" in dialled(main)


# --- errors --------------------------------------------------------------------------------------
@pytest.mark.parametrize("words_alone", [False, True])
@pytest.mark.parametrize(("status", "asked", "words"), FAULTS)
def test_an_error_is_one_sentence_and_a_number(status, asked, words, words_alone, db, settings, tmp_path, street_office,
                                               monkeypatch):
    if status == 500:
        monkeypatch.setattr("guicheng.pages.views.render", lambda *args: 1 / 0)
        asked = {"path": "/accessibility/"}
    if words_alone:
        settings.STATIC_ROOT, settings.STORAGES = tmp_path, settings.STORAGES | MANIFEST
    page = ask(**asked)
    assert page.status_code == status and words in page.text
    assert {"075700000000,801", "12345"} <= set(dialled(page.text))
    assert ("base.css" in page.text) is not words_alone
    assert ('name="q"' in page.text) is (status in (400, 404) and not words_alone)


def test_the_settings_are_read_each_time(settings):
    settings.OFFICE_NAME, settings.HOTLINE_12345 = "示例街道", False
    assert contact() == Contact("示例街道") and contact().calls == []


# --- the settings --------------------------------------------------------------------------------
def started(**env):
    """The last line of what the settings say with this environment: the four of the office where they are sound."""
    code = ("from guicheng import settings as s\n"
            "print((s.OFFICE_NAME, s.OFFICE_PHONE, s.OFFICE_HOURS, s.HOTLINE_12345))")
    none = {"OFFICE_NAME": "", "OFFICE_PHONE": "", "OFFICE_HOURS": "", "HOTLINE_12345": ""}
    done = subprocess.run([sys.executable, "-c", code], cwd=django_settings.BASE_DIR, capture_output=True, text=True,
                          env=os.environ | none | env)
    return (done.stdout + done.stderr).splitlines()[-1]


def test_sound_settings():
    assert started() == "('桂城街道', '', '', True)"
    assert started(OFFICE_NAME="示例街道", OFFICE_PHONE=" 0757-12345678转801 ", OFFICE_HOURS="工作日",
                   HOTLINE_12345="off") == "('示例街道', '0757-12345678转801', '工作日', False)"


@pytest.mark.parametrize(("wrong", "said"), [
    ({"OFFICE_PHONE": "电话"}, "OFFICE_PHONE 应是一个电话号码，如 0757-12345678 或 0757-12345678转801，现在是“电话”。"),
    ({"OFFICE_PHONE": "1234567890123456"}, "现在是“1234567890123456”。"),
    ({"OFFICE_PHONE": "0757-12345678，" + "请打" * 20}, "OFFICE_PHONE 应是一个电话号码"),
    ({"OFFICE_NAME": "字" * 61}, "OFFICE_NAME 应是一行字，不超过 60 个。"),
    ({"OFFICE_HOURS": "上午\n下午"}, "OFFICE_HOURS 应是一行字，不超过 60 个。"),
    ({"HOTLINE_12345": "不要"}, "HOTLINE_12345 应是 1（写出 12345）或 0（不写），现在是“不要”。"),
])
def test_a_wrong_setting_is_one_sentence(wrong, said):
    line = started(**wrong)
    assert line.startswith("django.core.exceptions.ImproperlyConfigured: ") and said in line
