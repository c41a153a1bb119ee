"""What the review made of somebody's work, put into their inbox. Nobody is told of what they did themselves."""
from django.db.models import Max
from django.urls import reverse

from guicheng.notices.inbox import tell
from projects.models import ImportRow, ProgressUpdate, ReviewStep

State, Verb = ProgressUpdate.State, ReviewStep.Verb


def tell_author(update, by):
    """Tell the author that the statement was returned, and why, or is published; give how many were told.

    To be called after the verb, as often as one likes: the step of the review is the cause, and is told once.
    """
    verb = {State.RETURNED: Verb.RETURNED, State.PUBLISHED: Verb.PUBLISHED}.get(update.state)
    if verb is None or update.author_id in (None, by.pk):
        return 0
    step = update.steps.filter(verb=verb).order_by("at", "pk").last()
    done, said = "已发布", update.headline or update.text
    if verb == Verb.RETURNED:
        done, said = "已退回", f"{by}：{step.note}"
    return tell([update.author], f"step:{step.pk}", f"{done}：{update.project}", said,
                reverse("admin:projects_progressupdate_change", args=[update.pk]))


def tell_uploader(batch, by, sentence):
    """Tell the uploader what a review of the whole import did; the same state of the import is told once."""
    if batch.uploader_id == by.pk:
        return 0
    rows = ImportRow.objects.filter(batch=batch)
    last = ReviewStep.objects.filter(update__in=rows.values("update")).aggregate(last=Max("pk"))["last"]
    public = rows.filter(outcome="new", project__is_published=True).count()
    return tell([batch.uploader], f"import:{batch.pk}:{last}:{public}", f"{by}审了导入：{batch.file_name}", sentence,
                reverse("admin:projects_importbatch_change", args=[batch.pk]))
