"""A form without a cookie: its signed, dated key, and only from our own pages."""
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from guicheng.public import forms
from guicheng.public.forms import form_key

ADDRESS = "/reports/verify/"


def send(client, key=None, **headers):
    data = {"file": SimpleUploadedFile("a.csv", b"1"), "form_key": form_key("verify") if key is None else key}
    return client.post(ADDRESS, data, headers=headers)


def test_it_works(client, db):
    response = send(client, origin="http://testserver", sec_fetch_site="same-origin")
    assert response.status_code == 200 and not response.cookies


@pytest.mark.parametrize("key", [
    "", "verify", "verify:1:2", lambda: form_key("other"), lambda: form_key("verify") + "x"])
def test_a_key_that_is_not_of_this_form_is_refused(client, db, key):
    response = send(client, key() if callable(key) else key)
    assert response.status_code == 403 and "页面停留太久" in response.content.decode()


def test_an_old_key_is_refused(client, db, monkeypatch):
    key = form_key("verify")
    monkeypatch.setattr(forms, "LASTS", -1)
    assert send(client, key).status_code == 403


@pytest.mark.parametrize("headers", [
    {"origin": "https://example.org"}, {"origin": "null"}, {"sec_fetch_site": "cross-site"},
    {"sec_fetch_site": "same-site"},
])
def test_what_another_site_sends_is_refused(client, db, headers):
    response = send(client, **headers)
    assert response.status_code == 403 and "不是从本站的网页发出" in response.content.decode()


def test_the_page_gives_a_key_and_no_cookie(client, db):
    response = client.get(ADDRESS)
    assert 'name="form_key"' in response.content.decode() and not response.cookies
