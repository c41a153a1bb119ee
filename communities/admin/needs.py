"""诉求 in the back office: the queue by what is due, and the page on which one is handled."""
from django.contrib import admin

from communities.models import Need, NeedTerm
from guicheng.office.base import ScopedAdmin


@admin.register(Need)
class NeedAdmin(ScopedAdmin):
    list_display = ["number", "title", "kind", "state", "due_on", "asked_at"]
    list_filter = ["state", "kind"]
    search_fields = ["number", "title", "text", "place"]

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(NeedTerm)
class NeedTermAdmin(ScopedAdmin):
    list_display = ["kind", "accept_days", "answer_days"]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
