"""What waits to be reviewed or made public."""
from collections import defaultdict

from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from guicheng.files.models import arranged
from guicheng.office.shown import SHOWN, Shown
from guicheng.review.forms import DecisionForm
from projects.first_page.own import statements_where
from projects.models import ImportRow, Paper, Photo, ProgressUpdate, Project, ReviewStep


def to_review(user, unexplained):
    rows = ProgressUpdate.objects.visible_to(user).for_review_by(user)
    projects = Project.objects.visible_to(user).real().for_publishing_by(user)
    return {
        "queue": _queue(rows, user, unexplained),
        "batches": _batches(rows) if user.has_perm("projects.view_importbatch") else [],
        "to_publish": Shown.of(projects.select_related("entered_by", "project_list").lean().order_by("pk")),
    }


def _queue(rows, user, unexplained):
    """The longest waiting first, each with its own form of decision; the sentence stands beside the reason missed."""
    handed_in = ReviewStep.objects.filter(update=OuterRef("pk")).order_by("-pk").values("at")[:1]
    rows = rows.annotate(since=Coalesce(Subquery(handed_in), "created_at")).select_related(
        "project__latest_update", "author", "amends", "source")
    shown, today = Shown.of(rows.order_by("since", "pk"), statements_where(for_me="review")), timezone.localdate()
    queue = shown.rows
    keys = [row.pk for row in queue]
    befores = [row.before.pk for row in queue if row.before]
    photos, papers = _by_statement(Photo, [*keys, *befores]), _by_statement(Paper, keys)
    public = set(ProgressUpdate.objects.filter(pk__in=keys).published_next_by(user).values_list("pk", flat=True))
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
    for each in model.objects.filter(update__in=keys):
        found[each.update_id].append(each)
    return found


def _batches(rows):
    """Imports of which something waits for this reviewer, the oldest first."""
    keys = rows.order_by().values("pk")
    found = ImportRow.objects.filter(Q(update__in=keys) | Q(postponement__in=keys)).order_by()
    return list(found.values("batch", "batch__file_name", "batch__uploader__name", "batch__confirmed_at").annotate(
        count=Count("pk")).order_by("batch__confirmed_at", "batch")[:SHOWN])
