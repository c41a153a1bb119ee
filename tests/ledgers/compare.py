"""What of a preview differs from what a ledger expects: in words, none where all is right."""
from decimal import Decimal, InvalidOperation

from tests.ledgers.shape import OPEN, Between, Has, Lacks, OneOf

EMPTY = (None, "", [])


def agrees(wanted, found):
    """Whether a stored value is what was wanted."""
    if wanted is OPEN:
        return True
    if isinstance(wanted, OneOf):
        return any(agrees(each, found) for each in wanted.values)
    if isinstance(wanted, Between):
        return found not in EMPTY and wanted.first <= str(found) <= wanted.last
    if isinstance(wanted, Lacks):
        return wanted.words not in str(found or "")
    if isinstance(wanted, Has):
        return wanted.words in str(found or "")
    if wanted in EMPTY or found in EMPTY:
        return wanted in EMPTY and found in EMPTY
    if isinstance(wanted, list):
        return sorted(wanted) == sorted(found)
    return str(wanted) == str(found)


def same_money(wanted, found):
    """The same, but for how many noughts an amount is written with."""
    if isinstance(wanted, OneOf):
        return any(same_money(each, found) for each in wanted.values)
    try:
        return Decimal(wanted) == Decimal(found)
    except (InvalidOperation, TypeError, ValueError):
        return agrees(wanted, found)


def in_row(wanted, found):
    """What differs in one row."""
    where = f"row {wanted['row']}"
    if found is None:
        yield f"{where}: is not there"
        return
    if found["is"] not in wanted["is"].split("|"):
        yield f"{where}: is {found['is']}, not {wanted['is']}"
    # nothing is stored of a row that waits or may not be imported: its values may be missing, but not others
    waits = found["is"] in ("ask", "wrong")
    for name, value in wanted["fields"].items():
        stored = found["fields"].get(name)
        right = same_money(value, stored) if name in ("budget", "quantity") else agrees(value, stored)
        if not right and not (waits and stored in EMPTY):
            yield f"{where}: {name} is {stored!r}, not {value!r}"
    noted = {note["column"] for note in found["notes"]}
    # a note about the whole row answers for its cells where the row waits for an answer
    for column in wanted["notes_at"]:
        if column not in noted and not (waits and None in noted):
            yield f"{where}: no note at {column}"
    if wanted.get("quiet") and noted:
        yield f"{where}: notes at {noted} where all is plain"


def in_sheet(wanted, found):
    """What differs in one sheet."""
    if not agrees(wanted["read"], found["read"]):
        yield f"sheet {found['name']}: read is {found['read']}"
    if wanted["read"] is OPEN and not found["read"]:
        return
    if not agrees(wanted["header_rows"], found.get("header_rows")):
        yield f"header is {found.get('header_rows')}, not {wanted['header_rows']}"
    for letter, name in wanted["columns"].items():
        told = (found.get("columns") or {}).get(letter) or {}
        if not agrees(name, told.get("field")):
            yield f"column {letter} is {told.get('field')}, not {name}"
    rows = {each["row"]: each for each in found["rows"]}
    skipped = {each["row"]: each["why"] for each in found["skipped"]}
    for each in wanted["rows"]:
        yield from in_row(each, rows.get(each["row"]))
    for each in wanted["skipped"]:
        why = skipped.get(each["row"])
        # a hidden row is named and asked about: in either list
        asked = each["why"] == "hidden" and rows.get(each["row"], {}).get("is") == "ask"
        if why not in each["why"].split("|") and "blank" not in each["why"] and not asked:
            yield f"row {each['row']}: skipped as {why}, not {each['why']}"
    for number in wanted["listed"]:
        if number not in skipped and rows.get(number, {}).get("is") not in ("ask", "wrong"):
            yield f"row {number}: nowhere listed"
    known = {each["row"] for each in (*wanted["rows"], *wanted["skipped"])} | set(wanted["listed"])
    for number in rows.keys() - known:
        yield f"row {number}: read, and should not be"
    for letter in wanted["noted"]:
        if not any(note["column"] == letter for each in found["rows"] for note in each["notes"]):
            yield f"no note in column {letter}"


def differences(wanted, found):
    """What differs in a whole answer; `found` is None where the file was refused."""
    if found is None:
        return [] if wanted["refused"] else ["refused"]
    if wanted["refused"] is True:
        return ["not refused"]
    wrong = []
    named = {each["name"]: each for each in found["sheets"]}
    for place, each in enumerate(wanted["sheets"]):
        if each["name"] is not OPEN:
            told = named.get(each["name"])
        else:
            told = found["sheets"][place] if place < len(found["sheets"]) else None
        wrong += in_sheet(each, told) if told else [f"sheet {each['name']} is not named"]
    said = " ".join(found["assumed"])
    return wrong + [f"nothing is said of {words}" for words in wanted["assumed"]
                    if not any(each in said for each in words.split("|"))]
