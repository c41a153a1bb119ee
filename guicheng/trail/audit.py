"""The audit trail: one line for each change somebody made, in the words of that day. Append-only."""
import json
from datetime import datetime, time, timedelta

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import F
from django.utils import timezone

from guicheng.fields import ALL
from guicheng.trail.append_only import AppendOnly

SENTENCE = "修改历史不能修改或删除。"


class AuditEntryQuerySet(models.QuerySet):
    def newest_first(self):
        return self.order_by("-at", "-pk")

    def about(self, row):
        """What was changed on this row's page: itself and the rows edited with it."""
        return self.filter(owner_model=row._meta.label_lower, owner_id=row.pk)

    def on_days(self, first=None, last=None):
        """Those of the days from `first` to `last`, each included."""
        rows = self.filter(at__gte=start_of(first)) if first else self
        return rows.filter(at__lt=start_of(last + timedelta(days=1))) if last else rows

    def by_person(self, name):
        return self.filter(by_name__contains=name)

    def saying(self, text):
        """Those that say `text` of the row, of what it was and became, or as their reason."""
        found = models.Q(row_text__contains=text) | models.Q(reason__contains=text)
        return self.filter(found | models.Q(changes_json__contains=json.dumps(text, ensure_ascii=False)[1:-1]))


def start_of(day):
    return timezone.make_aware(datetime.combine(day, time()))


class AuditEntryKind(models.TextChoices):
    ADDED = "+", "新增"
    CHANGED = "~", "修改"
    DELETED = "-", "删除"


class AuditEntry(models.Model):
    """Who, when, which row, what: before → after."""

    unwatched = ALL  # written by the system, read by staff

    Kind = AuditEntryKind

    append_only = AppendOnly(frozen_by="", sentence=SENTENCE, let_go="")

    at = models.DateTimeField("时刻", default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="谁", null=True, on_delete=models.PROTECT,
                           related_name="+")
    by_name = models.CharField("当时的姓名", max_length=200, blank=True)
    kind = models.CharField("做了什么", max_length=1, choices=Kind)

    model = models.CharField("类别", max_length=60)
    row_id = models.BigIntegerField("编号")
    row_text = models.CharField("哪一行", max_length=200)
    owner_model = models.CharField("在哪一页", max_length=60)
    owner_id = models.BigIntegerField("那一页的编号")

    changes_json = models.TextField("改了什么", default="[]")
    reason = models.TextField("原因", blank=True)
    history_id = models.BigIntegerField("历史编号")

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name = "审计记录"
        verbose_name_plural = "审计记录"
        default_permissions = ()
        permissions = [("read_audit", "查看审计记录")]
        indexes = [
            models.Index(F("at").desc(), F("id").desc(), name="auditentry_newest"),
            models.Index("owner_model", "owner_id", F("at").desc(), F("id").desc(), name="auditentry_about"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}：{self.row_text}"

    @classmethod
    def of(cls, row, kind, *, changes, by, reason, history_id, parent=""):
        """The entry about a change of `row`; a clipped name where it is very long."""
        key = type(row)._meta.get_field(parent) if parent else None
        owner_model = key.related_model._meta.label_lower if key else row._meta.label_lower
        return cls(
            by_id=by.pk if by else None, by_name=str(by or "")[:200], kind=kind,
            model=row._meta.label_lower, row_id=row.pk, row_text=str(row)[:200], owner_model=owner_model,
            owner_id=getattr(row, key.attname) if key else row.pk,
            changes_json=json.dumps(changes, ensure_ascii=False), reason=reason, history_id=history_id,
        )

    @property
    def model_name(self):
        return apps.get_model(self.model)._meta.verbose_name

    @property
    def what(self):
        """What was done, on the page of the row: of a row edited there, with its name."""
        done = self.get_kind_display()
        return f"{done}{self.model_name}“{self.row_text}”" if self.is_of_an_inline_row else done

    @property
    def is_of_an_inline_row(self):
        """Whether it is about a row that is edited on another row's page."""
        return (self.model, self.row_id) != (self.owner_model, self.owner_id)

    @property
    def changes(self):
        """What differs: dicts with field, label, old, new."""
        return json.loads(self.changes_json)
