"""Rows that a search finds: each keeps the folded text in which it looks.

A model says `class Venue(Searched, Edited, …)` and gives in `searched_parts()` its texts, the name first; its queryset
is a `SearchedQuerySet`. A save keeps the text; a path that saves many rows at once, or what follows from another row
(the name of a community in its venues), is brought in step by `rebuild_searched`, which every upgrade runs.

A small table is scanned by LIKE: 2 ms for a thousand projects. Of a large one the index of pairs is asked first among
which rows the word could stand (among.py); what is found is the same.
"""
from django.core.exceptions import FullResultSet
from django.db import models, transaction
from django.db.models.lookups import Contains, Exact

from guicheng.search.among import Among, candidates_of
from guicheng.search.folding import fold
from guicheng.search.pairs import called
from guicheng.search.query import Query
from guicheng.search.text import NAME_ENDS, search_text

ASKED = 500  # candidates by which the others are judged


class SearchField(models.TextField):
    """A folded text. `__found` folds what is looked for: for the lists of the back office."""

    is_searched = True

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"editable": False, "default": ""} | kwargs)

    def deconstruct(self):
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs


@SearchField.register_lookup
class Found(Contains):
    lookup_name = "found"

    def get_prep_lookup(self):
        return fold(str(self.rhs))

    def get_rhs_op(self, connection, rhs):
        return connection.operators[Contains.lookup_name] % rhs

    def as_sql(self, compiler, connection):
        sql, params = super().as_sql(compiler, connection)
        model = self.lhs.target.model
        candidates = candidates_of(model, [[self.rhs]], connection.alias)
        if not candidates:
            return sql, params
        try:
            keys, numbers = Among(candidates, key=model._meta.pk.get_col(self.lhs.alias)).as_sql(compiler, connection)
        except FullResultSet:
            return sql, params
        return f"({keys} AND {sql})", [*numbers, *params]


class FirstLine(models.Func):
    """How a row is called, of its search text, with the end of the line; as the database's index has it."""

    output_field = models.TextField()

    def as_sql(self, compiler, connection):
        column, params = compiler.compile(self.source_expressions[0])
        return called(connection.vendor, column), params


class SearchedQuerySet(models.QuerySet):
    searched_columns = ("search_text",)
    _candidates = None

    def _clone(self):
        clone = super()._clone()
        clone._candidates = self._candidates
        return clone

    def search(self, query, sealed=(), columns=None):
        """Those in which every word of a Query, or of what was typed, stands; no sealed text is found by its words.

        `columns`: only in these of the columns.
        """
        query = query if isinstance(query, Query) else Query(query)
        found = self.filter(query.condition(columns or self.searched_columns, sealed))
        if (self.model, self.db) not in query.candidates:
            query.candidates[self.model, self.db] = candidates_of(
                self.model, [term.least for term in query.terms], self.db)
        candidates = query.candidates[self.model, self.db]
        if candidates:
            found = found.filter(Among(candidates))
            found._candidates = candidates
        return found

    @property
    def is_of_many(self):
        """Whether the words searched for stand in so many rows that a walk in any order soon comes to some."""
        return self._candidates is not None and not self._candidates.are_few(self.db)

    def has_over(self, number):
        """True where it is already known that there are more than `number`; False where they have to be counted."""
        if not self.is_of_many:
            return False
        return self._known(number + number // 4, number + 1) > number or self._known(None, number + 1) > number

    def has_far_over(self, number):
        """Whether there are by all signs several times as many: where nobody waits to have them counted."""
        if not self.is_of_many or self._candidates.expected < 4 * number:
            return False
        asked = min(ASKED, len(self._candidates.keys(self.db)))
        return self._known(asked, asked) * self._candidates.expected > 4 * number * asked

    def _known(self, asked, most):
        """How many of the first `asked` candidates, or of all that are known, belong to these: `most` at the most."""
        keys = self._candidates.keys(self.db)[:asked]
        return self.filter(Among(self._candidates, sample=keys)).order_by()[:most].count() if keys else 0

    def named(self, query):
        """Those that are called as was typed, neither more nor less."""
        return self.filter(Exact(FirstLine("search_text"), models.Value(query.whole + NAME_ENDS)))

    def nearest(self, query):
        """With `rank`: how near each comes, 0 first."""
        return self.annotate(rank=query.rank(self.searched_columns))

    def lean(self):
        """Without the columns that only a search reads."""
        return self.defer(*self.searched_columns)

    def rebuild_searched(self):
        """Bring the search texts to what the rows say; give (looked at, differed)."""
        rows = list(self)
        return len(rows), sum(row.refresh_projections() for row in rows)


class Searched(models.Model):
    """A row that keeps the text in which a search looks."""

    derived = frozenset({"search_text"})

    search_text = SearchField()

    class Meta:
        abstract = True

    def searched_parts(self):
        """The texts by which it is found, its name first; empty ones are left out."""
        raise NotImplementedError

    def make_search_text(self):
        return search_text(*self.searched_parts())

    def start_projections(self):
        self.search_text = self.make_search_text()

    def refresh_projections(self):
        """Bring the text to what the row says, under its lock; give whether it differed."""
        rows = type(self)._base_manager
        with transaction.atomic():
            row = rows.select_for_update(no_key=True).get(pk=self.pk)
            wanted = row.make_search_text()
            differed = row.search_text != wanted
            if differed:
                rows.filter(pk=self.pk).update(search_text=wanted)
        self.search_text = wanted
        return differed


def searched_models(apps):
    """The models whose rows are searched and follow from nothing else."""
    return [model for model in apps.get_models() if issubclass(model, Searched)]
