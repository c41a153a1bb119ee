"""What the page of one project asks of the database. What is asked the same way on every page is compiled once."""
from django.db.models import CharField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast

from guicheng.access.units import behind
from guicheng.days.compiled import compiled
from projects.models import (
    Department,
    Discrepancy,
    Milestone,
    Paper,
    Photo,
    ProgressUpdate,
    Project,
    ProjectAlias,
    ProjectList,
    Source,
)
from projects.models.then import announced_by
from projects.moments import at

KEY = Project._meta.pk
NO_CODE = Value("")
TO_OTHERS = {"before": "before", "after": "after", "parent": "parent_id", "continues": "continues_id"}


def read(among):
    """These projects with what their page names, and `before` and `after`, their neighbours' keys."""
    beside = Project.objects.filter(project_list=OuterRef("project_list"), parent=None, is_published=True).order_by()
    return among.lean().select_related("project_list", "category", "community", "lead_department", "source").annotate(
        before=Subquery(beside.filter(code__lt=OuterRef("code")).order_by("-code").values("pk")[:1]),
        after=Subquery(beside.filter(code__gt=OuterRef("code")).order_by("code").values("pk")[:1]))


@compiled(code=Project._meta.get_field("code"))
def public_project(code):
    return read(Project.objects.published()).filter(code=code)


@compiled(project=KEY)
def updates_of(project):
    """What was published of it, with all that was corrected and withdrawn."""
    return ProgressUpdate.objects.published().filter(project=project).select_related("source")


@compiled(project=KEY)
def milestones_of(project):
    return Milestone.objects.filter(project=project).select_related("source")


def rare_rows(project, moment):
    """kind -> rows of a project's key: what most projects do not have."""
    # a file is fetched only while its statement is in force
    photos, papers = (model.objects.frozen().filter(update__project=project) for model in (Photo, Paper))
    return {
        "parts": at(Project.objects.filter(parent=project).published(), moment),
        "facts": behind(Project, "facts").objects.filter(project=project).by(moment.day),
        "photos": photos.published() if moment else photos,
        "papers": papers.published() if moment else papers,
        # what it names, and no other part of the whole
        "discrepancies": Discrepancy.objects.filter(
            Q(project=project) | Q(project__parent=project)).by(moment.day),
    }


# --- what the page only names -----------------------------------------------------------------
def around(project, moment):
    """What the page only names: [(kind, code, name)]; of the rare kinds, that there is any. One query."""
    keys = {kind: getattr(project, column) for kind, column in TO_OTHERS.items()}
    keys = {kind: key for kind, key in keys.items() if key} | {"project": project.pk, "name": project.name}
    if project.budget_source_id:
        keys["budget"] = project.budget_source_id
    is_secretarys = bool(project.project_list and project.project_list.kind == ProjectList.Kind.SECRETARY)
    return _around(moment, tuple(keys), is_secretarys, **keys)


@compiled(project=KEY, name=Project._meta.get_field("name"), budget=Source._meta.pk, **dict.fromkeys(TO_OTHERS, KEY))
def _around(moment, kinds, is_secretarys, **keys):
    """`keys`: of the project and of what stands in a column of its own; of those only `kinds` are asked."""
    named = _named(moment, kinds, is_secretarys, keys)
    branches = [rows.order_by().values_list(Value(kind), code, name) for kind, rows, code, name in named]
    branches += [rows.order_by().values_list(Value(kind), NO_CODE, NO_CODE)
                 for kind, rows in rare_rows(keys["project"], moment).items()]
    return branches[0].union(*branches[1:])


def _named(moment, kinds, is_secretarys, keys):
    """(kind, rows, the column of the code, that of the name)."""
    project, public = keys["project"], Project.objects.published()
    yield "alias", ProjectAlias.objects.filter(project=project).exclude(name=keys["name"]), NO_CODE, "name"
    yield "supporting", Department.objects.filter(supported_projects=project), NO_CODE, "name"
    yield "venue", behind(Project, "venues").objects.filter(project=project), "code", "name"
    continued = public.filter(continues=project)
    yield "continued", continued.filter(announced_by(moment.day)) if moment else continued, "code", "name"
    for kind in TO_OTHERS:
        if kind in kinds:
            yield kind, public.filter(pk=keys[kind]), "code", "name"
    if "budget" in kinds:
        yield "budget", Source.objects.filter(pk=keys["budget"]), "code", "title"
    if is_secretarys:
        secretarys = behind(Project, "secretary_project").objects
        yield "secretary", secretarys.filter(project=project), "code", Cast("year", CharField())
