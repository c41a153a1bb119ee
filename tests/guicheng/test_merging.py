"""The proposal to go on from, and what is marked as new: plain functions of texts."""
import pytest

from guicheng.office.merging import merged_text, pieces


@pytest.mark.parametrize(("original", "theirs", "mine", "together"), [
    ("种树。", "种树。铺路。", "种树。装灯。", "种树。铺路。装灯。"),
    ("", "铺路。", "装灯。", "铺路。装灯。"),
    ("种树。铺路。", "种树。铺路。装灯。", "种十棵树。铺路。", "种十棵树。铺路。装灯。"),
    ("种树。铺路。", "种树。铺路。装灯。", "铺路。", "铺路。装灯。"),
    ("种树。铺路。装灯。", "种树。铺路。装灯。完工。", "种树。清表。铺路。装灯。", "种树。清表。铺路。装灯。完工。"),
    ("种树。", "铺路。", "装灯。", "铺路。装灯。"),
    ("没有句号", "没有句号了", "没有句号的", "没有句号了\n没有句号的"),
    ("第一行\n第二行", "第一行\n第二行\n第三行", "第零行\n第一行\n第二行", "第零行\n第一行\n第二行\n第三行"),
])
def test_sentences_of_both_are_in(original, theirs, mine, together):
    assert merged_text(original, theirs, mine) == together


def test_the_new_is_marked():
    assert pieces("种树。", "种树。铺路。") == [("种树。", False), ("铺路。", True)]
    assert pieces(None, "种树。") == [("种树。", False)]
    assert pieces("长" * 4000, "短") == [("短", False)]
