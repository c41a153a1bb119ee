"""Every figure a page shows, as it is marked, and what the summaries say of it.

One convention in all templates: `data-figure` stands on the element that holds the number and nothing else, and its
value is the key of the figure's definition (with `_` for `-`, as in the JSON). What the figure is of stands on the same
element or on one around it: `data-list`, `data-group`, `data-quarter`, `data-community`, … `data-says` marks a whole
sentence that a summary made. The expected side asks the apps' `summary.py` and nothing else.
"""
import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from html.parser import HTMLParser

from django.apps import apps
from django.db.models import CharField, TextField

import communities.summary
import partybuilding.summary
import projects.summary
from communities.models import Community
from guicheng.days.as_of import Moment
from projects.document import Document
from projects.filters import ProjectFilter
from projects.ledger.corrections import corrections_since
from projects.models import Project, ProjectList, Promise, Source
from projects.report import digest
from projects.report.build import outline_of
from projects.report.picture import alternative_text
from projects.summary.difference import Kind

DEFINITIONS = [*projects.summary.DEFINITIONS, *projects.summary.QUARTER_DEFINITIONS, projects.summary.STATEMENTS,
               *projects.summary.DIFFERENCE_DEFINITIONS, projects.summary.SOURCE_USE,
               projects.summary.FACET, *communities.summary.DEFINITIONS, *partybuilding.summary.DEFINITIONS]
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
SCOPES = ["list", "by", "group", "quarter", "community", "metric", "asof", "part", "status", "verdict", "change",
          "year", "source", "kind", "end", "family", "segment", "light", "chart", "bar", "step", "filter", "value",
          "telling", "lack"]
BLOCKS = {"p", "li", "td", "th", "h1", "h2", "h3", "dt", "dd", "caption", "figcaption", "summary", "div", "title"}
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


@dataclass
class Marked:
    """A marked number or sentence: its key, what it is of, and its text."""

    key: str
    scope: dict
    text: str
    says: bool = False

    @property
    def definition(self):
        return "metric-" + self.scope["metric"] if self.key == "metric" else self.key.replace("_", "-")

    @property
    def numbers(self):
        return len(NUMBER.findall(self.text)) if self.says else 1


@dataclass
class Element:
    """An open tag: the scope it stands in, and the mark it carries or stands in."""

    tag: str
    scope: dict
    mark: Marked | None
    is_hidden: bool = False


@dataclass
class Block:
    """The text of a paragraph or cell: (text, whether it is inside a mark)."""

    parts: list = field(default_factory=list)


class Reader(HTMLParser):
    """`marks` of a page or picture, its `links`, and the `blocks` of its text."""

    def __init__(self, text):
        super().__init__()
        self.marks, self.links, self.ids, self.blocks, self.stack = [], set(), set(), [Block()], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        above = self.stack[-1] if self.stack else Element("", {}, None)
        scope = above.scope | {name: attributes[f"data-{name}"] for name in SCOPES if f"data-{name}" in attributes}
        mark, is_hidden = above.mark, above.is_hidden or tag in ("script", "style", "select", "desc", "metadata")
        if key := attributes.get("data-says") or attributes.get("data-figure") or (
                "segment" if "data-segment" in attributes else ""):
            mark = Marked(key, scope, attributes.get("aria-label", ""), "data-says" in attributes)
            self.marks.append(mark)
        if "href" in attributes and "footer" not in [each.tag for each in self.stack]:
            self.links.add(attributes["href"])
        self.ids |= {attributes[name] for name in ("id", "data-definition") if name in attributes}
        if tag in BLOCKS:
            self.blocks.append(Block())
        if tag not in VOID:
            self.stack.append(Element(tag, scope, mark, is_hidden))

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.stack.pop()

    def handle_endtag(self, tag):
        while self.stack and self.stack.pop().tag != tag:
            pass
        if tag in BLOCKS:
            self.blocks.append(Block())

    def handle_data(self, data):
        here = self.stack[-1] if self.stack else None
        if here and here.mark and not (here.tag == "text" and here.mark.text):
            here.mark.text += data
        if not here or not here.is_hidden:
            self.blocks[-1].parts.append((data, bool(here and here.mark)))


MARK = re.compile(r"<span\s+data-[^>]*>([^<]*)</span>")


def without_marks(page):
    """The page with its figures standing in their sentences as a reader sees them."""
    return MARK.sub(r"\1", page)


class Truth:
    """What the summaries say, as of a moment: `of(mark)` gives a number, a text, or None for "—"."""

    def __init__(self, moment=None, quarter=None, ends=None, close=None):
        self.moment, self.quarter = moment or Moment(), quarter
        self.known_at = close.known_at if close else self.moment.known_at
        self.ends, self.close = ends, close
        self.closing = close.document.closing if close else None

    # what is asked, once each
    @cached_property
    def lists(self):
        day = self.summary.as_of if self.quarter else self.moment.day
        return self._lists(day)

    def _lists(self, day):
        found = projects.summary.list_summaries(
            day, self.known_at, ProjectList.objects.published(), by=["category", "community"])
        return {row.project_list.slug: row for row in found}

    @cached_property
    def summary(self):
        return projects.summary.quarter_summary(self.quarter, self.known_at, self.moment.day)

    @cached_property
    def outline(self):
        return outline_of(self.quarter, self.summary).figures

    @cached_property
    def grid(self):
        return communities.summary.tile_grid(self.moment)

    @cached_property
    def metrics(self):
        found = partybuilding.summary.metric_summaries(day=self.moment.day, known_at=self.known_at)
        return {row.metric.slug: row for row in found}

    @cached_property
    def uses(self):
        counts = projects.summary.uses_of_sources()
        return counts | {"readings": partybuilding.summary.readings_by_source(),
                         "communities": communities.summary.communities_by_source()}

    @cached_property
    def quarters(self):
        return projects.summary.quarters_with_news()

    @cached_property
    def difference(self):
        return projects.summary.difference.Difference(*self.ends)

    @cached_property
    def filters(self):
        filters = ProjectFilter({}, moment=self.moment)
        filters.check()
        return filters

    # the answers
    def of(self, mark):
        key, scope = mark.key, mark.scope
        if mark.says:
            return self._sentence(key, scope)
        if "list" in scope:
            return self._of_list(key, scope)
        if "quarter" in scope:
            return self._of_quarter(key, scope)
        if key.startswith("difference_"):
            return self._of_difference(key, scope)
        return getattr(self, f"_{key}")(scope)

    def _sentence(self, key, scope):
        if key in ("gap", "bar"):
            each = self.lists[scope["list"]]
            return each.gap_sentence if key == "gap" else each.sentence
        if key == "news":
            return projects.summary.news().month
        if key == "stair":
            return projects.summary.stair(self.lists[scope["list"]]).sentence
        if key == "picture":
            return alternative_text(Document(self.outline, closing=self.closing))
        if key == "rate":
            row = next(row for row in self.outline["lists"] if row["slug"] == scope["list"])
            return digest.rate_sentence(row)
        if key == "difference":
            return self.difference.sentence
        return {"lead": digest.lead, "changes": digest.change_sentence, "promises": digest.promise_sentence}[key](
            self.outline)

    def _of_list(self, key, scope):
        each = self.lists[scope["list"]]
        if "asof" in scope:
            each = self._lists(date.fromisoformat(scope["asof"]))[scope["list"]]
        if "by" in scope:
            names = {"key": scope["group"]} if "group" in scope else {"label": scope["label"]}  # a sheet has no keys
            return getattr(next(group for group in each.groups[scope["by"]]
                                if all(getattr(group, name) == value for name, value in names.items())), key)
        if key == "promises":
            of_list = Promise.objects.filter(project__project_list=each.project_list)
            return _of_verdicts(projects.summary.verdicts(of_list, self.moment.day, self.known_at), scope)
        if "segment" in scope:
            return next(part.count for part in each.segments if part.family == scope["segment"])
        if key == "by_status":
            return {name: count for name, _, count in each.status_counts}[scope["status"]]
        if key == "rate":
            parts = {None: each.rate, "numerator": each.done.value, "denominator": each.declared.value}
            return None if each.rate is None else parts[scope.get("part")]
        return each.declared_rate if key == "declared_rate" else getattr(each, key).value

    def _of_quarter(self, key, scope):
        if key == "promises":
            return _of_verdicts(self.summary.verdicts, scope)
        if key == "statements":
            return next(row.statements for row in self.quarters if str(row.quarter) == scope["quarter"])
        if key == "corrected":
            return projects.summary.corrected(corrections_since(self.close.known_at, self.close.as_of))
        if key == "next_promises":
            return len(self.outline["next_promises"])
        if "change" in scope:
            return self.summary.moves[scope["change"]]
        if "telling" in scope:
            return self.summary.tellings[scope["telling"]]
        figure = next(row for row in self.summary.figures if row.definition.key == key.replace("_", "-"))
        return getattr(figure, scope.get("part", "value"))

    def _of_difference(self, key, scope):
        if key == "difference_corrected":
            return self.difference.corrected
        if key != "difference_all":
            return self.difference.counts[Kind(key.removeprefix("difference_"))]
        before, after = ((group.families[scope["family"]] if "family" in scope else group.recorded)
                         for group in self.difference.pair)
        return {"a": before, "b": after, "change": after - before}[scope["end"]]

    def _communities(self, scope):
        return self.grid.listed

    def _communities_with_items(self, scope):
        return self.grid.with_items

    def _community_items(self, scope):
        return next(tile.items for tile in self.grid.tiles if tile.community.slug == scope["community"])

    def _community_projects(self, scope):
        return communities.summary.projects_in(Community.objects.get(slug=scope["community"]), self.moment)

    def _secretary_described(self, scope):
        return communities.summary.secretary_years(self.moment)[int(scope["year"])]

    def _source_use(self, scope):
        return self.uses[scope["kind"]][Source.objects.get(code=scope["source"]).pk]

    def _facet(self, scope):
        """Of the list of all projects, with nothing chosen."""
        found = projects.summary.facets(self.filters)[scope["filter"]]
        return next(option.count for option in found.options if option.value == scope["value"])

    def _metric(self, scope):
        if "community" in scope:
            rows = partybuilding.summary.community_readings(scope["metric"], self.moment.day, self.known_at)
            return next(row.parts[1] for row in rows if row.community.slug == scope["community"])
        each = self.metrics[scope["metric"]]
        if "asof" in scope:
            return next(row.parts[1] for row in each.readings if row.effective_on.isoformat() == scope["asof"])
        return each.latest.parts[1]


def _of_verdicts(counts, scope):
    return counts[scope["verdict"]] if "verdict" in scope else sum(counts.values())


def agrees(mark, expected):
    """Whether the page shows what the summary says."""
    text = "".join(mark.text.split()) if mark.says else " ".join(mark.text.split())
    if mark.says:
        expected = "".join(expected.split())
        return text == expected or text.endswith(f"：{expected}")  # a picture's label begins with its title
    if isinstance(expected, str):
        return text == expected
    found = NUMBER.search(text)
    if expected is None or found is None:
        return expected is None and text == "—"
    sign = -1 if text.startswith("-") else 1
    return sign * Decimal(found[0].replace(",", "")) == expected


def differences(marks, truth):
    """[(key, scope, shown, expected)] of the marks that do not say what the summaries say."""
    wrong = []
    for mark in marks:
        try:
            expected = truth.of(mark)
        except (KeyError, StopIteration, AttributeError) as error:
            expected = f"{type(error).__name__}: {error}"
        if not agrees(mark, expected):
            wrong.append((mark.key, mark.scope, mark.text, expected))
    return wrong


# --- numbers that nobody marked ------------------------------------------------------------------
COUNTED = re.compile(r"(\d[\d,]*)\s*(?:项|个|条|件|处|组)(?!月)")
AROUND = 4  # signs before and after, to know a quoted number by


def corpus():
    """Everything people wrote that pages quote: every text column of the apps, and the definitions, without spaces."""
    said = [each.sentence for each in DEFINITIONS]
    for app in ("projects", "communities", "partybuilding"):
        for model in apps.get_app_config(app).get_models():
            names = [each.name for each in model._meta.concrete_fields
                     if isinstance(each, CharField | TextField) and each.name not in ("figures_json", "report_json")]
            for row in model.objects.values_list(*names) if names else ():
                said += filter(None, row)
    said += [f"{value:f}".rstrip("0").rstrip(".") + unit for value, unit in Project.objects.exclude(
        target_quantity=None).values_list("target_quantity", "target_unit")]
    return "\n".join(["", *("".join(text.split()) for text in said), ""])


def unmarked(page, quoted, allowed):
    """The counts in a page's text that stand in no mark, are in no quotation, and are not allowed: in their context."""
    found = []
    for block in page.blocks:
        text = "".join(part for part, _ in block.parts)
        inside = [is_marked for part, is_marked in block.parts for _ in part]
        for match in COUNTED.finditer(text):
            context = "".join(text[max(0, match.start() - AROUND):match.end() + AROUND].split())
            core = "".join(match[0].split())
            if inside[match.start(1)] or any(rule.search(text) for rule in allowed):
                continue
            tight = [context, context[:context.index(core) + len(core)], context[context.index(core):]]
            whole = "\n" + "".join(text.split()) + "\n"
            if whole not in quoted and not any(len(part) > len(core) and part in quoted for part in tight):
                found.append(" ".join(text.split()))
    return found
