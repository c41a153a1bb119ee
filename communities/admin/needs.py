"""诉求 in the back office: the queue by what is due, the page on which one is handled, answers, templates, terms."""
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.views.decorators.http import require_safe

from communities.admin.need_filters import ALL, OPEN, AnswerStateFilter, LateFilter, MineFilter, StateFilter
from communities.admin.need_pages import NAMES, NeedPages
from communities.models import AnswerTemplate, Need, NeedAnswer, NeedTerm
from communities.models.need_moves import OPEN as STILL_OPEN
from communities.models.needs import MOST_PRESSING, NEXT_DAY
from communities.needs.due_words import due_of
from guicheng.days.workdays import WorkCalendar
from guicheng.office.base import ScopedAdmin
from guicheng.review.pages import ForMeFilter, ReviewPages
from projects.admin.filters import FoldedFilter


class NeedList(ChangeList):
    def get_results(self, request):
        super().get_results(request)
        self.result_list = list(self.result_list)
        self.model_admin.prepare_rows(self.result_list)


@admin.register(Need)
class NeedAdmin(NeedPages, ScopedAdmin):
    list_display = ["number", "title", "kind", "state_shown", "holder_shown", "due_shown", "came"]
    list_display_links = ["number", "title"]
    list_filter = [MineFilter, StateFilter, LateFilter, "kind", ("community", FoldedFilter), "channel"]
    search_fields = ["number", "title", "text", "place"]
    list_select_related = NAMES[:4]
    actions = None

    def get_changelist(self, request, **kwargs):
        return NeedList

    def get_ordering(self, request):
        """What is open by its next day; where those that have ended are among them, the newest first."""
        state = request.GET.get("state", ALL if request.GET.get("q", "").strip() else OPEN)
        return MOST_PRESSING if state == OPEN or state in STILL_OPEN else ["-asked_at", "-pk"]

    def prepare_rows(self, rows):
        """Say of each how far it is to its day, with the calendar read once."""
        calendar, today = WorkCalendar.load(), timezone.localdate()
        for need in rows:
            need.due = due_of(need, today, calendar)

    @admin.display(description="办理情况", ordering="state")
    def state_shown(self, need):
        return format_html('<span class="tag tag-{}">{}</span>', Need.State(need.state).family,
                           need.get_state_display())

    @admin.display(description="办理单位")
    def holder_shown(self, need):
        held = str(need.holder or "还没有单位")
        return f"{held}（等{need.offered_to}接收）" if need.offered_to else held

    @admin.display(description="期限", ordering=NEXT_DAY)
    def due_shown(self, need):
        if need.due.is_late:
            return format_html('<b class="light light-red">{}</b>', need.due.words)
        return need.due.words or None

    @admin.display(description="什么时候来的", ordering="asked_at")
    def came(self, need):
        at = timezone.localtime(need.asked_at)
        how = "" if need.channel == Need.Channel.WEB else f"，{need.get_channel_display()}"
        return f"{at.month} 月 {at.day} 日 {at:%H:%M}{how}"

    # it moves by its verbs
    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(NeedAnswer)
class NeedAnswerAdmin(ReviewPages, ScopedAdmin):
    """The list of answers; each is written and read on the page of its need."""

    list_display = ["number", "title", "said", "state_shown", "author", "checker", "reviewer"]
    list_display_links = ["number", "title"]
    list_filter = [AnswerStateFilter, ForMeFilter]
    search_fields = ["need__number", "need__title", "text"]
    list_select_related = ["need", "author", "checker", "reviewer"]
    ordering = ["-created_at", "-pk"]
    reviewed_with, shown_with = ["need__community", "need__department"], ["need"]

    @admin.display(description="编号", ordering="need__number")
    def number(self, answer):
        return answer.need.number

    @admin.display(description="诉求")
    def title(self, answer):
        return answer.need.title

    @admin.display(description="答复")
    def said(self, answer):
        return answer.text if len(answer.text) <= 60 else f"{answer.text[:60]}…"

    @admin.display(description="处理情况", ordering="state")
    def state_shown(self, answer):
        return answer.published_word() if answer.is_published else answer.get_state_display()

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @method_decorator(require_safe)
    def change_view(self, request, object_id, form_url="", extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        answer = self.get_object(request, object_id)
        if answer is None:
            raise Http404
        return redirect(f"{answer.staff_page()}#answer")

    def show(self, request, answer, status=200, decision=None):
        page = self.admin_site.get_model_admin(Need)
        need = Need.objects.select_related(*NAMES).get(pk=answer.need_id)
        return page.show(request, need, status, decision)

    def log_review(self, request, answer):
        state = answer.published_word() if answer.is_published else answer.get_state_display()
        self.log_change(request, answer, f"答复，{state}")


@admin.register(AnswerTemplate)
class AnswerTemplateAdmin(ScopedAdmin):
    list_display = ["title", "beginning"]
    search_fields = ["title", "text"]

    @admin.display(description="内容")
    def beginning(self, template):
        return template.text if len(template.text) <= 80 else f"{template.text[:80]}…"


@admin.register(NeedTerm)
class NeedTermAdmin(ScopedAdmin):
    list_display = ["kind", "accept_days", "answer_days"]
    list_display_links = ["kind"]
    search_fields = ["kind"]
    fields, readonly_fields = ["kind", "accept_days", "answer_days"], ["kind"]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
