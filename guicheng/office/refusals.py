"""What the database refused, told in the sentence of the rule that was broken.

A form looks first and writes afterwards; between the two somebody else may write. Then the constraint speaks, and an
IntegrityError is what is left of its sentence.
"""
import sqlite3

from django.apps import apps

BUSY = "刚才太忙，这次没有保存，请再试一次。"
SOMEBODY_ELSE = "刚才有人动过同一项，这次没有保存。请看过现在的内容再试。"
OF_TWO_ROWS = {"23503", "23505"}  # SQLSTATE: a row pointed at is gone, a value is there already
OF_A_TRIGGER = "23001"
OF_WAITING = {"40P01", "40001", "55P03"}  # a deadlock, a race lost, a lock not to be had


def sentence_of(error):
    """The sentence of an IntegrityError, or None where it is no rule that another writer can break: a bug."""
    refused = Refused(error)
    if refused.by_trigger:
        return refused.by_trigger
    for model in apps.get_models(include_auto_created=True):
        for constraint in model._meta.constraints:
            if refused.names(model, constraint.name, getattr(constraint, "fields", ())):
                return str(constraint.violation_error_message)
        for field in model._meta.local_fields:
            if field.unique and refused.names(model, f"{model._meta.db_table}_{field.column}_key", [field.name]):
                return str(field.error_messages["unique"]) % {
                    "model_name": model._meta.verbose_name, "field_label": field.verbose_name}
    return SOMEBODY_ELSE if refused.is_of_two_rows else None


def is_busy(error):
    """Whether an OperationalError only says that others were writing: the same form sent again will do."""
    cause = error.__cause__
    code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
    return code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) or getattr(cause, "pgcode", None) in OF_WAITING


class Refused:
    """An IntegrityError taken apart, as either database gives it."""

    def __init__(self, error):
        diagnosis = getattr(error.__cause__, "diag", None)
        if diagnosis is not None:
            self.constraint, self.columns = diagnosis.constraint_name or "", set()
            self.by_trigger = diagnosis.message_primary if diagnosis.sqlstate == OF_A_TRIGGER else ""
            self.is_of_two_rows = diagnosis.sqlstate in OF_TWO_ROWS
            return
        # "UNIQUE constraint failed: table.a, table.b", "UNIQUE … failed: index 'name'", "CHECK … failed: name"
        said = str(error)
        named = said.partition("failed: ")[2]
        self.constraint = named.removeprefix("index '").removesuffix("'")
        self.columns = set(named.split(", ")) if "." in named else set()
        self.by_trigger = "" if "constraint failed" in said else said
        self.is_of_two_rows = said.startswith(("UNIQUE", "FOREIGN KEY"))

    def names(self, model, name, fields):
        """Whether it is this constraint: by its name, or by the columns of its fields."""
        columns = {f"{model._meta.db_table}.{model._meta.get_field(each).column}" for each in fields}
        return self.constraint == name or bool(columns) and self.columns == columns
