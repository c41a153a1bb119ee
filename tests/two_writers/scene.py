"""The people and rows of a pair, and the pages as their browsers hold them, each sent by a thread of its own."""
import random
import re
import threading
import time
from datetime import date, timedelta
from itertools import count

from django.db import connections
from django.test import Client
from django.utils import timezone

from projects.excel_import import jobs, upload
from projects.models import QuarterReport, Source
from tests import factories
from tests.forms import held
from tests.projects.office_lists import HEAD, workbook

_numbers = count(1)
GAP = 0.02  # seconds at most between the two
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Page:
    """A page that a person has open; `send` posts what it holds, as often as somebody clicks.

    With a page in the place of the person it is another tab of the same browser: a second sign-in would end the first.
    """

    def __init__(self, person, address, at=None):
        self.browser = person.browser if isinstance(person, Page) else Client(enforce_csrf_checks=True)
        if person and not isinstance(person, Page):
            self.browser.force_login(person)
        self.address = at or address
        shown = self.browser.get(address)
        self.data = held(shown) if shown.status_code == 200 and b"<form" in shown.content else {}
        self.seen = re.search(rb'name="seen" value="([^"]*)"', shown.content)
        token = TOKEN.search(shown.content.decode("utf-8", "replace"))
        self.token = token[1] if token else ""

    def fill(self, **values):
        """Type into it; gives the page."""
        kept = dict(self.data.lists()) if hasattr(self.data, "lists") else self.data
        self.data = {**kept, **values}
        return self

    def only(self, **values):
        """Send just this, as a small form of a button does; gives the page."""
        self.data = values
        return self

    def send(self):
        """One click. A client of its own: two clicks of one browser do not wait for each other.

        What is typed may be a function: a file is chosen anew for each click.
        """
        client = Client(enforce_csrf_checks=True, raise_request_exception=False)
        client.cookies.update(self.browser.cookies)
        data = {name: value() if callable(value) else value for name, value in self.data.items()
                if value not in ("", [""], None)}
        return client.post(self.address, {**data, "csrfmiddlewaretoken": self.token})


def at_once(*sends):
    """Do these at the same instant, give or take GAP; give their responses, an exception in the place of one."""
    answers, ready = [None] * len(sends), threading.Barrier(len(sends))

    def run(place, send):
        ready.wait()
        time.sleep(random.random() * GAP)  # noqa: S311
        try:
            answers[place] = send()
        except Exception as error:  # noqa: BLE001 whatever it is, the pair says it
            answers[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(sends)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


class Scene:
    """What one pair needs, made anew for each."""

    def __init__(self):
        self.number = next(_numbers)
        self.office = factories.make_department(name=f"第 {self.number} 处办公室")
        self.clerk = self.person("部门经办人")
        self.reviewer = self.person("审核员")
        self.senior = self.person("审核员", is_established=True)
        self.office.clerks.add(self.clerk)
        self.office.reviewers.add(self.reviewer, self.senior)
        self.list = factories.make_list()

    def person(self, *roles, **kw):
        return factories.make_user(f"p{self.number}n{next(_numbers)}", roles=roles, **kw)

    def superuser(self):
        return self.person(is_staff=True, is_superuser=True)

    def project(self, **kw):
        return factories.make_project(self.list, **{"lead_department": self.office} | kw)

    def draft(self, project=None, submitted=False, **kw):
        """An open statement of the clerk's."""
        update = factories.make_update(project or self.project(), published=False, author=self.clerk, **kw)
        if submitted:
            update.submit(self.clerk)
        return update

    def batch(self, confirmed=False, rows=3, lines=None):
        """An import of the clerk's with its preview."""
        lines = lines or [[number, f"第 {self.number} 处的 {number} 号", "", "2021年9月30日", "已进场。"]
                          for number in range(1, rows + 1)]
        self.office.refresh_from_db()
        for line in lines:
            line[2] = self.office.name
        batch, sheets = upload.receive(self.clerk, workbook([HEAD, *lines]), project_list=self.list,
                                       effective_on=date(2021, 9, 30), source=Source.objects.own())
        jobs.start(batch, "preview", self.clerk, sheets=sheets)
        if confirmed:
            jobs.start(batch, "confirm", self.clerk)
        return batch

    def report(self, **kw):
        """A quarter that nobody else has written about, and two who may close it."""
        self.secretary, self.closer = (self.person("业务管理员", is_established=True) for _ in range(2))
        QuarterReport.objects.filter(year=2021, number=4).delete()
        return QuarterReport.objects.create(year=2000 + self.number % 20, number=self.number // 20 % 4 + 1,
                                            overview="一切照常。", written_by=self.secretary, **kw)

    @staticmethod
    def soon(days=30):
        return (timezone.localdate() + timedelta(days=days)).isoformat()
