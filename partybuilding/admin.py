from django.contrib import admin

from guicheng.admin import LabelledInline, MembershipAdmin, ScopedAdmin
from partybuilding.models import Metric, MetricReading, PartyOrganisation, Venue


@admin.register(PartyOrganisation)
class PartyOrganisationAdmin(MembershipAdmin):
    list_display = ["name", "kind", "parent", "community", "started_on", "ended_on"]
    list_filter = ["kind"]
    search_fields = ["name"]
    list_select_related = ["parent", "community"]
    autocomplete_fields = ["parent", "community", "unit", "source"]


@admin.register(Venue)
class VenueAdmin(ScopedAdmin):
    list_display = ["name", "kind", "community", "address", "phone"]
    list_filter = ["kind"]
    search_fields = ["name"]
    list_select_related = ["community"]
    autocomplete_fields = ["community", "unit", "project", "source"]


class ReadingInline(LabelledInline):
    model = MetricReading
    fields = ["value", "qualifier", "effective_from", "effective_on", "note", "source"]
    can_delete = False


@admin.register(Metric)
class MetricAdmin(ScopedAdmin):
    list_display = ["name", "unit", "group", "layer", "community"]
    list_filter = ["group", "layer"]
    search_fields = ["name", "slug"]
    list_select_related = ["community"]
    autocomplete_fields = ["community", "project"]
    inlines = [ReadingInline]
