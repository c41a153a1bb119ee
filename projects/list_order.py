"""A list in its own order: by category, number and code, those without a category last.

The order runs over two tables, so no index follows it. Of a long list the first ones are found category by category,
each by the index `project_list_order`; a short one is sorted.
"""
from collections import defaultdict

from django.db.models import CharField, F

from guicheng.days.compiled import compiled
from projects.models import Category, Project, ProjectList, Status

IN_ORDER = [F("category__number").asc(nulls_last=True), "number", "code"]
LONG = 1_000  # projects that are sorted in a few milliseconds


def first_of_list(rows, project_list, most, count):
    """The first `most` of `rows`, projects of this list; `count`: how many there may be."""
    if count <= LONG:
        return list(rows.order_by(*IN_ORDER)[:most])
    found = []
    for category in _categories(project_list):
        if len(found) < most:
            found += rows.filter(category=category).order_by("number", "code")[:most - len(found)]
    return found


def first_of_each(project_list, held, most):
    """{status: the first `most` of a long list's counted projects that have it}: what its stair says of them.

    `held`: the (category, status) that there are any of.
    """
    found = defaultdict(list)
    for category in _categories(project_list):
        for status in Status.possible():
            if len(rows := found[status]) < most and (category, status) in held:
                rows += _of_status(category is None, most, project_list=project_list, category=category, status=status)
                del rows[most:]
    return found


def _categories(project_list):
    return [*(row.pk for row in _categories_of(project_list=project_list)), None]


@compiled(project_list=ProjectList._meta.pk)
def _categories_of(project_list):
    return Category.objects.filter(project_list=project_list).only("pk").order_by("number")


@compiled(project_list=ProjectList._meta.pk, category=Category._meta.pk, status=CharField())
def _of_status(has_none, most, project_list, category, status):
    rows = Project.objects.counted().filter(project_list=project_list, status=status)
    rows = rows.filter(category=None) if has_none else rows.filter(category=category)
    return rows.only("code", "name", "status", "project_list").order_by("number", "code")[:most]
