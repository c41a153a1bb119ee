"""What waits to be reviewed or made public."""
from collections import defaultdict

from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from guicheng.days.compiled import compiled
from guicheng.days.compiled_for import compiled_for
from guicheng.files.models import arranged
from guicheng.office.shown import SHOWN, Shown
from guicheng.review.forms import DecisionForm
from projects.first_page.own import statements_where
from projects.models import ImportRow, Paper, Photo, ProgressUpdate, Project, ReviewStep


def to_review(user, unexplained):
    return {
        "queue": _queue(user, unexplained),
        "batches": _batches(user) if user.has_perm("projects.view_importbatch") else [],
        "to_publish": Shown.told(_to_publish(user)),
    }


def _for_review(user):
    return ProgressUpdate.objects.visible_to(user).for_review_by(user)


@compiled_for()
def _to_publish(user):
    projects = Project.objects.visible_to(user).real().for_publishing_by(user)
    return Shown.beginning(projects.select_related("entered_by", "project_list").lean().order_by("pk"))


@compiled_for()
def _waiting(user):
    """The longest waiting first."""
    handed_in = ReviewStep.objects.filter(update=OuterRef("pk")).order_by("-pk").values("at")[:1]
    rows = _for_review(user).annotate(since=Coalesce(Subquery(handed_in), "created_at")).select_related(
        "project__latest_update", "author", "amends", "source")
    return Shown.beginning(rows.order_by("since", "pk"))


@compiled_for(keys=[ProgressUpdate._meta.pk])
def _published_next(user, keys):
    return ProgressUpdate.objects.filter(pk__in=keys).published_next_by(user).values_list("pk", flat=True)


def _queue(user, unexplained):
    """The longest waiting first, each with its own form of decision; the sentence stands beside the reason missed."""
    shown, today = Shown.told(_waiting(user), statements_where(for_me="review")), timezone.localdate()
    queue = shown.rows
    keys = [row.pk for row in queue]
    befores = [row.before.pk for row in queue if row.before]
    photos, papers = _by_statement(Photo, [*keys, *befores]), _by_statement(Paper, keys)
    public = set(_published_next(user, keys=keys))
    for row in queue:
        row.publishes = row.pk in public
        row.waited = (today - timezone.localdate(row.since)).days
        row.photo_count, row.paper_count = len(photos[row.pk]), len(papers[row.pk])
        row.figures = arranged(photos[row.pk])
        row.figures_before = arranged(photos[row.before.pk]) if row.before else []
        typed = {"version": row.version, "decision": "return"} if str(row.pk) == unexplained else None
        row.decision = DecisionForm(typed, initial={"version": row.version}, auto_id=f"row{row.pk}_%s")
    return shown


def _by_statement(model, keys):
    """The photos or papers of these statements, by statement, in their order."""
    found = defaultdict(list)
    for each in _files(model, keys=keys):
        found[each.update_id].append(each)
    return found


@compiled(keys=[ProgressUpdate._meta.pk])
def _files(model, keys):
    return model.objects.filter(update__in=keys)


@compiled_for()
def _batches(user):
    """Imports of which something waits for this reviewer, the oldest first."""
    keys = _for_review(user).order_by().values("pk")
    found = ImportRow.objects.filter(Q(update__in=keys) | Q(postponement__in=keys)).order_by()
    return (found.values("batch", "batch__file_name", "batch__uploader__name", "batch__confirmed_at").annotate(
        count=Count("pk")).order_by("batch__confirmed_at", "batch")[:SHOWN])
