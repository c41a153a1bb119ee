"""Facts that an earlier version brought and a later one tells better: mended where nobody has touched them.

`fixtures/mended/<version>.json` says of each row what it was and what it is now; `now` is null where the row is gone.
A row that anybody changed stays as it is. A published statement is never changed: it is corrected, for all to see.
"""
import json
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core import serializers
from django.db import transaction
from django.db.models import ProtectedError

from guicheng.trail.history import acting

REASON = "核对来源后改正"


def mend_facts():
    """Mend what is still as it was; tell how many rows. A query a model where there is nothing to mend."""
    files = sorted(path for folder in settings.FIXTURE_DIRS for path in Path(folder).glob("mended/*.json"))
    entries = [entry for path in files for entry in json.loads(path.read_text(encoding="utf-8"))]
    there = {label: _rows(apps.get_model(label), [each for each in entries if each["model"] == label])
             for label in dict.fromkeys(entry["model"] for entry in entries)}
    with acting(reason=REASON):
        return sum(mend(there[entry["model"]].get(tuple(entry["key"])), entry) for entry in entries)


def _rows(model, entries):
    """The rows these entries speak of, by natural key, with what they point at; without those corrected already."""
    first = model.natural_key_fields[0]
    links = {name for entry in entries for name in entry["was"] if model._meta.get_field(name).is_relation}
    links |= {path.split("__")[0] for path in model.natural_key_fields if "__" in path}
    rows = model._default_manager.filter(**{f"{first}__in": [entry["key"][0] for entry in entries]})
    if hasattr(model, "append_only"):
        rows = rows.exclude(pk__in=model._default_manager.exclude(amends=None).values("amends"))
    return {row.natural_key(): row for row in rows.select_related(*links)}


def mend(row, entry):
    """Mend one row; tell whether it was there and still what it was."""
    if row is None or not is_still(row, entry["was"]):
        return False
    if entry["now"] is None:
        return _let_go(row)
    values = {name: value_of(row, name, value) for name, value in entry["now"].items()}
    if hasattr(row, "append_only"):
        return row.correct_facts(REASON, **values)
    for name, value in values.items():
        setattr(row, name, value)
    row.full_clean()
    row.save()
    return True


def is_still(row, was):
    """Whether these fields of a row hold what a fixture says."""
    def plain(name, held):
        field = row._meta.get_field(name)
        return (tuple(held) if held else None) if field.is_relation else field.to_python(held)

    fields = serializers.serialize("python", [row], fields=list(was), use_natural_foreign_keys=True)[0]["fields"]
    return all(plain(name, fields[name]) == plain(name, value) for name, value in was.items())


def value_of(row, name, value):
    """What a fixture says of a field, as the model holds it."""
    field = row._meta.get_field(name)
    if field.is_relation and value is not None:
        return field.related_model._default_manager.get_by_natural_key(*value)
    return field.to_python(value)


def _let_go(row):
    """Delete a row at which nothing points that was added since."""
    try:
        with transaction.atomic():
            row.delete()
    except ProtectedError:
        return False
    return True
