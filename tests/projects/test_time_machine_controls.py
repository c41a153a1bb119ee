"""Negative controls of the time machine: the same random histories find each broken query."""
from datetime import timedelta
from unittest import mock

import pytest
from django.db.models import Exists, F, OuterRef
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test as run

from projects.models import ProgressUpdate, Status
from projects.models import then as then_module
from projects.models.ledger import ProgressUpdateQuerySet
from tests.projects.test_time_machine import BOUNDED, TimeMachine

pytestmark = pytest.mark.django_db


def amended_by_anything(self, day=None, known_at=None):
    """Broken: what was corrected later was gone before."""
    rows = self.published().exclude(kind="withdrawal").filter(
        ~Exists(ProgressUpdate.objects.published().filter(amends=OuterRef("pk"))))
    rows = rows if known_at is None else rows.filter(recorded_at__lte=known_at)
    return rows if day is None else rows.filter(effective_on__lte=day)


def by_publication(self):
    """Broken: what was published last wins, though it tells of an earlier day."""
    return self.order_by("-seq")


def up_to_the_day_before(self, day=None, known_at=None):
    """Broken: the day itself is left out."""
    return IN_FORCE(self, day and day - timedelta(days=1), known_at)


def always_at_hand(column, stated, day, known_at, projection=None):
    """Broken: the projection is taken for any day after the list's."""
    return F(projection or column)


def whenever_said(self, due):
    """Broken: what was not finished before its due day is late after it."""
    return self.filter(status__in=Status.UNFINISHED)


IN_FORCE = ProgressUpdateQuerySet.in_force


@pytest.mark.parametrize("owner, name, broken", [
    (ProgressUpdateQuerySet, "in_force", amended_by_anything), (ProgressUpdateQuerySet, "newest_first", by_publication),
    (ProgressUpdateQuerySet, "in_force", up_to_the_day_before), (then_module, "_then", always_at_hand),
    (ProgressUpdateQuerySet, "unfinished_after", whenever_said)])
def test_a_broken_query_is_found(db, owner, name, broken):
    with mock.patch.object(owner, name, broken), pytest.raises(AssertionError):
        run(TimeMachine, settings=settings(BOUNDED, max_examples=60))
