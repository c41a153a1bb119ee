"""Text from outside is cleaned once on the way in."""
import io

import openpyxl
import pytest
from openpyxl.utils.exceptions import IllegalCharacterError

from guicheng.fields import CleanCharField
from guicheng.text import clean_text
from projects.models import Source
from tests import factories


def test_it_works():
    assert clean_text("  半月岛\r\n公园\r二期\t完工 ") == "半月岛\n公园\n二期\t完工"


@pytest.mark.parametrize("bad", [
    "\x00", "\x01", "\x08", "\x0b", "\x0c", "\x0e", "\x1b", "\x1f", "\x7f", "\x85", "\x9f", "\u202a", "\u202e",
    "\u2066", "\u2069", "\ud800", "\udfff", "\ufdd0", "\ufffe", "\uffff",
], ids=lambda bad: f"U+{ord(bad):04X}")
def test_what_breaks_files_or_readers_is_dropped(bad):
    assert clean_text(f"园{bad}林") == "园林"
    assert CleanCharField(max_length=9).clean(f"{bad}园林", None) == "园林"


@pytest.mark.parametrize("good", ["\t", "\n", "　", "“", "—", "\u200d", "𠮷", "👨\u200d👩\u200d👧", "é", "م"])
def test_what_people_write_is_kept(good):
    assert clean_text(f"园{good}林") == f"园{good}林"


def test_two_ways_to_write_one_letter_become_one():
    assert clean_text("cafe\u0301") == clean_text("cafe\x00\u0301") == "caf\u00e9"


@pytest.mark.parametrize("text", ["e\x00\u0301", "a\u202e\u030a", "\u202e \x0b 园", "\r\x00\n"])
def test_cleaning_twice_changes_nothing(text):
    assert clean_text(clean_text(text)) == clean_text(text)


def test_control_a_workbook_refuses_what_was_not_cleaned():
    sheet = openpyxl.Workbook().active
    with pytest.raises(IllegalCharacterError):
        sheet["A1"] = "园\x0b林"
    sheet["A1"] = clean_text("园\x0b\ufffe林")
    sheet.parent.save(io.BytesIO())


def test_a_row_is_cleaned_by_full_clean(db):
    source = factories.make_source(title="  报\x00道\u202e ", note="第一行\r\n第二行\x0b")
    assert (source.title, source.note) == ("报道", "第一行\n第二行")
    assert Source.objects.get(pk=source.pk).title == "报道"


def test_the_length_is_that_of_the_cleaned_text(db):
    assert factories.make_source(publisher="报" * 80 + "\x00" * 20).publisher == "报" * 80
