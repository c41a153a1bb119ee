"""Writers publish, readers ask: which answers do not say what had been published before they were asked for?

A writer writes a number that only grows into some row that a page tells, commits, and only then notes it in memory
that all processes share. A reader takes the noted number first and asks then: the page must tell that one or a later.
One row is hidden with every third number: then there is no page. Writers also fold what was counted, at any instant.
"""
import io
import json
import multiprocessing
import random
import re
import time
from dataclasses import dataclass, field
from datetime import date
from unittest.mock import patch

from django.conf import settings
from django.core.management import call_command
from django.db import connections, transaction
from django.utils import timezone

from communities.models import Community
from guicheng.accounts.models import User
from guicheng.kept.publication import Publication
from partybuilding.models import MetricReading
from projects.models import Project, ProjectList, QuarterReport, Source
from projects.report import close as quarter_close
from projects.report.files import FORMATS
from tests import factories
from tests.kept.asking import Site

TOLD = re.compile(r"示例第(\d+)号")


def _statement(target, number):
    factories.make_update(Project.objects.get(pk=target), text=f"示例第{number}号", effective_on=date(2021, 6, 1),
                          by=User.objects.first(), source=Source.objects.first())


def _name(model):
    def write(target, number):
        field = "title" if model is ProjectList else "name"
        model.objects.filter(pk=target).update(**{field: f"示例第{number}号"})
    return write


def _hide(target, number):
    Project.objects.filter(pk=target).update(name=f"示例第{number}号", is_published=number % 3 != 0)


def _note(target, number):
    MetricReading.objects.filter(pk=target).update(note=f"示例第{number}号")


def _close(target, number):
    """A closed quarter is opened, written anew and closed again: nobody sees it open."""
    writer, closer = User.objects.order_by("pk")[:2]
    report = QuarterReport.objects.get(pk=target)
    with transaction.atomic():
        if report.is_closed:
            quarter_close.reopen(report.closing, "示例", closer)
        report.overview, report.written_by = f"示例第{number}号", writer
        report.save()
        quarter_close.close(report, closer)


def _load(target, number):
    """What a release brings: one fact more in the files of `load_facts`."""
    fact = {"code": f"loaded-{number}", "topic": "示例", "text": f"示例第{number}号", "source": ["raced"],
            "project": [target], "order": number}
    file = settings.FIXTURE_DIRS[0] / "99_race.json"
    file.write_text(json.dumps([{"model": "projects.fact", "fields": fact}]), encoding="utf-8")
    call_command("load_facts", stdout=io.StringIO())


@dataclass
class Outcome:
    """`stale`: (address, told, noted before). `kept`: how many answers were given out without being drawn."""

    reads: int = 0
    kept: int = 0
    stale: list = field(default_factory=list)


def places():
    """[(address, a write to it)]: each tells its number on one page."""
    project_list = factories.make_list(slug="race", title="示例第0号")
    spoken = factories.make_project(project_list, code="spoken", number=1)
    named = factories.make_project(project_list, code="named", number=2, name="示例第0号")
    hidden = factories.make_project(project_list, code="hidden", number=3, name="示例第0号")
    community = factories.make_community(slug="there", name="示例第0号")
    reading = factories.make_reading(factories.make_metric(slug="raced"), note="示例第0号")
    factories.make_source(code="raced")
    loaded = factories.make_project(project_list, code="loaded", number=4)
    factories.make_user(), factories.make_user()
    report = QuarterReport.objects.create(year=2021, number=4, is_released=True)
    _statement(spoken.pk, 0)
    _load(loaded.code, 0)
    _close(report.pk, 0)
    return [("/projects/spoken/", _statement, spoken.pk), ("/projects/named/", _name(Project), named.pk),
            ("/projects/hidden/", _hide, hidden.pk),
            ("/lists/race/", _name(ProjectList), project_list.pk),
            ("/communities/there/", _name(Community), community.pk), ("/party/figures/raced/", _note, reading.pk),
            ("/reports/2021Q4/", _close, report.pk), ("/projects/loaded/", _load, loaded.code)]


@patch.dict(FORMATS, {"json": FORMATS["json"]}, clear=True)  # of a close: a picture and a PDF take a second each
def race(settings, folder, writes, reads, writers=2, readers=4, among=""):
    """Let them run beside each other; gives the Outcome. `among`: part of the address that is raced for, of all."""
    settings.KEPT_PAGES_DIR, settings.KEPT_PAGES_BYTES = folder / "kept", 50 * 1024 * 1024
    settings.FIXTURE_DIRS = [folder]
    raced = [place for place in places() if among in place[0]]
    for address, _, _ in raced:
        Site().get(address)  # what is stale must have been kept once
    fork = multiprocessing.get_context("fork")
    noted = fork.Array("l", len(raced))
    turns = [fork.Lock() for _ in raced]  # of two numbers of one row the later is written later
    told = fork.SimpleQueue()
    left = fork.Value("l", writers)
    connections.close_all()
    processes = [fork.Process(target=_write, args=(raced, noted, turns, left, writes // writers, seed))
                 for seed in range(writers)]
    processes += [fork.Process(target=_read, args=(raced, noted, left, reads // readers, seed, told))
                  for seed in range(readers)]
    for process in processes:
        process.start()
    parts = [told.get() for _ in range(readers)]
    for process in processes:
        process.join(60)
    return Outcome(sum(part.reads for part in parts), sum(part.kept for part in parts),
                   [each for part in parts for each in part.stale])


def _write(raced, noted, turns, left, writes, seed):
    rng = random.Random(seed)  # noqa: S311
    try:
        for _ in range(writes):
            place = rng.randrange(len(raced))
            _, write, target = raced[place]
            with turns[place]:
                number = noted[place] + 1
                write(target, number)
                noted[place] = number
            if rng.random() < 0.3:
                Publication.objects.fold()
            time.sleep(rng.random() * 0.02)
    finally:
        connections.close_all()
        with left.get_lock():
            left.value -= 1


def _read(raced, noted, left, reads, seed, told):
    rng, site, outcome = random.Random(100 + seed), Site(), Outcome()  # noqa: S311
    try:
        while outcome.reads < reads or left.value:
            place = rng.randrange(len(raced))
            before = noted[place]
            status, _, body = site.get(raced[place][0])
            numbers = [int(number) for number in TOLD.findall(body.decode())]
            latest = noted[place] + 1  # that one may be written and not yet noted
            outcome.reads += 1
            if status == 404:
                is_right = raced[place][1] is _hide and any(n % 3 == 0 for n in range(before, latest + 1))
            else:
                is_right = status == 200 and numbers and max(numbers) >= before
            if not is_right:
                outcome.stale.append((raced[place][0], status, max(numbers, default=None), before))
        outcome.kept = outcome.reads - site.drawn
    except Exception as error:  # noqa: BLE001 told to the parent
        outcome.stale.append(("", repr(error), None, timezone.now()))
    finally:
        connections.close_all()
        told.put(outcome)
