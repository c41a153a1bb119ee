"""What belongs to a project beside its ledger: other names, what was promised, planned dates."""
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Coalesce

from guicheng import words
from guicheng.access.scope import FollowingQuerySet
from guicheng.fields import CleanCharField, DayField, in_order
from guicheng.kept.publication import Publishes
from guicheng.natural_keys import Coded
from guicheng.trail.history import History, Recorded
from projects.models.evidence import Source
from projects.models.project import Project


class FollowedByProject(models.Model):
    """A row from which a column of its project follows."""

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        with transaction.atomic():
            super().save(*args, **kwargs)
            self.project.refresh_projections()

    def delete(self, *args, **kwargs):
        with transaction.atomic():
            deleted = super().delete(*args, **kwargs)
            self.project.refresh_projections()
        return deleted


class ProjectAlias(FollowedByProject, Recorded, Coded):
    """Another name under which a source speaks of the project."""

    publishes = Publishes()

    scope_follows = ("project",)

    project = models.ForeignKey(Project, verbose_name="项目", on_delete=models.CASCADE, related_name="aliases")
    name = CleanCharField("别名", max_length=160)
    source = models.ForeignKey(
        Source, verbose_name="来源", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = FollowingQuerySet.as_manager()
    history = History(parent="project")

    class Meta:
        verbose_name = "别名"
        verbose_name_plural = "别名"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="projects_alias_once",
                                    violation_error_message="这个项目已有这个别名。"),
        ]

    def __str__(self):
        return self.name



class PromiseQuerySet(FollowingQuerySet):
    def by(self, day):
        """Those made by the end of `day`; without a day all."""
        return self if day is None else self.filter(promised_on__lte=day)


class Promise(FollowedByProject, Recorded, Coded):
    """What was promised, with its due day; whether it was kept follows from the ledger (summary.py)."""

    publishes = Publishes()

    scope_follows = ("project",)

    project = models.ForeignKey(Project, verbose_name="项目", on_delete=models.PROTECT, related_name="promises")
    text = CleanCharField("承诺", max_length=200)
    promised_from = DayField("最早承诺日", null=True, blank=True)
    promised_on = DayField("承诺日", help_text="到这一天一定已经作出承诺。")
    due_on = DayField("到期日")
    source = models.ForeignKey(Source, verbose_name="来源", on_delete=models.PROTECT, related_name="promises")
    is_sample = models.BooleanField("示例", default=False, editable=False)

    objects = PromiseQuerySet.as_manager()
    history = History(parent="project")

    class Meta:
        verbose_name = "承诺"
        verbose_name_plural = "承诺"
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["project", "due_on"], name="projects_promise_once",
                                    violation_error_message="这个项目已有同一天到期的承诺。"),
            in_order("promised_from", "promised_on", "最早承诺日不能晚于承诺日。"),
            in_order("promised_on", "due_on", "到期日不能早于承诺日。"),
        ]

    def __str__(self):
        return self.text

    @property
    def told(self):
        """When it was made, in words."""
        return words.day_range(self.promised_from, self.promised_on, "不迟于 ")

    @property
    def due_told(self):
        """By when, in words: the end of a year is what was promised as 年内."""
        due = self.due_on
        return f"{due.year} 年内" if (due.month, due.day) == (12, 31) else f"{words.day(due)}前"


class Milestone(Recorded, Coded):
    """A planned date against an actual one."""

    publishes = Publishes()

    scope_follows = ("project",)

    project = models.ForeignKey(Project, verbose_name="项目", on_delete=models.CASCADE, related_name="milestones")
    name = CleanCharField("节点", max_length=80)
    planned_on = DayField("计划日期", null=True, blank=True)
    actual_on = DayField("实际日期", null=True, blank=True, help_text="到这一天一定已经完成。")
    source = models.ForeignKey(Source, verbose_name="来源", on_delete=models.PROTECT, related_name="+")
    note = CleanCharField("说明", max_length=200, blank=True)

    objects = FollowingQuerySet.as_manager()
    history = History(parent="project")

    class Meta:
        verbose_name = "节点"
        verbose_name_plural = "节点"
        ordering = [Coalesce("planned_on", "actual_on"), "pk"]
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="projects_milestone_once",
                                    violation_error_message="这个项目已有同名的节点。"),
            models.CheckConstraint(
                condition=Q(planned_on__isnull=False) | Q(actual_on__isnull=False),
                name="projects_milestone_dated",
                violation_error_message="计划日期和实际日期至少填一个。",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def days_late(self):
        """Days between the planned and the actual day; negative is early; None when one is missing."""
        if self.planned_on and self.actual_on:
            return (self.actual_on - self.planned_on).days
        return None

    def is_late(self, day):
        """Whether it was reached after its planned day, or that day is over and it was not reached."""
        return self.planned_on is not None and self.planned_on < (self.actual_on or day)

    @property
    def difference(self):
        """How far the actual day is from the planned one, in words."""
        days = self.days_late
        if not days:
            return "—" if days is None else "如期"
        return f"晚 {days} 天" if days > 0 else f"提前 {-days} 天"
