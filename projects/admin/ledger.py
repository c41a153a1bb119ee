"""The ledger in the back office: the list of statements, and what may be done with several at once."""
from django.contrib import admin, messages
from django.core.exceptions import ValidationError

from guicheng.office.base import ScopedAdmin
from guicheng.office.seen import UNSEEN, Seen
from guicheng.review.permissions import can_approve
from projects.admin.statement import StatementPages
from projects.models import ProgressUpdate
from projects.templatetags.projects import status_tag


class ForMeFilter(admin.SimpleListFilter):
    """One's own work, as the first page shows it."""

    title, parameter_name = "与我有关", "for_me"

    def lookups(self, request, model_admin):
        reviews = request.user.has_perm("projects.check_progressupdate")
        return [("review", "等我审核")] * reviews + [("own", "我填报的"), ("waiting", "我填报的，待审核")]

    def queryset(self, request, queryset):
        own = queryset.filter(author=request.user)
        return {"review": queryset.for_review_by(request.user), "own": own, "waiting": own.waiting()}.get(
            self.value(), queryset)


@admin.register(ProgressUpdate)
class ProgressUpdateAdmin(StatementPages, ScopedAdmin):
    list_display = ["project", "effective_on", "status_shown", "text", "state", "kind", "author", "reviewer"]
    list_display_links = ["project"]
    list_filter = ["state", "kind", ForMeFilter]
    search_fields = ["text", "project__search_text"]
    list_select_related = ["project__lead_department", "project__community", "author", "reviewer"]
    ordering = ["-created_at", "-pk"]
    actions = ["approve_selected"]
    seals_rows = True

    def lookup_allowed(self, lookup, value, request=None):
        """`project` may be asked for by the link from a project, but is no list of 10,000 names."""
        return lookup == "project__id__exact" or super().lookup_allowed(lookup, value, request)

    @admin.display(description="状态", ordering="status")
    def status_shown(self, update):
        return status_tag(update.status) if update.status else "—"

    def has_delete_permission(self, request, obj=None):
        """What was handed in stays on record; one's own draft may go."""
        return obj is not None and obj.state == obj.State.DRAFT and obj.author_id == request.user.pk

    @admin.action(description="通过所选的（初审或终审）")
    def approve_selected(self, request, queryset):
        """Take the next step of those this person may; say how many and why the others were not."""
        done, published, refused, seen = 0, 0, [], Seen(request.POST)
        for update in queryset.select_related("project__lead_department", "project__community", "author"):
            if update not in seen:
                refused.append(f"{update}：{UNSEEN}")
                continue
            if not can_approve(request.user, update):
                refused.append(f"{update}：{update.get_state_display()}，不由你审核。")
                continue
            try:
                update.approve(request.user)
            except ValidationError as error:
                refused.append(f"{update}：{' '.join(error.messages)}")
            else:
                self._log(request, update, is_new=False)
                done, published = done + 1, published + update.is_published
        sentence = f"通过 {done} 条，其中 {published} 条已发布。"
        self.message_user(request, sentence, messages.SUCCESS if done else messages.WARNING)
        for sentence in refused[:5]:
            self.message_user(request, sentence, messages.WARNING)
        if len(refused) > 5:
            self.message_user(request, f"还有 {len(refused) - 5} 条没有通过。", messages.WARNING)

    def get_actions(self, request):
        actions = super().get_actions(request)
        if not request.user.has_perm("projects.check_progressupdate"):
            actions.pop("approve_selected", None)
        return actions
