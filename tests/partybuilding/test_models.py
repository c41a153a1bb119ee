"""Party organisations and the figures reported about them."""
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from partybuilding.models import Metric, MetricReading, PartyOrganisation
from tests import factories


def test_it_works(db):
    reading = factories.make_reading(factories.make_metric(name="党员", unit="名"), value=1431, qualifier="超")
    assert (reading.told, str(reading)) == ("超 1,431 名", "党员 超 1,431 名")


@pytest.mark.parametrize("value, qualifier, told", [
    ("13100", "多", "13,100 多名"), ("1.3900", "", "1.39 名"), ("90", "近", "近 90 名"), ("0", "", "0 名"),
    ("700000", "约", "约 700,000 名"), ("12", "左右", "12 名左右"),
])
def test_a_reading_in_the_words_of_its_source(db, value, qualifier, told):
    assert MetricReading(metric=Metric(unit="名"), value=Decimal(value), qualifier=qualifier).told == told


def test_readings_known_by_a_day_newest_first(db):
    metric, entered = factories.make_metric(), timezone.make_aware(datetime(2021, 7, 1))
    first = factories.make_reading(metric, effective_on=date(2021, 3, 31), recorded_at=entered)
    second = factories.make_reading(metric, effective_on=date(2021, 6, 30))
    known = metric.readings.known
    assert list(known(date(2021, 12, 31))) == [second, first]
    assert list(known(date(2021, 6, 29))) == [first]
    assert list(known(date(2021, 3, 30))) == []
    assert list(known(date(2021, 12, 31), known_at=entered)) == [first]


def test_an_organisation_may_be_hidden(db):
    shown = factories.make_organisation()
    factories.make_organisation(is_published=False)
    assert list(PartyOrganisation.objects.published()) == [shown]


def test_its_own_see_an_organisation(db, street_admin, other_clerk):
    branch, clerk = factories.make_organisation(), factories.make_user()
    factories.make_organisation()
    branch.clerks.add(clerk)
    assert list(PartyOrganisation.objects.visible_to(clerk)) == [branch]
    assert not PartyOrganisation.objects.visible_to(other_clerk).exists()
    assert PartyOrganisation.objects.visible_to(street_admin).count() == 2
