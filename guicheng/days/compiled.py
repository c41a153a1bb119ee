"""Querysets that are compiled once: of a page drawn anew the ORM's writing of SQL is what costs most.

What a page asks of now differs from the last time in a few values only. Such a queryset is built once with a `Given`
in the place of each value; its SQL is kept, and asked with the values of this time. What is asked of another day has
other conditions and is built each time.
"""
from copy import copy
from functools import wraps

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Expression

from guicheng.days.as_of import NOW, Moment

MOST = 64  # kept of one function: a bound, should it be given values for shapes


class Given(Expression):
    """Stands in a queryset for a value that is named, and read as this field does."""

    def __init__(self, name, field):
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler, connection):
        return "%s", [self]

    def written(self, sql, values, connection):
        """(SQL, parameters) with its value put in."""
        return sql, [self.output_field.get_db_prep_value(values[self.name], connection)]


class Several(Given):
    """Stands behind `__in` for as many values as there are."""

    @property
    def _place(self):
        return f"(/* {self.name} */)"

    def as_sql(self, compiler, connection):
        return self._place, [self]

    def written(self, sql, values, connection):
        found = [self.output_field.get_db_prep_value(value, connection) for value in values[self.name]]
        return sql.replace(self._place, f"({', '.join(['%s'] * len(found))})"), found


class Compiled:
    """A queryset with its SQL."""

    def __init__(self, queryset):
        self.queryset = queryset
        self.compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        self.sql, self.params = self.compiler.as_sql()

    def rows(self, values):
        # a connection belongs to its thread, so each asking has a compiler of its own
        compiler = copy(self.compiler)
        compiler.connection = connection = connections[DEFAULT_DB_ALIAS]
        sql, params = self.sql, []
        for each in self.params:
            sql, found = each.written(sql, values, connection) if isinstance(each, Given) else (sql, [each])
            params += found
        compiler.as_sql = lambda *args, **options: (sql, tuple(params))
        queryset = self.queryset.all()
        queryset.query.get_compiler = lambda *args, **options: compiler
        return list(queryset)


def compiled(**fields):
    """Decorates a function that gives a queryset of the values in `fields`: it gives its rows, as a list.

    `fields`: name -> model field; in brackets, [field], where several values are given, to stand behind `__in`. The
    function is called once for each `shape`, what is given by position and decides which conditions there are; where a
    Moment of another day is among it, each time, with the values themselves. It may name nothing else that changes:
    neither a day nor a setting. A value that is None equals nothing, and finds no row.
    """
    def decorate(build):
        kept = {}

        @wraps(build)
        def rows(*shape, **values):
            if any(isinstance(field, list) and not values[name] for name, field in fields.items()):
                return []
            if any(isinstance(each, Moment) and each != NOW for each in shape):
                return list(build(*shape, **values))
            found = kept.get(shape)
            if found is None:
                if len(kept) >= MOST:
                    kept.clear()
                found = kept[shape] = Compiled(build(*shape, **_givens(fields)))
            return found.rows(values)

        rows.kept, rows.givens = kept, lambda: _givens(fields)  # for the guard that builds all of them again
        return rows
    return decorate


def _givens(fields):
    return {name: Several(name, field[0]) if isinstance(field, list) else Given(name, field)
            for name, field in fields.items()}
