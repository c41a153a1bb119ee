"""Rows on the disk are the same rows: in order, in part, changed, and as JSON to the byte."""
import hashlib
import json

import pytest

from projects import spooled
from projects.spooled import Spool, among, canonical, changed, digests, indented, parts

ROWS = [{"code": code, "list": slug, "text": text, "count": count} for code, slug, text, count in [
    ("b", "key", "路“改造”\n第 2 行", 1), ("a", "key", "", None), ("c", None, "𠮷\u2028", 0)]]


def order(row):
    return row["list"] is None, row["code"]


@pytest.fixture(params=[1, 10**6], ids=["disk", "memory"])
def spool(request, monkeypatch):
    monkeypatch.setattr(spooled, "IN_MEMORY", request.param)
    return Spool()


def read(value):
    return b"".join(value).decode()


def test_it_gives_the_rows_back(spool):
    rows, others = spool.keep(ROWS), spool.keep(iter(ROWS[:1]))
    assert rows == ROWS and list(rows) == ROWS and len(rows) == 3 and rows[-1] == ROWS[-1] and rows[1:] == ROWS[1:]
    assert others == ROWS[:1] and rows == ROWS, "two parts of one file"
    assert rows != ROWS[:2] and rows != [*ROWS[:2], ROWS[0]] and not spool.keep([])
    with pytest.raises(IndexError):
        rows[3]


def test_in_order_in_part_and_changed(spool):
    rows = spool.keep(ROWS, order)
    assert [row["code"] for row in rows] == ["a", "b", "c"]
    assert [row["code"] for row in among(rows, {"c", "a"})] == [row["code"] for row in among(
        sorted(ROWS, key=order), {"c", "a"})] == ["a", "c"]
    more = changed(changed(rows, lambda row: row | {"count": 7}), lambda row: row | {"text": row["count"]})
    assert [row["text"] for row in more] == [7, 7, 7] and rows[0]["text"] == ""
    assert among(more, {"b"})[0]["count"] == 7, "a part of what was changed is changed"


@pytest.mark.parametrize("count", [0, 1, 3])
def test_the_json_is_the_same_to_the_byte(spool, count):
    rows = ROWS[:count]
    plain = {"projects": rows, "title": "季度", "lists": [{"a": [1, {"b": "x\n"}]}, {}], "empty": {}, "none": []}
    on_disk = plain | {"projects": spool.keep(rows)}
    assert canonical(on_disk) == canonical(plain) == json.dumps(
        plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert len(list(parts(on_disk))) > len(list(parts(plain))) == 1
    written = canonical(plain).encode()
    assert digests(on_disk, "sha256", "no-such", "sha512") == digests(plain, "sha256", "no-such", "sha512") == [
        hashlib.sha256(written).hexdigest(), "", hashlib.sha512(written).hexdigest()]
    for value in (plain, on_disk):
        assert read(indented({"figures": value, "note": "数"})) == json.dumps(
            {"figures": plain, "note": "数"}, ensure_ascii=False, sort_keys=True, indent=1) + "\n"
    turned = on_disk | {"projects": on_disk["projects"].changed(lambda row: row | {"count": -1})}
    assert canonical(turned) == canonical(plain | {"projects": [row | {"count": -1} for row in rows]})


def test_a_row_with_rows_in_it_is_written_too(spool):
    nested = [{"code": "a", "parts": [1, {"b": 2}]}, {}]
    assert read(indented({"figures": {"rows": spool.keep(nested)}})) == json.dumps(
        {"figures": {"rows": nested}}, indent=1) + "\n"
