"""Figures and their readings in the back office."""
from django.contrib import admin

from guicheng.office.base import LabelledInline, ScopedAdmin
from partybuilding.models import Metric, MetricReading


class ReadingInline(LabelledInline):
    model = MetricReading
    fields = ["community", "value", "qualifier", "effective_from", "effective_on", "note", "source"]
    can_delete = False


@admin.register(Metric)
class MetricAdmin(ScopedAdmin):
    list_display = ["name", "unit", "group", "layer", "community"]
    list_filter = ["group", "layer"]
    search_fields = ["name", "slug"]
    list_select_related = ["community"]
    autocomplete_fields = ["community", "project"]
    inlines = [ReadingInline]
