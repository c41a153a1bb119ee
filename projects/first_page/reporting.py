"""The tables of 报送任务 that wait for one's units."""
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from guicheng.access.permissions import sees_everything
from guicheng.days.compiled_for import compiled_for
from guicheng.office.shown import SHOWN, in_all
from guicheng.office.work import Work
from projects.models import AskedUnit
from projects.reporting.kinds import kinds


def tables(user):
    """The tables of one's units in which a row is still to be filled in, the nearest deadline first.

    Who sees the whole street has the board instead.
    """
    if sees_everything(user):
        return []
    if not (units := _asked(user)):  # most days nothing is asked, and looking for rows to fill is dear
        return []
    waits = Q(pk__in=[])
    for kind in kinds():
        waits |= Q(pk__in=kind.rows.objects.filter(unit__in=units).to_fill().values("unit"))
    morning = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    rows = AskedUnit.objects.filter(waits, pk__in=units).select_related("task", "department", "community").annotate(
        before_day=in_all(task__due_at__lt=morning),
        on_day=in_all(task__due_at__gte=morning, task__due_at__lt=morning + timedelta(days=1)))
    return list(rows.order_by("task__due_at", "pk")[:SHOWN])


@compiled_for()
def _asked(user):
    return AskedUnit.objects.answered_by_units_of(user).filter(
        task__opened_at__isnull=False, task__closed_at=None).values_list("pk", flat=True)


def table_works(tables, today):
    """Each table as a thing to do, by its deadline."""
    works = []
    for table in tables:
        due = timezone.localtime(table.task.due_at)
        works.append(Work(f"{table.task}", table.get_absolute_url(), "去填表", f"{table}的表，还有没填完的。",
                          due.date(), f"{due:%H:%M} 前", today))
    return works
