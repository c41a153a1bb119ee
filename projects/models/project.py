"""A project: anything promised on a list, or named by a source and on none."""
from collections import defaultdict

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse

from guicheng.access.membership import units_of
from guicheng.access.permissions import sees_everything
from guicheng.access.units import Answered
from guicheng.fields import (
    ChecksAtOnce,
    CleanCharField,
    CleanTextField,
    DayField,
    in_order,
    one_of,
    percent_range,
    with_unit,
)
from guicheng.kept.publication import Publishes
from guicheng.natural_keys import Keyed, KeyedQuerySet
from guicheng.review.checked import UNTICKED
from guicheng.search.folding import fold
from guicheng.search.models import SearchedQuerySet, SearchField
from guicheng.search.text import search_text
from guicheng.trail.history import History, acting
from guicheng.trail.versions import Edited, hold
from projects.models.evidence import Layer, Source
from projects.models.ledger import ProgressUpdate
from projects.models.lists import Category, Department, ProjectList, ProjectMembership
from projects.models.status import Status
from projects.models.then import NEVER, OF_STREET, PUBLIC, announced_by, state_then


class ProjectQuerySet(SearchedQuerySet, KeyedQuerySet):
    searched_columns = ("search_text", "said_text")

    def published(self):
        """What a resident may see: the one definition of public."""
        return self.filter(PUBLIC)

    def visible_to(self, user):
        """What this member of staff may see in the back office."""
        return self.in_scope_of(user).filter(dropped_at=None)

    def in_scope_of(self, user):
        """Those this member of staff answers for, with those an undone import left behind."""
        if sees_everything(user):
            return self
        supported = Project.supporting_departments.through.objects.filter(
            department__in=units_of(user, Department)).values("project")
        return self.filter(Project.of_units(lambda units: units_of(user, units)) | Q(pk__in=supported))

    def of_street(self):
        """The street's own: on one of its lists, or on none and of no other layer."""
        return self.filter(OF_STREET)

    def answered_for(self):
        """Those an office answers for: not what was compiled from press reports of years gone by."""
        return self.exclude(project_list__is_compiled=True)

    def top_level(self):
        """Without parts: what is counted on a list."""
        return self.filter(parent=None)

    def counted(self):
        """What a figure counts: public, and no parts."""
        return self.published().top_level()

    def real(self):
        return self.filter(is_sample=False)

    def for_publishing_by(self, user):
        """Entered by staff and not public: those `can_publish_project` gives to this person."""
        if not (user.is_established and user.has_perm("projects.publish_progressupdate")):
            return self.none()
        rows = self.filter(is_published=False).exclude(entered_by=None).exclude(entered_by=user)
        return rows if sees_everything(user) else rows.filter(Project.of_units_reviewed_by(user))

    def in_community(self, community):
        return self.filter(community=community)

    def as_of(self, day, known_at=None):
        """Those there were by the end of `day`, `with_state` of then. One query whatever the number of projects."""
        return self.filter(announced_by(day)).with_state(day, known_at)

    def with_state(self, day, known_at=None):
        """Add what the ledger said by the end of `day`, as known at an instant.

        `status_then`, `percent_then`, `quantity_then`, `due_then`, `closed_then`, `moved_then` (NEVER where nobody had
        said anything) and `latest_then`, the key of the newest row.
        """
        return self.annotate(**state_then(day, known_at))

    def for_export(self):
        """Streamed in a stable order with all that an export names."""
        return self.select_related(
            "project_list", "category", "community", "lead_department", "latest_update", "source", "parent"
        ).lean().order_by("project_list__order", "code").iterator(2000)

    def newest_first(self):
        """The default order of every public list; `Meta.indexes` follows it."""
        return self.order_by("-moved_on", "-pk")

    def rebuild_projections(self, size=1000):
        """Bring the projections of these projects to what the ledger says; give (looked at, differed).

        In batches, each its own transaction under the rows' locks: a statement published meanwhile is not undone.
        """
        looked_at = differed = last = 0
        while True:
            with transaction.atomic():
                batch = self.filter(pk__gt=last).order_by("pk")[:size].held()
                if not batch:
                    return looked_at, differed
                differed += self._rebuild(batch)
            looked_at += len(batch)
            last = batch[-1].pk

    def held(self):
        """A list of these, locked, with all that `projections()` reads but the ledger."""
        joined = self.model.objects.filter(pk__in=hold(self)).select_related("community", "lead_department")
        return list(joined.prefetch_related("aliases", "promises").order_by("pk"))

    def _rebuild(self, batch):
        updates = ProgressUpdate.objects.in_force().filter(project__in=batch).newest_first()
        ledger = defaultdict(list)
        for row in updates.only(
            "project", "status", "percent", "quantity", "postponed_to", "proof", "effective_on", "text"
        ):
            ledger[row.project_id].append(row)
        # row by row: bulk_update spends longer on its CASE expressions (115 s against 89 for 100,000)
        return sum(project.keep_projections(ledger[project.pk]) for project in batch)


class Project(ChecksAtOnce, Edited, Answered, Keyed):
    """Anything promised on a list, or named by a source and on none. May be a part of another."""

    publishes = Publishes("{row}.is_published", relations=("supporting_departments",))

    Membership = ProjectMembership

    # what follows from the ledger and from names: no change of anybody's
    derived = frozenset({
        "status", "percent", "quantity", "latest_update", "due_on", "closed_on", "moved_on", "search_text",
        "said_text"})

    answered_by = ("lead_department", "community")

    code = models.SlugField("编号", max_length=40, unique=True)
    name = CleanCharField("名称", max_length=160)
    description = CleanTextField("内容", blank=True)

    # where it stands
    project_list = models.ForeignKey(
        ProjectList, verbose_name="清单", null=True, blank=True, on_delete=models.PROTECT, related_name="projects"
    )
    membership = models.CharField("是否在清单上", max_length=10, choices=Membership, blank=True)
    number = models.PositiveSmallIntegerField("清单序号", null=True, blank=True)
    layer = models.CharField(
        "层级", max_length=20, choices=Layer, default=Layer.STREET, help_text="在清单上的随清单，不看这一项。")
    category = models.ForeignKey(
        Category, verbose_name="类型", null=True, blank=True, on_delete=models.PROTECT, related_name="projects"
    )
    parent = models.ForeignKey(
        "self", verbose_name="属于哪个项目", null=True, blank=True, on_delete=models.PROTECT, related_name="parts"
    )
    continues = models.ForeignKey(
        "self", verbose_name="结转自", null=True, blank=True, on_delete=models.PROTECT,
        related_name="continued_by", db_index=False,
    )
    community = models.ForeignKey(
        "communities.Community", verbose_name="社区", null=True, blank=True, on_delete=models.PROTECT,
        related_name="projects",
    )
    place = CleanCharField("地点", max_length=120, blank=True)
    source = models.ForeignKey(Source, verbose_name="来源", on_delete=models.PROTECT, related_name="projects")

    # who answers
    lead_department = models.ForeignKey(
        Department, verbose_name="牵头单位", null=True, blank=True, on_delete=models.PROTECT,
        related_name="led_projects",
    )
    supporting_departments = models.ManyToManyField(
        Department, verbose_name="配合单位", blank=True, related_name="supported_projects"
    )
    leader = CleanCharField("责任领导", max_length=40, blank=True)
    contact = CleanCharField("联系人", max_length=40, blank=True)
    phone = CleanCharField("办公电话", max_length=40, blank=True, help_text="公开显示，只填办公电话。")

    # what was planned
    planned_start = DayField("计划开始", null=True, blank=True)
    planned_end = DayField("计划完成", null=True, blank=True)
    target_quantity = models.DecimalField(
        "目标数量", max_digits=14, decimal_places=2, null=True, blank=True
    )
    target_unit = CleanCharField("数量单位", max_length=16, blank=True)
    budget = models.DecimalField("预算（万元）", max_digits=14, decimal_places=2, null=True, blank=True)
    budget_source = models.ForeignKey(
        Source, verbose_name="预算的来源", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    schedule_text = CleanCharField(
        "时限原文", max_length=60, blank=True, help_text="没有确切日期时照录，如“长期”“9 月底”。"
    )
    completion_standard = CleanTextField("完成标准", blank=True)

    is_published = models.BooleanField("公开", default=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="录入人", null=True, blank=True, editable=False,
        on_delete=models.PROTECT, related_name="entered_projects",
    )
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="公开人", null=True, blank=True, editable=False,
        on_delete=models.PROTECT, related_name="published_projects",
    )
    dropped_at = models.DateTimeField("撤销时刻", null=True, blank=True, editable=False)  # by the undo of an import
    is_sample = models.BooleanField("示例", default=False, editable=False)

    # projections of the ledger: rebuilt by rebuild_projections, never edited
    status = models.CharField("当前状态", max_length=20, choices=Status, blank=True, editable=False)
    percent = models.PositiveSmallIntegerField("完成百分比", null=True, blank=True, editable=False)
    quantity = models.DecimalField(
        "已完成数量", max_digits=14, decimal_places=2, null=True, blank=True, editable=False
    )
    latest_update = models.ForeignKey(
        ProgressUpdate, verbose_name="最近进展", null=True, blank=True, editable=False,
        on_delete=models.SET_NULL, related_name="+",
    )
    due_on = models.DateField("应于", null=True, blank=True, editable=False)  # as `due_at` says
    closed_on = models.DateField("销号日", null=True, blank=True, editable=False)
    moved_on = models.DateField("最近进展日", editable=False, default=NEVER)
    search_text = SearchField()  # by what it is called and where it is
    said_text = SearchField()  # by what was said of it and is in force

    objects = ProjectQuerySet.as_manager()
    history = History(derived=derived, m2m_fields=["supporting_departments"])

    class Meta:
        verbose_name = "项目"
        verbose_name_plural = "项目"
        ordering = ["-moved_on", "-pk"]
        indexes = [
            # without is_published: Django writes it as a bare condition, for which SQLite uses no index
            models.Index(F("moved_on").desc(), F("id").desc(), name="project_newest"),
            models.Index("name", "id", name="project_by_name"),
            models.Index("due_on", "id", name="project_by_due"),
            models.Index(F("moved_on").desc(), F("id").desc(), name="project_samples", condition=Q(is_sample=True)),
            models.Index("project_list", "code", name="project_neighbours"),
            # nearly always NULL: a whole index would be passed over once SQLite has counted
            models.Index("continues", condition=Q(continues__isnull=False), name="project_continues"),
            models.Index("project_list", F("moved_on").desc(), F("id").desc(), name="project_list_newest"),
            models.Index("community", F("moved_on").desc(), F("id").desc(), name="project_community_newest"),
            models.Index("status", F("moved_on").desc(), F("id").desc(), name="project_status_newest"),
            models.Index(
                Status.in_menu_order("status"), F("moved_on").desc(), F("id").desc(), name="project_by_status"),
            models.Index("project_list", "category", "number", "code", "status", name="project_list_order"),
        ]
        constraints = [
            in_order("planned_start", "planned_end", "计划开始不能晚于计划完成。"),
            percent_range(),
            with_unit("target_quantity", "target_unit", "有目标数量就要写单位。"),
            one_of("status", Status.possible(), "状态不在可选范围内。"),
            one_of("layer", Layer.values, "层级不在可选范围内。"),
            models.CheckConstraint(
                condition=Q(project_list__isnull=True, membership="", number__isnull=True, category__isnull=True)
                | Q(project_list__isnull=False, membership__in=["stated", "implied"]),
                name="projects_project_membership_stated",
                violation_error_message="在清单上的项目要说明依据；不在清单上的项目没有序号和类型。",
            ),
            models.CheckConstraint(
                condition=Q(entered_by__isnull=True) | Q(published_by__isnull=True) | ~Q(entered_by=F("published_by")),
                name="projects_project_published_by_another",
                violation_error_message="录入人不能自己公开自己录入的项目。",
            ),
            models.CheckConstraint(
                condition=Q(dropped_at__isnull=True) | Q(is_published=False),
                name="projects_project_dropped_unseen",
                violation_error_message="已撤销的项目不能公开。",
            ),
            models.CheckConstraint(
                condition=Q(budget__isnull=True) | Q(budget__gte=0, budget_source__isnull=False),
                name="projects_project_budget_sourced",
                violation_error_message="预算不能是负数，并且要写明来源。",
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
                name="projects_project_not_its_own_part",
                violation_error_message="项目不能是自己的一部分。",
            ),
            models.UniqueConstraint(
                fields=["project_list", "number"], condition=Q(parent__isnull=True),
                name="projects_project_number_once",
                violation_error_message="这张清单上已有这个序号。",
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("project-detail", args=[self.code])

    def clean(self):
        if self.category_id and self.category.project_list_id != self.project_list_id:
            raise ValidationError({"category": "这个类型不属于所选的清单。"})
        if self.pk and self.pk in (self.parent_id, self.continues_id):
            field = "parent" if self.pk == self.parent_id else "continues"
            raise ValidationError({field: "项目不能选自己。"})
        if self.parent_id and self.parent.parent_id:
            raise ValidationError({"parent": "所选项目本身是一部分，请选它所属的项目。"})
        if self.parent_id and self.parent.project_list_id != self.project_list_id:
            raise ValidationError({"parent": "分项要和它所属的项目在同一张清单上。"})
        if self.pk and self.parts.exclude(project_list=self.project_list_id).exists():
            raise ValidationError({"project_list": "这个项目有分项，要在同一张清单上：先让分项不再属于它，再换清单。"})
        if self.parent_id and self.pk and self.parts.exists():
            raise ValidationError({"parent": "这个项目有分项，不能再属于别的项目。"})
        if self.parent_id and self.is_published and not self.parent.is_published:
            raise ValidationError({"is_published": "所属的项目没有公开，分项也不能公开。"})

    def save(self, *args, **kwargs):
        """With a project its parts are hidden."""
        super().save(*args, **kwargs)
        if not self.is_published:
            for part in self.parts.filter(is_published=True):
                part.is_published = False
                part.save()

    def make_search_text(self):
        aliases = [alias.name for alias in self.aliases.all()] if self.pk else []
        community = self.community
        return search_text(
            self.name, *aliases, self.description, self.place,
            community.name + "社区" if community else "",
            self.lead_department.name if self.lead_department else "",
        )

    @staticmethod
    def make_said_text(rows):
        """The folded words of statements in force, newest first, each on a line of its own."""
        return "\n".join(fold(row.text) for row in rows if row.text)

    # questions
    @property
    def is_public(self):
        """Of one row what `published()` is of many."""
        return self.is_published and (self.project_list is None or self.project_list.is_published)

    @property
    def is_own(self):
        """Of one row what `of_street()` is of many."""
        return self.project_list.is_street if self.project_list else self.layer == Layer.STREET

    @property
    def is_done(self):
        return self.status in Status.DONE

    @property
    def percent_shown(self):
        """The percent last stated, or None where a later word says that all is done."""
        return None if self.is_done and (self.percent or 0) < 100 else self.percent

    @property
    def office(self):
        """Whom to call: the project's own phone first, else its lead department's."""
        return self.phone or (self.lead_department.phone if self.lead_department else "")

    def publish(self, by, checked=UNTICKED):
        """Make a newly entered project public; raises ValidationError where a rule forbids it or a tick is missing."""
        checked.require()
        self.is_published, self.published_by = True, by
        try:
            self.full_clean()
        except ValidationError:
            self.is_published, self.published_by = False, None
            raise
        with acting(reason=str(checked)):
            self.save(update_fields=["is_published", "published_by"])

    def hide(self):
        """Take it from the public pages, with its parts; what was said of it stays."""
        self.is_published, self.published_by = False, None
        self.save(update_fields=["is_published", "published_by"])

    def projections(self, rows=None):
        """What the ledger says now: for each column the newest row that states it.

        `rows`, where they are at hand: this project's statements in force, newest first.
        """
        if rows is None:
            rows = list(ProgressUpdate.objects.in_force().filter(project=self).newest_first())
        latest, state = rows[0] if rows else None, self.state_from(rows)
        return {
            **state,
            "due_on": state["due_on"] or self.promised_day(),
            "latest_update_id": latest.pk if latest else None,
            "moved_on": latest.effective_on if latest else NEVER,
            "search_text": self.make_search_text(),
            "said_text": self.make_said_text(rows),
        }

    def promised_day(self):
        """The last day by which it was promised, None where no promise has been made."""
        return max((promise.due_on for promise in self.promises.all()), default=None) if self.pk else None

    def state_from(self, rows):
        """What these statements say of it, newest first: for each column the first that states it. No query.

        Without what was promised: `due_on` is the planned day, or what it was put off to.
        """
        return {
            "status": next((row.status for row in rows if row.status), ""),
            "percent": next((row.percent for row in rows if row.percent is not None), None),
            "quantity": next((row.quantity for row in rows if row.quantity is not None), None),
            "due_on": next((row.postponed_to for row in rows if row.postponed_to), self.planned_end),
            "closed_on": next((row.effective_on for row in rows if row.proof), None),
        }

    def start_projections(self):
        """Set what a project starts with of which nobody has spoken, before it is inserted."""
        self._take(self.projections(rows=()))

    def refresh_projections(self):
        """Bring the projections to what the ledger says; give whether anything differed.

        From the row as it stands, under its lock: this object may have been read before a publication, and who
        publishes meanwhile waits. In memory only the projections change.
        """
        with transaction.atomic():
            row, = type(self).objects.filter(pk=self.pk).held()
            differed = row.keep_projections()
        for field in map(self._meta.get_field, self.derived):
            setattr(self, field.attname, getattr(row, field.attname))
        return differed

    def keep_projections(self, rows=None):
        """Write the projections where they differ, of a row read by `held`; give whether they did."""
        wanted = self.projections(rows)
        if all(getattr(self, name) == value for name, value in wanted.items()):
            return False
        type(self).objects.filter(pk=self.pk).update(**wanted)
        self._take(wanted)
        return True

    def _take(self, projections):
        for name, value in projections.items():
            setattr(self, name, value)
