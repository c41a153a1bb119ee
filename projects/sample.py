"""Sample data for demonstrations, load tests and pictures: made by one operation, removed by another.

Everything here is fictional and says 示例; it stands on lists of its own, so figures over several lists
leave it out, and the database's triggers let go of it. Made from an index and a seed: the same again.
"""
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from django.conf import settings
from django.db import transaction
from django.db.models import CASCADE, DO_NOTHING, Count, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from guicheng.access.units import behind
from guicheng.trail.history import unrecorded
from projects.models import (
    Category,
    Declaration,
    Department,
    ImportBatch,
    ImportRow,
    Instruction,
    LightOverride,
    Milestone,
    Paper,
    Photo,
    ProgressUpdate,
    Project,
    ProjectAlias,
    ProjectList,
    Promise,
    ReviewStep,
    Source,
    Status,
    SupervisionNotice,
)
from projects.models.then import NEVER

BATCH = 1000  # projects in one transaction: other writers wait no longer than a second
LAST_DAY = date(2024, 12, 31)
YEARS = (2021, 2022, 2023, 2024)
MAX_NUMBER = 32767  # a smallint on PostgreSQL
# kind of list → (its share in a hundred, day of announcement, measure word)
KINDS = {"key": (10, (4, 30), "项"), "community": (40, (3, 15), "个"), "micro": (50, (5, 20), "件")}
CATEGORIES = ["示例民生设施", "示例环境整治", "示例交通出行", "示例文化体育", "示例平安建设"]
OFFICES = ["城建", "文体", "交通", "环保", "民政", "教育", "卫健", "水利", "安监", "综治"]
THINGS = [
    "口袋公园建设", "灯光球场修缮", "长者饭堂改造", "内街小巷排水", "道路照明改造", "充电车棚增设", "健身步道铺设",
    "图书角更新", "集市摊位整治", "停车泊位增设", "社区花园营造", "老旧电梯更新", "无障碍坡道加建", "河涌岸线整治",
    "学校周边护栏", "消防通道疏通", "垃圾分类亭更换", "儿童游乐场修缮", "议事亭建设", "公交候车亭更换",
]
AIM = "示例内容：用于演示页面，不是真实的项目。"
TEXTS = {
    "planned": ["示例：完成现场勘察，正在编制方案。", "示例：方案征求意见，准备招标。"],
    "in_progress": ["示例：已进场施工，按计划推进。", "示例：主体施工过半。", "示例：设备安装进行中。"],
    "acceptance": ["示例：现场施工结束，等待验收。"],
    "completed": ["示例：通过验收，全部完成。"],
    "in_use": ["示例：向居民开放使用。"],
    "standing": ["示例：本月活动如期开展。", "示例：服务持续进行。"],
    "paused": ["示例：施工暂停。"],
    "cancelled": ["示例：项目不再实施。"],
}
REASONS = {
    "paused": "示例：与管线改造工程冲突，待其完成后复工。",
    "cancelled": "示例：经居民议事会讨论，改由另一项目实施。",
}
# how a project's life may go, with how often in a hundred
LIVES = [
    (["planned", "in_progress", "acceptance", "completed", "in_use"], 25),
    (["planned", "in_progress", "completed"], 20),
    (["planned", "in_progress", "acceptance"], 5),
    (["planned", "in_progress"], 23),
    (["planned"], 8),
    (["standing"], 9),
    (["planned", "in_progress", "paused"], 7),
    (["planned", "cancelled"], 3),
]
PERCENTS = {"planned": (0, 10), "in_progress": (15, 90), "acceptance": (95, 99), "completed": (100, 100),
            "in_use": (100, 100)}


class InProduction(Exception):
    """Made-up rows do not stand beside real ones unless somebody says so."""


class NoCommunities(Exception):
    """Sample projects are spread over the communities, and there are none yet."""


class StillReferred(Exception):
    """Rows that are no samples point at sample rows."""


@dataclass(frozen=True)
class More:
    """The samples of another app: `seed(projects)` makes them and gives how many, `rows()` is all that is deleted."""

    label: str
    seed: Callable
    rows: Callable


_more = []


def register(more):
    """Add the samples of another app, which stand on ours: made after them, deleted before."""
    _more.append(more)


def seed_more(projects):
    """Bring the samples of the other apps up to as many; [(label, how many were made)]."""
    with unrecorded(), transaction.atomic():
        return [(each.label, each.seed(projects)) for each in _more]


# --- making --------------------------------------------------------------------------------------
@unrecorded()
def seed_sample(projects, updates_per_project=5, seed=1, in_production=False):
    """Bring the sample up to `projects` projects; give how many projects and updates were added.

    What is there stays, so the same call twice adds nothing. Updates are added to new projects only. Where the portal
    has a public address it is refused, unless `in_production` asks for it.
    """
    if settings.PUBLIC_URL and not in_production:
        raise InProduction("这里是正式运行的网站（设了 PUBLIC_URL），不放示例数据；一定要放，请加上 --in-production。")
    stage = _Stage(seed)
    there = set(Project.objects.filter(is_sample=True).values_list("code", flat=True))
    missing = [index for index in range(1, projects + 1) if _code(index) not in there]
    added = 0
    for start in range(0, len(missing), BATCH):
        with transaction.atomic():
            added += stage.make(missing[start:start + BATCH], updates_per_project)
    if missing:
        stage.declare_totals()
    return {"projects": len(missing), "updates": added}


def _code(index):
    return f"sample-{index:06}"


def _instant(day):
    return timezone.make_aware(datetime.combine(day, time(9)))


class _Stage:
    """What the sample projects share: source, offices, lists, categories, communities."""

    def __init__(self, seed):
        self.seed = seed
        self.communities = list(behind(Project, "community").objects.listed_in_2021())
        if not self.communities:
            raise NoCommunities("还没有社区，请先运行 python manage.py load_facts。")
        with transaction.atomic():
            self.source, _ = Source.objects.get_or_create(
                code="sample", defaults={"title": "示例来源（虚构）", "kind": Source.Kind.OWN}
            )
            self.offices = [self._office(number, name) for number, name in enumerate(OFFICES, 1)]
            self.lists = [self._list(kind, year) for year in YEARS for kind in KINDS]
            self.categories = {row.pk: self._categories(row) for row in self.lists}
        self.weights = [KINDS[row.kind][0] for row in self.lists]

    def _office(self, number, name):
        return Department.objects.get_or_create(name=f"示例{name}办公室", defaults={
            "short_name": f"示例{name}办", "leader": "示例领导", "contact": "示例联系人",
            "phone": f"示例 0000-{number:04}", "is_sample": True,
        })[0]

    def _list(self, kind, year):
        _, day, unit = KINDS[kind]
        return ProjectList.objects.get_or_create(slug=f"sample-{kind}-{year}", defaults={
            "title": f"示例{ProjectList.Kind(kind).label}（{year} 年）", "kind": kind, "year": year, "unit": unit,
            "announced_on": date(year, *day), "source": self.source, "note": AIM, "order": year - YEARS[0],
            "issuer": "示例发布单位", "is_published": True, "is_sample": True,
        })[0]

    def _categories(self, row):
        return [
            Category.objects.get_or_create(project_list=row, number=number, defaults={
                "name": name, "is_sample": True})[0]
            for number, name in enumerate(CATEGORIES, 1)
        ]

    def make(self, indexes, updates_per_project):
        """Make one batch of projects with all that hangs on them; give the number of updates."""
        drafts = [_Draft(self, index, _how_many(index, updates_per_project)) for index in indexes]
        self._number(drafts)
        projects = Project.objects.bulk_create([draft.project for draft in drafts])
        updates = [row for draft in drafts for row in draft.updates]
        # what amends another row can only be saved after it
        ProgressUpdate.objects.bulk_create([row for row in updates if row.amends is None], batch_size=1000)
        ProgressUpdate.objects.bulk_create([row for row in updates if row.amends is not None])
        Milestone.objects.bulk_create([row for draft in drafts for row in draft.milestones()])
        Promise.objects.bulk_create([row for draft in drafts for row in draft.promises()])
        supports = Project.supporting_departments.through
        supports.objects.bulk_create([
            supports(project=draft.project, department=draft.supporter) for draft in drafts if draft.supporter
        ])
        newest = ProgressUpdate.objects.in_force().filter(project=OuterRef("pk")).newest_first()
        Project.objects.filter(pk__in=[row.pk for row in projects]).update(
            latest_update=Subquery(newest.values("pk")[:1])
        )
        return len(updates)

    def _number(self, drafts):
        """Number each project on its list: after the last one there."""
        lists = ProjectList.objects.filter(is_sample=True).annotate(last=Coalesce(Max("projects__number"), 0))
        last = {row.pk: row.last for row in lists}
        for draft in drafts:
            pk = draft.project.project_list_id
            last[pk] += 1
            draft.project.number = last[pk] if last[pk] <= MAX_NUMBER else None

    def declare_totals(self):
        """Say of every sample list how many it holds, as a published list does."""
        for row in ProjectList.objects.filter(is_sample=True).annotate(size=Count("projects")):
            Declaration.objects.update_or_create(
                project_list=row, source=self.source, effective_on=row.announced_on,
                defaults={"total": row.size, "unit": row.unit, "categories": len(CATEGORIES),
                          "recorded_at": _instant(row.announced_on)},
            )


def _how_many(index, mean):
    """Every tenth project has no statement at all, the one after it twice as many."""
    return {0: 0, 1: 2 * mean}.get(index % 10, mean)


class _Draft:
    """One sample project, from its index and the seed alone."""

    def __init__(self, stage, index, updates):
        self.stage, self.index = stage, index
        self.random = Random(f"{stage.seed}:{index}")  # noqa: S311
        self.project = self._project()
        self.updates = self._updates(updates)
        self._project_what_the_ledger_says()
        self.supporter = self.random.choice([None, None, stage.offices[index % len(stage.offices)]])

    def _project(self):
        pick, stage = self.random, self.stage
        project_list = pick.choices(stage.lists, stage.weights)[0]
        on, off = project_list.announced_on, date(project_list.year, 12, 31)
        planned = pick.random() < 0.8
        quantity = pick.choice([None, None, pick.randrange(10, 500)])
        budget = pick.choice([None, pick.randrange(5, 800)])
        return Project(
            code=_code(self.index), name=f"示例{pick.choice(THINGS)} {self.index} 号", description=AIM,
            project_list=project_list, membership=Project.Membership.STATED,
            category=pick.choice(stage.categories[project_list.pk]),
            community=None if project_list.kind == "key" and pick.random() < 0.4
            else stage.communities[self.index % len(stage.communities)],
            place=f"示例路 {pick.randrange(1, 300)} 号", source=stage.source,
            lead_department=pick.choice(stage.offices),
            planned_start=on + timedelta(days=pick.randrange(60)) if planned else None,
            planned_end=off - timedelta(days=pick.randrange(90)) if planned else None,
            target_quantity=quantity, target_unit="米" if quantity else "",
            budget=budget, budget_source=stage.source if budget else None, is_sample=True,
        )

    def _updates(self, wanted):
        """Statements in the order of their days; some are corrected or taken back by the last one."""
        pick = self.random
        life = pick.choices([life for life, _ in LIVES], [weight for _, weight in LIVES])[0]
        start = self.project.project_list.announced_on
        days = sorted(pick.randrange((min(LAST_DAY, start + timedelta(days=420)) - start).days) for _ in range(wanted))
        rows, percent = [], 0
        for number, after in enumerate(days):
            status = life[number * len(life) // wanted]
            row = self._row(number + 1, start + timedelta(days=after), status)
            if status in PERCENTS and pick.random() < 0.6:
                low, high = PERCENTS[status]
                percent = max(percent, pick.randint(low, high))
                row.percent = percent
            if self.project.target_quantity and row.percent:
                row.quantity = self.project.target_quantity * row.percent // 100
            rows.append(row)
        self._amend(rows)
        return rows

    def _row(self, seq, day, status):
        return ProgressUpdate(
            project=self.project, seq=seq, kind=ProgressUpdate.Kind.PROGRESS, effective_on=day, status=status,
            reason=REASONS.get(status, ""), text=self.random.choice(TEXTS[status]), source=self.stage.source,
            state=ProgressUpdate.State.PUBLISHED, is_sample=True,
            recorded_at=_instant(day + timedelta(days=self.random.randrange(5))),
        )

    def _amend(self, rows):
        kind = {3: ProgressUpdate.Kind.CORRECTION, 7: ProgressUpdate.Kind.WITHDRAWAL}.get(self.index % 25)
        if kind is None or len(rows) < 2:
            return
        last, before = rows[-1], rows[-2]
        last.kind, last.amends, last.effective_on = kind, before, before.effective_on
        last.reason = last.reason or "示例：原来的说法有误。"
        last.recorded_at = max(last.recorded_at, before.recorded_at)
        if kind == ProgressUpdate.Kind.WITHDRAWAL:
            last.status, last.text, last.percent, last.quantity = "", "", None, None

    def _project_what_the_ledger_says(self):
        """Set the projections as `Project.projections` would, without asking the database."""
        gone = {id(row.amends) for row in self.updates if row.amends}
        rows = [row for row in self.updates if id(row) not in gone and row.kind != ProgressUpdate.Kind.WITHDRAWAL]
        rows.sort(key=lambda row: (row.effective_on, row.seq), reverse=True)
        project = self.project
        project.status = next((row.status for row in rows if row.status), "")
        project.percent = next((row.percent for row in rows if row.percent is not None), None)
        project.quantity = next((row.quantity for row in rows if row.quantity is not None), None)
        project.due_on = project.planned_end or max((row.due_on for row in self.promises()), default=None)
        project.moved_on = rows[0].effective_on if rows else NEVER
        project.search_text, project.said_text = project.make_search_text(), project.make_said_text(rows)

    def milestones(self):
        """Start, half, end: planned and, as far as it has come, actual."""
        project = self.project
        if not project.planned_start or self.index % 3:
            return []
        length = (project.planned_end - project.planned_start).days
        reached = 3 if project.status in Status.DONE else 1 if project.percent else 0
        return [
            Milestone(
                project=project, name=name, source=self.stage.source,
                planned_on=project.planned_start + timedelta(days=length * step // 2),
                actual_on=project.planned_start + timedelta(days=length * step // 2 + self.random.randrange(-5, 25))
                if step < reached else None,
            )
            for step, name in enumerate(["示例开工", "示例过半", "示例完工"])
        ]

    def promises(self):
        if self.index % 4:
            return []
        announced = self.project.project_list.announced_on
        return [Promise(
            project=self.project, text="示例：年内完成", promised_on=announced, due_on=date(announced.year, 12, 31),
            source=self.stage.source, is_sample=True,
        )]


# --- removing ------------------------------------------------------------------------------------
def sample_rows():
    """All that is sample, in the order in which it can be deleted.

    What hangs on a sample project goes with it, a draft of the staff too. What was published is always sample there.
    """
    return [
        *(rows for each in reversed(_more) for rows in each.rows()),
        ImportRow.objects.filter(
            Q(project__is_sample=True) | Q(update__project__is_sample=True) | Q(batch__project_list__is_sample=True)),
        ImportBatch.objects.filter(project_list__is_sample=True),
        ReviewStep.objects.filter(update__project__is_sample=True),
        Photo.objects.filter(update__project__is_sample=True),
        Paper.objects.filter(update__project__is_sample=True),
        Instruction.objects.filter(project__is_sample=True),
        SupervisionNotice.objects.filter(project__is_sample=True),
        LightOverride.objects.filter(project__is_sample=True),
        ProgressUpdate.objects.filter(project__is_sample=True),
        Promise.objects.filter(project__is_sample=True),
        Milestone.objects.filter(project__is_sample=True),
        ProjectAlias.objects.filter(project__is_sample=True),
        Declaration.objects.filter(project_list__is_sample=True),
        Project.objects.filter(is_sample=True),
        Category.objects.filter(project_list__is_sample=True),
        ProjectList.objects.filter(is_sample=True),
        Department.objects.filter(is_sample=True),
        Source.objects.filter(code="sample"),
    ]


def count_sample():
    """(name of the model, number of sample rows), as `remove_sample` would delete them."""
    return [(rows.model._meta.verbose_name, rows.count()) for rows in sample_rows()]


@transaction.atomic
def remove_sample():
    """Delete all that is sample and nothing else; give what `count_sample` said before.

    Plain DELETEs: Django's collector would read half a million rows. The database still checks every key.
    Raises StillReferred when other rows point here.
    """
    found = count_sample()
    targets = sample_rows()
    for batch in ImportBatch.objects.filter(project_list__is_sample=True).exclude(file=""):
        transaction.on_commit(batch.forget_file)
    _refuse_if_referred(targets)
    Project.objects.filter(is_sample=True).update(latest_update=None)
    for rows in targets:
        for relation in _relations_to(rows.model):
            if relation.on_delete is CASCADE:
                pointing = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": rows})
                pointing._raw_delete(pointing.db)
        rows._raw_delete(rows.db)
    return found


def _relations_to(model):
    """What holds a row here; DO_NOTHING is the field history, which outlives what it tells of."""
    return [
        field for field in model._meta.get_fields(include_hidden=True)
        if field.auto_created and not field.concrete and (field.one_to_one or field.one_to_many)
        and field.on_delete is not DO_NOTHING
    ]


def _refuse_if_referred(targets):
    own = {rows.model: rows for rows in targets}
    for rows in targets:
        for relation in _relations_to(rows.model):
            if relation.on_delete is CASCADE:
                continue
            pointing = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": rows})
            if relation.related_model in own:
                pointing = pointing.exclude(pk__in=own[relation.related_model].values("pk"))
            if number := pointing.count():
                raise StillReferred(
                    f"有 {number} 条“{relation.related_model._meta.verbose_name}”用到示例的"
                    f"“{rows.model._meta.verbose_name}”，请先改掉它们。没有删除任何东西。"
                )
