"""The corpus itself: what its makers give can be opened, names are unique, answers are well formed."""
import csv
import io
import zipfile
from collections import Counter
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from odf.opendocument import load
from odf.table import Table

from tests.ledgers import LEDGERS, MODULES, variants
from tests.ledgers.compare import differences
from tests.ledgers.shape import (
    CATEGORIES,
    FIELDS,
    IS,
    OPEN,
    REFUSED,
    WHY,
    Between,
    Has,
    Lacks,
    OneOf,
    answer,
    is_day,
    row,
    sheet,
    skip,
)

pytestmark = pytest.mark.no_database
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
STATUSES = {"planned", "in_progress", "acceptance", "completed", "in_use", "standing", "paused", "cancelled"}
DAYS = {"planned_start", "planned_end", "effective_on"}


def opened(ledger):
    """How many sheets its own library finds in a file, or rows in a text."""
    content = ledger.content()
    if ledger.kind == "xlsx":
        return len(openpyxl.load_workbook(io.BytesIO(content)).sheetnames)
    if ledger.kind == "ods":
        return len(load(io.BytesIO(content)).getElementsByType(Table))
    if ledger.kind == "xls":
        return content.startswith(OLE)
    if ledger.kind in ("csv", "tsv"):
        return len(lines_of(ledger))
    return isinstance(content, bytes)


def lines_of(ledger):
    """The rows of a text file."""
    words = io.StringIO(decoded(ledger.content()), newline=None)
    return list(csv.reader(words, delimiter="," if ledger.kind == "csv" else "\t"))


def decoded(content):
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16")
    # UTF-16 without a mark has a nought in every second byte of plain figures and commas
    ways = ("utf-16-le", "utf-16-be") if b"\0" in content else ("utf-8-sig", "gb18030")
    for way in ways:
        try:
            words = content.decode(way)
        except UnicodeDecodeError:
            continue
        if "示例" in words:
            return words
    raise AssertionError("in no known encoding")


def values(wanted):
    """What stands in an expectation, each possibility by itself."""
    return [each for value in wanted.values for each in values(value)] if isinstance(wanted, OneOf) else [wanted]


def faults(ledger):
    """What is not well formed in the answer of a ledger."""
    expected = ledger.expected
    for place in expected["sheets"]:
        numbers = [each["row"] for each in (*place["rows"], *place["skipped"])] + place["listed"]
        yield from (f"row {number} twice" for number, times in Counter(numbers).items() if times > 1)
        yield from (f"field {name}" for name in place["columns"].values() if name not in {*FIELDS, None, OPEN})
        for each in place["skipped"]:
            yield from (f"why {why}" for why in each["why"].split("|") if why not in WHY)
        for each in place["rows"]:
            yield from (f"is {word}" for word in each["is"].split("|") if word not in IS)
            yield from (f"note at {letter}" for letter in each["notes_at"] if not letter.isupper())
            for name, wanted in each["fields"].items():
                yield from (f"{name}: {value!r}" for value in values(wanted) if not fits(name, value))


def fits(name, value):
    """Whether a value may be stored in a field."""
    if value is None or value is OPEN or isinstance(value, Between | Has | Lacks):
        return name in FIELDS
    if name in DAYS:
        return is_day(value)
    if name in ("percent", "number"):
        return type(value) is int and 0 <= value <= (100 if name == "percent" else 32767)
    if name == "budget":
        return isinstance(value, str) and Decimal(value) >= 0
    if name == "status":
        return value in STATUSES
    if name == "category":
        return value in CATEGORIES
    return name in FIELDS and isinstance(value, list if name == "supporting_departments" else str)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.rpartition(".")[2])
def test_each_file_opens_and_each_answer_is_well_formed(module):
    wrong = {}
    for ledger in module.LEDGERS:
        told = list(faults(ledger))
        if not opened(ledger) and ledger.kind != "bytes" or told:
            wrong[ledger.name] = told or "does not open"
    assert not wrong


def test_names_are_unique_and_there_are_enough():
    names = Counter(ledger.name for ledger in LEDGERS)
    assert [name for name, times in names.items() if times > 1] == []
    workbooks = {ledger.name.rpartition("-")[0] if ledger.kind != "bytes" else ledger.name for ledger in LEDGERS}
    assert len(workbooks) >= 60


def test_the_same_ledger_is_made_twice():
    for ledger in LEDGERS[::25]:
        first, second = ledger.content(), ledger.content()
        if zipfile.is_zipfile(io.BytesIO(first)):  # a workbook has the moment it was made in it
            first, second = (zipfile.ZipFile(io.BytesIO(each)).namelist() for each in (first, second))
        assert first == second, ledger.name


def cells_of(ledger):
    """{name of a sheet, None for the first one: its rows as one text each}."""
    if ledger.kind != "xlsx":
        return {None: ["".join(line) for line in lines_of(ledger)]}
    book = openpyxl.load_workbook(io.BytesIO(ledger.content()), data_only=True)
    pages = {page.title: ["".join(str(cell or "") for cell in line) for line in page.iter_rows(values_only=True)]
             for page in book}
    return {None: next(iter(pages.values()))} | pages


@pytest.mark.parametrize("ledger", [each for each in LEDGERS if each.kind in ("csv", "tsv")
                                    or each.name.endswith("-xlsx")][::5], ids=str)
def test_an_answer_speaks_of_the_rows_that_are_there(ledger):
    pages = cells_of(ledger)
    for place in ledger.expected["sheets"]:
        lines = pages[None if place["name"] is OPEN else place["name"]]
        for each in place["rows"]:
            name = each["fields"].get("name")
            assert lines[each["row"] - 1]
            assert not isinstance(name, str) or name[-1] in lines[each["row"] - 1], each


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.one_of(variants.percent_ledgers(), variants.money_ledgers(), variants.day_ledgers()))
def test_each_variant_opens_and_is_well_formed(ledger):
    assert opened(ledger) and list(faults(ledger)) == []


def stored(wanted):
    """One value that an expectation allows."""
    if isinstance(wanted, OneOf):
        return stored(wanted.values[0])
    if isinstance(wanted, Between):
        return wanted.last
    if isinstance(wanted, Has):
        return f"…{wanted.words}…"
    return None if wanted is OPEN or isinstance(wanted, Lacks) else wanted


def granted(expected):
    """A preview that says all that is expected; None where the file must be refused."""
    if expected["refused"] is True:
        return None
    places = []
    for number, place in enumerate(expected["sheets"]):
        told = [{"row": each["row"], "is": each["is"].split("|")[0],
                 "fields": {name: stored(value) for name, value in each["fields"].items()},
                 "notes": [{"column": letter, "cell": "", "says": "…"} for letter in each["notes_at"]]}
                for each in place["rows"]]
        for letter in place["noted"]:
            told[0]["notes"].append({"column": letter, "cell": "", "says": "…"})
        left_out = [{"row": each["row"], "why": each["why"].split("|")[0], "words": ""} for each in place["skipped"]]
        left_out += [{"row": row, "why": "note", "words": ""} for row in place["listed"]]
        places.append({
            "name": f"Sheet{number}" if place["name"] is OPEN else place["name"], "read": place["read"] is not False,
            "header_rows": None if place["header_rows"] is OPEN else place["header_rows"],
            "columns": {letter: {"heading": "", "field": stored(name)} for letter, name in place["columns"].items()},
            "rows": told, "skipped": left_out})
    return {"sheets": places, "assumed": [words.split("|")[0] for words in expected["assumed"]]}


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.rpartition(".")[2])
def test_no_answer_contradicts_itself(module):
    wrong = {each.name: differences(each.expected, granted(each.expected)) for each in module.LEDGERS}
    assert {name: told for name, told in wrong.items() if told} == {}


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.rpartition(".")[2])
def test_control_a_preview_of_nothing_is_wrong_wherever_rows_are_expected(module):
    nothing = {"sheets": [], "assumed": []}
    passed = [each.name for each in module.LEDGERS if not differences(each.expected, nothing)]
    assert passed == []


# --- the comparison itself --------------------------------------------------------------------------
WANTED = answer(sheet(row(2, name="示例", budget="20", percent=None), row(3, "ask", notes="C"), skip(4, "total")))


def told(**changes):
    """A preview that is right, but for what is changed."""
    first = {"row": 2, "is": "new", "fields": {"name": "示例", "budget": "20.00", "percent": None}, "notes": []}
    second = {"row": 3, "is": "ask", "fields": {}, "notes": [{"column": "C", "cell": "/", "says": "？"}]}
    place = {"name": "Sheet1", "read": True, "header_rows": [1], "columns": {}, "rows": [first, second],
             "skipped": [{"row": 4, "why": "total", "words": "合计"}]}
    return {"sheets": [place | changes], "assumed": []}, first, second


def test_a_right_preview_has_no_differences():
    assert differences(WANTED, told()[0]) == []
    assert differences(REFUSED, None) == []


@pytest.mark.parametrize("change, says", [
    (lambda found, first, second: first["fields"].update(budget="200000"), "budget"),
    (lambda found, first, second: first["fields"].update(percent=1), "percent"),
    (lambda found, first, second: first.update({"is": "wrong"}), "is wrong"),
    (lambda found, first, second: second.update(notes=[]), "no note at C"),
    (lambda found, first, second: found["sheets"][0].update(skipped=[]), "skipped as None"),
    (lambda found, first, second: found["sheets"][0]["rows"].append(first | {"row": 9}), "should not be"),
    (lambda found, first, second: found["sheets"][0]["rows"].pop(), "is not there"),
    (lambda found, first, second: found["sheets"].clear(), "is not named"),
])
def test_control_each_kind_of_fault_is_found(change, says):
    found, first, second = told()
    change(found, first, second)
    assert any(says in each for each in differences(WANTED, found))


def test_control_a_file_that_should_be_refused_is_told():
    assert differences(REFUSED, told()[0]) == ["not refused"]
    assert differences(WANTED, None) == ["refused"]
