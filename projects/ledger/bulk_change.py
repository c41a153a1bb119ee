"""Change the status or the date of several projects at once: preview, do, take back.

Nothing is overwritten: each project gets a statement of its own, which waits for review like any other.
"""
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.signing import Signer
from django.db import transaction
from django.utils import timezone

from guicheng import words
from projects.models import BulkChange, ProgressUpdate, Source, Status
from projects.permissions import can_record_progress

MOST = 500
Kind = ProgressUpdate.Kind


@dataclass
class Row:
    """One project in the preview: what it says now, what it would say, or why it is left out."""

    project: object
    update: ProgressUpdate
    before: str
    after: str
    sentence: str = ""

    @property
    def warning(self):
        """What whoever confirms should know, "" where nothing: it refuses nothing."""
        closed, is_done = self.project.closed_on, self.update.status in Status.DONE
        if self.sentence:
            return ""
        if closed and self.update.postponed_to:
            return f"已在 {words.day(closed)}销号，延期以后仍然算销号。"
        if closed and not is_done:
            return f"已在 {words.day(closed)}销号。销号报错了，请先“更正”或“撤回”那一条。"
        if is_done and not closed:
            return "只记进展，不销号；销号要逐个申请，写完成依据。"
        return ""


def preview(projects, kind, stated, by):
    """A Row for each project. `stated`: the fields of the statement that all would get."""
    own = Source.objects.own()
    return [_row(project, kind, stated, by, own) for project in projects]


def _row(project, kind, stated, by, own):
    is_date = kind == BulkChange.Kind.DATE
    update = ProgressUpdate(project=project, kind=Kind.POSTPONEMENT if is_date else Kind.PROGRESS, source=own,
                            author=by, **stated)
    row = Row(project, update, _now(project, is_date), words.day(update.postponed_to) if is_date
              else update.get_status_display())
    row.sentence = _refusal(row, is_date, by)
    return row


def _now(project, is_date):
    if is_date:
        return words.day(project.due_on) if project.due_on else "没有计划完成日"
    return Status.label_of(project.status)


def _refusal(row, is_date, by):
    """Why this project is left out, "" where it is not."""
    project, update = row.project, row.update
    if not can_record_progress(by, project):
        return "不由你填报。"
    if is_date and not project.due_on:
        return "没有计划完成日，请先在计划里填写。"
    if is_date and update.postponed_to <= project.due_on:
        return "不比现在的日期晚。"
    if is_date and project.status in {*Status.DONE, Status.CANCELLED}:
        return f"{Status.label_of(project.status)}，不用延期。"
    if not is_date and update.status == project.status:
        return "已经是这个状态。"
    try:
        update.full_clean()
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


def seal(rows):
    """What the preview saw, to be given back on confirmation."""
    return Signer(salt="bulk").signature("|".join(f"{row.project.pk}:{row.before}:{row.sentence}" for row in rows))


@transaction.atomic
def apply(rows, kind, reason, by):
    """Submit a statement for each row without a refusal; give the BulkChange.

    Raises ValidationError when there is none.
    """
    wanted = [row for row in rows if not row.sentence]
    if not wanted:
        raise ValidationError("所选的项目都不能这样改，见每行的说明。")
    change = BulkChange(kind=kind, reason=reason, by=by)
    change.full_clean()
    change.save()
    for row in wanted:
        row.update.submit(by)
    change.updates.set([row.update for row in wanted])
    return change


@transaction.atomic
def undo(change, by):
    """Take a bulk change back: drop what is not public, apply for the withdrawal of what is.

    Gives (dropped, withdrawals submitted). Nothing is deleted. Raises ValidationError the second time.
    """
    if not BulkChange.objects.filter(pk=change.pk, undone_at=None).update(undone_at=timezone.now()):
        raise ValidationError("这次批量修改已经撤销过。")
    reason = f"撤销批量修改：{change.reason}"
    dropped = withdrawn = 0
    updates = list(change.updates.select_related("project"))
    for update in updates:
        if not can_record_progress(by, update.project):
            raise ValidationError(f"“{update.project}”已经不归你管，这次批量修改请业务管理员逐条处理。")
    for update in updates:
        if update.is_open:
            update.drop(by, reason)
            dropped += 1
        elif update.is_published and not update.amended_by.exclude(state=ProgressUpdate.State.DROPPED).exists():
            update.withdrawal(reason).submit(by)
            withdrawn += 1
    change.refresh_from_db()
    return dropped, withdrawn
