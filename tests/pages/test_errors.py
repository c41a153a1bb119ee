"""The error pages when the rest is broken too: no static manifest, no database. They still say it, in Chinese."""
import pytest
from django.conf import settings as django_settings
from django.test import Client

MANIFEST = {"staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}}
STYLED = "base.css"


@pytest.fixture
def no_manifest(settings, tmp_path):
    """As before collectstatic: whatever names a static file fails."""
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | MANIFEST


def ask(path="/", method="get", cookie="", **kw):
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    if cookie:
        client.cookies[django_settings.SESSION_COOKIE_NAME] = cookie
    return getattr(client, method)(path, **kw)


# (status, what is asked, what the page says)
FAULTS = [
    (404, {"path": "/no/such/page/"}, "没有找到这一页"),
    (400, {"path": "/", "headers": {"host": "evil.example"}}, "这个地址没法识别"),
    (403, {"path": "/admin/login/", "method": "post"}, "页面停留太久"),
    (500, {"path": "/"}, "系统出了问题"),
]


@pytest.mark.parametrize(("status", "asked", "words"), FAULTS)
def test_without_the_static_manifest_the_words_stand_alone(db, no_manifest, status, asked, words, caplog):
    response = ask(**asked)
    assert response.status_code == status
    assert words in response.text and "回首页" in response.text and STYLED not in response.text
    assert f"错误编号 {status}" in response.text and response["Content-Type"].startswith("text/html")
    assert "in words alone" in caplog.text


@pytest.mark.parametrize(("status", "asked", "words"), FAULTS)
def test_without_the_database_the_page_is_whole(no_database, status, asked, words):
    response = ask(**asked)
    assert response.status_code == status
    assert words in response.text and STYLED in response.text


@pytest.mark.parametrize("path", ["/admin/", "/admin/projects/project/", "/admin/no/such/page/"])
def test_a_member_of_staff_is_told_as_well(no_database, path):
    response = ask(path, cookie="x" * 32)
    assert response.status_code == 500 and "系统出了问题" in response.text
    assert response.cookies == {}


def test_both_gone(no_database, no_manifest):
    response = ask("/admin/", cookie="x" * 32)
    assert response.status_code == 500 and "系统出了问题" in response.text


def test_what_a_visitor_typed_is_text(no_manifest):
    assert "<script>" not in ask("/<script>alert(1)</script>/").text


def test_the_way_home_leads_below_the_path(no_manifest, settings):
    settings.BASE_PATH = "/banshishi"
    assert 'href="/banshishi/"' in ask("/no/such/page/").text
