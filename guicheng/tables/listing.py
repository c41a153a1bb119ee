"""Rows that are counted before they are read: a page shows the first of them, a file takes them all in turn."""
from functools import cached_property

CHUNK = 1000


class Listing:
    """A sequence of what `make` makes of a queryset's rows, read when it is looked at.

    `listing[:200]` reads 200 rows, once however often it is asked; iterating reads all of them chunk by chunk and
    keeps none, and `len()` is the count that was given, or one query. `make` is given a list of rows and gives as
    many things. `rows` may be a function that gives the queryset, which is then built when it is needed, and
    `first(number)` give its first rows, as a list, where they are to be had without it.
    """

    def __init__(self, rows, make, count=None, chunk=CHUNK, first=None):
        self.make, self.chunk = make, chunk
        self._rows, self._first, self._count, self._slices = rows, first, count, {}

    @cached_property
    def rows(self):
        return self._rows() if callable(self._rows) else self._rows

    def __len__(self):
        if self._count is None:
            self._count = self.rows.order_by().count()
        return self._count

    def __iter__(self):
        chunk = []
        for row in self.rows.iterator(self.chunk):
            chunk.append(row)
            if len(chunk) == self.chunk:
                yield from self.make(chunk)
                chunk = []
        yield from self.make(chunk)

    def __getitem__(self, key):
        if isinstance(key, slice):
            bounds = key.start, key.stop, key.step
            if bounds not in self._slices:
                self._slices[bounds] = self.make(self._read(key))
            return self._slices[bounds]
        return self.make([self.rows[key]])[0]

    def _read(self, key):
        starts = self._first and key.start is None and (key.stop or 0) > 0 and key.step is None
        return self._first(key.stop) if starts else list(self.rows[key])
