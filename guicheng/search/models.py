"""Rows that a search finds: each keeps the folded text in which it looks.

A model says `class Venue(Searched, Edited, …)` and gives in `searched_parts()` its texts, the name first; its queryset
is a `SearchedQuerySet`. A save keeps the text; a path that saves many rows at once, or what follows from another row
(the name of a community in its venues), is brought in step by `rebuild_searched`, which every upgrade runs.

What it costs: one scan of a table by LIKE, which reads its rows until enough are found, on SQLite and PostgreSQL alike;
no index and no extension. That is next to nothing for the hundreds of communities, venues and sources. Of projects it
is some 2 ms a thousand for a word that nobody wrote, so a second for half a million; an index over pairs of characters
would be the next step, and would have to find the same rows.
"""
from django.db import models, transaction
from django.db.models.lookups import Contains

from guicheng.search.folding import fold
from guicheng.search.query import Query
from guicheng.search.text import search_text


class SearchField(models.TextField):
    """A folded text. `__found` folds what is looked for: for the lists of the back office."""

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


class SearchedQuerySet(models.QuerySet):
    searched_columns = ("search_text",)

    def search(self, query, sealed=(), columns=None):
        """Those in which every word of a Query, or of what was typed, stands; no sealed text is found by its words.

        `columns`: only in these of the columns.
        """
        query = query if isinstance(query, Query) else Query(query)
        return self.filter(query.condition(columns or self.searched_columns, sealed))

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
