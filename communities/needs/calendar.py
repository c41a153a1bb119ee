"""Where the calendar of working days changes, the days of open needs change with it."""
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from communities.models import Need
from guicheng.days.workdays import CalendarDay, CalendarYear


@receiver([post_save, post_delete], sender=CalendarDay, dispatch_uid="needs_follow_days")
@receiver([post_save, post_delete], sender=CalendarYear, dispatch_uid="needs_follow_years")
def follow(sender, using="default", raw=False, **kwargs):
    """Once for each transaction, after it: a year is entered with many days."""
    if raw:
        return
    connection = transaction.get_connection(using)
    if reckon_all not in [each[1] for each in connection.run_on_commit]:
        transaction.on_commit(reckon_all, using=using)


def reckon_all():
    """Bring the day of every open need that was taken on to what the calendar says now; gives how many changed."""
    rows = Need.objects.open().exclude(accepted_on=None)
    return sum(need.reckon_anew() for need in rows.iterator(500))
