"""The calendar of working days in the back office: a year a page, its holidays and worked weekends as rows."""
from django.contrib import admin
from django.db.models import Count, Q

from guicheng.days.workdays import CalendarDay, CalendarYear
from guicheng.office.base import LabelledInline, ScopedAdmin


class DayInline(LabelledInline):
    model = CalendarDay
    fields = ["day", "is_workday", "name"]
    can_delete = False  # a day entered by mistake is set to what its weekday says
    verbose_name_plural = "放假和调休：只录与平常星期不同的日子；放假的不勾“上班”，周末调休上班的勾上"


@admin.register(CalendarYear)
class CalendarYearAdmin(ScopedAdmin):
    list_display = ["__str__", "is_complete", "holidays", "worked"]
    search_fields = ["year"]
    inlines = [DayInline]

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(
            holiday_count=Count("days", filter=Q(days__is_workday=False)),
            worked_count=Count("days", filter=Q(days__is_workday=True)))

    @admin.display(description="放假天数")
    def holidays(self, year):
        return year.holiday_count

    @admin.display(description="调休上班天数")
    def worked(self, year):
        return year.worked_count

    def get_readonly_fields(self, request, obj=None):
        return ["year"] if obj else []

    def has_delete_permission(self, request, obj=None):
        return False
