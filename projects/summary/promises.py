"""How many promises stand how: what `projects/ledger/promises.py` judges of each, counted by the database."""
from django.db import models
from django.db.models import Case, Count, Exists, OuterRef, Q, Subquery, Value, When
from django.utils import timezone

from projects.ledger.promises import Verdict, last_ended, made_by
from projects.models import ProgressUpdate, Status


def verdicts(promises=None, day=None, known_at=None):
    """Verdict -> number of promises, in the order of the verdicts. What `judge` says of each, in one query."""
    day = day or timezone.localdate()
    rows = ProgressUpdate.objects.in_force(day, known_at).filter(project=OuterRef("project"))
    by_due = rows.filter(effective_on__lte=OuterRef("due_on")).exclude(status="").newest_first()
    done_later = rows.filter(effective_on__gt=OuterRef("due_on"), status__in=Status.DONE)
    spoken = rows.filter(effective_on__gte=OuterRef("due_on"))
    verdict = Case(
        When(Q(status_when_due__in=Status.DONE), then=Value(Verdict.KEPT)),
        When(due_on__gt=last_ended(day), then=Value(Verdict.NOT_DUE)),
        When(Exists(done_later), then=Value(Verdict.LATE)),
        When(Exists(spoken), then=Value(Verdict.UNKEPT)),
        default=Value(Verdict.UNREPORTED), output_field=models.CharField())
    found = made_by(promises, day).annotate(
        status_when_due=Subquery(by_due.values("status")[:1])).annotate(verdict=verdict)
    counts = dict(found.order_by().values_list("verdict").annotate(count=Count("pk")))
    return {each: counts.get(each, 0) for each in Verdict}
