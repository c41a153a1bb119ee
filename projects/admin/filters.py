"""The filters of the list of projects: every figure of the first page leads to exactly the projects it counts."""
from django.contrib import admin

from guicheng.office.base import ScopedRelatedFilter
from projects.models import Status
from projects.models.lights import Colour
from projects.summary import FAMILIES, of_colour
from projects.supervision.lights import LABELS


class FoldedFilter(ScopedRelatedFilter):
    """Dozens of communities or units: folded until one is chosen."""

    template = "admin/folded_filter.html"


class CountedFilter(admin.SimpleListFilter):
    title, parameter_name = "是否计入数字", "counted"

    def lookups(self, request, model_admin):
        return [("1", "计入（已公开，不含分项）")]

    def queryset(self, request, queryset):
        return queryset.counted() if self.value() == "1" else queryset


class FamilyFilter(admin.SimpleListFilter):
    title, parameter_name = "办到哪一步", "family"

    def lookups(self, request, model_admin):
        return list(FAMILIES.items())

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        return queryset.filter(status__in=[key for key, name in Status.FAMILY.items() if name == self.value()])


class LightFilter(admin.SimpleListFilter):
    """Comes last: it looks at what the filters before it leave."""

    title, parameter_name = "灯", "light"

    def lookups(self, request, model_admin):
        return [(colour.value, f"{colour.label}灯·{LABELS[colour.value]}") for colour in Colour]

    def queryset(self, request, queryset):
        return queryset if self.value() is None else of_colour(queryset, self.value())
