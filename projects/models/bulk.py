"""Several projects changed at once, with one reason, so that it can be taken back as one."""
from django.conf import settings
from django.db import models

from guicheng.access.permissions import sees_everything
from guicheng.fields import CleanTextField, one_of
from projects.models.ledger import ProgressUpdate


class BulkChangeQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own; the street sees all."""
        return self if sees_everything(user) else self.filter(by=user)


class BulkChangeKind(models.TextChoices):
    STATUS = "status", "批量改状态"
    DATE = "date", "批量延期"


class BulkChange(models.Model):
    """One 批量修改: the statements it made, each of which goes through review like any other."""

    Kind = BulkChangeKind

    kind = models.CharField("性质", max_length=10, choices=Kind)
    reason = CleanTextField("原因（公开）")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="办理人", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("时刻", auto_now_add=True)
    updates = models.ManyToManyField(ProgressUpdate, verbose_name="进展", related_name="bulk_changes", editable=False)
    undone_at = models.DateTimeField("撤销时刻", null=True, blank=True, editable=False)

    objects = BulkChangeQuerySet.as_manager()

    class Meta:
        verbose_name = "批量修改"
        verbose_name_plural = "批量修改"
        ordering = ["-at", "-pk"]
        constraints = [
            one_of("kind", BulkChangeKind.values, "性质不在可选范围内。"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="projects_bulkchange_reason_given",
                                   violation_error_message="批量修改要写明原因。"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}（{self.reason[:20]}）"
