"""Migrations that are done in half the time. Named by them: it stays where it is.

Django draws the models of a migration anew after each of its operations, and with fifty tables and their histories an
upgrade is busy with little else. New tables and new rules need no state between them.
"""
from itertools import groupby

from django.db.migrations import AddConstraint, CreateModel
from django.db.migrations.operations.base import Operation


class AtOnce(Operation):
    """Several operations of one kind, after which the models are drawn once.

    Of one kind: a table made when its rules are drawn already would have them, and PostgreSQL refuses a second.
    """

    def __init__(self, *operations):
        self.operations = operations

    def state_forwards(self, app_label, state):
        state.__dict__.pop("apps", None)  # else every one of them is followed by a drawing
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self):
        return f"Do {len(self.operations)} operations at once"


def at_once(operations):
    """The same operations, neighbours that make tables taken together, and neighbours that make rules."""
    taken = []
    for kind, group in groupby(operations, type):
        neighbours = list(group)
        taken += [AtOnce(*neighbours)] if kind in {CreateModel, AddConstraint} else neighbours
    return taken
