"""What a portal shows, as JSON on the output: `python …/look.py`, run in the folder of a version.

Of a page the visible words of its main part, block by block; of JSON and CSV what they hold; of another file its
SHA-256. On a fixed day, so that what a page says of today stays the same.
"""
import csv
import hashlib
import io
import json
import sys
from html.parser import HTMLParser

import clock

clock.start(2022, 2, 10, 4)

from django.test import Client  # noqa: E402

from communities.models import Community  # noqa: E402
from projects.models import Project, ProjectList  # noqa: E402

PAGES = ["/", "/lists/", "/projects/", "/communities/", "/secretary-projects/", "/party/", "/sources/", "/reports/",
         "/reports/2021Q3/", "/reports/2021Q4/", "/reports/2021Q4.json", "/reports/2021Q4.svg", "/reports/2021Q4.docx",
         "/api/projects/", "/api/summary/2021Q3/", "/api/summary/2021Q4/"]
INLINE = {"a", "abbr", "b", "bdi", "code", "data", "em", "i", "mark", "q", "s", "small", "span", "strong", "sub", "sup",
          "time", "u", "wbr"}
UNSEEN = {"script", "style", "svg", "template", "title"}
VOID = {"br", "hr", "img", "input", "link", "meta", "source", "wbr"}


class Blocks(HTMLParser):
    """The blocks of text in <main>, in their order, whitespace folded."""

    def __init__(self, html):
        super().__init__()
        self.found, self.words, self.inside, self.unseen = [], [], 0, 0
        self.feed(html)
        self.end()

    def end(self):
        if text := " ".join("".join(self.words).split()):
            self.found.append(text)
        self.words = []

    def handle_starttag(self, tag, attrs):
        self.inside += tag == "main"
        self.unseen += tag in UNSEEN
        if tag not in INLINE:
            self.end()

    def handle_endtag(self, tag):
        if tag not in INLINE:
            self.end()
        self.inside -= tag == "main"
        self.unseen -= tag in UNSEEN

    def handle_data(self, data):
        if self.inside and not self.unseen:
            self.words.append(data)


def paths():
    """Every public page of this database."""
    lists = [f"/lists/{slug}/{end}" for slug in ProjectList.objects.published().values_list("slug", flat=True)
             for end in ("", "projects.csv", "promises/", "promises.csv")]
    projects = [f"/projects/{code}/" for code in Project.objects.published().values_list("code", flat=True)]
    communities = [f"/communities/{slug}/" for slug in Community.objects.values_list("slug", flat=True)]
    return [*PAGES, *sorted(lists), *sorted(projects), *sorted(communities)]


def look(path):
    """What a visitor gets there; None where there is nothing."""
    answer = Client(headers={"host": "localhost"}).get(path)
    if answer.status_code != 200:
        return None
    kind = answer["Content-Type"].split(";")[0]
    content = b"".join(answer) if answer.streaming else answer.content
    if kind == "application/json":
        return json.loads(content)
    if kind == "text/csv":
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    return Blocks(content.decode()).found if kind == "text/html" else hashlib.sha256(content).hexdigest()


def everything(wanted=None):
    """{path: what is there} of these paths, of every public page otherwise; without what is not there."""
    seen = {path: look(path) for path in wanted or paths()}
    return {path: each for path, each in seen.items() if each is not None}


if __name__ == "__main__":
    json.dump(everything(), sys.stdout, ensure_ascii=False)
