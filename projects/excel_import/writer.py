"""Writes judged rows: new projects, changed ones, and the statements handed in for review."""
from django.core.exceptions import ValidationError
from django.db import connection

from guicheng.excel_import.rows import Loader, Outcome
from guicheng.review.states import Verb
from guicheng.trail.history import record
from guicheng.trail.versions import save_versions
from projects.excel_import.fields import FIELDS, KEPT
from projects.models import Department, ImportRow, ProgressUpdate, Project

SAY_WHICH = 5


class Writer:
    """Writes a chunk of rows."""

    def __init__(self, batch):
        self.batch, self.by = batch, batch.uploader
        self.departments, self.loader = {}, Loader(Project, FIELDS)

    def write(self, rows):
        naming = [row for row in rows if isinstance(row.values["plan"].get("lead_department"), dict)]
        new = [row for row in rows if row.outcome == Outcome.NEW and not row.project_id]
        again = [row for row in rows if row.outcome == Outcome.NEW and row.project_id]
        changed = [row for row in rows if row.outcome == Outcome.CHANGED]
        self._name_departments(naming)
        self.loader.read_links([row.values["plan"] for row in rows])
        made = [self._made(row) for row in new]
        create_projects(made)
        for row, project in zip(new, made, strict=True):
            row.project = project
        self._change(again + changed)
        for row in new + again + changed:
            if row.supporting is not None:
                row.project.supporting_departments.set(row.supporting)
        self._say([row for row in rows if row.values["progress"]])
        self._put_off([row for row in rows if row.values.get("postponement")])
        self._remember(rows)
        ImportRow.objects.bulk_update(naming, ["values"])  # the undo looks for the office that was made

    def _name_departments(self, rows):
        """Make the offices that rows name anew, each once."""
        for row in rows:
            plan = row.values["plan"]
            plan["lead_department"] = self._new_department(plan["lead_department"]["new"])

    def _new_department(self, name):
        if name not in self.departments:
            department = Department.objects.filter(name=name).first() or Department(name=name)
            if department.pk is None:
                department.full_clean()
                department.save()
            self.departments[name] = department.pk
        return self.departments[name]

    def _made(self, row):
        plan = self.loader.loaded(row.values["plan"])
        row.supporting = plan.pop("supporting_departments", None)
        project = Project(source_id=self.batch.source_id, entered_by_id=self.by.pk, is_published=False, **plan)
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
            values = self.loader.loaded(row.values["plan"])
            if row.outcome == Outcome.NEW:  # nothing of what another once wrote comes back with it
                values = blank() | values
                values |= {"dropped_at": None, "entered_by": self.by, "source_id": self.batch.source_id}
            row.supporting = values.pop("supporting_departments", None)
            for key, value in values.items():
                setattr(project, key, value)
            fields |= values.keys()
            if values:
                changed.append(project)
        save_projects(changed, {key.removesuffix("_id") for key in fields})

    def _say(self, rows):
        """The statements, handed in for review."""
        updates = [ProgressUpdate(
            project=row.project, source_id=self.batch.source_id, **self.loader.loaded(row.values["progress"]))
            for row in rows]
        ProgressUpdate.in_bulk(updates, self.by, Verb.SUBMITTED, f"导入：{self.batch.file_name}")
        for row, update in zip(rows, updates, strict=True):
            row.update = update

    def _put_off(self, rows):
        """The postponements, handed in for review with their reasons."""
        updates = [ProgressUpdate(
            project=row.project, source_id=self.batch.source_id, kind=ProgressUpdate.Kind.POSTPONEMENT,
            reason=said["reason"], postponed_to=FIELDS["planned_end"].loaded(said["postponed_to"]),
            effective_on=FIELDS["effective_on"].loaded(said["effective_on"]))
            for row in rows for said in [row.values["postponement"]]]
        if updates:
            ProgressUpdate.in_bulk(updates, self.by, Verb.SUBMITTED, f"导入：{self.batch.file_name}")
        for row, update in zip(rows, updates, strict=True):
            row.postponement = update

    def _remember(self, rows):
        """What each row became. Plain SQL: an upsert of whole rows takes as long as inserting the projects."""
        became = [(row.project.pk, row.update_id, row.postponement_id,
                   f"{row.project.version}-{row.postponement_id or row.update_id or row.seen.partition('-')[2] or 0}",
                   row.pk) for row in rows]
        places = ", ".join(["(%s, %s, %s, %s, %s)"] * len(became))
        with connection.cursor() as cursor:
            cursor.execute(  # only places for values are put together
                "UPDATE projects_importrow SET project_id = CAST(became.column1 AS bigint), "  # noqa: S608
                "update_id = CAST(became.column2 AS bigint), postponement_id = CAST(became.column3 AS bigint), "
                f"seen = became.column4 FROM (VALUES {places}) AS became WHERE id = CAST(became.column5 AS bigint)",
                [value for row in became for value in row])


def blank():
    """A plan in which nothing is stated."""
    return {field.column: Project._meta.get_field(field.key).get_default()
            for field in KEPT if field.key not in ("name", "project_list")}


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
