"""Kept answers in a Redis that several machines share: a real one, on a socket of its own."""
import subprocess
import threading
import time

import pytest
from django.db import connections
from redis import Redis
from redis.exceptions import RedisError

from guicheng.kept import store as stores
from guicheng.kept.store import Page, RedisStore
from projects.models import Project
from tests.kept.asking import Site

pytestmark = pytest.mark.django_db(transaction=True)
KEY = "ab" * 32
PAGE = Page.of("200 OK", [("Content-Type", "text/html")], "示例".encode())


class Server:
    """A redis-server without files, which can be killed and started again."""

    def __init__(self, folder):
        self.socket, self.process = folder / "redis.sock", None
        self.address = f"unix://{self.socket}"
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            ["redis-server", "--port", "0", "--unixsocket", str(self.socket), "--save", "", "--appendonly", "no",
             "--maxmemory", "20mb", "--maxmemory-policy", "allkeys-lru"], stdout=subprocess.DEVNULL)
        until = time.monotonic() + 10
        while time.monotonic() < until:
            try:
                return Redis.from_url(self.address).ping()
            except RedisError:
                time.sleep(0.02)
        raise AssertionError("no Redis")

    def kill(self):
        self.process.kill()
        self.process.wait(10)
        self.socket.unlink(missing_ok=True)


@pytest.fixture
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("redis"))
    yield server
    server.kill()


@pytest.fixture
def site(settings, server, tmp_path, project):
    settings.KEPT_PAGES_DIR, settings.KEPT_PAGES_REDIS = tmp_path / "kept", server.address
    settings.KEPT_PAGES_BYTES = 10 * 1024 * 1024
    return Site()


def test_one_machine_draws_and_another_gives_out(site):
    first = site.get("/projects/park/")
    another = Site()
    assert another.get("/projects/park/") == first and (site.drawn, another.drawn) == (1, 0)
    assert another.get("/projects/park/", method="HEAD")[1:] == (first[1], b"")


def test_a_change_is_seen_in_the_next_request(site, project):
    site.get("/projects/park/")
    Project.objects.filter(pk=project.pk).update(name="改名后的公园")
    assert "改名后的公园" in Site().get("/projects/park/")[2].decode()


def test_a_dead_one_is_a_miss_and_is_left_alone_for_a_while(site, server, monkeypatch):
    before = site.get("/")
    server.kill()
    asked = []
    monkeypatch.setattr(stores.Redis, "get", lambda *args, real=stores.Redis.get: asked.append(1) or real(*args))
    assert site.get("/") == site.get("/") == before and site.drawn == 3
    assert len(asked) == 1
    server.start()
    monkeypatch.setattr(stores, "monotonic", lambda real=time.monotonic: real() + stores.LEFT_ALONE)
    site.get("/")
    site.get("/")
    assert site.drawn == 4


def test_none_there_from_the_start(settings, tmp_path, project):
    settings.KEPT_PAGES_REDIS, settings.KEPT_PAGES_BYTES = f"unix://{tmp_path}/none.sock", 1000
    site = Site()
    assert [site.get("/")[0] for _ in range(2)] == [200, 200] and site.drawn == 2


@pytest.mark.parametrize("spoiled", [b"", b"{}\n", b"not json\n<html>", b'{"stamp": 1', b"\xff\n"])
def test_a_spoiled_answer_is_a_miss(server, spoiled):
    store = RedisStore(server.address)
    store.write(KEY, "1", PAGE)
    assert store.read(KEY, "1").body == PAGE.body and store.read(KEY, "2") is None
    Redis.from_url(server.address).set(f"guicheng:page:{KEY}", spoiled)
    assert store.read(KEY, "1") is None


def test_it_is_kept_no_longer_than_a_day_and_bounded(server):
    store = RedisStore(server.address)
    for number in range(40):
        store.write(f"{number:02x}" * 32, "1", Page.of("200 OK", [], b"x" * 1024 * 1024))
    raw = Redis.from_url(server.address)
    assert 0 < raw.dbsize() < 25 and raw.ttl(raw.randomkey()) <= stores.A_DAY
    store.write(KEY, "1", Page.of("200 OK", [], b"x" * (3 * 1024 * 1024)))
    assert store.read(KEY, "1") is None


def test_many_at_once_draw_it_once(site):
    def ask():
        try:
            assert site.get("/")[0] == 200
        finally:
            connections.close_all()

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert site.drawn == 1


def test_one_that_died_while_drawing_holds_up_nobody_for_long(server, monkeypatch):
    monkeypatch.setattr(stores, "PATIENCE", 0.1)
    RedisStore(server.address).drawing(KEY).__enter__()  # and never comes back
    started = time.monotonic()
    with RedisStore(server.address).drawing(KEY):
        assert time.monotonic() - started < 20
