"""Every page, file and answer that shows a figure, against the summaries: N figures, 0 differences."""
import re
from datetime import date

import pytest
from django.urls import reverse

from communities.models import Community
from guicheng import words
from guicheng.as_of import Moment
from guicheng.quarters import Quarter
from projects.models import Project, ProjectList
from tests.pages import figure_files
from tests.pages.figures import Reader, Truth, corpus, differences, unmarked

pytestmark = pytest.mark.django_db


def read(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    return Reader((b"".join(response) if response.streaming else response.content).decode())


def public_pages():
    """(address, Truth): every page for everybody that shows a figure, over the real facts."""
    now, day = Truth(), Moment(date(2021, 12, 31))
    then = Truth(day)
    lists = [row.get_absolute_url() for row in ProjectList.objects.published()]
    places = [row.get_absolute_url() for row in Community.objects.published()]
    plain = [reverse(name) for name in ("home", "list-index", "project-index", "community-index", "secretary-index",
                                        "party", "about", "report-index", "report-verify", "source-list")]
    travelling = [*plain[1:6], *(row.get_absolute_url() for row in ProjectList.objects.published()
                                 if row.announced_on <= day.day)]
    found = [(address, now) for address in [*plain, *lists, *places, *(f"{row}promises/" for row in lists)]]
    found += [(f"{address}?asof=2021-12-31", then) for address in travelling]
    for name in ("2021Q1", "2021Q2", "2021Q4", "2023Q1"):
        truth = Truth(quarter=Quarter.parse(name))
        found += [(f"/reports/{name}/", truth), (f"/reports/{name}/print/", truth)]
    found.append(("/reports/2021Q4/?asof=2021-12-31", Truth(day, Quarter.parse("2021Q4"))))
    ends = Quarter.parse("2021Q2").last_day, Quarter.parse("2021Q4").last_day
    found.append(("/reports/compare/?a=2021Q2&b=2021Q4", Truth(ends=ends)))
    return found


def test_pages(visitor, facts):
    walk = Walk()
    for address, truth in public_pages():
        walk.add(address, read(visitor, address).marks, truth)
    walk.end(at_least=1400)


@pytest.mark.parametrize("name", ["2021Q1", "2021Q2", "2021Q4", "2023Q1"])
def test_files_and_answers(visitor, facts, name):
    walk, truth = Walk(), Truth(quarter=Quarter.parse(name))
    walk.add_files(visitor, name, truth, with_pdf=name == "2021Q4")
    walk.end(at_least=600 if truth.summary.is_known else 0)


class Walk:
    """Counts what was looked at and keeps what differs."""

    def __init__(self):
        self.number, self.wrong = 0, {}

    def add(self, where, marks, truth):
        marks = list(marks)
        self.number += sum(mark.numbers for mark in marks)
        if found := differences(marks, truth):
            self.wrong[where] = found

    def add_files(self, client, name, truth, query="", with_pdf=False):
        """Every file of the quarter and its answer of the API."""
        def get(address):
            response = client.get(address)
            assert response.status_code == 200, address
            return b"".join(response) if response.streaming else response.content

        titles = {row.project_list.title: slug for slug, row in truth.lists.items()}
        self.add("json", figure_files.of_json(get(f"/reports/{name}.json{query}")), truth)
        self.add("csv", figure_files.of_csv(get(f"/reports/{name}.csv{query}")), truth)
        self.add("xlsx", figure_files.of_workbook(get(f"/reports/{name}.xlsx{query}"), titles, name), truth)
        self.add("svg", figure_files.of_picture(get(f"/reports/{name}.svg{query}"), name), truth)
        self.add("api", figure_files.of_api(get(f"/api/summary/{name}/{query}")), truth)
        if with_pdf:
            self.add_pdf(get(f"/reports/{name}.pdf{query}"), truth)

    def add_pdf(self, content, truth):
        """The table of the lists, row by row: its numbers stand behind its title."""
        text = figure_files.text_of_pdf(content)
        for each in truth.summary.lists:
            if each.is_known:
                values = [getattr(each, key).value for key in figure_files.OF_LIST[:-1]]
                row = "".join(map(words.number, values)) + ("—" if each.rate is None else f"{each.rate}%")
                self.number += len(values) + 1
                if row not in text:
                    self.wrong.setdefault("pdf", []).append((each.project_list.title, row))

    def end(self, at_least):
        count = sum(map(len, self.wrong.values()))
        print(f"{self.number} figures, {count} differences")
        for where, found in self.wrong.items():
            print(where, *found[:5], sep="\n   ")
        assert not self.wrong and self.number >= at_least


# --- definitions ---------------------------------------------------------------------------------
def test_every_definition_is_one_tap_away(visitor, facts):
    """Each mark's definition stands on 这些数怎么算, and the page leads there beside its figures, not in its foot."""
    about = read(visitor, reverse("about"))
    for address, _ in public_pages():
        page = read(visitor, address)
        keys = {mark.definition for mark in page.marks if not mark.says}
        assert keys <= about.ids, (address, keys - about.ids)
        leads = any(link.partition("#")[0] == reverse("about") for link in page.links)
        assert leads or keys <= page.ids, (address, keys - page.ids)
        for link in page.links:
            if link.startswith(reverse("about") + "#"):
                assert link.partition("#")[2] in about.ids, (address, link)


# --- numbers that nobody marked ------------------------------------------------------------------
ALLOWED = {re.compile(rule): reason for rule, reason in {
    r"来源说法不同": "how many notices stand below on the same page",
    r"填前 16 个": "signs of a fingerprint",
    r"找到 .* 个项目": "how many rows an answer has: the pager's own count",
}.items()}


def test_no_number_stands_unmarked(visitor, facts):
    quoted, found = corpus(), {}
    addresses = [address for address, _ in public_pages()]
    addresses += [row.get_absolute_url() for row in Project.objects.published()]
    for address in addresses:
        if left := unmarked(read(visitor, address), quoted, ALLOWED):
            found[address] = left
    for address, left in found.items():
        print(address, *sorted(set(left)), sep="\n   ")
    assert not found
