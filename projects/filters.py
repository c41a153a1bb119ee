"""How projects are found: the same filters on the page, in its CSV and in the API."""
from dataclasses import replace

import django_filters
from django.db.models import Q
from django.utils.functional import cached_property

from guicheng.access.units import behind
from guicheng.days.as_of import NOW
from guicheng.seal.models import Seal
from guicheng.tables.filters import KeptFilter, PagedFilter
from projects.models import Category, Department, Project, ProjectList, Status
from projects.moments import NOW_TO_THEN as THEN
from projects.moments import as_they_were, at, columns_at

UNKNOWN = "unknown"
ORDERS = {"newest": "最近有进展的在前", "due": "计划完成早的在前", "name": "按名称", "status": "按状态"}


class FilterOptions:
    """What there is to choose from, each read once per request."""

    def __init__(self, moment=NOW):
        self.moment = moment

    @cached_property
    def lists(self):
        rows = ProjectList.objects.published().only("pk", "slug", "title", "year", "is_sample", "announced_on")
        return [row for row in rows if self.moment.has(row.announced_on)]

    @cached_property
    def communities(self):
        model = behind(Project, "community")
        return [(slug, name) for slug, name in model.objects.values_list("slug", "name")]

    @cached_property
    def departments(self):
        return [(str(pk), name) for pk, name in Department.objects.values_list("pk", "name")[:500]]

    def categories(self, slug):
        if not slug:
            return []
        rows = Category.objects.filter(
            project_list__in=ProjectList.objects.published(), project_list__slug=slug).values_list("number", "name")
        return [(str(number), f"{number}. {name}") for number, name in rows]

    @property
    def years(self):
        return [(str(year), f"{year} 年") for year in sorted({row.year for row in self.lists}, reverse=True)]

    @property
    def has_sample(self):
        return any(row.is_sample for row in self.lists)

    def for_form(self, slug):
        """name -> [(value, label)], for the filters that choose from what is there."""
        return {
            "list": [(row.slug, row.title) for row in self.lists] + [("none", "不在清单上的项目")],
            "category": self.categories(slug),
            "community": self.communities,
            "department": self.departments,
            "year": self.years,
        }


class StaffOptions(FilterOptions):
    """What a member of staff may choose from: what the back office shows them."""

    def __init__(self, user):
        super().__init__()
        self.user = user

    @cached_property
    def lists(self):
        return list(ProjectList.objects.visible_to(self.user).only("pk", "slug", "title", "year", "is_sample"))

    @cached_property
    def communities(self):
        model = behind(Project, "community")
        return [(slug, name) for slug, name in model.objects.visible_to(self.user).values_list("slug", "name")]

    @cached_property
    def departments(self):
        rows = Department.objects.visible_to(self.user).values_list("pk", "name")
        return [(str(pk), name) for pk, name in rows]

    def for_form(self, slug):
        choices = super().for_form("")
        del choices["category"]  # they would follow the list that is chosen
        return choices


class ProjectFilter(PagedFilter):
    q = django_filters.CharFilter(label="搜索", method="search", max_length=80)
    list = django_filters.ChoiceFilter(label="清单", method="on_list")
    category = django_filters.ChoiceFilter(label="类型", field_name="category__number")
    status = django_filters.ChoiceFilter(
        label="状态", method="in_status", choices=[*Status.choices, (UNKNOWN, Status.label_of(""))])
    community = django_filters.ChoiceFilter(label="社区", field_name="community__slug")
    department = django_filters.ChoiceFilter(label="责任单位", method="by_department")
    year = django_filters.ChoiceFilter(label="年度", method="in_year")
    data = django_filters.ChoiceFilter(
        label="数据", method="real_or_sample", choices=[("real", "只看真实数据"), ("sample", "只看示例数据")])

    def __init__(self, data, queryset=None, moment=NOW, options=None):
        self.options, self.moment = options or FilterOptions(moment), moment
        self.newest = self._then("moved_on")
        self.orders = {"due": ["planned_end", "pk"], "name": ["name", "pk"],
                       "status": [self._then("status"), f"-{self.newest}", "-pk"]}
        rows = at(Project.objects.published() if queryset is None else queryset, moment)
        super().__init__(data, rows, self.options.for_form(data.get("list")))

    def search(self, queryset, name, value):
        """What is sealed is not found by its words, nor by a part of them."""
        return queryset.search(value, Seal.objects.cover().hinted_by(value))

    def on_list(self, queryset, name, value):
        if value == "none":
            return queryset.filter(project_list=None)
        return queryset.filter(project_list=next(row.pk for row in self.options.lists if row.slug == value))

    def in_status(self, queryset, name, value):
        return queryset.filter(**{self._then("status"): "" if value == UNKNOWN else value})

    def _then(self, column):
        return THEN[column] if self.moment else column

    def by_department(self, queryset, name, value):
        supporting = Project.supporting_departments.through.objects.filter(department=value).values("project")
        return queryset.filter(Q(lead_department=value) | Q(pk__in=supporting))

    def in_year(self, queryset, name, value):
        lists = [row.pk for row in self.options.lists if row.year == int(value)]
        moved = Q(**{f"{self._then('moved_on')}__year": value})
        return queryset.filter(Q(project_list__in=lists) | Q(project_list=None) & moved)

    def real_or_sample(self, queryset, name, value):
        return queryset.filter(is_sample=value == "sample")

    @property
    def statuses(self):
        return self.filters["status"].extra["choices"]

    @property
    def is_searched(self):
        # a search finds by key: at another day the keys alone do not say what was then
        return super().is_searched and not self.moment

    def page(self, columns, size=20):
        page = super().page(columns_at(columns, self.moment), size)
        return replace(page, rows=as_they_were(page.rows, self.moment))

    def in_order(self, order):
        rows = super().in_order(order)
        return rows.exclude(planned_end=None) if order == "due" else rows


class StaffFilter(KeptFilter, ProjectFilter):
    """The same filters over the projects of a member of staff."""

    category = None
    nothing_chosen = "全部项目"

    def search(self, queryset, name, value):
        return queryset.search(value)

    def __init__(self, data, user):
        super().__init__(data, Project.objects.visible_to(user), options=StaffOptions(user))
        for each in self.choosing():
            each.extra["empty_label"] = "全部"
