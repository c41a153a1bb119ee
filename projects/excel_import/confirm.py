"""Write what the preview showed: projects, changes and statements, in one transaction or not at all."""
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from guicheng.access.units import behind
from guicheng.review.states import Verb
from guicheng.trail.history import acting, record
from guicheng.trail.versions import save_versions
from projects.excel_import.matching import PLAIN, Finder, key_of
from projects.excel_import.preview import chunks
from projects.models import Department, ImportBatch, ImportRow, ProgressUpdate, Project

SIZE = 1000
Outcome = ImportRow.Outcome
DAYS = ("planned_start", "planned_end")
LINKS = ("category", "community", "lead_department", "project_list", "budget_source")
SAY_WHICH = 5


def confirm(batch):
    """Write the batch's rows. Raises ValidationError where what the preview saw is no longer so."""
    try:
        with transaction.atomic():
            locked = ImportBatch.objects.select_for_update(no_key=True).get(pk=batch.pk)
            if locked.state != ImportBatch.State.PREVIEWED:
                raise ValidationError("这一批已经导入或放弃了，没有重复导入。")
            rows = ImportRow.objects.filter(batch=locked, outcome__in=[Outcome.NEW, Outcome.CHANGED])
            if not rows.exists():
                raise ValidationError("没有要导入的行。")
            refuse_stale(locked, rows)
            with acting(locked.uploader, f"Excel 导入：{locked.file_name}"):
                for chunk in chunks(rows.order_by("pk").defer("raw", "changes").iterator(SIZE), SIZE):
                    Writer(locked).write(chunk)
            locked.state, locked.confirmed_at, locked.job = ImportBatch.State.CONFIRMED, timezone.now(), ""
            locked.save(update_fields=["state", "confirmed_at", "job"])
    except IntegrityError:
        raise ValidationError("核对以后有人动过这些项目，这一批一行也没有导入。请重新核对再导入。")
    batch.refresh_from_db()
    batch.forget_file()


def refuse_stale(batch, rows):
    """Whether what the preview saw is still so: nobody edited, added or spoke of these projects meanwhile."""
    finder, stale = Finder(batch.uploader, batch.project_list_id), []
    columns = rows.order_by("pk").values_list("number", "name", "project_id", "seen", "values", named=True)
    for chunk in chunks(columns.iterator(SIZE), SIZE):
        plans = [row.values["plan"] for row in chunk]
        finder.read_lists({plan["project_list"] for plan in plans if "project_list" in plan})
        seen = [row for row in chunk if row.project_id]
        codes = dict(Project.objects.filter(pk__in=[row.project_id for row in seen]).values_list("pk", "code"))
        finder.read_codes(codes.values())
        known = {row.number: finder.by_code.get(codes.get(row.project_id)) for row in seen}
        finder.read_said({each.pk: each for each in known.values() if each}.values())
        for row, plan in zip(chunk, plans, strict=True):
            if row.project_id:
                now = known[row.number]
                is_same = now is not None and now.stamp == row.seen
            elif not finder.is_own(plan):
                raise ValidationError(f"第 {row.number} 行“{row.name}”的牵头单位和社区已经不归你管，一行也没有导入。")
            else:
                name = (plan["project_list"], key_of(plan["name"]))
                number = (plan["project_list"], plan.get("number"))
                is_same = name not in finder.by_name and number not in finder.taken_numbers
            if not is_same:
                stale.append(row)
    if stale:
        names = "、".join(f"第 {row.number} 行“{row.name}”" for row in stale[:SAY_WHICH])
        more = f"等 {len(stale)} 行" if len(stale) > SAY_WHICH else ""
        raise ValidationError(f"核对以后有人动过{names}{more}，一行也没有导入。请重新核对再导入。")


class Writer:
    """Writes a chunk of rows."""

    def __init__(self, batch):
        self.batch, self.by = batch, batch.uploader
        self.departments, self.things = {}, {}

    def write(self, rows):
        naming = [row for row in rows if isinstance(row.values["plan"].get("lead_department"), dict)]
        new = [row for row in rows if row.outcome == Outcome.NEW and not row.project_id]
        again = [row for row in rows if row.outcome == Outcome.NEW and row.project_id]
        changed = [row for row in rows if row.outcome == Outcome.CHANGED]
        self.read_links([row.values["plan"] for row in rows])
        made = [self._made(row) for row in new]
        create_projects(made)
        for row, project in zip(new, made, strict=True):
            row.project = project
        self._change(again + changed)
        self._say([row for row in rows if row.values["progress"]])
        self._remember(rows)
        ImportRow.objects.bulk_update(naming, ["values"])  # the undo looks for the office that was made

    def read_links(self, plans):
        """Everything the plans point at, read at once: a project's search text names its community and office."""
        wanted = {}
        for plan in plans:
            for key in LINKS:
                value = plan.get(key)
                if isinstance(value, dict):
                    value = plan[key] = self._new_department(value["new"])
                if value:
                    wanted.setdefault(key, set()).add(value)
        for key, pks in wanted.items():
            self.things[key] = behind(Project, key).objects.in_bulk(pks)

    def _new_department(self, name):
        if name not in self.departments:
            department = Department.objects.filter(name=name).first() or Department(name=name)
            if department.pk is None:
                department.full_clean()
                department.save()
            self.departments[name] = department.pk
        return self.departments[name]

    def typed(self, plan):
        """The stored values as the model's fields hold them."""
        for key, value in plan.items():
            if value is not None and key in LINKS:
                value = self.things[key][value]
            elif value and key in DAYS:
                value = date.fromisoformat(value)
            elif key == "budget" and value is not None:
                value = Decimal(value)
            yield key, value

    def _made(self, row):
        plan = dict(self.typed(row.values["plan"]))
        project = Project(source_id=self.batch.source_id, entered_by=self.by, is_published=False, **plan)
        project.membership = Project.Membership.STATED if project.project_list else ""
        project.is_sample = bool(project.project_list and project.project_list.is_sample)
        return project

    def _change(self, rows):
        """Bring projects that are there to what the rows say; one an undo had dropped comes back."""
        there = Project.objects.select_for_update(no_key=True).in_bulk([row.project_id for row in rows])
        changed, fields = [], set()
        for row in rows:
            row.project = project = there[row.project_id]
            project.version = int(row.seen.partition("-")[0])  # what the preview saw
            values = dict(self.typed(row.values["plan"]))
            if row.outcome == Outcome.NEW:  # nothing of what another once wrote comes back with it
                values = blank() | values
                values |= {"dropped_at": None, "entered_by": self.by, "source_id": self.batch.source_id}
            for key, value in values.items():
                setattr(project, key, value)
            fields |= values.keys()
            if values:
                changed.append(project)
        save_projects(changed, {key.removesuffix("_id") for key in fields})

    def _say(self, rows):
        """The statements, handed in for review."""
        updates = [ProgressUpdate(
            project=row.project, source_id=self.batch.source_id, **row.values["progress"] | {
                "effective_on": date.fromisoformat(row.values["progress"]["effective_on"])}) for row in rows]
        ProgressUpdate.in_bulk(updates, self.by, Verb.SUBMITTED, f"导入：{self.batch.file_name}")
        for row, update in zip(rows, updates, strict=True):
            row.update = update

    def _remember(self, rows):
        """What each row became. Plain SQL: an upsert of whole rows takes as long as inserting the projects."""
        became = [(row.project.pk, row.update_id,
                   f"{row.project.version}-{row.update_id or row.seen.partition('-')[2] or 0}", row.pk) for row in rows]
        places = ", ".join(["(%s, %s, %s, %s)"] * len(became))
        with connection.cursor() as cursor:
            cursor.execute(  # only places for values are put together
                "UPDATE projects_importrow SET project_id = CAST(became.column1 AS bigint), "  # noqa: S608
                "update_id = CAST(became.column2 AS bigint), seen = became.column3 "
                f"FROM (VALUES {places}) AS became WHERE id = CAST(became.column4 AS bigint)",
                [value for row in became for value in row])


def blank():
    """A plan in which nothing is stated."""
    return {name: Project._meta.get_field(name).get_default()
            for name in [*PLAIN, *LINKS] if name not in ("name", "project_list")}


def create_projects(projects):
    """Insert new projects, each with its history. The one place that does; whose doing it is, `acting` says."""
    for project in projects:
        project.start_projections()
    Project.objects.bulk_create(projects)
    record("+", [(None, project) for project in projects])


def save_projects(projects, fields):
    """Save changed projects, each as seen at its version. The one place that does; `fields` were changed in some.

    Raises ValidationError where one was changed meanwhile.
    """
    if stale := save_versions(projects, fields):
        names = "、".join(f"“{project}”" for project in stale[:SAY_WHICH])
        raise ValidationError(f"刚才有人动过{names}，这一批一行也没有写入。请重新核对再试。")
    Project.objects.filter(pk__in=[project.pk for project in projects]).rebuild_projections()
