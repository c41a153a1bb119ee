"""批量修改: several projects chosen on the list, one form, a preview of every row, and a way back."""
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count
from django.http import HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from guicheng.fields import DayField
from guicheng.office.base import ScopedAdmin
from guicheng.office.submissions import once
from guicheng.office.watched import AsksAboutWords
from guicheng.text import is_row_number
from projects.ledger import bulk_change
from projects.models import BulkChange, Status


def _day(label, help_text):
    return forms.DateField(label=label, help_text=help_text, validators=DayField.default_validators,
                           widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class BulkForm(AsksAboutWords, forms.Form):
    """What all the chosen projects would get."""

    writes = {"reason": "projects.BulkChange.reason"}

    kind = forms.ChoiceField(choices=BulkChange.Kind, widget=forms.HiddenInput)
    effective_on = _day("日期", "到这一天已是如此。")
    status = forms.ChoiceField(label="改成什么状态", choices=Status)
    postponed_to = _day("延期到", "原来的日期仍然公开。")
    reason = forms.CharField(label="原因（公开）", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    seal = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, kind, *args, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["status" if kind == BulkChange.Kind.DATE else "postponed_to"]
        self.initial.setdefault("kind", kind)
        self.initial.setdefault("effective_on", timezone.localdate())

    def stated(self):
        """The fields of the statement that each project gets."""
        left_out = {"kind", "seal"}
        return {name: value for name, value in self.cleaned_data.items() if name not in left_out}

    def shown(self):
        return [self[name] for name in self.fields if name not in ("kind", "seal")]


class BulkActions:
    """Mixed into the projects' admin: the two actions, the form and its preview on one page."""

    @admin.action(description="批量改状态")
    def bulk_status(self, request, queryset):
        return self._bulk(request, queryset, BulkChange.Kind.STATUS)

    @admin.action(description="批量延期")
    def bulk_date(self, request, queryset):
        return self._bulk(request, queryset, BulkChange.Kind.DATE)

    def get_urls(self):
        return [path("bulk/", self.admin_site.admin_view(self.bulk), name="projects_project_bulk"), *super().get_urls()]

    def get_actions(self, request):
        actions = super().get_actions(request)
        if not request.user.has_perm("projects.add_progressupdate"):
            for name in ("bulk_status", "bulk_date"):
                actions.pop(name, None)
        return actions

    def bulk(self, request):
        """The form came back: show the preview, or do what the preview showed."""
        if request.method != "POST":
            return redirect("admin:projects_project_changelist")
        if not request.user.has_perm("projects.add_progressupdate"):
            raise PermissionDenied
        ticked = list(filter(is_row_number, request.POST.getlist(ACTION_CHECKBOX_NAME)))
        projects = self.get_queryset(request).filter(pk__in=ticked[:bulk_change.MOST])
        kind = request.POST.get("kind")
        if kind not in BulkChange.Kind.values or not projects:
            messages.warning(request, "没有选中任何一行，请重新勾选。")
            return redirect("admin:projects_project_changelist")
        return self._bulk(request, projects, kind, BulkForm(kind, request.POST))

    def _bulk(self, request, queryset, kind, form=None):
        projects = list(queryset.select_related("lead_department", "community")[:bulk_change.MOST + 1])
        if len(projects) > bulk_change.MOST:
            messages.warning(request, f"一次最多改 {bulk_change.MOST} 个项目，请先筛选。")
            return redirect("admin:projects_project_changelist")
        rows, status = [], 200
        if form is not None and form.is_valid():
            rows = bulk_change.preview(projects, kind, form.stated(), request.user)
            seal = bulk_change.seal(rows)
            if "confirm" in request.POST:
                if constant_time_compare(form.cleaned_data["seal"], seal):
                    done = self._apply(request, rows, kind, form)
                    if done:
                        return done
                else:
                    messages.warning(request, "预览以后有项目变了，请再看一遍。")
        elif form is not None:
            status = 400
        return render(request, "admin/projects/bulk.html", {
            **self.admin_site.each_context(request), "opts": self.opts, "title": BulkChange.Kind(kind).label,
            "form": form or BulkForm(kind), "projects": projects, "rows": rows,
            "seal": bulk_change.seal(rows) if rows else "", "possible": sum(not row.sentence for row in rows),
            "warned": sum(bool(row.warning) for row in rows), "tick": ACTION_CHECKBOX_NAME,
        }, status=status)

    def _apply(self, request, rows, kind, form):
        try:
            with once(request) as sending:
                change = bulk_change.apply(rows, kind, form.cleaned_data["reason"], request.user)
                number = change.updates.count()
                self.log_addition(request, change, f"{number} 个项目")
                sending.leads_to = reverse("admin:projects_bulkchange_change", args=[change.pk])
        except ValidationError as error:
            form.add_error(None, error)
            return None
        messages.success(request, f"已为 {number} 个项目提交，等待审核。")
        return redirect(sending.leads_to)


@admin.register(BulkChange)
class BulkChangeAdmin(ScopedAdmin):
    """What was changed at once, and its way back."""

    list_display = ["at", "kind", "reason", "by", "number", "undone_at"]
    list_filter = ["kind"]
    search_fields = ["reason", "by__name"]
    list_select_related = ["by"]
    change_form_template = "admin/projects/bulk_change.html"

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(size=Count("updates"))

    @admin.display(description="项目数", ordering="size")
    def number(self, change):
        return change.size

    def get_urls(self):
        view = self.admin_site.admin_view(self.undo)
        return [path("<int:pk>/undo/", view, name="projects_bulkchange_undo"), *super().get_urls()]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        change = self.get_object(request, object_id)
        updates = change.updates.select_related("project").order_by("pk") if change else []
        return super().change_view(request, object_id, form_url, {"updates": updates, **(extra_context or {})})

    def undo(self, request, pk):
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        change = get_object_or_404(BulkChange.objects.visible_to(request.user), pk=pk)
        if change.by_id != request.user.pk or not self.has_view_permission(request):
            raise PermissionDenied
        try:
            dropped, withdrawn = bulk_change.undo(change, request.user)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            self.log_change(request, change, "撤销")
            parts = [f"{dropped} 条未公开的已撤销"] * bool(dropped)
            parts += [f"{withdrawn} 条已公开的提交了撤回，等待审核"] * bool(withdrawn)
            messages.success(request, "，".join(parts) + "。" if parts else "没有可以撤销的进展。")
        return redirect("admin:projects_bulkchange_change", pk)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
