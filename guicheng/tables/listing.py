"""Rows that are counted before they are read: a page shows the first of them, a file takes them all in turn."""

CHUNK = 1000


class Listing:
    """A sequence of what `make` makes of a queryset's rows, read when it is looked at.

    `listing[:200]` reads 200 rows, once however often it is asked; iterating reads all of them chunk by chunk and
    keeps none, and `len()` is the count that was given, or one query. `make` is given a list of rows and gives as
    many things.
    """

    def __init__(self, rows, make, count=None, chunk=CHUNK):
        self.rows, self.make, self.chunk = rows, make, chunk
        self._count, self._slices = count, {}

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
                self._slices[bounds] = self.make(list(self.rows[key]))
            return self._slices[bounds]
        return self.make([self.rows[key]])[0]
