"""Filters and their pages, of whatever is listed: wishes, which only the tests know, are found as projects are."""
from datetime import date

import django_filters
import pytest
from django.core.exceptions import ValidationError

from guicheng.tables.filters import KeptFilter, PagedFilter
from tests import factories
from tests.wishes.models import Wish, WishEvent

pytestmark = pytest.mark.django_db


class EventFilter(PagedFilter):
    q = django_filters.CharFilter(label="搜索", field_name="text", lookup_expr="contains")
    kind = django_filters.ChoiceFilter(label="性质")

    newest, orders = "effective_on", {"text": ["text", "pk"]}

    def __init__(self, data, queryset=None):
        super().__init__(data, WishEvent.objects.all() if queryset is None else queryset,
                         {"kind": WishEvent.Kind.choices})


class KeptEventFilter(KeptFilter, EventFilter):
    nothing_chosen = "全部"


@pytest.fixture(autouse=True)
def events():
    wish = Wish(community=factories.make_community(), text="示例")
    wish.save_draft(factories.make_user())
    WishEvent.objects.bulk_create(
        WishEvent(wish=wish, effective_on=date(2021, 1, day), text=f"第 {day:02} 天", kind="progress")
        for day in range(1, 8))


def texts(data, size=3):
    return [row["text"] for row in EventFilter(data).page(["text", "effective_on"], size).rows]


def test_pages_in_both_orders():
    first = EventFilter({}).page(["text", "effective_on"], 3)
    assert [row["text"] for row in first.rows] == ["第 07 天", "第 06 天", "第 05 天"] and first.count == 7
    assert texts(first.next) == ["第 04 天", "第 03 天", "第 02 天"]
    assert texts({"order": "text"}) == ["第 01 天", "第 02 天", "第 03 天"]
    assert texts({"order": "text", "page": "3"}) == ["第 07 天"]
    assert texts({"q": "05"}) == ["第 05 天"] and EventFilter({"q": "05"}).is_searched


def test_what_cannot_be_read_is_a_sentence():
    filters = EventFilter({"kind": "gone"})
    assert not filters.is_valid() and filters.sentence_of_errors == "“性质”：没有“gone”这一项，请重新选。"
    with pytest.raises(ValidationError, match="没有“gone”这一项"):
        assert KeptEventFilter({"kind": "gone"}).rows
    with pytest.raises(ValidationError, match="翻页的地址不完整"):
        EventFilter({"after": "x"}).page(["effective_on"])


def test_what_was_chosen_is_kept_and_said():
    filters = KeptEventFilter({"kind": "progress", "q": "天", "page": "9"})
    assert filters.chosen == {"kind": "progress", "q": "天"} and filters.is_narrowed
    assert set(filters.sentence.split("；")) == {"性质：进展", "名称等有“天”"} and filters.rows.count() == 7
    assert KeptEventFilter({}).sentence == "全部" and not KeptEventFilter({}).is_narrowed
