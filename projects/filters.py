"""How projects are found: the same filters on the page, in its CSV and in the API."""
from dataclasses import replace

import django_filters
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.lookups import IsNull
from django.utils.functional import cached_property

from guicheng.access.units import behind
from guicheng.days.as_of import NOW
from guicheng.days.compiled import compiled
from guicheng.seal.models import Seal
from guicheng.search.query import Query
from guicheng.tables.filters import KeptFilter, PagedFilter
from projects import summary
from projects.late_units import NOT_BY_UNIT, would_tell
from projects.ledger.promises import Verdict
from projects.models import Category, Department, Project, ProjectList, Promise, Status
from projects.moments import NOW_TO_THEN as THEN
from projects.moments import as_they_were, at, columns_at
from projects.summary.facet import NO_LIST

UNKNOWN = "unknown"
ORDERS = {"newest": "最近有进展的在前", "due": "到期早的在前", "name": "按名称", "status": "按状态"}
FACETED = ("list", "category", "status", "community", "verdict")


@compiled()
def _public_lists():
    return ProjectList.objects.published().only("pk", "slug", "title", "year", "is_sample", "announced_on")


@compiled()
def _communities():
    return behind(Project, "community").objects.values_list("slug", "name")


@compiled()
def _departments():
    return Department.objects.values_list("pk", "name")[:500]


@compiled(slug=ProjectList._meta.get_field("slug"))
def _categories(slug):
    return Category.objects.filter(
        project_list__in=ProjectList.objects.published(), project_list__slug=slug).values_list("number", "name")


class FilterOptions:
    """What there is to choose from, each read once per request."""

    def __init__(self, moment=NOW):
        self.moment = moment

    @cached_property
    def lists(self):
        return [row for row in _public_lists() if self.moment.has(row.announced_on)]

    @cached_property
    def communities(self):
        return _communities()

    @cached_property
    def departments(self):
        return [(str(pk), name) for pk, name in _departments()]

    def categories(self, slug):
        if not slug:
            return []
        return [(str(number), f"{number}. {name}") for number, name in _categories(slug=slug)]

    @property
    def years(self):
        return [(str(year), f"{year} 年") for year in sorted({row.year for row in self.lists}, reverse=True)]

    @property
    def has_sample(self):
        return any(row.is_sample for row in self.lists)

    def for_form(self, slug):
        """name -> [(value, label)], for the filters that choose from what is there."""
        return {
            "list": [(row.slug, row.title) for row in self.lists] + [(NO_LIST, "不在清单上的项目")],
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
    q = django_filters.CharFilter(label="搜索", method="search", validators=[Query.read])
    list = django_filters.ChoiceFilter(label="清单", method="on_list")
    category = django_filters.ChoiceFilter(label="类型", method="in_category")
    status = django_filters.ChoiceFilter(
        label="状态", method="in_status", choices=[*Status.choices, (UNKNOWN, Status.label_of(""))])
    community = django_filters.ChoiceFilter(label="社区", method="in_community")
    department = django_filters.ChoiceFilter(label="责任单位", method="by_department")
    year = django_filters.ChoiceFilter(label="年度", method="in_year")
    verdict = django_filters.ChoiceFilter(label="承诺兑现", method="judged", choices=Verdict.choices)
    data = django_filters.ChoiceFilter(
        label="数据", method="real_or_sample", choices=[("real", "只看真实数据"), ("sample", "只看示例数据")])

    follows = {"list": ["category"]}
    widened = True  # a search also finds words that mean the same

    def __init__(self, data, queryset=None, moment=NOW, options=None):
        self.options, self.moment = options or FilterOptions(moment), moment
        self.newest = self.column("moved_on")
        self.orders = {"due": [F(self.column("due_on")).asc(nulls_last=True), "pk"], "name": ["name", "pk"],
                       "status": [Status.in_menu_order(self.column("status")), f"-{self.newest}", "-pk"]}
        rows = at(Project.objects.published() if queryset is None else queryset, moment)
        super().__init__(data, rows, self.options.for_form(data.get("list")))

    def is_valid(self):
        if super().is_valid() and would_tell(self.data.get("verdict"), self.data):
            self.form.add_error("verdict", NOT_BY_UNIT)
        return super().is_valid()

    def search(self, queryset, name, value):
        """What is sealed is not found by its words, nor by a part of them."""
        columns = ["search_text"] if self.moment else None  # what was said since is of another day
        return queryset.search(self.query, self.cover.hinted_by(*self.query.forms), columns)

    @cached_property
    def query(self):
        return Query(self.form.cleaned_data["q"], widened=self.widened)

    @cached_property
    def cover(self):
        return Seal.objects.cover()

    def on_list(self, queryset, name, value):
        if value == NO_LIST:
            return queryset.filter(project_list=None)
        return queryset.filter(project_list=next(row.pk for row in self.options.lists if row.slug == value))

    # by the key, asked first: joined by its slug or number the index that has the rows in order is of no use
    def in_category(self, queryset, name, value):
        category = Category.objects.filter(project_list__slug=self.data.get("list"), number=value)
        return queryset.filter(category=Subquery(category.order_by().values("pk")[:1]))

    def in_community(self, queryset, name, value):
        community = behind(Project, "community").objects.filter(slug=value)
        return queryset.filter(community=Subquery(community.order_by().values("pk")[:1]))

    def in_status(self, queryset, name, value):
        return queryset.filter(**{self.column("status"): "" if value == UNKNOWN else value})

    def column(self, column):
        """The column that holds this of the moment: of now, or of another day."""
        return THEN[column] if self.moment else column

    def by_department(self, queryset, name, value):
        supporting = Project.supporting_departments.through.objects.filter(department=value).values("project")
        return queryset.filter(Q(lead_department=value) | Q(pk__in=supporting))

    def in_year(self, queryset, name, value):
        lists = self._lists_of(value)
        moved = Q(**{f"{self.column('moved_on')}__year": value})
        return queryset.filter(Q(project_list__in=lists) | Q(project_list=None) & moved)

    def _lists_of(self, year):
        return [row.pk for row in self.options.lists if row.year == int(year)]

    @property
    def parts(self):
        """A year is its lists and what is on none."""
        year = self.form.cleaned_data.get("year")
        if self.moment or not year:
            return ()
        return [*(Q(project_list=pk) for pk in self._lists_of(year)), Q(project_list=None)]

    def judged(self, queryset, name, value):
        """Those with a promise of this verdict: promises are judged until as many are found as a page shows.

        A subquery with a limit: of EXISTS PostgreSQL makes a join, and judges every promise first.
        """
        promises = Promise.objects.filter(project=OuterRef("pk"))
        judged = summary.with_verdict(promises, self.moment.day, self.moment.known_at).filter(verdict=value)
        return queryset.filter(IsNull(Subquery(judged.values("pk")[:1]), False))

    def real_or_sample(self, queryset, name, value):
        return queryset.filter(is_sample=value == "sample")

    @property
    def kept(self):
        return self.moment.query

    @property
    def statuses(self):
        return self.choices_of("status")

    def choices_of(self, name):
        """[(value, label)] of a filter; not a verdict that this search may not be narrowed to."""
        choices = self.filters[name].extra["choices"]
        return [each for each in choices if name != "verdict" or not would_tell(each[0], self.data)]

    @cached_property
    def faceted(self):
        """The filters that `summary.facets` counts."""
        names = [name for name in FACETED if name != "category" or self.choices["category"]]
        tells = would_tell(self.data.get("verdict"), {"community": "any"})
        return [name for name in names if name != "community" or not tells]

    @property
    def selects(self):
        """(name, label, what nothing chosen is called, [(value, label)], chosen) of what is chosen in a form."""
        all_of = {"department": "全部单位", "year": "全部年度"}
        all_of |= {"data": "真实和示例"} if self.options.has_sample else {}
        rows = [(name, self.filters[name].label, words, self.choices_of(name), self.data.get(name))
                for name, words in all_of.items()]
        return [row for row in rows if row[3]] + [("order", "排序", "", ORDERS.items(), self.data.get("order"))]

    @property
    def title(self):
        """What the page is of, in words: 已完成的项目 · 桂花社区. Of a valid filter."""
        said = {name: dict(self.choices_of(name)).get(self.data.get(name)) for name in self.filters if name != "q"}
        what = "、".join(filter(None, [said["status"], said["verdict"] and f"承诺{said['verdict']}"]))
        rest = [f"“{self.data['q'].strip()}”" if self.is_asked else "", said["list"], said["category"],
                said["community"] and f"{said['community']}社区", said["department"], said["year"], said["data"]]
        return " · ".join(filter(None, [f"{what}的项目" if what else "项目", *rest]))

    @property
    def is_searched(self):
        # a search finds by key: at another day the keys alone do not say what was then
        return super().is_searched and not self.moment

    def page(self, columns, size=20):
        page = super().page(columns_at(columns, self.moment), size)
        return replace(page, rows=as_they_were(page.rows, self.moment))


class StaffFilter(KeptFilter, ProjectFilter):
    """The same filters over the projects of a member of staff."""

    category = verdict = None
    widened = False
    nothing_chosen = "全部项目"

    def search(self, queryset, name, value):
        return queryset.search(self.query)

    def __init__(self, data, user):
        super().__init__(data, Project.objects.visible_to(user), options=StaffOptions(user))
        for each in self.choosing():
            each.extra["empty_label"] = "全部"
