"""Whether promises were kept: each judged by its due day and by what the ledger says of it."""
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from itertools import takewhile

from django.db import models
from django.utils import timezone

from guicheng.days.as_of import NOW
from guicheng.figures import from_iso, iso
from guicheng.tables.listing import Listing
from projects.ledger.timeline import hide_withdrawn
from projects.models import ProgressUpdate, Project, ProjectList, Promise, Source, Status


class Verdict(models.TextChoices):
    KEPT = "kept", "按期完成"
    LATE = "late", "逾期完成"
    UNKEPT = "unkept", "未完成"
    UNREPORTED = "unreported", "到期未见报道"
    NOT_DUE = "not_due", "未到期"

    @property
    def is_late(self):
        """Whether its day is over and nobody can say that it was kept."""
        return self in (self.LATE, self.UNKEPT, self.UNREPORTED)

    @property
    def tag(self):
        """The class of the tag that shows it."""
        return {"kept": "tag-done", "late": "tag-doing", "unkept": "tag-doing"}.get(self.value, "tag-none")


@dataclass(frozen=True)
class Judgement:
    """A promise, its verdict as of a day, and the ledger row that proves it (None where nothing was said)."""

    promise: Promise
    verdict: Verdict
    proof: ProgressUpdate | None

    def frozen(self):
        promise, proof, project = self.promise, self.proof, self.promise.project
        return {
            "code": project.code, "name": project.name, "list": project.project_list and project.project_list.slug,
            "list_title": project.project_list.title if project.project_list else "",
            "text": promise.text, "promised_on": iso(promise.promised_on), "due_on": iso(promise.due_on),
            "verdict": self.verdict.value, "verdict_label": self.verdict.label,
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
        return cls(promise, Verdict(row["verdict"]), proof)


def judge(promise, rows, day):
    """Judge one promise as of `day`. `rows`: the project's rows in force by then, oldest first."""
    until_due = [row for row in rows if row.status and row.effective_on <= promise.due_on]
    later = [row for row in rows if row.effective_on > promise.due_on]
    done_by_due = list(takewhile(lambda row: row.status in Status.DONE, reversed(until_due)))
    if done_by_due:
        return Judgement(promise, Verdict.KEPT, done_by_due[-1])
    if last_ended(day) < promise.due_on:
        return Judgement(promise, Verdict.NOT_DUE, until_due[-1] if until_due else None)
    done_later = next((row for row in later if row.status in Status.DONE), None)
    if done_later:
        return Judgement(promise, Verdict.LATE, done_later)
    spoken = [row for row in rows if row.effective_on >= promise.due_on]
    if spoken:
        return Judgement(promise, Verdict.UNKEPT, spoken[-1])
    return Judgement(promise, Verdict.UNREPORTED, None)


def judgements(promises=None, day=None, known_at=None, count=None):
    """Judge `promises` (default: those of real published projects) as of `day` (default today).

    A Listing: two queries for what is looked at. `count`, where it is known how many they are.
    """
    day = day or timezone.localdate()
    rows = made_by(promises, day).select_related("project__project_list", "source").order_by(
        "due_on", "project__code", "pk")
    return Listing(rows, lambda chunk: _judged(chunk, day, known_at), count, chunk=500)


def made_by(promises, day):
    promises = Promise.objects.filter(is_sample=False) if promises is None else promises
    return promises.filter(project__in=Project.objects.published(), promised_on__lte=day)


def _judged(promises, day, known_at):
    rows = defaultdict(list)
    updates = ProgressUpdate.objects.in_force(day, known_at).filter(
        project__in={promise.project_id for promise in promises})
    for row in updates.select_related("source").order_by("effective_on", "seq"):
        rows[row.project_id].append(row)
    found = [judge(promise, rows[promise.project_id], day) for promise in promises]
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
    promises = project.promises.select_related("source")
    return [judge(promise, rows, day) for promise in promises if moment.has(promise.promised_on)]
