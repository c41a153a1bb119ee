"""How much has been published so far: one number that only grows, in the transaction that publishes.

A model whose rows the public reads says `publishes = Publishes(…)`; triggers of the database write it down, so that
imports, fixtures and SQL by hand count too. What was drawn under one number holds as long as the number stands.

PostgreSQL: one row a transaction, folded by `fold`: a row that all writers update would make each wait for the others.
SQLite has one writer: one row, counted up. It starts at a random number, and each `migrate` adds one: a database that
was put back never returns to a number it once had.
"""
import secrets
from contextvars import ContextVar
from dataclasses import dataclass

from django.db import connections, models

TABLE = "guicheng_publication"
# under which stamp the answer is drawn that this thread draws; what is remembered for it is remembered under that
stamp_of_this_answer = ContextVar("stamp_of_this_answer", default=None)


@dataclass(frozen=True)
class Publishes:
    """The rule of one model: which of its rows the public reads.

    `when` is SQL over a row called `{row}`, its columns alone; "" means every row. `relations` names the many-to-many
    fields that the public reads, whose rows all count.
    """

    when: str = ""
    relations: tuple = ()

    def condition(self, *rows):
        return " OR ".join(f"({self.when.format(row=row)})" for row in rows) if self.when else ""


class PublicationQuerySet(models.QuerySet):
    def stamp(self):
        """What has been published so far, or None where nobody counts."""
        return self.aggregate(total=models.Sum("weight"))["total"]

    def leap(self):
        """A number never seen: after a restore, a promotion of a replica, an upgrade."""
        if connections[self.db].vendor == "postgresql":
            self.create(weight=_random())
        elif not self.filter(pk=1).update(weight=models.F("weight") + _random()):
            self.create(pk=1, weight=_random())

    def fold(self):
        """Put many rows together as one. The sum stands at every instant, whoever else folds or publishes."""
        if connections[self.db].vendor != "postgresql" or self.count() < 2:
            return
        with connections[self.db].cursor() as cursor:
            cursor.execute(
                f"WITH gone AS (DELETE FROM {TABLE} RETURNING weight) "  # noqa: S608
                f"INSERT INTO {TABLE} (weight) SELECT sum(weight) FROM gone HAVING count(*) > 0")


class Publication(models.Model):
    """So many more were published. Nobody reads one row: the sum is what counts."""

    weight = models.BigIntegerField("计数")

    objects = PublicationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "发布计数"
        constraints = [models.CheckConstraint(condition=models.Q(weight__gte=1), name="publication_grows",
                                              violation_error_message="发布计数只增不减。")]

    def __str__(self):
        return f"+{self.weight}"


def _random():
    return secrets.randbelow(2**40) + 1
