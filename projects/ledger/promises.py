"""Whether promises were kept: each judged by its due day and by what the ledger says of it."""
from collections import defaultdict, namedtuple
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import takewhile

from django.db import DEFAULT_DB_ALIAS, models
from django.utils import timezone

from guicheng import words
from guicheng.days.as_of import NOW, Moment
from guicheng.days.compiled import compiled
from guicheng.figures import from_iso, iso
from guicheng.tables.listing import Listing
from projects.ledger.timeline import hide_withdrawn
from projects.models import ProgressUpdate, Project, ProjectList, Promise, Source, Status
from projects.models.evidence import public_where

# what is read of a promise, and of each statement that may prove what became of it
OF_PROMISE = ("text", "promised_from", "promised_on", "due_on", "source__code", "source__title", "project__code",
              "project__name", "project__project_list__slug", "project__project_list__title")
OF_PROOF = ("id", "project_id", "seq", "status", "effective_from", "effective_on", "postponed_to", "text", "reason",
            "proof", "source_id", "source__code", "source__title")


class Verdict(models.TextChoices):
    KEPT = "kept", "按期完成"
    LATE = "late", "逾期完成"
    UNKEPT = "unkept", "到期未完成"
    PENDING = "unreported", "到期待核"  # the value is what closes of 0.3.0 and 0.4.0 wrote down
    EARLY = "early", "提前完成"
    NOT_DUE = "not_due", "未到期"

    @property
    def is_late(self):
        """Whether it is told that it was not kept in time; where nobody has said, it is not late."""
        return self in (self.LATE, self.UNKEPT)

    @property
    def is_open(self):
        """Whether its day has passed and nobody has said that it was kept, or somebody that it was not."""
        return self in (self.UNKEPT, self.PENDING)

    @property
    def tag(self):
        """The class of the tag that shows it."""
        done, doing = "tag-done", "tag-doing"
        return {"kept": done, "early": done, "late": doing, "unkept": "tag-late"}.get(self.value, "tag-none")


@dataclass(frozen=True)
class Judgement:
    """A promise, its verdict as of a day, and the ledger row that proves it (None where nothing was said)."""

    promise: Promise
    verdict: Verdict
    proof: ProgressUpdate | None
    proof_days: str | None = None  # of one that was written down

    @property
    def why(self):
        """What the verdict does not say by itself: of a due day that passed, what is not written anywhere."""
        if self.verdict != Verdict.PENDING:
            return ""
        return "公开资料写明已经完成，没有写明是不是按期。" if self.proof else "公开资料没有写明是否完成。"

    @property
    def proof_told(self):
        """When what proves it was so, in words; "" where nothing does."""
        if self.proof_days is not None:
            return self.proof_days
        return self.proof.told if self.proof else ""

    def frozen(self):
        promise, proof, project = self.promise, self.proof, self.promise.project
        return {
            "code": project.code, "name": project.name, "list": project.project_list and project.project_list.slug,
            "list_title": project.project_list.title if project.project_list else "",
            "text": promise.text, "promised_on": iso(promise.promised_on), "due_on": iso(promise.due_on),
            "verdict": self.verdict.value, "verdict_label": self.verdict.label,
            "promised": promise.told,
            "why": self.why, "proof": self.proof_told,
            "proof_on": iso(proof.effective_on) if proof else None, "proof_text": proof.text if proof else "",
            "proof_source": proof.source.title if proof else "", "source": promise.source.title,
        }

    @classmethod
    def from_frozen(cls, row):
        """The judgement that was written down. Promise, project and proof are of no database."""
        project_list = ProjectList(slug=row["list"], title=row["list_title"]) if row["list"] else None
        promise = Promise(
            project=Project(code=row["code"], name=row["name"], project_list=project_list), text=row["text"],
            promised_on=from_iso(row["promised_on"]), due_on=from_iso(row["due_on"]),
            source=Source(title=row["source"]))
        proof = ProgressUpdate(text=row["proof_text"], effective_on=from_iso(row["proof_on"]),
                               source=Source(title=row["proof_source"])) if row["proof_on"] else None
        days = row.get("proof", words.day(proof.effective_on) if proof else "")  # not kept before 0.5.0
        return cls(promise, Verdict(row["verdict"]), proof, days)


def judge(promise, rows, day):
    """Judge one promise as of `day`. `rows`: the project's rows in force by then, oldest first.

    Silence breaks nothing: not kept is what a later row says was not finished, what was put off or given up; kept late
    is what was surely finished after the due day. All else that is due waits for a word.
    """
    due = promise.due_on
    stated = [row for row in rows if row.status]
    by_due = [row for row in stated if row.effective_on <= due]
    done_by_due = list(takewhile(lambda row: row.status in Status.DONE, reversed(by_due)))
    is_over = due <= last_ended(day)
    if done_by_due:
        return Judgement(promise, Verdict.KEPT if is_over else Verdict.EARLY, done_by_due[-1])
    if not is_over:
        return Judgement(promise, Verdict.NOT_DUE, by_due[-1] if by_due else None)
    unfinished = [row for row in stated if row.is_unfinished_after(due)]
    if stated and stated[-1].status in Status.DONE:
        done = [row for row in stated if row.status in Status.DONE and row.effective_on > due]
        surely = unfinished or all(row.effective_from and row.effective_from > due for row in done)
        return Judgement(promise, Verdict.LATE if surely else Verdict.PENDING, done[0])
    given_up = stated[-1:] if stated and stated[-1].status == Status.CANCELLED else []
    put_off = [row for row in rows if row.postponed_to and row.postponed_to > due]
    proof = next((found[-1] for found in (unfinished, given_up, put_off) if found), None)
    return Judgement(promise, Verdict.UNKEPT if proof else Verdict.PENDING, proof)


def judgements(promises=None, day=None, known_at=None, count=None, first=None):
    """Judge `promises` (default: those of real published projects) as of `day` (default today).

    A Listing: two queries for what is looked at. `count`, where it is known how many they are; `first`: of the Listing.
    """
    day = day or timezone.localdate()
    return Listing(lambda: in_order(promises, day), lambda chunk: _judged(chunk, day, known_at), count, chunk=500,
                   first=first)


def in_order(promises, day):
    """Those of `promises` made by `day` as they are listed and judged."""
    return made_by(promises, day).select_related("project__project_list", "source").only(*OF_PROMISE).order_by(
        "due_on", "project__code", "pk")


def made_by(promises, day):
    promises = Promise.objects.filter(is_sample=False) if promises is None else promises
    return promises.filter(public_where(Promise, "project"), promised_on__lte=day)


@compiled(projects=[Project._meta.pk], day=models.DateField())
def _said(known, projects, day):
    updates = ProgressUpdate.objects.in_force(day, known and known.known_at).filter(project__in=projects)
    return updates.exclude(status="", postponed_to=None).order_by("effective_on", "seq").values_list(*OF_PROOF)


class _Statement(namedtuple("_Statement", OF_PROOF)):
    """What is read of a statement to judge by it: of ten, one at most is a proof and made an object."""

    __slots__ = ()
    is_unfinished_after = ProgressUpdate.is_unfinished_after

    def as_row(self, db):
        said = self._asdict()
        row = _as_read(ProgressUpdate, db, said)
        row.source = _as_read(Source, db, {
            "id": self.source_id, "code": self.source__code, "title": self.source__title})
        return row


def _as_read(model, db, values):
    """The row as `only()` gives it: what was not read is read when somebody looks at it."""
    names = [field.attname for field in model._meta.concrete_fields if field.attname in values]
    return model.from_db(db, names, [values[name] for name in names])


def _judged(promises, day, known_at):
    rows = defaultdict(list)
    known, projects = known_at and Moment(day, known_at), list({promise.project_id for promise in promises})
    for row in map(_Statement._make, _said(known, projects=projects, day=day)):
        rows[row.project_id].append(row)
    found = [judge(promise, rows[promise.project_id], day) for promise in promises]
    found = [replace(each, proof=each.proof.as_row(DEFAULT_DB_ALIAS)) if each.proof else each for each in found]
    hide_withdrawn([each.proof for each in found if each.proof], known_at)
    return found


def last_ended(day):
    """The last day that is over: a due day itself is still to be used."""
    return min(day, timezone.localdate() - timedelta(days=1))


def project_judgements(project, updates, moment=NOW):
    """Judge one project's promises from its published rows, already read. One query."""
    known = [row for row in updates if moment.known_at is None or row.recorded_at <= moment.known_at]
    amended = {row.amends_id for row in known}
    rows = sorted(
        (row for row in known if row.pk not in amended and row.kind != row.Kind.WITHDRAWAL
         and moment.has(row.effective_on)),
        key=lambda row: (row.effective_on, row.seq))
    day = moment.day or timezone.localdate()
    return [judge(promise, rows, day) for promise in _promises_of(project=project.pk)
            if moment.has(promise.promised_on)]


@compiled(project=Project._meta.pk)
def _promises_of(project):
    return Promise.objects.filter(project=project).select_related("source")
