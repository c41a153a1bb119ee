"""Who changed what, from what to what: the field history of the content, on django-simple-history.

The historical row keeps all values of a version, so that it can be restored. Beside each stands one AuditEntry,
the sentence people read: names and texts as they were that day. Both are written in the transaction of the change.
A model says `history = History(…)` and is a `Recorded`. Rows that came with the facts or by `bulk_create` have
no history until somebody changes them; then their first version is kept as "随资料录入".
"""
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache

from django.apps import apps
from django.db import connections, models, router, transaction
from django.db.models.signals import pre_save
from django.utils import timezone
from simple_history.models import HistoricalRecords

from guicheng.fields import ALL
from guicheng.text import clean_text
from guicheng.trail.append_only import AppendOnly
from guicheng.trail.audit import SENTENCE, AuditEntry

BASELINE = "随资料录入"
_acting = ContextVar("acting", default=(None, ""))
_recording = ContextVar("recording", default=True)


@contextmanager
def acting(by=None, reason=""):
    """Everything changed inside is this person's doing, for this reason. What is not given stays as it was."""
    before = _acting.get()
    token = _acting.set((by or before[0], reason or before[1]))
    try:
        yield
    finally:
        _acting.reset(token)


def who():
    """The person whose doing the present change is: named by `acting`, else signed in; None for a command."""
    request = getattr(HistoricalRecords.context, "request", None)
    user = _acting.get()[0] or getattr(request, "user", None)
    return user if user and user.is_authenticated else None


@contextmanager
def unrecorded():
    """What is written inside is part of the facts or of a sample, and nobody's change."""
    token = _recording.set(False)
    try:
        yield
    finally:
        _recording.reset(token)


class FrozenHistory(models.Model):
    """What every historical table is: append-only. Its keys hold nobody back, so a sample can go."""

    unwatched = ALL  # what was asked about when it was written

    append_only = AppendOnly(frozen_by="", sentence=SENTENCE, let_go="")

    class Meta:
        abstract = True


class Recorded(models.Model):
    """A row whose changes are written down in the transaction that makes them."""

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        with transaction.atomic():
            super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        with transaction.atomic():
            return super().delete(*args, **kwargs)


class History(HistoricalRecords):
    """The history of one model. `parent` names the key to the row on whose page this one is edited."""

    def __init__(self, *, derived=(), parent="", m2m_fields=()):
        self.parent = parent
        super().__init__(
            excluded_fields=["version", *sorted(derived)], m2m_fields=m2m_fields,
            bases=[FrozenHistory], m2m_bases=[FrozenHistory],
            history_id_field=models.BigAutoField("编号"),
            history_change_reason_field=models.TextField("原因", blank=True),
        )

    def contribute_to_class(self, cls, name):
        super().contribute_to_class(cls, name)
        cls.recorder = self

    def finalize(self, sender, **kwargs):
        super().finalize(sender, **kwargs)
        if sender is self.cls:
            pre_save.connect(self.pre_save, sender=sender, weak=False)

    def copy_fields(self, model):
        """Looked up by the row only: an index for each key would double the price of a change."""
        fields = super().copy_fields(model)
        for field in fields.values():
            field.db_index = field.name == "id"
        return fields

    def get_meta_options(self, model):
        return super().get_meta_options(model) | self._words(f"{model._meta.verbose_name}的历史")

    def get_meta_options_m2m(self, through_model):
        field = next(each for each in self.get_m2m_fields_from_model(self.cls)
                     if each.remote_field.through is through_model)
        words = f"{self.cls._meta.verbose_name}的{field.verbose_name}的历史"
        return super().get_meta_options_m2m(through_model) | self._words(words)

    @staticmethod
    def _words(name):
        return {"verbose_name": name, "verbose_name_plural": name, "default_permissions": ()}

    # what simple-history's signals call
    def pre_save(self, instance, raw=False, **kwargs):
        """Remember what stands in the database, which is what was so before."""
        if not (raw or instance._state.adding) and _recording.get():
            instance._before = self.cls._base_manager.filter(pk=instance.pk).first()

    def create_historical_record(self, instance, history_type, using=None):
        before = instance.__dict__.pop("_before", None)
        if not _recording.get() or (history_type == "~" and before is None):
            return
        record(history_type, [(before, instance)])

    def m2m_changed(self, instance, action, attr, pk_set, reverse, model, **kwargs):
        """A membership changed, from either side: `department.clerks.add` or `user.department_clerk_of.add`."""
        verb = action.partition("_")[2]
        if not _recording.get():
            return
        if action.startswith("pre_"):
            owners = self._owners(instance, attr, pk_set, reverse)
            remembered = [(owner, names_of(owner, attr)) for owner in owners]
            instance.__dict__.setdefault("_members_before", {})[attr, verb] = remembered
            _keep_baselines(self, owners)
            return
        for owner, names in instance.__dict__.get("_members_before", {}).pop((attr, verb), []):
            now = names_of(owner, attr)
            if now != names:
                label = str(self.cls._meta.get_field(attr).verbose_name)
                _write(self, "~", [owner], [[{"field": attr, "label": label, "old": names, "new": now}]])

    def _owners(self, instance, attr, pk_set, reverse):
        if not reverse:
            return [instance]
        chosen = {attr: instance} if pk_set is None else {"pk__in": pk_set}
        return list(self.cls._base_manager.filter(**chosen))


def names_of(row, attr):
    """The members of a many-to-many field as one line of text."""
    return "、".join(str(each) for each in getattr(row, attr).order_by("pk"))


def shown(field, value):
    """A field's value as people read it."""
    if value is None or value == "":
        return ""
    if field.is_relation:
        found = field.related_model._base_manager.filter(pk=value).first()
        return str(found) if found else f"已删除的第 {value} 号"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(field, models.DecimalField):
        return f"{field.to_python(value).normalize():f}"
    if isinstance(field, models.DateTimeField):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    return str(dict(field.flatchoices).get(value, value))


def changes_between(recorder, before, after, words=shown):
    """What differs, field by field, in the order of the model."""
    changes = []
    for field in recorder.fields_included(type(after)):
        old, new = getattr(before, field.attname), getattr(after, field.attname)
        if old == new or field.get_prep_value(old) == field.get_prep_value(new):
            continue
        old, new = words(field, old), words(field, new)
        if old != new or field.is_relation:
            changes.append({"field": field.name, "label": str(field.verbose_name), "old": old, "new": new})
    return changes


def record(kind, pairs):
    """Write down many changes of one model: pairs of (before, after); before is None unless `kind` is "~".

    For whoever writes by `bulk_create`: `record("+", [(None, row) for row in rows])` in the same transaction.
    A change that changes nothing is not written.
    """
    if not pairs:
        return
    recorder = type(pairs[0][1]).recorder
    if kind != "~":
        _write(recorder, kind, [after for _, after in pairs], [[] for _ in pairs])
        return
    words = cache(shown)  # the same office is read once, not once a row
    changed = [(before, after, changes_between(recorder, before, after, words)) for before, after in pairs]
    changed = [each for each in changed if each[2]]
    _keep_baselines(recorder, [before for before, _, _ in changed])
    _write(recorder, kind, [after for _, after, _ in changed], [changes for _, _, changes in changed])


def _keep_baselines(recorder, rows):
    """Keep the first version of rows that have no history yet."""
    kept = _historical(recorder).objects.filter(id__in=[row.pk for row in rows]) if rows else ()
    known = set(kept.order_by().values_list("id", flat=True).distinct()) if rows else ()
    _keep(recorder, "+", [row for row in rows if row.pk not in known], None, BASELINE)


def _historical(recorder):
    """Its historical model. Asking the model's `history` for it builds a manager class each time."""
    return apps.get_model(recorder.cls._meta.app_label, f"Historical{recorder.cls.__name__}")


def _keep(recorder, kind, rows, by, reason):
    """Write these rows, as they stand in memory, as historical rows; give their numbers in order."""
    model, now = _historical(recorder), timezone.now()
    kept = model.objects.bulk_create([
        model(history_date=now, history_user=by, history_change_reason=reason, history_type=kind,
              **{field.attname: getattr(row, field.attname) for field in model.tracked_fields})
        for row in rows
    ], batch_size=500)
    _keep_members(recorder, [each.history_id for each in kept])
    return [each.history_id for each in kept]


def _copy(recorder, kind, rows, by, reason):
    """Write these rows, as they stand in the database, as historical rows; give their numbers in order.

    The database copies them itself: for thousands of rows that takes a tenth of the time.
    """
    model, connection = _historical(recorder), connections[router.db_for_write(recorder.cls)]
    quote, tracked = connection.ops.quote_name, [field.column for field in model.tracked_fields]
    own = {"history_date": timezone.now(), "history_user": by, "history_change_reason": reason, "history_type": kind}
    own = {model._meta.get_field(name): value.pk if name == "history_user" and value else value
           for name, value in own.items()}
    columns = ", ".join(map(quote, [*tracked, *(field.column for field in own)]))
    values = [field.get_db_prep_save(value, connection) for field, value in own.items()]
    numbers = {}
    with connection.cursor() as cursor:
        for start in range(0, len(rows), 500):
            keys = [row.pk for row in rows[start: start + 500]]
            cursor.execute(
                f"INSERT INTO {quote(model._meta.db_table)} ({columns}) "  # noqa: S608
                f"SELECT {', '.join(map(quote, tracked))}{', %s' * len(own)} "
                f"FROM {quote(recorder.cls._meta.db_table)} WHERE id IN ({', '.join(['%s'] * len(keys))}) "
                "RETURNING id, history_id", [*values, *keys])
            numbers.update(cursor.fetchall())
    kept = [numbers[row.pk] for row in rows]
    _keep_members(recorder, kept)
    return kept


def _keep_members(recorder, kept):
    """Copy what stands in the many-to-many fields of these historical rows."""
    model, connection = _historical(recorder), connections[router.db_for_write(recorder.cls)]
    quote = connection.ops.quote_name
    for field in model._history_m2m_fields if kept else []:
        through, target = field.remote_field.through, recorder.m2m_models[field]
        columns = [each.column for each in through._meta.concrete_fields]
        into = ", ".join(map(quote, [*columns, target._meta.get_field("history").column]))
        with connection.cursor() as cursor:
            for start in range(0, len(kept), 500):
                keys = kept[start: start + 500]
                cursor.execute(
                    f"INSERT INTO {quote(target._meta.db_table)} ({into}) "  # noqa: S608
                    f"SELECT {', '.join(f't.{quote(name)}' for name in columns)}, h.history_id "
                    f"FROM {quote(model._meta.db_table)} h JOIN {quote(through._meta.db_table)} t "
                    f"ON t.{quote(field.m2m_column_name())} = h.id "
                    f"WHERE h.history_id IN ({', '.join(['%s'] * len(keys))})", keys)


def _write(recorder, kind, rows, changes):
    if not rows:
        return
    by, reason = who(), clean_text(_acting.get()[1])
    keep = _keep if kind == "-" else _copy  # what was deleted is in memory only
    kept = keep(recorder, kind, rows, by, reason)
    AuditEntry.objects.bulk_create([
        AuditEntry.of(row, kind, changes=each, by=by, reason=reason, history_id=number, parent=recorder.parent)
        for row, each, number in zip(rows, changes, kept, strict=True)
    ], batch_size=500)
