"""A ledger, of whatever is spoken of: a wish, which only the tests know, has one as a project has."""
from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q

from guicheng.ledger import newest, timeline, withdrawn_among
from tests import factories
from tests.wishes.models import Wish, WishEvent

pytestmark = pytest.mark.django_db
Kind = WishEvent.Kind


@pytest.fixture
def wish():
    wish = Wish(community=factories.make_community(), text="示例：多一张长椅。")
    wish.save_draft(factories.make_user())
    return wish


@pytest.fixture
def say(wish, monkeypatch):
    """Say something of a day, publish it at an instant; give the row."""
    def say(text, day, at, kind=Kind.PROGRESS, amends=None):
        row = WishEvent(wish=wish, text=text, effective_on=date(2021, *day), kind=kind, amends=amends)
        monkeypatch.setattr(WishEvent, "instant", lambda self: datetime(2021, *at, tzinfo=UTC))
        with transaction.atomic():
            assert row.take_place() == wish
            row.full_clean()
            row.save()
        return row

    return say


def said(day=None, known_at=None):
    return [row.text for row in WishEvent.objects.in_force(day, known_at).newest_first()]


def test_it_works(say):
    """What holds by a day, as one knew it at an instant."""
    first = say("选址", (3, 1), (3, 2))
    wrong = say("装好十张", (5, 1), (5, 2))
    right = say("装好一张", (5, 1), (5, 9), Kind.CORRECTION, wrong)
    assert [row.seq for row in (first, wrong, right)] == [1, 2, 3]
    assert said() == ["装好一张", "选址"] and said(date(2021, 4, 1)) == ["选址"]
    assert said(known_at=datetime(2021, 5, 5, tzinfo=UTC)) == ["装好十张", "选址"]
    say("", (6, 1), (6, 2), Kind.WITHDRAWAL, right)
    assert said() == ["选址"] and said(known_at=datetime(2021, 6, 1, tzinfo=UTC)) == ["装好一张", "选址"]


def test_the_newest_that_says_something(say, wish):
    say("选址", (3, 1), (3, 2))
    say("", (5, 1), (5, 2))

    def then(day, known_at=None):
        return Wish.objects.annotate(then=newest(WishEvent, "text", ~Q(text=""), day, known_at)).get().then

    assert then(date(2021, 12, 31)) == "选址" and then(date(2021, 1, 1)) is None
    assert then(date(2021, 12, 31), datetime(2021, 3, 1, tzinfo=UTC)) is None


def test_the_timeline(say):
    first = say("选址", (3, 1), (3, 2))
    wrong = say("装好十张", (5, 1), (5, 2))
    right = say("装好一张", (5, 1), (5, 9), Kind.CORRECTION, wrong)
    gone = say("", (6, 1), (6, 2), Kind.WITHDRAWAL, first)
    places = timeline(list(WishEvent.objects.published()))
    assert [(place.row, place.replaced, place.withdrawal) for place in places] == [
        (right, [wrong], None), (first, [], gone)]
    assert withdrawn_among([first, wrong]) == [first]
    assert withdrawn_among([first], datetime(2021, 7, 1, tzinfo=UTC)) == []


def test_withdrawn_after_it_was_corrected(say):
    wrong = say("装好十张", (5, 1), (5, 2))
    right = say("装好一张", (5, 1), (5, 9), Kind.CORRECTION, wrong)
    say("", (6, 1), (6, 2), Kind.WITHDRAWAL, right)
    assert withdrawn_among([wrong, right]) == [wrong, right]


def test_what_the_rules_say(say, wish):
    first = say("选址", (3, 1), (3, 2))
    other = Wish(community=wish.community, text="示例：一盏灯。")
    other.save_draft(factories.make_user())
    row = WishEvent(wish=other, amends=first, kind=Kind.CORRECTION, effective_on=date(2021, 3, 1))
    with pytest.raises(ValidationError, match="只能更正或撤回同一个心愿的心愿的进展"):
        row.full_clean()
    draft = WishEvent.objects.create(wish=wish, effective_on=date(2021, 3, 1))
    with pytest.raises(ValidationError, match="还没有发布"):
        WishEvent(wish=wish, amends=draft, kind=Kind.CORRECTION, effective_on=date(2021, 3, 1)).full_clean()
    say("改", (3, 1), (3, 3), Kind.CORRECTION, first)
    with pytest.raises(ValidationError, match="已经更正或撤回过"):
        say("再改", (3, 1), (3, 4), Kind.CORRECTION, first)
    with pytest.raises(IntegrityError), transaction.atomic():
        WishEvent.objects.filter(pk=first.pk).update(text="别的")
