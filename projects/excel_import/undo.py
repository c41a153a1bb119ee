"""Take a whole import back: it withdraws, it never deletes, and only while nothing else was built on it."""
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from guicheng.access.permissions import sees_everything
from guicheng.excel_import.rows import Loader, chunks
from guicheng.review.states import Verb
from guicheng.trail.history import acting
from projects.excel_import.confirm import SIZE
from projects.excel_import.fields import FIELDS
from projects.excel_import.writer import save_projects
from projects.models import ImportBatch, ImportRow, ProgressUpdate, Project, Source

SAY_WHICH = 5


@transaction.atomic
def undo(batch, by):
    """Take it back; give how many statements were dropped and how many withdrawals wait for review.

    Raises ValidationError that names the rows on which something else was built.
    """
    locked = ImportBatch.objects.select_for_update(no_key=True).get(pk=batch.pk)
    if locked.state != ImportBatch.State.CONFIRMED:
        raise ValidationError("只有已导入的一批才能撤销。")
    rows = ImportRow.objects.filter(batch=locked, project__isnull=False).exclude(outcome="wrong").exclude(
        outcome="unchanged").select_related("update", "postponement").order_by("pk")
    dropped = withdrawn = 0
    for chunk in chunks(rows.defer("raw", "changes").iterator(SIZE), SIZE):
        projects = Project.objects.select_for_update(no_key=True).in_bulk([row.project_id for row in chunk])
        refuse_foreign(chunk, projects, by)
        refuse_built_on(chunk, projects, by)
        for row in chunk:
            for said in row.statements:
                said.project = projects[row.project_id]
        dropped += drop_waiting(chunk, by, locked)
        withdrawn += withdraw_published(chunk, by, locked)
        with acting(by, f"撤销导入：{batch.file_name}"):
            give_back(chunk, projects)
    locked.state = ImportBatch.State.UNDONE
    locked.save(update_fields=["state"])
    batch.refresh_from_db()
    return dropped, withdrawn


def refuse_foreign(rows, projects, by):
    """Refuse where a project is no longer this person's, who may have left the unit since."""
    mine = set(Project.objects.in_scope_of(by).filter(pk__in=projects).values_list("pk", flat=True))
    if foreign := [row for row in rows if row.project_id not in mine]:
        raise ValidationError(f"不能撤销：{named(foreign)}已经不归你管，请业务管理员来撤销。")


def refuse_built_on(rows, projects, by):
    """Refuse where one of the projects was edited or spoken of after the import."""
    last = dict(ProgressUpdate.objects.filter(project__in=projects).order_by().values("project").annotate(
        last=Max("pk")).values_list("project", "last"))
    pointed_at = pointed_at_by_others([row.project_id for row in rows if row.outcome == "new"])
    built_on, public = [], []
    for row in rows:
        project = projects[row.project_id]
        is_same = row.seen == f"{project.version}-{last.get(project.pk, 0)}" and project.pk not in pointed_at
        if row.outcome == "changed":
            is_same = is_same and all(
                (FIELDS[key].held_by(project) or None) == (value or None)
                for key, value in row.values["plan"].items())
        if not is_same:
            built_on.append(row)
        elif row.outcome == "new" and project.is_published:
            public.append(row)
    if built_on:
        raise ValidationError(f"不能撤销：{named(built_on)}导入以后又有改动或新的进展。请逐项处理。")
    if public and not (sees_everything(by) and by.has_perm("projects.change_project")):
        raise ValidationError(f"不能撤销：{named(public)}已经公开，请业务管理员来撤销。")


def pointed_at_by_others(projects):
    """Those new projects at which anything points but their statements and this import."""
    found = set()
    for relation in Project._meta.related_objects:
        if not relation.many_to_many and relation.related_model not in (ProgressUpdate, ImportRow):
            name = relation.field.name
            rows = relation.related_model._base_manager.filter(**{f"{name}__in": projects})
            found |= set(rows.values_list(name, flat=True))
    return found


def named(rows):
    names = "、".join(f"{row}“{row.name}”" for row in rows[:SAY_WHICH])
    return names + (f"等 {len(rows)} 行" if len(rows) > SAY_WHICH else "")


def drop_waiting(rows, by, batch):
    """Drop what waits for review."""
    waiting = [said for row in rows for said in row.statements if said.is_open]
    return ProgressUpdate.in_bulk(waiting, by, Verb.DROPPED, f"撤销导入：{batch.file_name}")


def withdraw_published(rows, by, batch):
    """Ask for the withdrawal of what is public already: a withdrawal is reviewed like everything else."""
    public = [said for row in rows for said in row.statements if said.is_published]
    if not public:
        return 0
    reason, own = f"撤销导入：{batch.file_name}", Source.objects.own()
    made = [update.withdrawal(reason, own) for update in public]
    return ProgressUpdate.in_bulk(made, by, Verb.SUBMITTED, reason)


def give_back(rows, projects):
    """New projects are dropped from all lists, changed ones get their old values."""
    new = [projects[row.project_id] for row in rows if row.outcome == "new"]
    for project in new:
        project.dropped_at, project.is_published, project.published_by = timezone.now(), False, None
    save_projects(new, ["dropped_at", "is_published", "published_by"])
    changed = [row for row in rows if row.outcome == "changed" and row.before]
    loader = Loader(Project, FIELDS)
    loader.read_links([row.before for row in changed])
    for row in changed:
        for key, value in loader.loaded(row.before).items():
            if key != "supporting_departments":
                setattr(projects[row.project_id], key, value)
    save_projects([projects[row.project_id] for row in changed],
                  {key for row in changed for key in row.before} - {"supporting_departments"})
    for row in changed:
        if "supporting_departments" in row.before:
            projects[row.project_id].supporting_departments.set(row.before["supporting_departments"])
