"""Which figures the front page tells, what is told beside them, and how readings are drawn."""
from datetime import date

import pytest

from partybuilding import summary
from partybuilding.drawing import HEIGHT, NARROWEST, WIDTH, drawing_of
from partybuilding.models import Metric
from tests import factories

pytestmark = pytest.mark.django_db
DAY = date(2022, 9, 30)


def figure(slug, source=None, day=DAY, **kw):
    metric = factories.make_metric(slug=slug, name=slug, **kw)
    factories.make_reading(metric, effective_on=day, **({"source": source} if source else {}))
    return metric


def slugs(rows):
    return [each.metric.slug for each in rows]


def front():
    return summary.headlines(summary.metric_summaries())


def test_five_figures_in_their_order():
    for slug in reversed([*summary.FIRST, "films"]):
        figure(slug)
    assert slugs(each.row for each in front()) == summary.FIRST


def test_where_one_is_missing_the_next_stands_in():
    for order, slug in enumerate(["films", "orgs", "docs"]):
        figure(slug, order=order)
    assert slugs(each.row for each in front()) == ["orgs", "films", "docs"]


def test_none_of_another_level():
    figure("members")
    for layer in ("community", "district", "town"):
        figure(f"of-{layer}", layer=layer)
    assert slugs(each.row for each in front()) == ["members"]
    metrics = summary.metric_summaries()
    assert [label for label, _ in summary.by_group(metrics)] == ["其他"]
    assert [label for label, _ in summary.by_layer(metrics, Metric.Layer.DISTRICT, Metric.Layer.TOWN)] == [
        "南海区", "其他镇街"]


@pytest.mark.parametrize("same_source, same_day, beside", [
    (True, True, ["estate-branches"]), (False, True, []), (True, False, []),
])
def test_beside_it_stands_what_the_same_source_says_of_the_same_day(same_source, same_day, beside):
    source = factories.make_source()
    figure("orgs", source)
    figure("estate-branches", source if same_source else None, DAY if same_day else date(2021, 12, 31))
    assert slugs(front()[0].beside) == beside
    metrics = summary.metric_summaries()
    row = next(each for each in metrics if each.metric.slug == "orgs")
    assert slugs(summary.told_with(row, metrics)) == beside


def test_a_note_is_said_once_with_its_names():
    for slug in ("members", "orgs", "volunteers"):
        figure(slug)
    rows = [each.row for each in front()]
    for row in rows[:2]:
        row.latest.note = "日期是推定的。"
    assert summary.notes_of(rows) == [("日期是推定的。", ["members", "orgs"])]


# --- the drawing ---------------------------------------------------------------------------------
def readings(*said):
    metric = factories.make_metric()
    for value, first, last in said:
        factories.make_reading(metric, value=value, effective_from=first, effective_on=last)
    return list(metric.readings.known())


def test_one_reading_is_not_drawn():
    assert drawing_of(readings((5, None, DAY))) is None


def test_two_are_bars_from_nought_and_no_line():
    drawing = drawing_of(readings((50, date(2022, 1, 1), date(2022, 1, 31)), (100, None, date(2022, 12, 31))))
    first, last = drawing.bars
    assert drawing.line == ""
    assert [bar.y + bar.height for bar in drawing.bars] == [HEIGHT, HEIGHT]
    assert first.height * 2 == last.height
    assert first.x == 0 and first.width == round(31 * WIDTH / 365, 1), "as wide as its days"
    assert last.x + last.width == WIDTH and last.width == NARROWEST
    assert [bar.anchor for bar in drawing.bars] == ["start", "end"] and all(bar.shows for bar in drawing.bars)


def test_three_are_joined():
    drawing = drawing_of(readings(*((value, None, date(2022, value, 1)) for value in (1, 5, 12))))
    assert len(drawing.line.split()) == 3


def test_what_has_no_room_is_left_to_the_table():
    drawing = drawing_of(readings((1, None, date(2022, 1, 1)), (2, None, date(2022, 1, 2)), (3, None, DAY)))
    assert [bar.shows for bar in drawing.bars] == [True, False, True]


@pytest.mark.parametrize("said", [
    [(0, None, DAY), (0, None, DAY)],  # nothing, twice on one day, by two sources
    [(7, None, DAY), (9, None, DAY)],
])
def test_it_can_always_be_drawn(said):
    drawing = drawing_of(readings(*said))
    assert all(0 <= bar.x <= WIDTH - bar.width and bar.height >= 0 for bar in drawing.bars)
