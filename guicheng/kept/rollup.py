"""Counts that are kept: what would be counted over a whole table is summed over the few rows of a rollup.

A rollup is a model with the columns its question is asked by and `weight`; it says `rolls_up = RollsUp(…)`. Triggers
of the database (guicheng/kept/rollup_triggers.py) add a row of plus or minus one for each counted row that comes, goes
or changes one of these columns, in the same transaction, whoever does it: no writer waits for another, as all would
for one row that holds a number. Readers fold the rows of one kind into one; the sums stand at every instant.
"""
import random
import re
from contextlib import suppress
from dataclasses import dataclass, field

from django.apps import apps
from django.db import DatabaseError, connections, models, transaction

MANY = 1_000  # rows more than are needed: about so many are summed in a millisecond
ONE_IN = 20  # readers that find so many folds them: not all at once


@dataclass(frozen=True)
class RollsUp:
    """Which rows of the model `of` a rollup counts, and by what.

    `when` is SQL over a row called `{row}` and, where `owner` names the foreign key of the row it belongs to, one of
    the model `owned_by`, over that one, `{owner}`. A column of the rollup is the column of that name of the row, or
    what `columns` says of it. `amends`: the foreign key by which a later row takes the place of another, which counts
    no more; `taking` says when it does.
    """

    of: type
    when: str
    columns: dict = field(default_factory=dict)
    owner: str = ""
    owned_by: type = None
    amends: str = ""
    taking: str = ""

    @property
    def table(self):
        return self.of._meta.db_table

    @property
    def owners(self):
        """The table of the owners; "" where none is asked."""
        return self.owned_by._meta.db_table if self.owner else ""

    def values(self, rollup):
        """The SQL of each column of `rollup`, in order, over `{row}` and `{owner}`."""
        return [self.columns.get(name, f"{{row}}.{name}") for name in columns_of(rollup)]

    def read_of(self, name, rollup):
        """The columns of `row` or `owner` that decide what is counted."""
        return sorted(set(re.findall(rf"{{{name}}}\.(\w+)", " ".join([self.when, *self.values(rollup)]))))

    def counted(self, rollup, weight, row="", owner=""):
        """The SELECT of the columns and `weight` of each row that counts.

        `row`, `owner`: of this row alone, or of those of this owner, as a trigger calls them.
        """
        tables, where = [] if row else [f"{self.table} counted"], [self.when]
        row = row or "counted"
        if self.owner:
            tables += [] if owner else [f"{self.owners} owner"]
            where.append(f"{owner or 'owner'}.id = {row}.{self.owner}_id")
        if self.amends:
            where.append(f"NOT EXISTS (SELECT 1 FROM {self.table} later WHERE later.{self.amends}_id = {{row}}.id "  # noqa: S608
                         f"AND {self.taking.format(row='later')})")
        named = zip(self.values(rollup), columns_of(rollup), strict=True)
        told = f"SELECT {', '.join(f'{value} AS {name}' for value, name in named)}, {weight} AS weight"
        told += f" FROM {', '.join(tables)}" * bool(tables)
        return f"{told} WHERE {' AND '.join(f'({each})' for each in where)}".format(row=row, owner=owner or "owner")


def columns_of(rollup):
    """The names of the columns by which this rollup counts."""
    return [each.column for each in rollup._meta.concrete_fields if each.name not in ("id", "weight")]


def all_rollups():
    return [model for model in apps.get_models() if hasattr(model, "rolls_up")]


class RollupQuerySet(models.QuerySet):
    def counts(self, *by):
        """[(*values of `by`, how many)] of all that there is one of. One query."""
        found = list(self.order_by().values_list(*by).annotate(count=models.Sum("weight"), rows=models.Count("pk")))
        if sum(row[-1] for row in found) > MANY + len(found) and random.randrange(ONE_IN) == 0:  # noqa: S311 no secret
            with suppress(DatabaseError):  # no disk, another at it: they are as right unfolded
                self.model.objects.using(self.db).fold()
        return [row[:-1] for row in found if row[-2]]

    def fold(self):
        """Put all rows of one kind together as one, and none where they come to nothing.

        In one statement on PostgreSQL, where another may fold or add at the same time; SQLite has one writer.
        """
        table, columns = self.model._meta.db_table, ", ".join(columns_of(self.model))
        together = f"SELECT {columns}, sum(weight) FROM {{}} GROUP BY {columns} HAVING sum(weight) <> 0"  # noqa: S608
        into = f"INSERT INTO {table} ({columns}, weight) "
        connection = connections[self.db]
        with transaction.atomic(self.db), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(f"WITH gone AS (DELETE FROM {table} RETURNING *) {into}"  # noqa: S608
                               + together.format("gone"))
                return
            cursor.execute(f"SELECT max(id) FROM {table}")  # noqa: S608
            last, = cursor.fetchone()
            cursor.execute(into + together.format(table))
            cursor.execute(f"DELETE FROM {table} WHERE id <= %s", [last or 0])  # noqa: S608

    def rebuild(self):
        """Compare with the table that is counted and add what is missing; give (kinds looked at, differed).

        One statement sees one instant, so what others write meanwhile is neither lost nor counted twice.
        """
        table, columns = self.model._meta.db_table, ", ".join(columns_of(self.model))
        counted = self.model.rolls_up.counted(self.model, 1)
        beside = f"{counted} UNION ALL SELECT {columns}, -weight FROM {table}"  # noqa: S608
        with connections[self.db].cursor() as cursor:
            cursor.execute(f"INSERT INTO {table} ({columns}, weight) SELECT {columns}, sum(weight) "  # noqa: S608
                           f"FROM ({beside}) AS beside GROUP BY {columns} HAVING sum(weight) <> 0")
            differed = cursor.rowcount
        return len(self.counts(*columns_of(self.model))), differed


class Rollup(models.Model):
    """So many more, or fewer, of one kind. Nobody reads one row: the sum is what counts."""

    weight = models.IntegerField("加减")

    objects = RollupQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self):
        return f"{self.weight:+}"
