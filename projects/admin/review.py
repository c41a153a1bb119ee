"""审核记录, month by month, and the words that warn before submission, with the import of a list of them."""
from datetime import date

from django.contrib import admin
from django.utils.timezone import localtime

from guicheng.excel_import.pages import RosterPages
from guicheng.office.base import ScopedAdmin
from projects.models import ReviewStep, WatchedWord
from projects.watched_words import WordRoster


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
    search_fields = ["update__project__search_text__found", "by__name", "note"]
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
class WatchedWordAdmin(RosterPages, ScopedAdmin):
    list_display = ["word", "kind", "advice", "is_active"]
    list_filter = ["kind", "is_active"]
    search_fields = ["word", "advice"]
    change_list_template = "admin/projects/project/change_list.html"

    roster = WordRoster
    import_title, import_list, template_name = "导入词表", "词表", "提醒词模板"
    import_help = "已有的词照表更新，格子空着的不改；“启用”空着的新词就启用。"
    file_label = "词表"
    file_help = f"Excel（.xlsx、.xls）、.ods 或 .csv，最多 20 MB、{WordRoster.most} 个词。"

    def changelist_view(self, request, extra_context=None):
        links = [(self.address("import"), self.import_title)] * self.may_import(request)
        return super().changelist_view(request, {"import_links": links, **(extra_context or {})})

    def has_delete_permission(self, request, obj=None):
        """A word is put out of use, not forgotten."""
        return False
