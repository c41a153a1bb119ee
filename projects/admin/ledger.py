"""The ledger in the back office: the list of statements."""
from django.contrib import admin

from guicheng.files.admin import AttachmentPages
from guicheng.office.base import ScopedAdmin
from guicheng.review.pages import ForMeFilter, ReviewPages
from projects.admin.statement import StatementPages
from projects.models import ProgressUpdate
from projects.templatetags.projects import status_tag


@admin.register(ProgressUpdate)
class ProgressUpdateAdmin(StatementPages, AttachmentPages, ReviewPages, ScopedAdmin):
    list_display = ["project", "effective_on", "status_shown", "text", "state", "kind", "author", "reviewer"]
    list_display_links = ["project"]
    list_filter = ["state", "kind", ForMeFilter]
    search_fields = ["text", "project__search_text__found"]
    list_select_related = ["project__lead_department", "project__community", "author", "reviewer"]
    ordering = ["-created_at", "-pk"]
    attachments_template, attachments_with = "admin/projects/photos.html", ["project"]
    reviewed_with, shown_with = ["project__lead_department", "project__community"], ["project"]

    def lookup_allowed(self, lookup, value, request=None):
        """`project` may be asked for by the link from a project, but is no list of 10,000 names."""
        return lookup == "project__id__exact" or super().lookup_allowed(lookup, value, request)

    def attachments_context(self, update):
        return {"update": update, "project": update.project}

    @admin.display(description="状态", ordering="status")
    def status_shown(self, update):
        return status_tag(update.status) if update.status else "—"

    def has_delete_permission(self, request, obj=None):
        """What was handed in stays on record; one's own draft may go."""
        return obj is not None and obj.state == obj.State.DRAFT and obj.author_id == request.user.pk
