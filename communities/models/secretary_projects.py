"""The one project that each party secretary leads in a year."""
from django.db import models

from communities.models.places import Community
from guicheng.access.permissions import sees_everything
from guicheng.fields import CleanCharField, CleanTextField
from guicheng.kept.publication import Publishes
from guicheng.natural_keys import Coded, KeyedQuerySet
from guicheng.trail.history import History
from guicheng.trail.versions import Edited
from projects.models import Project, Source
from projects.models.evidence import public_where
from projects.models.then import announced_by


class SecretaryProjectQuerySet(KeyedQuerySet):
    def published(self):
        return self.filter(public_where(self.model, "project"))

    def by(self, day):
        """Those whose list had been announced by the end of `day`; without a day all."""
        return self if day is None else self.filter(project__in=Project.objects.filter(announced_by(day)))

    def visible_to(self, user):
        if sees_everything(user):
            return self
        return self.filter(community__in=Community.objects.served_by(user))


class SecretaryProject(Edited, Coded):
    """The one breakthrough project a community's party secretary leads in a year (书记工程)."""

    publishes = Publishes()

    project = models.OneToOneField(
        Project, verbose_name="项目", on_delete=models.PROTECT, related_name="secretary_project"
    )
    community = models.ForeignKey(
        Community, verbose_name="社区", on_delete=models.PROTECT, related_name="secretary_projects"
    )
    year = models.PositiveSmallIntegerField("年度")
    secretary = CleanCharField("书记", max_length=40, blank=True)
    secretary_post = CleanCharField("职务", max_length=60, blank=True)
    topic = CleanCharField("类别", max_length=40, blank=True)
    title_is_quoted = models.BooleanField("名称是来源原文", default=False)
    bottleneck = CleanTextField("难点", blank=True)
    aim = CleanTextField("目标", blank=True)
    method = CleanTextField("办法", blank=True)
    result = CleanTextField("成效", blank=True)
    numbers = CleanCharField("所列数目", max_length=120, blank=True)
    source = models.ForeignKey(Source, verbose_name="来源", on_delete=models.PROTECT, related_name="+")

    objects = SecretaryProjectQuerySet.as_manager()
    history = History()

    class Meta:
        verbose_name = "书记工程"
        verbose_name_plural = "书记工程"
        ordering = ["-year", "community__order"]
        constraints = [
            models.UniqueConstraint(fields=["community", "year"], name="communities_secretaryproject_once",
                                    violation_error_message="这个社区这一年已有一个书记工程。"),
        ]

    def __str__(self):
        return f"{self.community} {self.year} 年书记工程"

    @property
    def unknown(self):
        """What a reader would look for and the source does not tell, in words."""
        told = [("书记", self.secretary), ("难点", self.bottleneck), ("目标", self.aim), ("办法", self.method),
                ("成效", self.result)]
        return [words for words, value in told if not value]
