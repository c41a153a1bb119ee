"""What communities report, in the back office: the list, one value with its review."""
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_safe

from guicheng.office.base import ScopedAdmin
from guicheng.review.pages import ForMeFilter, ReviewPages
from partybuilding.admin.figure import FigurePages
from partybuilding.admin.grid import GridPages
from partybuilding.models import ReportedReading


@admin.register(ReportedReading)
class ReportedReadingAdmin(FigurePages, GridPages, ReviewPages, ScopedAdmin):
    list_display = ["community", "metric", "told_shown", "effective_on", "state", "author", "reviewer"]
    list_display_links = ["community", "metric"]
    list_filter = ["state", ForMeFilter]
    search_fields = ["community__name", "metric__name", "note"]
    list_select_related = ["community", "metric", "author", "reviewer"]
    ordering = ["-created_at", "-pk"]
    reviewed_with, shown_with = ["community", "metric"], ["community", "metric"]

    @admin.display(description="数")
    def told_shown(self, reported):
        return reported.told

    # it is written in the table of a task, and what was handed in stays on record
    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @method_decorator(require_safe)
    def change_view(self, request, object_id, form_url="", extra_context=None):
        reported = self.get_object(request, object_id)
        if reported is None:
            raise Http404
        if not self.has_view_permission(request, reported):
            raise PermissionDenied
        return self.show(request, reported)

    def show(self, request, reported, status=200, decision=None):
        return render(request, "admin/partybuilding/reporting/reported.html", {
            **self.admin_site.each_context(request), "opts": self.opts, "title": reported.about()[0],
            "reported": reported, "before": reported.before if reported.is_open else None,
            "steps": reported.steps.in_order().select_related("by"),
            **self.review_context(request, reported, decision),
        }, status=status)

    def log_review(self, request, reported):
        self.log_change(request, reported, f"数，{reported.get_state_display()}")
