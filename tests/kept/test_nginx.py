"""deploy/nginx.conf in front of a real gunicorn, both ways of it."""
import http.client
import time
from pathlib import Path

import pytest

from projects.models import Project
from tests.kept.nginx import NGINX, nginx
from tests.served import served

pytestmark = [pytest.mark.django_db(transaction=True),
              pytest.mark.skipif(not Path(NGINX).exists(), reason="没有装 nginx")]


def get(port, address, **headers):
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    line.request("GET", address, headers={"Host": "127.0.0.1", **headers})
    answer = line.getresponse()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read().decode()


@pytest.fixture
def named(project):
    def name(words):
        Project.objects.filter(pk=project.pk).update(name=words)
    return name


def test_asked_each_time_the_next_answer_is_new(tmp_path, named):
    with served(tmp_path) as server, nginx(tmp_path, server.port, holds=False) as port:
        status, headers, body = get(port, "/projects/park/")
        assert status == 200 and "半月岛公园" in body and "x-accel-expires" not in headers
        assert get(port, "/projects/park/", **{"If-None-Match": headers["etag"]})[0] == 304
        for number in range(5):
            named(f"第{number}个名字")
            assert f"第{number}个名字" in get(port, "/projects/park/")[2]


def test_held_for_a_second_and_no_longer(tmp_path, named):
    with served(tmp_path) as server, nginx(tmp_path, server.port, holds=True) as port:
        get(port, "/projects/park/")
        seen = get(port, "/projects/park/")
        named("换了名字")
        until, body = time.monotonic() + 20, ""
        while "换了名字" not in body and time.monotonic() < until:
            time.sleep(0.3)
            body = get(port, "/projects/park/")[2]
        assert "换了名字" in body and "换了名字" not in seen[2]
        assert len(list((tmp_path / "guicheng").rglob("*"))) > 0, "nginx kept something"


def test_nobody_is_held_a_page_of_their_own(tmp_path, named):
    """What the program does not keep nginx does not either: a form with its key, the sign-in, a page not found."""
    with served(tmp_path) as server, nginx(tmp_path, server.port, holds=True) as port:
        for address in ("/reports/verify/", "/admin/login/", "/nowhere/"):
            first, second = get(port, address), get(port, address)
            assert first[0] == second[0]
        assert not [path for path in (tmp_path / "guicheng").rglob("*") if path.is_file()]
