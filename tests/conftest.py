"""The cast, by role, and what the tests need around the database and the browser."""
import fcntl
import gc
import io
import os
import pickle
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client, TransactionTestCase, override_settings

from guicheng.kept import rollup
from guicheng.kept.publication import TABLE
from guicheng.search import among, pairs
from guicheng.trail.append_only import install_triggers
from tests import browser, databases, factories, rows


def pytest_configure(config):
    """Cheap passwords, no waiting for the disk, and static files straight from their folders: no collectstatic.

    A folder of its own for each process: a turn (guicheng/public/turns.py) is one for the whole machine.
    """
    from django.conf import settings

    folder = tempfile.TemporaryDirectory(prefix="guicheng-test-")
    config.add_cleanup(folder.cleanup)
    settings.DATA_DIR = Path(folder.name)
    settings.KEPT_PAGES_DIR = settings.DATA_DIR / "kept"
    settings.PERSONAL_KEYS = settings.DATA_DIR / "personal_keys"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    options = settings.DATABASES["default"]["OPTIONS"]
    if "init_command" in options:  # SQLite; a process that is killed loses nothing by it, a power cut is not tested
        options["init_command"] += "; PRAGMA synchronous=OFF"
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)


@pytest.hookimpl(tryfirst=True)  # before -m chooses
def pytest_collection_modifyitems(items):
    databases.mark(items)


def pytest_collection_finish():
    """Let Python not look again and again through what stays to the end: an eighth of the tests' time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def pytest_fixture_setup(fixturedef, request):
    databases.refuse_a_hidden_one(fixturedef.argname, request.node)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The tests' database; gives its rows. After a `transaction=True` test they are what stands in it again.

    Django would empty it and say `post_migrate`, which writes roles and rights anew: a second for each such test.
    """
    with django_db_blocker.unblock():
        fresh = rows.take(connection)
        with override_settings(SEARCH_INDEX="on"):
            pairs.install()  # of every table, for the tests that ask them
        # which are asked is looked at once, here, and nothing is folded by chance: no count of queries depends on it
        among.LOOK_HOLDS = rollup.MANY = float("inf")
        for setting in ("auto", "on"):
            with override_settings(SEARCH_INDEX=setting):
                for model in apps.get_models():
                    if model._meta.db_table in pairs.searched_tables():
                        among.is_asked(model)

    def teardown(self):
        rows.empty(connection)
        rows.put(connection, fresh)
        with transaction.atomic():
            install_triggers()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", teardown)
        yield fresh


@pytest.fixture(autouse=True)
def _no_file_from_another_test(settings):
    """The files of a quarter are kept while what they rest on stands: a test's own drawing is for itself.

    So is its share of turns.
    """
    folder, kept = settings.DATA_DIR, settings.KEPT_PAGES_DIR
    yield
    cache.clear()
    shutil.rmtree(kept, ignore_errors=True)
    for turn in folder.glob("*.turn"):
        turn.unlink()


# --- the cast ------------------------------------------------------------------------------------
@pytest.fixture
def visitor(client):
    """A resident: nobody is signed in."""
    return client


@pytest.fixture
def sign_in():
    """Give a client at which this person is signed in: `sign_in(clerk).get(…)`."""
    def _sign_in(user):
        client = Client()
        client.force_login(user)
        return client

    return _sign_in


@pytest.fixture
def office(db):
    """The department the cast works for."""
    return factories.make_department(name="城建办公室", short_name="城建办", phone="0757-00000000")


@pytest.fixture
def clerk(office):
    user = factories.make_user("clerk", name="经办人", roles=["部门经办人"])
    office.clerks.add(user)
    return user


@pytest.fixture
def other_clerk(db):
    """A clerk of another department."""
    user = factories.make_user("other_clerk", name="别处经办人", roles=["部门经办人"])
    factories.make_department(name="文化办公室", short_name="文化办").clerks.add(user)
    return user


@pytest.fixture
def reviewer(office):
    user = factories.make_user("reviewer", name="审核员", roles=["审核员"])
    office.reviewers.add(user)
    return user


@pytest.fixture
def senior_reviewer(office):
    """A reviewer of the office who is 在编: does the 终审."""
    user = factories.make_user("senior_reviewer", name="终审员", roles=["审核员"], is_established=True)
    office.reviewers.add(user)
    return user


@pytest.fixture
def street_admin(db):
    return factories.make_user("street_admin", name="业务管理员", roles=["业务管理员"])


@pytest.fixture
def superuser(db):
    return factories.make_user("superuser", name="总管理员", is_staff=True, is_superuser=True)


@pytest.fixture
def key_list(db):
    return factories.make_list(slug="key-test", title="2021 年重点项目", kind="key")


@pytest.fixture
def project(key_list, office):
    return factories.make_project(key_list, code="park", name="半月岛公园", number=1, lead_department=office)


@pytest.fixture(scope="session")
def _facts(request, django_db_setup, django_db_blocker, tmp_path_factory):
    """All rows that `load_facts` makes. The first worker that asks loads them, the others read them from a file."""
    with django_db_blocker.unblock(), once_for_all(request.config, tmp_path_factory, "facts") as kept:
        if not kept:
            assert set(rows.filled(connection)) == set(django_db_setup), "rows stand there: ask for facts before"
            with transaction.atomic():
                call_command("load_facts", verbosity=0, stdout=io.StringIO())
                kept |= rows.take(connection)
                transaction.set_rollback(True)
            for name, before in django_db_setup.items():
                assert kept.pop(name) == before or name == TABLE  # that so much was published is what changes
        rows.number_after(connection, kept)
    return kept


@contextmanager
def once_for_all(config, tmp_path_factory, name):
    """A dictionary that all workers of a run have together; who finds it empty fills it, the others wait."""
    if not hasattr(config, "workerinput"):
        yield {}
        return
    file = tmp_path_factory.getbasetemp().parent / f"{name}.pickle"
    with file.open("a+b") as opened:
        fcntl.flock(opened, fcntl.LOCK_EX)
        opened.seek(0)
        written = opened.read()
        kept = pickle.loads(written) if written else {}  # noqa: S301 another worker of ours wrote it
        yield kept
        if not written:
            opened.write(pickle.dumps(kept))


@pytest.fixture
def facts(db, _facts):
    """The real facts, as `load_facts` loads them."""
    rows.put(connection, _facts)


@pytest.fixture(scope="session")
def standing(django_db_setup, django_db_blocker):
    """Rows that stand there for all tests of a module, made once: `with standing(): row = make(); yield row`.

    What a test does to them is taken back as ever; each test fetches them anew. Not for `transaction=True`.
    """
    @contextmanager
    def _standing():
        around = transaction.atomic()
        with django_db_blocker.unblock():
            around.__enter__()
            try:
                yield
            finally:
                transaction.set_rollback(True)
                around.__exit__(None, None, None)

    return _standing


@pytest.fixture
def no_database(django_db_blocker):
    """A database that cannot be reached: the next question really fails to connect."""
    name, host = connection.settings_dict["NAME"], connection.settings_dict["HOST"]
    with django_db_blocker.unblock():
        connection.close()
        connection.settings_dict |= {"NAME": "/nowhere/at/all", "HOST": "/nowhere"}
        try:
            yield
        finally:
            connection.settings_dict |= {"NAME": name, "HOST": host}
            connection.close()


# --- the browser ---------------------------------------------------------------------------------
@pytest.fixture(scope="session")
def chromium():
    """Debian's Chromium, one for the session."""
    path = browser.find_chromium()
    if path is None:
        pytest.skip("没有找到 Chromium")
    from playwright.sync_api import sync_playwright

    # Playwright keeps an event loop running in this thread, and the ORM is asked beside it
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=browser.FLAGS)
        yield running
        running.close()


@pytest.fixture
def open_page(chromium):
    """Open pages as a person would: `open_page(url, width=390)`; the contexts are closed afterwards."""
    contexts = []

    def _open(url=None, *, width=1280, height=900, **kw):
        viewport = {"width": width, "height": height}
        context = chromium.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", viewport=viewport, **kw)
        contexts.append(context)
        page = context.new_page()
        if url:
            page.goto(url)
        return page

    yield _open
    for context in contexts:
        context.close()


@pytest.fixture
def watched(open_page, live_server):
    """Open a page and give it with what went wrong on the way: console errors, other hosts asked."""
    own = urlsplit(live_server.url).netloc

    def _open(url=None, **kw):
        page = open_page(**kw)
        page.faults = []

        def complain(message):
            if message.type == "error" and "status of 4" not in message.text:
                page.faults.append(message.text)

        page.on("console", complain)
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.on("request", lambda request: urlsplit(request.url).netloc in (own, "") or page.faults.append(request.url))
        if url:
            page.goto(url)
        return page

    return _open
