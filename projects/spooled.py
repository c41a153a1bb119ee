"""Plain values, and rows of them that lie on the disk: as many as there are, one in memory at a time."""
import hashlib
import json
import os
from array import array
from collections.abc import Sequence
from functools import cache
from tempfile import SpooledTemporaryFile

IN_MEMORY = 1024 * 1024  # bytes of rows that are not worth a file


def parts(value):
    """`canonical(value)` in pieces of bytes: rows on the disk are never held whole."""
    if not isinstance(value, dict) or not any(isinstance(each, Spooled) for each in value.values()):
        yield _written(value)
        return
    for number, key in enumerate(sorted(value)):
        yield (b"," if number else b"{") + _written(key) + b":"
        if isinstance(value[key], Spooled):
            yield from value[key].parts()
        else:
            yield _written(value[key])
    yield b"}"


def canonical(value):
    """The one way to write a document: sorted keys, no spaces, UTF-8. Its hash is the fingerprint."""
    written = bytearray()  # joined, a hundred thousand rows would be held three times
    for part in parts(value):
        written += part
    return written.decode()


def digests(value, *names):
    """Hex digests of `canonical(value)`, read once; "" where this machine's OpenSSL leaves the algorithm out."""
    found = [_hash(name) for name in names]
    for part in parts(value):
        for each in filter(None, found):
            each.update(part)
    return [each.hexdigest() if each else "" for each in found]


def _hash(name):
    try:
        return hashlib.new(name)
    except ValueError:
        return None


def indented(value, level=0):
    """A value as JSON to be read, a space for each level, and a line's end: in pieces of bytes."""
    margin = "\n" + " " * (level + 1)
    if isinstance(value, dict) and level < 2:
        for number, key in enumerate(sorted(value)):
            yield f"{',' if number else '{'}{margin}{_text(key)}: ".encode()
            yield from indented(value[key], level + 1)
        yield (f"\n{' ' * level}}}" if value else "{}").encode()
    elif isinstance(value, Spooled):
        for number, row in enumerate(value):
            yield f"{',' if number else '['}{margin}{_row(row, margin)}".encode()
        yield (f"\n{' ' * level}]" if len(value) else "[]").encode()
    else:
        text = json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False)
        yield text.replace("\n", margin[:-1]).encode()
    if not level:
        yield b"\n"


def _row(row, margin):
    """One row of single values over lines; the encoder in C writes no indents, but whatever separates two values."""
    if not row or any(isinstance(each, dict | list) for each in row.values()):
        return json.dumps(row, ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False).replace("\n", margin)
    text = _writer(f",{margin} ", ": ").encode(row)
    return f"{{{margin} {text[1:-1]}{margin}}}"


@cache
def _writer(*separators):
    return json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=separators, allow_nan=False)


def _text(key):
    return json.dumps(key, ensure_ascii=False)


def _written(value):
    return _writer(",", ":").encode(value).encode()


class Spool:
    """A file that goes with the last one who reads it, and the rows that are written to it."""

    def __init__(self):
        self._file = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 it goes with this object
        self._end, self._is_flushed = 0, True

    def keep(self, rows, order=None):
        """The rows, written down as they come; in the order of `order(row)` where it is given.

        With an order `among` knows them by it: its last part is their code.
        """
        places, keys = array("q"), []
        for row in rows:
            line = _written(row)
            self._file.seek(self._end)  # who makes the rows may have read others meanwhile
            self._file.write(line)
            self._is_flushed = False
            places.extend((self._end, len(line)))
            self._end += len(line)
            if order:
                keys.append(order(row))
        if order:
            turned = sorted(range(len(keys)), key=keys.__getitem__)
            return Spooled(self, _at(places, turned), codes=[keys[index][-1] for index in turned])
        return Spooled(self, places)

    def read(self, start, length):
        if self._end <= IN_MEMORY:
            self._file.seek(start)
            return self._file.read(length)
        if not self._is_flushed:
            self._file.flush()
            self._is_flushed = True
        # without a place of the file's own: a child that reads it as well would move it
        return os.pread(self._file.fileno(), length, start)


class Spooled(Sequence):
    """Rows of a spool, in order; each is read anew when it is looked at. For one thread."""

    def __init__(self, spool, places, change=None, codes=None):
        self._spool, self._places, self._change, self._codes = spool, places, change, codes

    def __len__(self):
        return len(self._places) // 2

    def __getitem__(self, key):
        if isinstance(key, slice):
            return [self[index] for index in range(*key.indices(len(self)))]
        index = range(len(self))[key]
        row = json.loads(self._line(index))
        return self._change(row) if self._change else row

    def __iter__(self):
        return (self[index] for index in range(len(self)))

    def __eq__(self, other):
        return isinstance(other, Sequence) and len(self) == len(other) and all(
            one == another for one, another in zip(self, other, strict=True))

    __hash__ = None

    def _line(self, index):
        return self._spool.read(*self._places[2 * index: 2 * index + 2])

    def among(self, codes):
        """Those with one of these codes; none is read for it."""
        found = [index for index, code in enumerate(self._codes) if code in codes]
        return Spooled(self._spool, _at(self._places, found), self._change, [self._codes[index] for index in found])

    def changed(self, change):
        """The rows with `change(row)` in the place of each."""
        before = self._change
        return Spooled(self._spool, self._places, (lambda row: change(before(row))) if before else change, self._codes)

    def parts(self):
        """As JSON, in pieces of bytes."""
        for index in range(len(self)):
            line = _written(self[index]) if self._change else self._line(index)
            yield (b"," if index else b"[") + line
        yield b"]" if len(self) else b"[]"


def changed(rows, change):
    """A list, or rows on the disk, with `change(row)` in the place of each."""
    return rows.changed(change) if isinstance(rows, Spooled) else [change(row) for row in rows]


def covered(value, cover):
    """`cover(value)` of any plain value; of rows on the disk each as it is read."""
    return value.changed(cover) if isinstance(value, Spooled) else cover(value)


def among(rows, codes):
    """Those of a list, or of rows on the disk, with one of these codes."""
    return rows.among(codes) if isinstance(rows, Spooled) else [row for row in rows if row["code"] in codes]


def _at(places, indexes):
    found = array("q")
    for index in indexes:
        found.extend(places[2 * index: 2 * index + 2])
    return found
