"""A file that takes long is made once for all who ask, kept while what it rests on stands, and within the bytes."""
import os
import threading
from pathlib import Path

import pytest
from django.db import transaction

from guicheng import locks
from guicheng.kept import files
from guicheng.kept.files import made_once, stamp_of_answer
from projects.models import Project
from tests import factories


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.KEPT_PAGES_DIR, settings.KEPT_PAGES_BYTES = tmp_path / "kept", 10_000
    return settings.KEPT_PAGES_DIR


def read(rests_on, *parts, made=None):
    def make():
        if made is not None:
            made.append(rests_on)
        yield from parts

    with made_once(rests_on, make) as file:
        return file.read()


def kept(folder):
    return [path for path in Path(folder).glob("??/*") if path.is_file()]


# --- what is kept ----------------------------------------------------------------------------------
def test_it_is_made_once_and_what_rests_on_other_things_anew():
    made = []
    assert read(["a", 1], b"one", b" whole", made=made) == read(["a", 1], b"never", made=made) == b"one whole"
    assert read(["a", 2], b"two", made=made) == b"two"
    assert made == [["a", 1], ["a", 2]]


@pytest.mark.parametrize("room, rests_on", [(0, ["a"]), (10_000, None)])
def test_nothing_is_kept_without_room_or_without_a_stamp(settings, folder, room, rests_on):
    settings.KEPT_PAGES_BYTES = room
    assert [read(rests_on, b"first"), read(rests_on, b"second")] == [b"first", b"second"]
    assert not kept(folder)


def test_all_that_is_kept_stays_within_the_bytes(folder):
    for number in range(20):
        read(["a", number], b"x" * 1000)
        assert sum(path.stat().st_size for path in kept(folder)) <= 10_000
    assert len(kept(folder)) >= 8
    made = []
    read(["a", 19], made=made)
    read(["a", 0], b"again", made=made)
    assert made == [["a", 0]], "the oldest went"


def test_what_would_take_half_the_room_is_given_and_not_kept(folder):
    assert read(["long"], b"x" * 6000) == b"x" * 6000
    assert not kept(folder)


def test_a_full_disk_gives_it_all_the_same(folder, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "NamedTemporaryFile", full)
    assert read(["a"], b"whole") == b"whole"
    assert not kept(folder)


def test_what_breaks_off_leaves_nothing(folder):
    def make():
        yield b"half"
        raise ValueError

    with pytest.raises(ValueError):
        made_once(["a"], make)
    assert not kept(folder) and read(["a"], b"whole") == b"whole"


# --- one at a time -----------------------------------------------------------------------------------
def test_who_asks_while_another_makes_it_gets_that_one():
    made, begun, go_on, found = [], threading.Event(), threading.Event(), []

    def slowly():
        made.append(1)
        begun.set()
        go_on.wait(10)
        yield b"slow"

    def ask():
        with made_once(["slow"], slowly) as file:
            found.append(file.read())

    threads = [threading.Thread(target=ask) for _ in range(4)]
    threads[0].start()
    begun.wait(10)
    for thread in threads[1:]:
        thread.start()
    go_on.set()
    for thread in threads:
        thread.join()
    assert found == [b"slow"] * 4 and made == [1]


def test_who_waited_long_enough_is_told_so(monkeypatch):
    monkeypatch.setattr(files, "PATIENCE", 0.1)

    def make():
        with pytest.raises(locks.Busy):
            made_once(["a"], lambda: [b"another"])
        yield b"one"

    with made_once(["a"], make) as file:
        assert file.read() == b"one"


# --- the stamp -----------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_the_stamp_changes_with_what_is_published_and_is_none_inside_a_transaction():
    before = stamp_of_answer()
    assert before and before == stamp_of_answer()
    with transaction.atomic():
        factories.make_project(code="new")
        assert stamp_of_answer() is None
    assert stamp_of_answer() != before and Project.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_file_of_a_quarter_is_read_from_the_disk_where_it_is_long(visitor, facts, settings, monkeypatch):
    settings.KEPT_PAGES_BYTES = 10_000_000
    short = visitor.get("/reports/2021Q4.json")
    monkeypatch.setattr("projects.views.reports.LARGEST", 100)
    long = visitor.get("/reports/2021Q4.json")
    assert long.streaming and not short.streaming
    assert b"".join(long.streaming_content) == short.content
    assert int(long["Content-Length"]) == len(short.content)
    assert os.listdir(settings.KEPT_PAGES_DIR)
