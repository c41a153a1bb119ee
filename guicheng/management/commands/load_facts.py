"""Load fixtures/*.json: insert what is missing, mend what was told wrongly, leave alone what anybody changed."""
import json
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core import serializers
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.base import DeserializationError
from django.db import transaction

from guicheng.trail.history import unrecorded
from guicheng.upkeep.mending import mend_facts

# what a row that was written wrongly raises before it is an object
MALFORMED = (AttributeError, DeserializationError, FieldDoesNotExist, LookupError, TypeError, ValueError)


def read_rows(path):
    """The rows of one fixture file."""
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        where = f"第 {error.lineno} 行" if isinstance(error, json.JSONDecodeError) else "编码"
        raise CommandError(f"{path.name} {where}有错，读不出来，没有导入任何资料。") from error
    if not isinstance(rows, list):
        raise CommandError(f"{path.name} 应是一个列表，没有导入任何资料。")
    return rows


def insert(row):
    """Make one object as a form would, rules and cleaning included, and give it."""
    made = next(serializers.deserialize("python", [row]))
    if made.object.pk:  # the deserializer found the key: another row of the files has just made it
        raise ValidationError("编号与另一条重复。")
    made.object.full_clean()
    made.object.save()
    for name, values in (made.m2m_data or {}).items():
        getattr(made.object, name).set(values)
    return made.object


def projected(row):
    """The object whose projections follow from `row`: itself or its project; else None."""
    owner = row if hasattr(row, "refresh_projections") else getattr(row, "project", None)
    return owner if hasattr(owner, "refresh_projections") else None


class Command(BaseCommand):
    help = ("把 fixtures/ 里的资料补进数据库：补缺少的；新版本改正过的，没有人动过才跟着改，其余已有的一律不动。"
            "可以反复运行。")

    @transaction.atomic
    def handle(self, *args, **options):
        with unrecorded():
            new, kept = self.insert_missing()
        self.stdout.write(f"新增 {new} 行，原有 {kept} 行未动。")
        if mended := mend_facts():
            self.stdout.write(f"改正 {mended} 行：核对来源后写得更准，没有人改过的才跟着改。")

    def insert_missing(self):
        """Insert what is missing; give how many rows were, and how many were there."""
        self.known = {}
        new, kept = [], 0
        for path in sorted(path for folder in settings.FIXTURE_DIRS for path in Path(folder).glob("*.json")):
            for number, row in enumerate(read_rows(path), start=1):
                made = self.take(path, number, row)
                new += [made] if made else []
                kept += 0 if made else 1
        for owner in {(type(owner), owner.pk): owner for owner in map(projected, new) if owner}.values():
            owner.refresh_projections()
        return len(new), kept

    def take(self, path, number, row):
        """Insert the row and give it; None when its natural key is there already."""
        where = f"{path.name} 第 {number} 条"
        try:
            if self.is_known(row):
                return None
            return insert(row)
        except ValidationError as error:
            reason = "；".join(error.messages).rstrip("。")
            raise CommandError(f"{where}不合规则，没有导入任何资料：{reason}。") from error
        except MALFORMED as error:
            raise CommandError(f"{where}写法不对或引用了没有的资料，没有导入任何资料。") from error

    def is_known(self, row):
        """Whether the row's natural key is in the database: one query for each model, not for each row."""
        model = apps.get_model(row["model"])
        if model not in self.known:
            self.known[model] = model.objects.natural_keys()
        return model.natural_key_of(row["fields"]) in self.known[model]
