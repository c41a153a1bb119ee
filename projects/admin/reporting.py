"""报送任务 in the back office: prepared with a form, looked at before it is opened, followed on a board, closed."""
from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils import timezone

from guicheng import words
from guicheng.access.permissions import sees_everything
from guicheng.office.base import LabelledInline, ScopedAdmin
from guicheng.office.submissions import once
from projects.admin.reporting_office import OfficePages
from projects.admin.reporting_release import ReleasePages
from projects.admin.reporting_table import TablePages
from projects.models import AskedColumn, AskedUnit, ReportingColumn, ReportingTask
from projects.permissions import can_ask_reports
from projects.reporting.opening import asked, close_task, due_before, open_task

USUAL = [AskedColumn.STATUS, AskedColumn.PERCENT, AskedColumn.TEXT, AskedColumn.PROBLEM, AskedColumn.DELAY_REASON,
         AskedColumn.NEXT_STEP]
DEFINITIONS = {"percent": "有确切数字才填", "text": "做了什么、到哪一步，居民会看到", "delay_reason": "红灯才填"}


class TaskForm(forms.ModelForm):
    """The deadline stands on a working day: what falls on a day off is moved to the one before, and said."""

    moved = ""

    def __init__(self, *args, **kw):
        super().__init__(*args, **kw)
        due = self.fields.get("due_at")  # none where it can only be read
        for part, label in zip(due.widget.widgets if due else (), ("报送截止：哪天", "报送截止：几点"), strict=False):
            part.attrs["aria-label"] = label

    def clean_due_at(self):
        due = self.cleaned_data["due_at"]
        before = due_before(due)
        if due != self.instance.due_at:  # else it was moved, if it was, when it was typed
            self.instance.meant_at = due
        if before != due:
            self.moved = f"报送截止落在休息日，已提前到 {words.day(timezone.localdate(before))}。"
        return before


class ColumnInline(LabelledInline):
    model = ReportingColumn
    fields = ["key", "definition"]
    verbose_name_plural = "要填的栏目和口径"

    # a column is part of its task: who prepares the one writes the other
    def has_add_permission(self, request, obj=None):
        return can_ask_reports(request.user) and (obj is None or obj.opened_at is None)

    def has_view_permission(self, request, obj=None):
        return can_ask_reports(request.user)

    has_change_permission = has_delete_permission = has_add_permission

    def get_extra(self, request, obj=None, **kwargs):
        return 1 if obj else len(USUAL)

    def get_formset(self, request, obj=None, **kwargs):
        """A new task begins with the usual columns."""
        formset = super().get_formset(request, obj, **kwargs)
        if obj is not None:
            return formset

        class Begun(formset):
            def __init__(self, *args, **kw):
                super().__init__(*args, **kw)
                if not self.is_bound:  # what comes back as it was offered would count as not filled in
                    self.initial_extra = [{"key": key, "definition": DEFINITIONS.get(key, "")} for key in USUAL]

        return Begun


@admin.register(ReportingTask)
class ReportingTaskAdmin(OfficePages, ReleasePages, TablePages, ScopedAdmin):
    form = TaskForm
    inlines = [ColumnInline]
    list_display = ["title", "as_of", "due_shown", "stage_shown"]
    list_filter = ["rhythm"]
    search_fields = ["title", "ground"]
    autocomplete_fields = ["lists", "departments", "communities", "metrics"]
    fieldsets = [
        (None, {"fields": ["title", "ground", "as_of", "due_at", "rhythm", "guidance", "needs_scan"]}),
        ("问谁，问什么", {"fields": ["lists", "categories", "departments", "communities", "asks_projects",
                                      "only_unfinished", "metrics"]}),
    ]
    change_form_template = "admin/projects/reporting/task.html"
    view_on_site = False  # its board is there once it is opened

    @admin.display(description="报送截止", ordering="due_at")
    def due_shown(self, task):
        return f"{timezone.localtime(task.due_at):%Y-%m-%d %H:%M}"

    @admin.display(description="情况")
    def stage_shown(self, task):
        return task.stage

    def get_urls(self):
        view, name = self.admin_site.admin_view, "projects_reportingtask"
        return [
            path("<int:pk>/open/", view(self.open), name=f"{name}_open"),
            path("<int:pk>/close/", view(self.close), name=f"{name}_close"),
            path("table/<int:pk>/", view(self.table), name=f"{name}_table"),
            path("table/<int:pk>/paste/", view(self.paste), name=f"{name}_paste"),
            path("table/<int:pk>/drafts/", view(self.drafts), name=f"{name}_drafts"),
            path("row/<int:pk>/", view(self.row), name=f"{name}_row"),
            *self.office_urls(), *self.release_urls(), *super().get_urls(),
        ]

    def has_add_permission(self, request):
        return can_ask_reports(request.user) and super().has_add_permission(request)

    def has_change_permission(self, request, obj=None):
        may = can_ask_reports(request.user) and super().has_change_permission(request, obj)
        return may and (obj is None or obj.opened_at is None)

    def has_delete_permission(self, request, obj=None):
        return False

    def get_changeform_initial_data(self, request):
        """The end of this month, and the working day on which it is usually due; or the next of an earlier task."""
        initial = super().get_changeform_initial_data(request)
        end = (timezone.localdate().replace(day=1) + timezone.timedelta(days=32)).replace(day=1)
        end -= timezone.timedelta(days=1)
        at = timezone.make_aware(timezone.datetime(end.year, end.month, end.day, 17))
        return {"as_of": end, "due_at": due_before(at), "title": f"{end.year} 年 {end.month} 月项目进展", **initial}

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if form.moved:
            messages.info(request, form.moved)

    def save_related(self, request, form, formsets, change):
        """What asks of sample lists alone is a sample itself."""
        super().save_related(request, form, formsets, change)
        task = form.instance
        lists = list(task.lists.all())
        is_sample = bool(lists) and all(each.is_sample for each in lists)
        if is_sample != task.is_sample:
            task.is_sample = is_sample
            task.save(update_fields=["is_sample", "version"])

    def response_add(self, request, obj, post_url_continue=None):
        """Next: look at whom it asks."""
        super().response_add(request, obj, post_url_continue)
        return redirect("admin:projects_reportingtask_change", obj.pk)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """A prepared one with its preview; an opened one is its board, to a unit its table."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        task = self.get_object(request, object_id)
        if task is None:
            raise Http404
        if task.opened_at:
            return redirect(self._page_of_task(request.user, task))
        return super().change_view(request, object_id, form_url, {
            "preview": asked(task), "may_open": can_ask_reports(request.user), **(extra_context or {})})

    def _page_of_task(self, user, task):
        if not sees_everything(user):
            units = list(AskedUnit.objects.visible_to(user).filter(task=task).in_list_order()[:2])
            if len(units) == 1:
                return units[0].get_absolute_url()
        return task.get_absolute_url()

    # verbs
    def open(self, request, pk):
        return self._verb(request, pk, open_task, "已布置：{} 行，各单位的收件箱里都有。")

    def close(self, request, pk):
        return self._verb(request, pk, close_task, "已关闭，{} 行当时的回答定下了。以后交的算补报。")

    def _verb(self, request, pk, act, done):
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_view_permission(request):
            raise PermissionDenied
        task = get_object_or_404(ReportingTask.objects.visible_to(request.user), pk=pk)
        if not can_ask_reports(request.user):
            raise PermissionDenied
        try:
            with once(request) as sending:
                number = act(task, request.user)
                sending.leads_to = task.get_absolute_url()
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("admin:projects_reportingtask_change", pk)
        messages.success(request, done.format(number))
        return redirect(sending.leads_to)
