"""导出的文件 in the back office: ask for a long export, see how far it is, take the file along."""
from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import filesizeformat
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.views.decorators.http import require_POST, require_safe

from guicheng.access.units import behind
from guicheng.office.base import ScopedAdmin
from guicheng.office.submissions import once
from guicheng.tables.exports import CONTENT_TYPES
from guicheng.text import is_row_number
from projects.dossier.export import dossier_files
from projects.exports.files import export_files
from projects.filters import StaffFilter
from projects.models import Department, ExportFile, Project, ProjectList
from projects.permissions import can_download_export

# the filters of the list of projects that an export has too, and how each finds what it names
CARRIED = {
    "project_list__id__exact": ("list", ProjectList, "slug"),
    "community__id__exact": ("community", behind(Project, "community"), "slug"),
    "lead_department__id__exact": ("department", Department, "pk"),
}


class FormatForm(forms.Form):
    extension = forms.ChoiceField(
        label="格式", choices=[each for each in ExportFile.Format.choices if each[0] in export_files.WRITERS],
        initial="xlsx", widget=forms.RadioSelect)


@admin.register(ExportFile)
class ExportFileAdmin(ScopedAdmin):
    list_display = ["what", "extension", "how_far", "row_count", "file_size", "asked_by", "asked_at", "download_link"]
    list_filter = ["state", "kind", "extension"]
    search_fields = ["what", "asked_by__name"]
    list_select_related = ["asked_by"]
    is_exported = False

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            *[path(f"<int:pk>/{name}/", view(getattr(self, name)), name=f"projects_exportfile_{name}")
              for name in ("download", "work")],
            *super().get_urls(),
        ]

    # the list
    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"title": self.opts.verbose_name_plural, **(extra_context or {})})

    @admin.display(description="情况", ordering="state")
    def how_far(self, file):
        if file.state == "running" and file.total:
            return format_html('<progress max="{}" value="{}">{}</progress> {}', file.total, file.done, file.done,
                               f"{file.done:,} / {file.total:,} {file.counted_in}")
        return f"{file.get_state_display()}：{file.message}" if file.message else file.get_state_display()

    @admin.display(description="行数", ordering="total")
    def row_count(self, file):
        return f"{file.total:,}"

    @admin.display(description="大小", ordering="size")
    def file_size(self, file):
        return filesizeformat(file.size) if file.size else "—"

    @admin.display(description="文件")
    def download_link(self, file):
        if not file.is_finished:
            return "—"
        return format_html('<a class="record" href="{}">下载</a>',
                           reverse("admin:projects_exportfile_download", args=[file.pk]))

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def _visible(self, request, pk):
        if not self.has_view_permission(request):
            raise PermissionDenied
        return get_object_or_404(self.get_queryset(request).select_related("asked_by"), pk=pk)

    def _page(self, request, template, status=200, **context):
        return render(request, f"admin/projects/export_{template}.html", {
            **self.admin_site.each_context(request), "opts": self.opts, "kept_days": export_files.KEPT_DAYS,
            **context}, status=status)

    # asking
    def add_view(self, request, form_url="", extra_context=None):
        if not self.has_add_permission(request):
            raise PermissionDenied
        is_sent = request.method == "POST"
        data = request.POST if is_sent else carried(request.GET)
        filters, form = StaffFilter(data, request.user), FormatForm(*[request.POST] * is_sent)
        refused = ""
        if is_sent and form.is_valid():
            try:
                with once(request) as sending:
                    file, is_new = export_files.ask(request.user, request.POST, form.cleaned_data["extension"])
                    self.log_addition(request, file, f"导出：{file.what}")
                    sending.leads_to = reverse("admin:projects_exportfile_change", args=[file.pk])
            except ValidationError as error:
                refused = " ".join(error.messages)
            else:
                if is_new:
                    export_files.begin(file)
                return redirect(sending.leads_to)
        return self._page(request, "add", 400 if refused or form.errors else 200, title="导出全部项目",
                          filters=filters, form=form, refused=refused, long=export_files.LONG,
                          not_carried=set(request.GET) - {*CARRIED, "q", "status__exact", "o", "p"})

    # one export
    @method_decorator(require_safe)
    def change_view(self, request, object_id, form_url="", extra_context=None):
        if not is_row_number(str(object_id)):
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        file = self._visible(request, object_id)
        response = self._page(request, "file", title=f"导出：{file.what}", file=file,
                              may_download=file.is_finished and can_download_export(request.user, file))
        if file.is_waiting:
            response["Refresh"] = "2"
        return response

    @method_decorator(require_safe)
    def download(self, request, pk):
        file = self._visible(request, pk)
        if not file.is_finished or not can_download_export(request.user, file):
            raise Http404
        try:
            content = export_files.path_of(file).open("rb")
        except FileNotFoundError:
            raise Http404("文件已不在，请重新导出。")
        return FileResponse(content, as_attachment=True, filename=file.file_name,
                            content_type=CONTENT_TYPES[file.extension])

    @method_decorator(require_POST)
    def work(self, request, pk):
        """Make it now, where no worker took it."""
        file = self._visible(request, pk)
        if file.nobody_took_it:
            (dossier_files if file.is_dossier else export_files).run(file.pk)
            messages.info(request, "已经办完，结果见下。")
        return redirect("admin:projects_exportfile_change", file.pk)


def carried(query):
    """What the list of projects was narrowed by, as far as an export can be: name -> value."""
    found = {"q": query.get("q", ""), "status": query.get("status__exact", "")}
    for name, (own, model, field) in CARRIED.items():
        pk = query.get(name, "")
        if is_row_number(pk):
            found[own] = str(model.objects.filter(pk=pk).values_list(field, flat=True).first() or "")
    return {name: value for name, value in found.items() if value}


def export_links(request):
    """The ways in from the list of projects, with what it is narrowed by."""
    if not request.user.has_perm("projects.add_exportfile"):
        return []
    query = request.GET.urlencode()
    return [(reverse("admin:projects_exportfile_add") + (f"?{query}" if query else ""), "导出全部（后台生成）")]
