"""A public page knows no cookie: with any it is, byte for byte and query for query, the page without."""
import re
from functools import cache

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from guicheng import media_store
from projects.models import Paper, Photo
from projects.views import reports
from tests import factories
from tests.matrix import answers, cells
from tests.matrix.table import VISITOR

pytestmark = pytest.mark.django_db
PUBLIC = [route for route in cells.routes() if not route.model and cells.kind_of(route).page.startswith("public")]


class Street:
    """One published row of each model that has a public page; what `answers.address` asks of a world."""

    def __init__(self, project):
        update = factories.make_update(project, published=False)
        photo, paper = factories.make_photo(update), factories.make_paper(update)
        media_store.write(photo.file, "-320.jpg", b"a picture")
        media_store.write(paper.file, ".pdf", b"%PDF-")
        update.publish(factories.make_user(), factories.CHECKED)
        rows = [project, project.project_list, Photo.objects.get(), Paper.objects.get(), factories.make_community(),
                factories.make_reading().metric]
        self.rows = {row._meta.label_lower: row for row in rows}

    def row(self, label, scope, who):
        return self.rows[label]


@pytest.fixture
def addresses(project, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    street = Street(project)
    asked = [next(cell for cell in cells.cells(route) if cell.who == VISITOR) for route in PUBLIC]
    found = [answers.address(cell, street)[0] for cell in asked]
    return [*found, "/nowhere/", "/projects", "/admin", "/projects/?list=none", "/projects/?status=x"]


@pytest.fixture
def made_up(client, superuser):
    """What somebody may write into a cookie, a key that is really in use included."""
    client.force_login(superuser)
    key = client.session.session_key
    return [
        "guicheng_session=x; guicheng_csrf=x", f"guicheng_session={key}; guicheng_csrf={'b' * 32}; messages=[]",
        "guicheng_session=", f"guicheng_session={'a' * 32}", f"guicheng_session={'z' * 4000}",
        "guicheng_session=\x00\x00\x00\x00\x00\x00\x00\x00\x00", 'guicheng_session="; DROP', "guicheng_csrf=\xff\xfe",
        "sessionid=x; csrftoken=x", ";;=;,\x7f", "=" * 5000,
    ]


def asked(address, cookie=None, method="get"):
    """What comes, and how many queries it took."""
    with CaptureQueriesContext(connection) as queries:
        response = getattr(Client(), method)(address, **({"HTTP_COOKIE": cookie} if cookie is not None else {}))
        body = b"".join(response) if response.streaming else response.content
    assert not response.cookies and "Cookie" not in response.get("Vary", ""), (address, cookie)
    dated = re.sub(rb'(name="(?:form_key|sending)" value=")[^"]+', rb"\1", body)
    return (response.status_code, dict(response.headers), dated), len(queries)


def differs(cookies, address, method="get"):
    """The cookies with which another page comes, or one that asks more queries."""
    page, most = asked(address, method=method)
    assert page[0] != 500, address
    for cookie in cookies:
        came, count = asked(address, cookie, method)
        if came != page or count > most:
            yield address, cookie


def test_a_made_up_cookie_changes_nothing(addresses, made_up, monkeypatch):
    monkeypatch.setattr(reports, "public_document_of", cache(reports.public_document_of))  # most of the time is its
    assert len(addresses) > 28
    assert [each for address in addresses for each in differs(made_up[:2], address)] == []


@pytest.mark.parametrize(("address", "method"), [
    ("/", "get"), ("/reports/verify/", "post"), ("/api/projects/", "post")])
def test_nor_does_a_cookie_of_any_shape(project, made_up, address, method):
    assert list(differs(made_up, address, method)) == []


@pytest.mark.parametrize("cookie", ["guicheng_session=x", "guicheng_csrf=x"])
def test_control_django_alone_would_answer_it(settings, cookie):
    settings.MIDDLEWARE = [each for each in settings.MIDDLEWARE if not each.endswith(".no_cookie_in_public")]
    with pytest.raises(AssertionError, match=cookie):
        asked("/", cookie)


def test_the_back_office_still_knows_who_signed_in(client, superuser):
    client.force_login(superuser)
    knows = Client(headers={"cookie": f"guicheng_session={client.session.session_key}"}).get("/admin/")
    assert knows.wsgi_request.user == superuser
