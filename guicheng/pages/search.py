"""One search over all that is public: each kind of thing with how many were found, the nearest first.

A query of the database for each kind, capped at 1,000 found, and three for projects; one more for each whose index is
asked. What is covered by a seal is found by none of its words; what is shown marked is covered first, for a mark inside
a word would hide it from the cover.
"""
from collections import defaultdict
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from communities.models import Community
from guicheng import words
from guicheng.public.head import Head
from guicheng.seal.models import Seal
from guicheng.search.query import IN_WORDS, Query
from guicheng.tables.paging import COUNT_CAP, count_text
from partybuilding.models import PartyOrganisation, Venue
from projects.models import Fact, PolicyDocument, ProgressUpdate, Project, ProjectList, Source

SHOWN = 8  # rows of one kind
NEWEST = 200  # projects among which the nearest are looked for, where the index knows of more than are counted
EXAMPLES = ["校车", "旧改", "路灯", "桂花", "guihua", "bydgy"]
HEAD = Head("找一找", "输入一件事、一个社区、一个小区或者一个词，找公布过的项目、进展、清单、地方和来源。")
ROW = ["pk", "code", "name", "status", "is_sample", "parent__name", "community__name", "project_list__title",
       "description"]


@dataclass(frozen=True)
class Row:
    """One thing that was found. `name` and `sentence` come in pieces: (text, whether it was looked for)."""

    name: list
    url: str
    notes: tuple = ()
    sentence: list | None = None
    day: str = ""
    status: str | None = None
    is_sample: bool = False


@dataclass(frozen=True)
class Group:
    """What was found of one kind. `whole`: the address of a page with all of them, "" where there is none."""

    key: str
    title: str
    unit: str
    rows: list
    count: int
    whole: str
    whole_label: str

    @property
    def told(self):
        """How many, with the unit: "12 个", "1000 多个"."""
        return f"{count_text(self.count)} {self.unit}".replace("多 ", "多")

    @property
    def has_more(self):
        return self.count > SHOWN


@require_safe
def search(request):
    text = request.GET.get("q", "")
    query, sentence = Query(""), ""
    try:
        query = Query.read(text)
    except ValidationError as error:
        sentence = error.messages[0]
    groups = Search(query).groups() if query else []
    return render(request, "pages/search.html", {
        "head": HEAD if not query else None, "query": query, "typed": "" if sentence else query.text,
        "sentence": sentence, "groups": groups, "examples": EXAMPLES,
        "has_sample": any(row.is_sample for group in groups for row in group.rows),
    }, status=400 if sentence else 200)


class Search:
    """Everything public that a query finds, under the seals of now."""

    def __init__(self, query):
        self.query, self.cover = query, Seal.objects.cover()
        self.sealed = self.cover.hinted_by(*query.forms)

    def groups(self):
        """The kinds of which something was found, in a fixed order."""
        found = [self._communities(), self._projects(), self._lists(), self._facts(), self._venues(),
                 self._organisations(), self._sources(), self._documents()]
        return [group for group in found if group.count]

    def marked(self, text):
        """The text in pieces, the words that were looked for marked; what is sealed is covered and unmarked."""
        return [(self.cover.text(text), False)] if self.cover.touches(text) else self.query.marked(text)

    def _why(self, name, *texts):
        """The sentence that holds what its name does not, in pieces; None where the name says it all."""
        if self.query.stands_in(name) == len(self.query.terms):
            return None
        told = max(texts, key=self.query.stands_in)
        return self.marked(self.query.sentence_of(told)) if self.query.stands_in(told) else None

    def _found(self, rows):
        return rows.search(self.query, self.sealed).nearest(self.query)

    def _group(self, key, title, unit, rows, row_of, whole="", whole_label=""):
        """Of a small table: all that were found are read, and the nearest shown."""
        found = sorted(self._found(rows).lean()[:COUNT_CAP + 1], key=lambda row: row.rank)
        return Group(key, title, unit, [row_of(row) for row in found[:SHOWN]], len(found), whole, whole_label)

    # --- what is found ---------------------------------------------------------------------------
    def _communities(self):
        def row_of(row):
            return Row(self.marked(str(row)), row.get_absolute_url(), self._beside(row.units.all()))

        rows = Community.objects.published().prefetch_related("units")
        return self._group("communities", "社区", "个", rows, row_of, reverse("community-index"), "看全部社区")

    def _beside(self, units):
        """What lies inside a community and was looked for."""
        return tuple(f"有{unit.name}" for unit in units if self.query.stands_in(f"{unit.name} {unit.aliases}"))

    def _lists(self):
        def row_of(row):
            return Row(self.marked(row.title), row.get_absolute_url(), (row.get_kind_display(),),
                       self._why(row.title, row.note), is_sample=row.is_sample)

        return self._group("lists", "清单", "张", ProjectList.objects.published(), row_of, reverse("list-index"),
                           "看全部清单")

    def _facts(self):
        def row_of(row):
            about = row.project or row.community or row.project_list
            url = about.get_absolute_url() if about else reverse("party") + "#stories"
            name = str(about) if about else row.topic
            day = words.day_range(row.effective_from, row.effective_on, row.alone)
            return Row(self.marked(name), url, sentence=self.marked(self.query.sentence_of(row.text)), day=day)

        rows = Fact.objects.published().select_related("project", "community", "project_list")
        return self._group("facts", "报道里说到的", "条", rows, row_of)

    def _venues(self):
        def row_of(row):
            return Row(self.marked(row.name), reverse("party") + "#venues", _of(row),
                       self._why(row.name, row.services))

        rows = Venue.objects.published().select_related("community")
        return self._group("venues", "党群服务中心、服务站", "处", rows, row_of, reverse("party") + "#venues",
                           "看全部地方")

    def _organisations(self):
        def row_of(row):
            return Row(self.marked(row.name), reverse("party") + "#organisations", _of(row),
                       self._why(row.name, row.task))

        rows = PartyOrganisation.objects.published().select_related("community")
        return self._group("organisations", "党组织", "个", rows, row_of, reverse("party") + "#organisations",
                           "看全部党组织")

    def _sources(self):
        def row_of(row):
            day = words.day_range(row.published_from, row.published_on or row.published_to)
            return Row(self.marked(f"《{row.title}》"), row.get_absolute_url(), (row.publisher,), day=day)

        return self._group("sources", "来源", "个", Source.objects.published(), row_of, reverse("source-list"),
                           "看全部来源")

    def _documents(self):
        def row_of(row):
            return Row(self.marked(row.title), reverse("source-list"), (row.get_stage_display(),))

        return self._group("documents", "文件指引", "份", PolicyDocument.objects.published(), row_of,
                           reverse("source-list"), "看全部文件")

    # --- projects --------------------------------------------------------------------------------
    def _projects(self):
        """By name, and by the words of what was said of them and is in force: those show the sentence."""
        found = self._found(Project.objects.published()).newest_first().values_list("pk", "rank")
        is_over = found.has_over(COUNT_CAP)
        ranks = dict(found[:NEWEST if is_over else COUNT_CAP + 1])
        count = COUNT_CAP + 1 if is_over else len(ranks)
        if count > COUNT_CAP:  # the one that is called so may be older than a thousand others
            ranks |= dict(found.named(self.query)[:SHOWN])
        nearest = sorted(ranks, key=ranks.get)[:SHOWN]
        rows = {row["pk"]: row for row in Project.objects.filter(pk__in=nearest).values(*ROW)}
        said = self._said([pk for pk in nearest if ranks[pk] >= IN_WORDS])
        return Group("projects", "项目和进展", "个", [self._project(rows[pk], said.get(pk)) for pk in nearest], count,
                     reverse("project-index", query={"q": self.query.text}), "在项目列表里看全部")

    def _project(self, row, update):
        community = row["community__name"] and f"{row['community__name']}社区"
        if update:
            why, day = self.marked(self.query.sentence_of(update.text)), update.told
        else:
            why, day = self._why(row["name"], row["description"]), ""
        notes = (row["parent__name"] and f"属于：{row['parent__name']}", row["project_list__title"], community)
        return Row(self.marked(row["name"]), reverse("project-detail", args=[row["code"]]), tuple(filter(None, notes)),
                   why, day, row["status"], row["is_sample"])

    def _said(self, keys):
        """Project -> the statement in force in which most of the words stand, the newest of those."""
        if not keys:
            return {}
        said = defaultdict(list)
        for row in ProgressUpdate.objects.in_force().filter(project__in=keys).newest_first():
            if self.query.stands_in(row.text):
                said[row.project_id].append(row)
        return {key: max(rows, key=lambda row: self.query.stands_in(row.text)) for key, rows in said.items()}


def _of(row):
    return (row.get_kind_display(), *([str(row.community)] if row.community else []))
