"""Nothing overwritten: a row that several people edit counts its versions.

Every save of a row that was read earlier is one `UPDATE … WHERE version=` the version that was read. Of two
people who read the same version the database lets one save; the other gets StaleVersion and nothing is lost.
"""
from django.core.exceptions import ValidationError
from django.db import connections, models, router, transaction

from guicheng.trail.history import Recorded, acting, record


def hold(rows):
    """Lock these rows, a queryset in the order in which everybody locks them; give their keys.

    What hangs on them is read after it, never with it: of a row that was waited for PostgreSQL joins what stood there
    before, so that its foreign key and its joined row differ.
    """
    # no_key: who has just inserted a row that points here holds the key, and two of them would wait for each other
    return list(rows.select_for_update(no_key=True, of=("self",)).values_list("pk", flat=True))


class StaleVersion(ValidationError):
    """Somebody changed or deleted the row after it was read. A ValidationError, so a form can say it."""

    def __init__(self, row):
        super().__init__(f"“{row}”刚被别人改过或删除，这次没有保存。请刷新后再改。", code="stale")
        self.row = row


class Versioned(models.Model):
    """A row whose editors each say which version they saw; the second of two is told, not obeyed."""

    guards_saves = True  # False for a model that claims its versions itself (the ledger)
    # Columns that follow from others. No save writes them to a row that is there: what is in memory may be older than
    # what they follow from. `refresh_projections` does, under the row's lock; `start_projections` before the INSERT.
    derived = frozenset()

    version = models.PositiveIntegerField("版本", default=1, editable=False)

    class Meta:
        abstract = True

    def save(self, *args, update_fields=None, **kwargs):
        """Save all but the derived columns, and bring those to what they follow from, in one transaction.

        Raises ValueError where `update_fields` names a derived column.
        """
        refuse_derived(type(self), update_fields or ())
        if not self.derived:
            super().save(*args, update_fields=update_fields, **kwargs)
            return
        is_new = self.pk is None
        with transaction.atomic(savepoint=False):
            if is_new:
                self.start_projections()
            super().save(*args, update_fields=update_fields, **kwargs)
            if not is_new:
                self.refresh_projections()

    def _do_update(self, base_qs, using, pk_val, values, update_fields, forced_update):
        """Django's one UPDATE of a save, without the derived columns and with the version in its condition."""
        values = [each for each in values if each[0].name not in self.derived]
        if self._state.adding or not self.guards_saves:
            return super()._do_update(base_qs, using, pk_val, values, update_fields, forced_update)
        field = self._meta.get_field("version")
        values = [each for each in values if each[0] is not field] + [(field, None, self.version + 1)]
        seen = base_qs.filter(version=self.version)
        if not super()._do_update(seen, using, pk_val, values, update_fields, forced_update):
            raise StaleVersion(self)
        self.version += 1
        return True


class Edited(Recorded, Versioned):
    """A row that staff edit: its changes are written down, and nobody's are overwritten."""

    class Meta:
        abstract = True


def refuse_derived(model, fields):
    """Raise ValueError where a derived column is to be saved from memory."""
    if named := sorted(model.derived.intersection(fields)):
        raise ValueError(f"{model.__name__}.refresh_projections() writes {named}, no save does")


def save_versions(rows, fields, by=None, reason=""):
    """Save `fields` of many rows of one model, each as seen at its `version`; give the stale ones, not saved.

    Six or so queries a thousand rows, history and audit entries included, in one transaction. What follows from
    these fields is the caller's to refresh, for all rows at once. Raises ValueError for a derived column.
    """
    stale = []
    if rows:
        refuse_derived(type(rows[0]), fields)
    with transaction.atomic(using=router.db_for_write(type(rows[0])) if rows else None):
        for start in range(0, len(rows), 1000):
            stale += _save_batch(rows[start: start + 1000], fields, by, reason)
    return stale


def _save_batch(rows, fields, by, reason):
    model = type(rows[0])
    locked = model._base_manager.select_for_update(no_key=True, of=("self",)).in_bulk([row.pk for row in rows])
    good, stale = [], []
    for row in rows:
        is_current = row.pk in locked and locked[row.pk].version == row.version
        (good if is_current else stale).append(row)
    if good:
        _update(model, good, fields)
    if hasattr(model, "history"):
        with acting(by, reason):
            record("~", [(locked[row.pk], row) for row in good])
    return stale


def _update(model, rows, fields):
    """One UPDATE a row, sent together: `bulk_update` spends five times as long on building its CASE expressions."""
    connection = connections[router.db_for_write(model)]
    fields = [model._meta.get_field(name) for name in fields]
    quote = connection.ops.quote_name
    values = [[*(field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields),
               row.pk, row.version] for row in rows]
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {quote(model._meta.db_table)} "  # noqa: S608
            f"SET {''.join(f'{quote(field.column)} = %s, ' for field in fields)}version = version + 1 "
            "WHERE id = %s AND version = %s", values)
        if cursor.rowcount != len(rows):
            raise StaleVersion(rows[0])
    for row in rows:
        row.version += 1
