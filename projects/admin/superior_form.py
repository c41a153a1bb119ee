"""上级表样 in the back office: uploaded once, its columns looked through, filled from a task or a list."""
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.decorators import method_decorator
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from guicheng.excel_import.forms import sent
from guicheng.files.spreadsheets import Unreadable
from guicheng.office.base import ScopedAdmin
from guicheng.office.submissions import once
from guicheng.tables.exports import CONTENT_TYPES, workbook_response
from guicheng.text import is_row_number
from guicheng.trail.versions import StaleVersion
from projects.models import ReportingTask, SuperiorForm
from projects.permissions import can_use_superior_forms
from projects.superior_form import reading
from projects.superior_form.documents import filled
from projects.superior_form.forms import EACH, ColumnsForm, FillForm, UploadForm


@admin.register(SuperiorForm)
class SuperiorFormAdmin(ScopedAdmin):
    list_display = ["title", "ground", "sheet", "uploaded_by", "uploaded_at", "use_shown"]
    list_filter = ["is_retired"]
    search_fields = ["title", "ground", "file_name"]
    list_select_related = ["uploaded_by"]
    is_exported = False
    view_on_site = False

    @admin.display(description="情况", ordering="is_retired")
    def use_shown(self, row):
        return "不再用" if row.is_retired else "在用"

    def get_urls(self):
        view, name = self.admin_site.admin_view, "projects_superiorform"
        return [
            path("task/<int:pk>/", view(self.for_task), name=f"{name}_task"),
            path("<int:pk>/fill/", view(self.fill), name=f"{name}_fill"),
            path("<int:pk>/original/", view(self.original), name=f"{name}_original"),
            *super().get_urls(),
        ]

    def has_view_permission(self, request, obj=None):
        return can_use_superior_forms(request.user) and super().has_view_permission(request, obj)

    def has_add_permission(self, request):
        return can_use_superior_forms(request.user) and super().has_add_permission(request)

    def has_change_permission(self, request, obj=None):
        return can_use_superior_forms(request.user) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return False

    def _visible(self, request, pk):
        if not self.has_view_permission(request):
            raise PermissionDenied
        return get_object_or_404(self.get_queryset(request), pk=pk)

    def _page(self, request, template, status=200, **context):
        return render(request, f"admin/projects/superior_form/{template}.html", {
            **self.admin_site.each_context(request), "opts": self.opts, **context}, status=status)

    # upload
    def add_view(self, request, form_url="", extra_context=None):
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = UploadForm(**sent(request))
        if request.method == "POST" and form.is_valid():
            said = form.cleaned_data
            try:
                row = reading.receive(request.user, said["title"], said["ground"], said["file"])
            except Unreadable as refusal:
                form.add_error("file", str(refusal))
            except ValidationError as refusal:
                form.add_error(None, refusal.messages)
            else:
                with once(request) as sending:
                    reading.keep(row, said["file"])
                    self.log_addition(request, row, [{"added": {}}])
                    sending.leads_to = row.get_absolute_url()
                messages.success(request, "表样收下了。请看看每一列填什么，不对的改一下。")
                return redirect(sending.leads_to)
        return self._page(request, "upload", 400 if form.errors else 200, title="上传上级表样", form=form)

    # history: what its columns mean follows from the workbook and is no matter of putting old values back
    def history_view(self, request, object_id, extra_context=None):
        return super().history_view(request, object_id, {"may_restore": False, **(extra_context or {})})

    def restore_view(self, request, object_id, history_id):
        self._row(request, object_id)
        raise PermissionDenied

    # what its columns mean
    def change_view(self, request, object_id, form_url="", extra_context=None):
        if not is_row_number(str(object_id)):
            raise Http404
        row = self._visible(request, object_id)
        if request.method == "POST" and not self.has_change_permission(request, row):
            raise PermissionDenied
        if not row.is_whole:
            messages.error(request, reading.GONE)
            return redirect("admin:projects_superiorform_changelist")
        form = ColumnsForm(*[request.POST] * (request.method == "POST"), instance=row)
        if request.method == "POST" and form.is_valid():
            try:
                return self._save(request, row, form)
            except Unreadable as refusal:
                form.add_error(None, str(refusal))
            except StaleVersion as refusal:
                form.add_error(None, refusal.messages)
            except ValidationError as refusal:
                form.add_error(None, refusal.messages)
        row = self._visible(request, object_id) if form.errors else row
        return self._page(request, "columns", 400 if form.errors else 200, title=f"对应关系：{row}", form=form,
                          row=row, fill=FillForm(user=request.user, has_unit_place=row.has_unit_place))

    def _save(self, request, row, form):
        """Read the workbook as the form says, and keep that where nobody changed it meanwhile."""
        said, anew = form.cleaned_data, form.is_read_anew
        head = (said["header_row"], said["header_rows"]) if anew and said["sheet"] == row.sheet else None
        if not anew:
            head = row.header_row, row.header_rows
        known = {} if anew else {"lines": form.chosen_lines(), "columns": form.chosen_columns(),
                                 "units": form.chosen_units()}
        reading.read_again(row, sheet=said["sheet"], head=head, **known)
        row.first_line, row.last_line = known.get("lines") or (None, None)
        row.title, row.ground, row.is_retired = said["title"], said["ground"], said["is_retired"]
        row.version = said["version"]
        row.full_clean(exclude=["file"])
        with once(request) as sending:
            row.save()
            self.log_change(request, row, "改了对应关系")
            sending.leads_to = row.get_absolute_url()
        messages.success(request, "表头重新读过了，请看看每一列对不对。" if anew else "存好了。")
        return redirect(sending.leads_to)

    @method_decorator(require_safe)
    def original(self, request, pk):
        """The workbook as it was uploaded."""
        row = self._visible(request, pk)
        if not row.is_whole:
            raise Http404(reading.GONE)
        return FileResponse(row.file.open("rb"), as_attachment=True, filename=row.file_name,
                            content_type=CONTENT_TYPES["xlsx"])

    # filling
    @method_decorator(require_safe)
    def for_task(self, request, pk):
        """The forms that a task can fill, each with its one click."""
        task = get_object_or_404(ReportingTask.objects.visible_to(request.user).exclude(opened_at=None), pk=pk)
        if not self.has_view_permission(request):
            raise PermissionDenied
        forms = self.get_queryset(request).in_use()
        return self._page(request, "task", title=f"填上级表样：{task}", task=task, forms=forms, is_each=EACH,
                          may_add=self.has_add_permission(request))

    @method_decorator(require_safe)
    def fill(self, request, pk):
        """The form, filled: a workbook, or a .zip of one for each unit."""
        row = self._visible(request, pk)
        if "source" not in request.GET:
            return redirect(row)
        form = FillForm(
            request.GET, user=request.user, has_unit_place=row.has_unit_place)
        if not form.is_valid():
            return self._refused(request, row, " ".join(sum(form.errors.values(), [])), 400)
        source = form.cleaned_data["source"]
        if source is None:
            raise Http404
        if not row.is_whole:
            return self._refused(request, row, reading.GONE, 404)
        try:
            name, content = filled(row, source, request.user, form.cleaned_data["by"] == EACH)
        except (Unreadable, ValidationError) as refusal:
            return self._refused(request, row, " ".join(getattr(refusal, "messages", [str(refusal)])), 400)
        if name.endswith(".xlsx"):
            return workbook_response(name, content)
        response = HttpResponse(content, content_type="application/zip")
        response["Content-Disposition"] = content_disposition_header(True, name)
        return response

    def _refused(self, request, row, sentence, status):
        return self._page(request, "refused", status, title=f"没有填：{row}", row=row, sentence=sentence)
