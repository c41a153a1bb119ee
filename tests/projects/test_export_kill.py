"""kill -9 in the middle of an export: afterwards nothing half-written is served, and the next run sweeps and works."""
import hashlib
import os
import signal
import time
from datetime import timedelta
from random import Random

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from guicheng.tables.long_work import GIVEN_UP
from projects.exports.files import export_files
from projects.models import ExportFile, Project
from tests.forked import forked

KILLS, ROWS, SEED = 25, 600, 20211222
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def many(settings, tmp_path, monkeypatch, clerk, key_list, office):
    """Enough projects for two steps, and an export that says how far it is after each."""
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(export_files, "LONG", 0)
    monkeypatch.setattr(export_files, "TELL_EVERY", 0)
    Project.objects.bulk_create([
        Project(code=f"p{number}", name=f"第 {number} 个", project_list=key_list, membership="stated",
                source=key_list.source, lead_department=office, description="内容") for number in range(ROWS)])


def asked(clerk, extension="xlsx"):
    return ExportFile.objects.create(asked_by=clerk, what="全部项目", extension=extension, total=ROWS,
                                     job_queued_at=timezone.now())


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def names():
    folder = export_files.folder()
    return {path.name for path in folder.iterdir()} if folder.exists() else set()


def faults(client, files=None):
    """What is wrong with what the rows say: each finished one has its whole file, and no other is served."""
    for file in files or ExportFile.objects.all():
        answer = client.get(reverse("admin:projects_exportfile_download", args=[file.pk]))
        if not file.is_finished:
            if answer.status_code != 404:
                yield f"{file.pk} 是“{file.state}”，却能下载"
            continue
        content = b"".join(answer.streaming_content) if answer.status_code == 200 else b""
        if (len(content), hashlib.sha256(content).hexdigest()) != (file.size, file.sha256):
            yield f"{file.pk} 的文件不是写好的那一个"


def run_again():
    """What died is given up after a while and made anew; give the names that should be there."""
    long_ago = timezone.now() - timedelta(seconds=GIVEN_UP + 1)
    ExportFile.objects.open().update(job_seen_at=long_ago)
    for pk in list(ExportFile.objects.open().values_list("pk", flat=True)):
        export_files.run(pk)
    export_files.sweep()
    return set(ExportFile.objects.values_list("stored", flat=True))


def signed_in(clerk):
    client = Client()
    client.force_login(clerk)
    return client


def test_killed_at_random_points(clerk):
    import rustpy_xlsxwriter  # noqa: F401, so that no child spends its time on it

    client, chance = signed_in(clerk), Random(SEED)  # noqa: S311, the same points each time
    first = asked(clerk)
    started = time.monotonic()
    os.waitpid(forked(lambda: export_files.run(first.pk)), 0)
    whole = time.monotonic() - started
    first.refresh_from_db()
    assert first.is_finished and not list(faults(client))

    unfinished, left_over = 0, set()
    for number in range(KILLS):
        file = asked(clerk, "csv" if number % 3 == 0 else "xlsx")
        child = forked(lambda pk=file.pk: export_files.run(pk))
        time.sleep(chance.uniform(0, whole * 1.1))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        file.refresh_from_db()
        assert not list(faults(client, [file]))
        unfinished += not file.is_finished
        left_over |= names() - set(ExportFile.objects.filter(state="finished").values_list("stored", flat=True))
    assert unfinished and left_over, "the test killed too late to mean anything"
    there = run_again()
    assert names() == there
    assert not ExportFile.objects.exclude(state="finished").exists()
    assert not list(faults(client))


def killed_at(point, file):
    """What the child does that dies there."""
    def dies():
        original = os.replace

        def replace(*args):
            if point == "after the name":
                original(*args)
            die()

        if point != "after the row":
            os.replace = replace
        export_files.run(file.pk)
        die()

    return dies


def test_killed_at_each_step(clerk):
    client = signed_in(clerk)
    for point in ("before the name", "after the name", "after the row"):
        file = asked(clerk)
        before = names()
        os.waitpid(forked(killed_at(point, file)), 0)
        file.refresh_from_db()
        assert file.is_finished == (point == "after the row"), point
        assert len(names() - before) == 1 and not list(faults(client)), point
        there = run_again()
        assert names() == there and not list(faults(client)), point

    # and a half file would be found
    file.refresh_from_db()
    path = export_files.path_of(file)
    path.write_bytes(path.read_bytes()[:-1])
    assert list(faults(client)) == [f"{file.pk} 的文件不是写好的那一个"]
