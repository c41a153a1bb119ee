"""Among which rows could those be that hold a word? Asked of the index of pairs, before a LIKE says which they are.

Of few the keys are known, and only they are read, in whatever order. Of more the index says nothing: who walks the
order of a list comes soon to as many as a page shows. A sample of their keys still tells that there are more than can
be counted (`SearchedQuerySet.has_over`).

SEARCH_INDEX says when it is kept and asked: `auto`, of tables of more than LARGE rows; `on`, always; `off`, never. What
is found is the same.
"""
import json
from time import monotonic

from django.conf import settings
from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import connections
from django.db.models import BooleanField, Expression, F, Max

from guicheng.search.pairs import LARGE, all_pairs, index_of, searched_tables, stands, text_of

FEW, SAMPLE = 5_000, 6_000  # rows that are read by their keys; keys that are asked for
VERY_MANY, SOME = 100_000, 1_200  # rows that PostgreSQL expects, of which a scan soon finds some
MOST_PAIRS = 20  # of one word
LOOK_HOLDS, KEYS_HOLD = 600, 1  # seconds
_asked = {}  # (setting, table): (is its index asked, when that was looked at)


def is_asked(model, using="default"):
    """Whether a search of this model asks the index: it has to stand, and under `auto` its table to be large.

    One that is not asked is looked at again after LOOK_HOLDS.
    """
    if settings.SEARCH_INDEX == "off":
        return False
    key = settings.SEARCH_INDEX, model._meta.db_table
    asked, at = _asked.get(key, (False, None))
    if not asked and (at is None or monotonic() - at > LOOK_HOLDS):
        asked = (settings.SEARCH_INDEX == "on" or _is_large(model, using)) and stands(model._meta.db_table, using)
        _asked[key] = asked, monotonic()
    return asked


def _is_large(model, using):
    return (model._base_manager.using(using).aggregate(last=Max("pk"))["last"] or 0) > LARGE


def pairs_of(word):
    """What the index is asked for a word; nothing for one of a single character."""
    return list(dict.fromkeys(word[place:place + 2] for place in range(len(word) - 1)))[:MOST_PAIRS]


def candidates_of(model, words, using="default"):
    """Those of a model's rows that could hold one form of each of these words; None where the index is not asked."""
    asked = [forms for forms in words if all(map(pairs_of, forms))]
    return Candidates(model, asked) if asked and is_asked(model, using) else None


class Candidates:
    """The keys of rows that hold all pairs of one form of each word. `words`: of each word its forms."""

    def __init__(self, model, words):
        self.table, self.words = model._meta.db_table, words
        self._keys, self._at, self._is_whole = None, None, False
        self.expected = 0  # how many PostgreSQL expects

    def keys(self, using):
        """At most SAMPLE of them. They hold for a moment: one answer asks several times."""
        if self._at is None or monotonic() - self._at > KEYS_HOLD:
            connection = connections[using]
            with connection.cursor() as cursor:
                ask = self._of_sqlite if connection.vendor == "sqlite" else self._way_on_postgresql(cursor)
                cursor.execute(*ask())
                self._keys = [key for key, in cursor.fetchall()]
            self._is_whole = ask != self._by_scan and len(self._keys) <= FEW
            self._at = monotonic()
        return self._keys

    def are_few(self, using):
        """Whether those are all there are."""
        self.keys(using)
        return self._is_whole

    def _of_sqlite(self):
        words = [" OR ".join(f"({' AND '.join(map(_quoted, pairs_of(form)))})" for form in forms)
                 for forms in self.words]
        match = " AND ".join(f"({word})" for word in words)
        index = index_of(self.table)
        return f"SELECT rowid FROM {index} WHERE {index} MATCH %s LIMIT {SAMPLE}", [match]  # noqa: S608

    def _way_on_postgresql(self, cursor):
        """A bitmap of very many rows costs more than a scan for some; how many there are the planner knows."""
        sql, params = self._of_postgresql(limit="")
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
        self.expected = cursor.fetchone()[0][0]["Plan"]["Plan Rows"]
        return self._by_scan if self.expected > VERY_MANY else self._of_postgresql

    def _of_postgresql(self, limit=None):
        pairs = all_pairs(searched_tables()[self.table])
        asked = [" OR ".join([f"{pairs} @> %s"] * len(forms)) for forms in self.words]
        limit = f"LIMIT {SAMPLE}" if limit is None else limit
        return self._sql(asked, limit), [pairs_of(form) for forms in self.words for form in forms]

    def _by_scan(self):
        text = text_of("postgresql", searched_tables()[self.table])
        asked = [" OR ".join([f"strpos({text}, %s) > 0"] * len(forms)) for forms in self.words]
        return self._sql(asked, f"LIMIT {SOME}"), [form for forms in self.words for form in forms]

    def _sql(self, asked, limit):
        return f"SELECT id FROM {self.table} WHERE {' AND '.join(f'({each})' for each in asked)} {limit}"  # noqa: S608


def _quoted(pair):
    return '"' + pair.replace('"', '""') + '"'


def of_keys(column, keys, vendor):
    """(SQL, parameters): the column is one of these keys. One parameter, however many they are."""
    if vendor == "postgresql":
        return f"{column} = ANY(%s::bigint[])", ["{" + ",".join(map(str, keys)) + "}"]
    return f"{column} IN (SELECT value FROM json_each(%s))", [json.dumps(keys)]  # noqa: S608


class Among(Expression):
    """The condition that a row is among these candidates, where they are few: asked when the query is made.

    `sample`: among these of them, few or not.
    """

    def __init__(self, candidates, sample=None, key=None):
        super().__init__(output_field=BooleanField())
        self.candidates, self.sample, self.key = candidates, sample, key or F("pk")

    def get_source_expressions(self):
        return [self.key]

    def set_source_expressions(self, expressions):
        self.key, = expressions

    def as_sql(self, compiler, connection):
        keys = self.sample or self.candidates.keys(connection.alias)
        if not keys:
            raise EmptyResultSet
        if not self.sample and not self.candidates.are_few(connection.alias):
            raise FullResultSet
        column, params = compiler.compile(self.key)
        sql, keys = of_keys(column, keys, connection.vendor)
        return sql, [*params, *keys]
