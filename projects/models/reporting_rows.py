"""The projects that a 报送任务 asks about: a row of a unit's table each, with its answers."""
from django.db import models
from django.db.models import Q
from django.urls import reverse

from guicheng.trail.append_only import AppendOnly
from projects.models.asked import Answer, AskedRow, AskedRowQuerySet, AtClose
from projects.models.ledger import ProgressUpdate
from projects.models.project import Project
from projects.models.reporting import AskedColumn, AskedUnit


class ReportingRowQuerySet(AskedRowQuerySet):
    def with_answers(self):
        return super().with_answers().select_related("project")

    def in_table_order(self):
        return self.order_by("project__project_list__order", "project__number", "project__code", "pk")


class ReportingRow(AskedRow):
    """One project that a unit is asked about: what was begun, and what it answered last."""

    became = "update"
    begins = frozenset({*AskedColumn.values, "reason", "nil", "nil_reason"})

    unit = models.ForeignKey(AskedUnit, verbose_name="要报的单位", on_delete=models.PROTECT, related_name="rows")
    project = models.ForeignKey(Project, verbose_name="项目", on_delete=models.PROTECT, related_name="reporting_rows")
    latest = models.OneToOneField("projects.ReportingAnswer", verbose_name="最近的回答", null=True, blank=True,
                                  editable=False, on_delete=models.PROTECT, related_name="+")

    objects = ReportingRowQuerySet.as_manager()

    class Meta(AskedRow.Meta):
        verbose_name = "要报的一行"
        verbose_name_plural = "要报的各行"
        constraints = [
            models.UniqueConstraint(fields=["unit", "project"], name="projects_reportingrow_once",
                                    violation_error_message="这个项目已经在这张表里。"),
            *AskedRow.Meta.constraints,
        ]

    def __str__(self):
        return str(self.project)

    def get_absolute_url(self):
        return reverse("admin:projects_reportingtask_row", args=[self.pk])


class ReportingAnswer(Answer):
    """What was handed in for a project: the statement it became, or 零报告."""

    append_only = AppendOnly(frozen_by="", sentence="交上来的回答不能修改或删除，要改就再交一次。")
    row_model = ReportingRow

    row = models.ForeignKey(ReportingRow, verbose_name="要报的一行", on_delete=models.PROTECT, related_name="answers")
    update = models.OneToOneField(ProgressUpdate, verbose_name="进展", null=True, blank=True,
                                  on_delete=models.PROTECT, related_name="reporting_answer")
    is_sample = models.BooleanField("示例", default=False, editable=False)

    class Meta(Answer.Meta):
        verbose_name = "回答"
        verbose_name_plural = "回答"
        constraints = [
            models.CheckConstraint(condition=Q(update__isnull=True) | Q(reason=""),
                                   name="projects_reportinganswer_statement_or_nil",
                                   violation_error_message="一行要么报进展，要么零报告加说明，不能都是。"),
        ]


class AnswerAtClose(AtClose):
    append_only = AppendOnly(frozen_by="", sentence="关闭时定下的回答不能修改或删除。")

    row = models.OneToOneField(ReportingRow, verbose_name="要报的一行", on_delete=models.PROTECT,
                               related_name="at_close")
    answer = models.ForeignKey(ReportingAnswer, verbose_name="当时的回答", null=True, blank=True,
                               on_delete=models.PROTECT, related_name="+")
    is_sample = models.BooleanField("示例", default=False, editable=False)

    class Meta(AtClose.Meta):
        verbose_name = "关闭时的回答"
        verbose_name_plural = "关闭时的回答"
