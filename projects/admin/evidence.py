from django.contrib import admin

from guicheng.office.base import ScopedAdmin
from projects.models import Discrepancy, Fact, PolicyDocument, Source


@admin.register(Source)
class SourceAdmin(ScopedAdmin):
    list_display = ["title", "kind", "publisher", "published_on", "scope"]
    list_filter = ["kind"]
    search_fields = ["code", "title"]


@admin.register(Fact)
class FactAdmin(ScopedAdmin):
    list_display = ["topic", "kind", "text", "project", "community", "effective_on", "source"]
    list_filter = ["kind", "layer", "source"]
    search_fields = ["topic", "text"]
    list_select_related = ["project", "community", "source"]
    autocomplete_fields = ["project", "project_list", "community", "organisation", "venue", "place", "source"]


@admin.register(Discrepancy)
class DiscrepancyAdmin(ScopedAdmin):
    list_display = ["topic", "source_1", "source_2", "settled_on"]
    search_fields = ["topic"]
    list_select_related = ["source_1", "source_2"]
    autocomplete_fields = ["project", "community", "organisation", "metric", "source_1", "source_2", "settled_source"]
    fieldsets = [
        (None, {"fields": ["topic", "statement_1", "source_1", "statement_2", "source_2", "treatment"]}),
        ("讲的是什么", {"fields": ["project", "project_list", "community", "organisation", "metric"]}),
        ("本单位核定", {"fields": ["settled", "settled_on", "settled_by", "settled_source"],
                    "description": "核实清楚以后填，四项都填。公开页面先写核定的说法，两种说法仍然可以看到。"}),
    ]


@admin.register(PolicyDocument)
class PolicyDocumentAdmin(ScopedAdmin):
    list_display = ["title", "field", "office", "stage", "effective_on"]
    list_filter = ["stage"]
    search_fields = ["title"]
    autocomplete_fields = ["source"]
