"""What pages count projects by, kept as rollups: guicheng/kept/rollup.py. Only the apps' `summary` reads them."""
from django.db import models
from django.db.models import Q

from guicheng.kept.rollup import RollsUp, Rollup, RollupQuerySet
from projects.models.ledger import ProgressUpdate
from projects.models.lists import ProjectList
from projects.models.project import Project


class ProjectRollupQuerySet(RollupQuerySet):
    def published(self):
        """Of what `Project.objects.published()` holds: each row counts public projects, and its list may be hidden."""
        return self.filter(Q(project_list=None) | Q(project_list__is_published=True))


class ProjectRollup(Rollup):
    # as on the project; no constraint, for a row stays until it is folded
    project_list = models.ForeignKey(ProjectList, verbose_name="清单", null=True, on_delete=models.DO_NOTHING,
                                     db_constraint=False, related_name="+")
    status = models.CharField("当前状态", max_length=20, blank=True)

    objects = ProjectRollupQuerySet.as_manager()

    class Meta:
        abstract = True


class ProjectsByList(ProjectRollup):
    """How many public projects, without parts, stand on each list, by category and status."""

    rolls_up = RollsUp(Project, "{row}.is_published AND {row}.parent_id IS NULL")

    category = models.ForeignKey("projects.Category", verbose_name="类型", null=True, on_delete=models.DO_NOTHING,
                                 db_constraint=False, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "清单上的项目数"


class ProjectsByPlace(ProjectRollup):
    """How many of these there are of each category and community within a list, by status."""

    rolls_up = RollsUp(
        Project, "{row}.is_published AND {row}.parent_id IS NULL AND {row}.project_list_id IS NOT NULL")

    category = models.ForeignKey("projects.Category", verbose_name="类型", null=True, on_delete=models.DO_NOTHING,
                                 db_constraint=False, related_name="+")
    community = models.ForeignKey("communities.Community", verbose_name="社区", null=True, on_delete=models.DO_NOTHING,
                                  db_constraint=False, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "清单各类型、各社区的项目数"


class ProjectsByCommunity(ProjectRollup):
    """How many real public projects and parts name each community, by status."""

    rolls_up = RollsUp(
        Project, "{row}.is_published AND NOT {row}.is_sample AND {row}.community_id IS NOT NULL")

    community = models.ForeignKey("communities.Community", verbose_name="社区", on_delete=models.DO_NOTHING,
                                  db_constraint=False, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "社区里的项目数"


PUBLISHED = "{row}.recorded_at IS NOT NULL"
REAL = f"{PUBLISHED} AND {{row}}.kind <> 'withdrawal' AND NOT {{row}}.is_sample"


class UpdatesBySource(Rollup):
    """How many real statements that are in force rest on each source."""

    rolls_up = RollsUp(ProgressUpdate, REAL, amends="amends", taking=PUBLISHED)

    source = models.ForeignKey("projects.Source", verbose_name="来源", null=True, on_delete=models.DO_NOTHING,
                               db_constraint=False, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "来源的进展数"


class UpdatesByMonth(Rollup):
    """How many statements in force of real public projects are about each month."""

    rolls_up = RollsUp(
        ProgressUpdate, f"{REAL} AND {{owner}}.is_published AND NOT {{owner}}.is_sample",
        columns={"project_list_id": "{owner}.project_list_id",
                 "month": "substr(CAST({row}.effective_on AS text), 1, 7)"},
        owner="project", owned_by=Project, amends="amends", taking=PUBLISHED)

    project_list = models.ForeignKey(ProjectList, verbose_name="清单", null=True, on_delete=models.DO_NOTHING,
                                     db_constraint=False, related_name="+")
    month = models.CharField("月份", max_length=7)  # “2024-12”

    objects = ProjectRollupQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "各月的进展数"
