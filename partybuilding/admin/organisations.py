"""Party organisations and their places in the back office."""
from django.contrib import admin

from guicheng.access.permissions import sees_everything
from guicheng.office.base import MembershipAdmin, ScopedAdmin
from partybuilding.models import PartyOrganisation, Venue
from partybuilding.permissions import can_change_organisation


@admin.register(PartyOrganisation)
class PartyOrganisationAdmin(MembershipAdmin):
    list_display = ["name", "kind", "parent", "community", "started_on", "ended_on"]
    list_filter = ["kind"]
    search_fields = ["name"]
    list_select_related = ["parent", "community"]
    autocomplete_fields = ["parent", "community", "unit", "source"]

    def has_change_permission(self, request, obj=None):
        may = super().has_change_permission(request, obj)
        return may and (obj is None or can_change_organisation(request.user, obj))

    def get_readonly_fields(self, request, obj=None):
        """Where it stands and whether it is public is the office's: the one would widen its clerk's scope."""
        fixed = [] if sees_everything(request.user) else ["community", "unit", "is_published"]
        return [*super().get_readonly_fields(request, obj), *fixed]

    def get_form(self, request, obj=None, change=False, **kwargs):
        """A clerk enters organisations below their own; without one above it would be nobody's."""
        form = super().get_form(request, obj, change, **kwargs)
        if "parent" in form.base_fields and not sees_everything(request.user):
            form.base_fields["parent"].required = True
        return form

    def save_model(self, request, obj, form, change):
        if not sees_everything(request.user):
            obj.is_published = False
        super().save_model(request, obj, form, change)


@admin.register(Venue)
class VenueAdmin(ScopedAdmin):
    list_display = ["name", "kind", "community", "address", "phone"]
    list_filter = ["kind"]
    search_fields = ["name"]
    list_select_related = ["community"]
    autocomplete_fields = ["community", "unit", "project", "source"]
