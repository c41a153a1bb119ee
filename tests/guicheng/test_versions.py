"""Nothing overwritten: the second of two who saw the same version is told, whoever they are."""
import threading
import time

import pytest
from django.db import OperationalError, connection, models

from guicheng.trail.audit import AuditEntry
from guicheng.trail.versions import StaleVersion, Versioned, save_versions
from projects.models import Project, WatchedWord
from tests import factories

THREADS, EACH = 8, 5


@pytest.fixture
def word(db):
    word = WatchedWord(word="牵头", kind="wrong", advice="应写作“牵头”。")
    word.save()
    return word


def test_it_works(word):
    word.advice = "改过。"
    word.save()
    assert word.version == WatchedWord.objects.get().version == 2


def test_the_second_of_two_is_refused(word):
    first, second = WatchedWord.objects.get(), WatchedWord.objects.get()
    first.advice = "甲写的。"
    first.save()
    second.advice = "乙写的。"
    with pytest.raises(StaleVersion, match="刚被别人改过"):
        second.save()
    assert WatchedWord.objects.get().advice == "甲写的。"


def test_a_deleted_row_does_not_come_back(word):
    seen = WatchedWord.objects.get()
    word.delete()
    with pytest.raises(StaleVersion):
        seen.save()
    assert not WatchedWord.objects.exists()


def test_what_follows_from_others_is_no_new_version(project):
    factories.make_alias(project)
    factories.make_update(project, status="in_progress")
    assert Project.objects.get(pk=project.pk).version == 1


def test_the_ledger_counts_for_itself(project, clerk, reviewer):
    update = factories.make_update(project, published=False)
    update.save_draft(by=clerk)
    assert update.version == 2
    update.refresh_from_db()
    assert update.version == 2


def test_an_update_of_some_fields_counts(project):
    project.name = "新名字"
    project.save(update_fields=["name"])
    assert Project.objects.get(pk=project.pk).version == 2


def test_many_rows_are_saved_and_the_stale_ones_are_given(key_list, street_admin, django_assert_max_num_queries):
    rows = [factories.make_project(key_list, number=number) for number in range(1, 31)]
    Project.objects.filter(pk=rows[3].pk).update(version=7)
    for row in rows:
        row.place = f"{row.number} 号"
    with django_assert_max_num_queries(10):
        stale = save_versions(rows, ["place"], by=street_admin, reason="批量修改地点")
    assert stale == [rows[3]]
    assert Project.objects.exclude(place="").count() == 29
    assert set(Project.objects.exclude(place="").values_list("version", flat=True)) == {2}
    assert AuditEntry.objects.filter(reason="批量修改地点", by=street_admin, kind="~").count() == 29
    assert Project.history.filter(history_type="~").count() == 29
    assert save_versions([], ["place"]) == []


# --- eight at once -------------------------------------------------------------------------------
def increments():
    """Eight threads add 1 to the same row five times each, each trying again when told; give how many are lost."""
    row = factories.make_community(order=0)
    failures = []

    def add():
        try:
            for _ in range(EACH):
                while True:
                    mine = type(row).objects.get(pk=row.pk)
                    time.sleep(0.002)
                    mine.order += 1
                    try:
                        mine.save()
                        break
                    except (StaleVersion, OperationalError):
                        continue
        except Exception as error:  # a thread's failure must not be silent
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=add) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    row.refresh_from_db()
    return THREADS * EACH - row.order


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_lose_nothing():
    assert increments() == 0


@pytest.mark.django_db(transaction=True)
def test_control_without_the_guard_updates_are_lost(monkeypatch):
    monkeypatch.setattr(Versioned, "_do_update", models.Model._do_update)
    assert increments() > 0
