"""The figures of a table as a page shows them: what is typed, what was last public, what is wrong or looks odd."""
from collections import Counter
from dataclasses import dataclass, field

from guicheng.text import is_row_number
from partybuilding.models import ReadingRow
from partybuilding.reporting.drafts import TYPED, Saved, draft_of, kept, read, save_drafts
from partybuilding.reporting.hand_in import hand_in
from partybuilding.reporting.returns import why_returned
from projects.models import Standing
from projects.reporting.kinds import Part, Sent

PREFIX = "rm"  # of the names in a form: the rows of projects have r and their number, these rm and theirs
MANY = 250  # rows that one sending may hold
LABELS = {"value": "数", "effective_on": "日期", "note": "说明", "nil": "零报告", "words_checked": "提醒词已核对"}


@dataclass
class Line:
    """One figure of one community."""

    row: ReadingRow
    draft: dict
    may_edit: bool
    reading: object
    theirs: dict = field(default_factory=dict)  # what somebody else wrote meanwhile

    @property
    def key(self):
        """What its names in a form begin with."""
        return f"{PREFIX}{self.row.pk}"

    @property
    def number(self):
        """Its row as a button names it."""
        return f"m{self.row.pk}"

    @property
    def standing(self):
        return Standing(self.row.standing_now)

    @property
    def errors(self):
        return self.reading.errors if self.may_edit else {}

    @property
    def may_go(self):
        return self.may_edit and self.reading.may_go

    @property
    def reported(self):
        return self.row.latest.reported if self.row.latest_id else None

    @property
    def would_read(self):
        """What would be put down for what is typed, where it is written otherwise."""
        told = self.reading.told if self.may_edit else ""
        return "" if told.replace(" ", "") == self.draft.get("value", "").replace(" ", "") else told

    @property
    def warning(self):
        return self.reading.warning if self.may_edit else ""

    @property
    def returned_with(self):
        """What a reviewer wrote who returned it."""
        if self.standing != Standing.RETURNED:
            return ""
        return (why_returned(self.row.latest) or ("",))[0]

    @property
    def others(self):
        """What somebody else wrote meanwhile, in words."""
        return "；".join(f"{LABELS[key]}：{text}" for key, text in self.theirs.items() if key in LABELS)


def line_of(row, task, may_fill, typed=None):
    """The Line of a row. `typed`: what came with a request and was refused; it stands before what is kept."""
    draft = kept(row) if typed is None else draft_of({**kept(row), **typed})
    theirs = row.draft if row.draft != draft and typed is not None else {}
    return Line(row, draft, may_fill and row.is_to_fill, read(row, draft, task), theirs)


class ReadingPart(Part):
    """The figures on the page of one community."""

    def __init__(self, unit, may_fill, typed=None):
        self.task, self.may_fill = unit.task, may_fill
        rows = rows_for_pages(ReadingRow.objects.filter(unit=unit)).in_table_order() if unit.community_id else []
        self.lines = [line_of(row, unit.task, may_fill, (typed or {}).get(row.pk)) for row in rows]
        self.counts = Counter(line.standing.value for line in self.lines)

    @property
    def ready(self):
        return [line for line in self.lines if line.may_go]

    @property
    def wrong(self):
        return [line for line in self.lines if line.errors]

    @property
    def untouched(self):
        return [line for line in self.lines if line.may_edit and not line.draft]


def rows_for_pages(rows):
    """These rows with all that a page reads of them, in one query (one more where some were returned)."""
    return rows.with_before().select_related(
        "unit__community", "unit__task", "metric", "latest__reported__metric", "latest__returned__by").prefetch_related(
            "latest__reported__steps__by")


class SentReadings(Sent):
    """The figures that a form holds. `rows`: those its page is about, a queryset."""

    def __init__(self, rows, post, do):
        self.rows, self.do, self.seen = rows, do, _seen(post)
        self.wanted = _wanted(do, self.seen)
        self.outcome = None
        if do == "nil_all" or do.startswith("nil:"):  # 零报告 by one tap: the note beside it goes along as its reason
            self.seen |= {pk: (self.seen[pk][0], {**self.seen[pk][1], "nil": "1", "value": ""}) for pk in self.wanted}

    @property
    def typed(self):
        return {pk: texts for pk, (_, texts) in self.seen.items()}

    def save(self, by):
        saved = save_drafts(self.rows, self.seen, by) if self.seen else Saved()
        self.versions = {f"m{row.pk}": row.version for row in saved.rows}
        self.refused = [f"m{row.pk}" for row in saved.refused]
        self.taken = {f"m{pk}" for pk in self.seen}.difference(self.refused)
        self.now = {pk: version for pk, (version, _) in self.seen.items()} | {
            row.pk: row.version for row in saved.rows}
        if self.do == "all":  # what was returned and not touched since waits for its own button
            left = {row.pk for row in saved.as_returned}
            self.wanted = [pk for pk in self.wanted if pk not in left]
        return saved.refused

    def hand_in(self, by):
        if self.wanted:
            self.outcome = hand_in(self.rows, {pk: self.now[pk] for pk in self.wanted}, by)

    def told(self):
        if self.outcome is None:
            return [], []
        values, nils = len(self.outcome.values), len(self.outcome.nils)
        done = [f"交了 {values + nils} 个数据项：{values} 个数等审核，{nils} 个零报告。"] if values + nils else []
        return done, [f"“{row}”没有交：{'；'.join(errors.values())}"
                      for row, errors in self.outcome.refused.items() if row.has_draft or row.draft]


def _seen(post):
    """{row's key: (version, texts by name)} of a form; without a version it is none."""
    found = {}
    for name in post:
        pk, _, what = name.removeprefix(PREFIX).partition("-")
        version = post[name]
        if name.startswith(PREFIX) and what == "version" and is_row_number(pk) and len(found) < MANY \
                and version.isascii() and version.isdecimal() and len(version) < 10:
            there = {each: f"{PREFIX}{pk}-{each}" for each in TYPED}
            found[int(pk)] = int(version), {each: post[key] for each, key in there.items() if key in post}
    return found


def _wanted(do, seen):
    """The rows that are to be handed in."""
    if do == "all":
        return list(seen)
    if do == "nil_all":
        return [pk for pk, (_, texts) in seen.items() if not any(texts.values())]
    verb, _, row = do.partition(":m")
    return [int(row)] if verb in ("row", "nil") and is_row_number(row) and int(row) in seen else []
