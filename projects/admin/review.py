"""审核记录, month by month, and the words that warn before submission."""
from datetime import date

from django.contrib import admin
from django.utils.timezone import localtime

from guicheng.office.base import ScopedAdmin
from projects.admin.words_import import WordImportPages
from projects.models import ReviewStep, WatchedWord


class MonthFilter(admin.SimpleListFilter):
    """The months of the last three years in which something was done, newest first."""

    title, parameter_name = "月份", "month"

    def lookups(self, request, model_admin):
        months = model_admin.get_queryset(request).datetimes("at", "month", order="DESC")[:36]
        return [(f"{month:%Y-%m}", f"{month.year} 年 {month.month} 月") for month in months]

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        try:
            month = date.fromisoformat(f"{self.value()}-01")
        except ValueError:
            return queryset.none()
        return queryset.filter(at__year=month.year, at__month=month.month)


@admin.register(ReviewStep)
class ReviewStepAdmin(ScopedAdmin):
    """Who reviewed what, and when. Read only; a month at a time is exported from here."""

    list_display = ["at_minute", "verb", "by", "project", "kind", "day", "text", "note", "checked"]
    list_display_links = None
    list_filter = ["verb", MonthFilter]
    search_fields = ["update__project__search_text", "by__name", "note"]
    search_help_text = "项目、办理人或意见里的字。"
    list_select_related = ["by", "update__project"]

    @admin.display(description="时刻", ordering="at")
    def at_minute(self, step):
        return f"{localtime(step.at):%Y-%m-%d %H:%M}"

    @admin.display(description="项目")
    def project(self, step):
        return step.update.project.name

    @admin.display(description="性质")
    def kind(self, step):
        return step.update.get_kind_display()

    @admin.display(description="日期")
    def day(self, step):
        return step.update.effective_on

    @admin.display(description="内容（公开）")
    def text(self, step):
        return step.update.text or step.update.headline or step.update.reason

    @admin.display(description="终审核对")
    def checked(self, step):
        return str(step.checked) or "—"

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(WatchedWord)
class WatchedWordAdmin(WordImportPages, ScopedAdmin):
    list_display = ["word", "kind", "advice", "is_active"]
    list_filter = ["kind", "is_active"]
    search_fields = ["word", "advice"]

    def has_delete_permission(self, request, obj=None):
        """A word is put out of use, not forgotten."""
        return False
