"""A reviewer approves or returns a whole import; each row is asked for and said, as if one by one."""
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import Max, Q
from django.urls import reverse

from guicheng.notices.inbox import tell
from guicheng.review.checked import UNTICKED
from guicheng.review.permissions import can_approve
from projects.models import ImportRow, ProgressUpdate, Project, ReviewStep
from projects.permissions import can_publish_project

SAY_WHICH = 5
REVIEWED_WITH = ("project__lead_department", "project__community", "update__author", "postponement__author")


def rows_for(batch, user):
    """The batch's rows that became something this person may see."""
    rows = ImportRow.objects.filter(batch=batch, outcome__in=["new", "changed"], project__isnull=False)
    return rows.filter(project__in=Project.objects.visible_to(user))


def waiting(batch, user):
    """What of the batch waits for a reviewer: statements by state, and new projects that are not public."""
    rows = rows_for(batch, user)
    said = said_by(rows)
    return {
        "submitted": said.filter(state=ProgressUpdate.State.SUBMITTED).count(),
        "checked": said.filter(state=ProgressUpdate.State.CHECKED).count(),
        "unpublished": rows.filter(outcome="new", project__is_published=False).count(),
    }


def said_by(rows):
    """The statements and the postponements that rows became."""
    return ProgressUpdate.objects.filter(
        Q(pk__in=rows.order_by().values("update")) | Q(pk__in=rows.order_by().values("postponement")))


def publishes(batch, user):
    """Whether approval of the batch by this person makes anything public, so that it asks for ticks."""
    rows = rows_for(batch, user)
    if said_by(rows).for_review_by(user).published_next_by(user).exists():
        return True
    new = rows.filter(outcome="new").exclude(update__state__in=ProgressUpdate.IN_REVIEW).values("project")
    return Project.objects.filter(pk__in=new).for_publishing_by(user).exists()


def approve_all(batch, by, checked=UNTICKED, saw=lambda done: None):
    """Take the next step of every row that is this person's to take; new projects become public with 终审.

    `checked`: what was ticked, once for all. Gives one sentence: how many, and which not and why.
    """
    read = published = opened = 0
    refused = []
    for row in _each(batch, by, saw):
        update = row.update
        try:
            waiting = [said for said in row.statements if said.state in ProgressUpdate.IN_REVIEW]
            if why := next(filter(None, (_why_not(said, by) for said in waiting)), ""):
                refused.append(f"{row}{why}")
                continue
            for said in waiting:
                said.approve(by, checked, tells=said.author_id != batch.uploader_id)
                read += said.state == ProgressUpdate.State.CHECKED
                published += said.is_published
            if row.outcome == "new" and not row.project.is_published and (update is None or update.is_published):
                opened += _open(row, by, checked)
        except (ValidationError, IntegrityError) as error:
            said = " ".join(error.messages) if isinstance(error, ValidationError) else "刚被别人处理过"
            refused.append(f"{row}：{said}")
    parts = [f"初审通过 {read} 条"] * bool(read) + [f"发布 {published} 条"] * bool(published)
    parts += [f"公开新项目 {opened} 个"] * bool(opened)
    if published or opened:
        tell_uploader(batch, by, "，".join(parts) + "。")
    return _sentence("，".join(parts) or "没有可以由你审核的", refused)


def _why_not(update, by):
    """Why this person cannot take the next step of a statement here; "" when they can."""
    if is_edited(update):
        return "导入以后又改过，请单独审核"
    return "" if can_approve(by, update) else "不能由你来审"


def is_edited(update):
    """Whether it is not what the import wrote any more: that is version 1, and 初审 made it 2."""
    return update.version != 1 + (update.state == ProgressUpdate.State.CHECKED)


def send_back_all(batch, by, reason, saw=lambda done: None):
    """Return every row that waits for this person, with one reason."""
    if not reason.strip():
        raise ValidationError("退回要写明原因。")
    done, refused = 0, []
    for row in _each(batch, by, saw):
        for said in row.statements:
            if said.state not in ProgressUpdate.IN_REVIEW:
                continue
            if not can_approve(by, said):
                refused.append(f"{row}不能由你来退")
                continue
            try:
                said.send_back(by, reason, tells=said.author_id != batch.uploader_id)
                done += 1
            except ValidationError as error:
                refused.append(f"{row}：{' '.join(error.messages)}")
    if done:
        tell_uploader(batch, by, f"退回 {done} 条：{reason}")
    return _sentence(f"退回 {done} 条" if done else "没有可以由你退回的", refused)


def tell_uploader(batch, by, sentence):
    """Tell the uploader, in one message, what the review made of the import; of the same state of it only once."""
    if batch.uploader_id == by.pk:
        return
    rows = ImportRow.objects.filter(batch=batch)
    last = ReviewStep.objects.filter(update__in=said_by(rows)).aggregate(last=Max("pk"))["last"]
    public = rows.filter(outcome="new", project__is_published=True).count()
    tell([batch.uploader], f"import:{batch.pk}:{last}:{public}", f"{by}审了导入：{batch.file_name}", sentence,
         reverse("admin:projects_importbatch_change", args=[batch.pk]), matter="导入")


def _each(batch, by, saw):
    rows = rows_for(batch, by).select_related(*REVIEWED_WITH).defer("raw", "changes", "values").order_by("pk")
    done = last = 0
    # chunk by chunk, each read whole: on SQLite a row cannot be written under an open reading of others
    while chunk := list(rows.filter(pk__gt=last)[:200]):
        for row in chunk:
            for said in row.statements:
                said.project = row.project
            yield row
            done, last = done + 1, row.pk
            if done % 50 == 0:
                saw(done)


def _open(row, by, checked):
    """Make the new project public; what the undo compares with moves along."""
    if not can_publish_project(by, row.project):
        return 0
    project = Project.objects.get(pk=row.project_id)
    if str(project.version) != row.seen.partition("-")[0]:
        raise ValidationError("项目资料导入以后又改过，请单独公开")
    project.publish(by, checked)
    row.seen = f"{project.version}-{row.seen.partition('-')[2]}"
    ImportRow.objects.filter(pk=row.pk).update(seen=row.seen)
    return 1


def _sentence(done, refused):
    if not refused:
        return f"{done}。"
    more = f"等 {len(refused)} 行" if len(refused) > SAY_WHICH else ""
    return f"{done}；没有办的：{'、'.join(refused[:SAY_WHICH])}{more}。"
