"""One figure with all that is needed to believe it."""
from datetime import date
from decimal import Decimal

import pytest

from communities import summary as communities
from guicheng.figures import Definition, Figure
from partybuilding import summary as partybuilding
from projects import summary as projects

RATE = Definition("rate", "完成率", "已完成 ÷ 公布总数。", unit="%")


def figure(**kw):
    return Figure(RATE, None, date(2021, 12, 31), **kw)


def test_it_works():
    assert figure(numerator=64, denominator=71).rate == Decimal("90.1")


@pytest.mark.parametrize("kw, rate", [
    ({"numerator": 0, "denominator": 3}, 0),
    ({"numerator": 3, "denominator": 3}, 100),
    ({"numerator": 2, "denominator": 3, "recorded": 3, "declared": 3}, Decimal("66.7")),
    ({"numerator": 2, "denominator": 3, "recorded": 4, "declared": 3}, Decimal("66.7")),
    ({"numerator": 2, "denominator": 3, "recorded": 2, "declared": 3}, None),
    ({"numerator": 2, "denominator": 0}, None),
    ({"numerator": 2}, None),
    ({"denominator": 2}, None),
])
def test_a_rate_only_where_nothing_is_missing(kw, rate):
    assert figure(**kw).rate == rate


def test_every_definition_has_an_anchor_and_a_sentence_of_its_own():
    """The anchors of the page 这个数怎么算."""
    definitions = [*projects.DEFINITIONS, *communities.DEFINITIONS, *partybuilding.DEFINITIONS]
    assert len({each.key for each in definitions}) == len(definitions)
    assert all(each.label and each.sentence.endswith("。") for each in definitions)
