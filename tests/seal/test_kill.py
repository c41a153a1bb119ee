"""kill -9 while a seal covers a closed quarter: every answer is covered or withheld, never half, and the start goes on.

Three kills here; `python -m tests.seal` does thirty, on both databases.
"""
import os
import signal
import time
from random import Random

import pytest
from django_tasks_db.models import DBTaskResult

from guicheng import media_store
from guicheng.seal import work
from guicheng.seal.models import Seal
from projects.models import CoveredClose, CoveredFile
from projects.report.files import FORMATS, STAFF
from tests import factories
from tests.forked import forked
from tests.seal import crawl, world
from tests.seal.world import MARKER

KILLS, SEED = int(os.environ.get("SEAL_KILLS", "3")), 20211231
pytestmark = pytest.mark.django_db(transaction=True)
PAGES = ["/", "/projects/park/", "/reports/2021Q4/", "/api/projects/", "/lists/key-test/projects.csv",
         "/reports/2021Q3.csv", "/reports/2021Q3.svg"]


@pytest.fixture
def street(settings, tmp_path, monkeypatch):
    """A closed quarter. Without PDF and PNG, which only make the time between two points longer."""
    settings.DATA_DIR = tmp_path
    for name in ("pdf", "png"):
        monkeypatch.delitem(FORMATS, name)
    project = world.street()
    project.photo, _ = world.with_files(project)
    world.closed()
    return project


def files():
    return [f"/reports/2021Q4.{name}" for name, each in FORMATS.items() if each.audience != STAFF]


def looked_at(client):
    """{address: 状况} of what a stranger gets."""
    found = {}
    for address in [*PAGES, *files()]:
        response = client.get(address)
        response.body = b"".join(response.streaming_content) if response.streaming else response.content
        shown = crawl.says(response, MARKER)
        found[address] = "withheld" if response.status_code == 503 else "shown" if shown else "covered"
    return found


def half(client, photo):
    """What is wrong in what a kill left: sentences, [] where there is nothing."""
    found, seal = looked_at(client), Seal.objects.get(kind="name")
    if not seal.confirmed_at:
        return [f"{address}：没有确认，却是 {state}" for address, state in found.items() if state != "shown"]
    wrong = [f"{address}：确认了，却看得到" for address, state in found.items() if state == "shown"]
    wrong += [f"{address}：不该停" for address in PAGES if found[address] == "withheld"]
    if len({found[address] for address in files()}) > 1:
        wrong.append(f"锁定的文件一半一半：{found}")
    wanted = set(FORMATS) - {"internal"}
    wrong += [f"{row}不完整" for row in CoveredClose.objects.all()
              if {file.format for file in row.files.all()} != wanted]
    if Seal.objects.get(kind="photo").confirmed_at and client.get(photo.address(320)).status_code != 410:
        wrong.append("照片还在")
    return wrong


def asked():
    """Forget what was sealed, and ask anew for a name and a personal photo; gives who confirms."""
    for model in (CoveredFile, CoveredClose, Seal, DBTaskResult):
        model.objects.all().delete()
    photo = factories.Photo.objects.get()
    for ending in photo.needed:
        media_store.write(photo.file, ending, b"a picture")
    world.seal(confirmed=False)
    world.seal("photo", code=photo.code, sha256=photo.sha256, is_personal=True, confirmed=False)
    return world.keeper()


def sealing(by):
    def seal():
        for row in Seal.objects.order_by("pk"):
            row.confirm(by)
        work.finish_now()

    return seal


def is_finished(client, photo):
    found = looked_at(client)
    return (set(found.values()) == {"covered"} and not Seal.objects.unfinished().exists()
            and not any(media_store.path_of(photo.file, ending).exists() for ending in photo.endings))


def test_killed_at_random_points(street, visitor):
    chance = Random(SEED)  # noqa: S311, the same points each time
    by = asked()
    assert set(looked_at(visitor).values()) == {"shown"}, "without the seal the marker is everywhere"
    started = time.monotonic()
    os.waitpid(forked(sealing(by)), 0)
    whole = time.monotonic() - started
    assert is_finished(visitor, street.photo) and half(visitor, street.photo) == []

    states = []
    for number in range(KILLS):
        child = forked(sealing(asked()))
        time.sleep(chance.uniform(0, whole * 1.05))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        assert half(visitor, street.photo) == [], number
        confirmed, left = Seal.objects.in_force().count(), Seal.objects.unfinished().count()
        states.append((confirmed, left))
        if confirmed == 2:
            assert DBTaskResult.objects.ready().exists() or left, number
        if confirmed:
            work.begin_unfinished()
            assert DBTaskResult.objects.ready().filter(task_path="guicheng.seal.work.finish").exists()
        for row in Seal.objects.filter(confirmed_at=None):
            row.confirm(by)
        work.finish_now()  # what the worker does with it
        assert is_finished(visitor, street.photo), number
    print(f"杀了 {KILLS} 次（已确认，未办完）：{states}")


@pytest.mark.parametrize("point", ["the confirmation", "before the work", "the edition", "its files", "the photo",
                                   "the end"])
def test_killed_at_each_step(street, visitor, point):
    def die(*args, **kwargs):
        os.kill(os.getpid(), signal.SIGKILL)

    def dies(by=asked()):  # noqa: B008, made before the child is
        if point == "the confirmation":
            Seal._write_down = die
        elif point == "before the work":
            work.finish_now = die
        elif point == "the edition":
            CoveredClose.save = die
        elif point == "its files":
            type(CoveredFile.objects).bulk_create = die
        elif point == "the photo":
            Seal.erased = die
        else:
            original = work._done
            work._done = lambda each: original(each) and (each.__name__ != "cover_closes" or die())
        sealing(by)()

    os.waitpid(forked(dies), 0)
    assert half(visitor, street.photo) == []
    assert Seal.objects.in_force().count() == (0 if point == "the confirmation" else 2)
    for row in Seal.objects.filter(confirmed_at=None):
        row.confirm(world.keeper())
    work.finish_now()
    assert is_finished(visitor, street.photo)


def test_control_half_of_a_seal_would_be_found(street, visitor, monkeypatch):
    by = asked()
    sealing(by)()
    CoveredFile.objects.filter(format="csv").delete()
    assert any("不完整" in sentence for sentence in half(visitor, street.photo))
    monkeypatch.setattr("projects.report.covered.Served.content", lambda served, name: bytes(
        served.close.files.get(format=name).content))
    monkeypatch.setattr("guicheng.seal.words.Cover.text", lambda cover, text: text)
    assert any("看得到" in sentence for sentence in half(visitor, street.photo))
