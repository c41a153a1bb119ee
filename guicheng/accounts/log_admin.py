"""The access log and the operation log: read by 安全审计员, changed by nobody, downloaded as they are filtered."""
from datetime import datetime, time, timedelta

from django.contrib import admin, messages
from django.contrib.admin import ListFilter
from django.contrib.admin.models import LogEntry
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponseNotAllowed, QueryDict
from django.urls import path
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.functional import cached_property

from guicheng.accounts.models import AccessEvent
from guicheng.office.base import GuardedLists, Scoped
from guicheng.tables.exports import csv_response

MAX_COUNT = 10_000


class CappedPaginator(Paginator):
    """Counts and pages no further than MAX_COUNT rows: older ones are found by day."""

    @cached_property
    def count(self):
        return self.object_list.order_by()[:MAX_COUNT].count()


def _instant(text, days=0):
    """The start of the day that was typed, plus `days`; None for none. Raises ValueError."""
    day = parse_date(text) if text else None
    if text and (day is None or not 1990 <= day.year <= 2100):
        raise ValueError(text)
    return timezone.make_aware(datetime.combine(day + timedelta(days=days), time.min)) if day else None


class DayRange(ListFilter):
    """From one day to another, both inclusive; `field` is the list's instant."""

    title, template = "日期", "admin/guicheng/day_range.html"
    parameter_names = ("since", "until")
    field = "at"

    def __init__(self, request, params, model, model_admin):
        super().__init__(request, params, model, model_admin)
        for name in self.parameter_names:
            if name in params:
                self.used_parameters[name] = params.pop(name)[-1].strip()

    def has_output(self):
        return True

    def expected_parameters(self):
        return list(self.parameter_names)

    def queryset(self, request, queryset):
        try:
            since, until = _instant(self.used_parameters.get("since")), _instant(self.used_parameters.get("until"), 1)
        except ValueError:
            messages.warning(request, "日期没有看懂，请按 2026-09-30 的样子填；下面没有按日期筛选。")
            return queryset
        if since:
            queryset = queryset.filter(**{f"{self.field}__gte": since})
        return queryset.filter(**{f"{self.field}__lt": until}) if until else queryset

    def choices(self, changelist):
        others = changelist.get_query_string(remove=[*self.parameter_names, "p"])
        others = list(QueryDict(others.removeprefix("?")).items())
        return [{**{name: self.used_parameters.get(name, "") for name in self.parameter_names}, "others": others}]


class ActionDayRange(DayRange):
    field = "action_time"


class LogAdmin(Scoped, GuardedLists, admin.ModelAdmin):
    """A list nobody changes, with the download of exactly what it shows."""

    list_per_page = 50
    list_max_show_all = 0
    show_full_result_count = False
    paginator = CappedPaginator
    actions = None
    show_facets = admin.ShowFacets.NEVER  # they would count the whole log
    list_display_links = None
    change_list_template = "admin/guicheng/log_list.html"
    columns = []  # (title, getter) of the download

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_export"
        return [path("export/", self.admin_site.admin_view(self.export), name=name), *super().get_urls()]

    def export(self, request):
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = self.get_changelist_instance(request).get_queryset(request)
        return csv_response(f"{self.opts.verbose_name}.csv", self.columns, rows.iterator(2000))

    def changelist_view(self, request, extra_context=None):
        query = request.GET.urlencode()
        extra = {"title": str(self.opts.verbose_name), "export_query": f"?{query}" if query else ""}
        return super().changelist_view(request, {**extra, **(extra_context or {})})


@admin.register(AccessEvent)
class AccessEventAdmin(LogAdmin):
    list_display = ["at", "kind", "by", "account", "address", "note"]
    list_filter = ["kind", DayRange]
    search_fields = ["by__name", "by__username", "account__name", "account__username", "address", "note"]
    search_help_text = "姓名、账号、地址或内容"
    list_select_related = ["by", "account"]
    columns = [
        ("时刻", lambda row: timezone.localtime(row.at).strftime("%Y-%m-%d %H:%M:%S")),
        ("事项", lambda row: row.get_kind_display()),
        ("谁", lambda row: row.by and f"{row.by}（{row.by.username}）"),
        ("对哪个账号", lambda row: row.account and f"{row.account}（{row.account.username}）"),
        ("来自", lambda row: row.address), ("内容", lambda row: row.note),
    ]


@admin.register(LogEntry)
class LogEntryAdmin(LogAdmin):
    """Who did what, when."""

    list_display = ["action_time", "user", "action_flag", "content_type", "object_repr", "get_change_message"]
    list_filter = ["action_flag", ActionDayRange]
    search_fields = ["object_repr", "user__name", "user__username"]
    search_help_text = "谁，或者动了什么"
    list_select_related = ["user", "content_type"]
    columns = [
        ("时刻", lambda row: timezone.localtime(row.action_time).strftime("%Y-%m-%d %H:%M:%S")),
        ("谁", lambda row: f"{row.user}（{row.user.username}）"),
        ("做了什么", lambda row: row.get_action_flag_display()),
        ("哪一类", lambda row: row.content_type and str(row.content_type)),
        ("编号", lambda row: row.object_id), ("名称", lambda row: row.object_repr),
        ("内容", lambda row: row.get_change_message()),
    ]
