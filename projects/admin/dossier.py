"""一项一档 at a project's page: the page to print, the PDF and the zip; many photos are made in the background."""
import tempfile
from pathlib import Path

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.http import content_disposition_header, urlencode
from django.views.decorators.http import require_POST, require_safe

from guicheng.files.names import safe_name
from guicheng.office.submissions import once
from guicheng.public.errors import error_page
from guicheng.tables.exports import CONTENT_TYPES
from projects.dossier.export import dossier_files
from projects.dossier.pack import write_zip
from projects.dossier.page import render_html, render_pdf
from projects.dossier.reading import Audience, dossier_of, how_many_files
from projects.models import ExportFile, Project
from projects.permissions import can_read_dossier
from projects.report import Missing

FORMATS = [ExportFile.Format.PDF, ExportFile.Format.ZIP]


class LaterForm(forms.Form):
    """What is asked for in the background."""

    to = forms.ChoiceField(choices=Audience)
    extension = forms.ChoiceField(choices=[(each, each.label) for each in FORMATS])


class DossierPages:
    """Mixed into the projects' admin."""

    def get_urls(self):
        view, name = self.admin_site.admin_view, "projects_project_dossier"
        return [
            path("<int:pk>/dossier/", view(self.dossier), name=name),
            path("<int:pk>/dossier/pdf/", view(self.dossier_pdf), name=f"{name}_pdf"),
            path("<int:pk>/dossier/zip/", view(self.dossier_zip), name=f"{name}_zip"),
            path("<int:pk>/dossier/later/", view(self.dossier_later), name=f"{name}_later"),
            *super().get_urls(),
        ]

    @method_decorator(require_safe)
    def dossier(self, request, pk):
        return self._dossier(request, pk, _as_page)

    @method_decorator(require_safe)
    def dossier_pdf(self, request, pk):
        return self._dossier(request, pk, _as_pdf, "pdf")

    @method_decorator(require_safe)
    def dossier_zip(self, request, pk):
        return self._dossier(request, pk, _as_zip, "zip")

    @method_decorator(require_POST)
    def dossier_later(self, request, pk):
        project = self._of_dossier(request, pk)
        form = LaterForm(request.POST)
        if not form.is_valid() or not request.user.has_perm("projects.add_exportfile"):
            return error_page(request, 400, "没有写明要哪一种，请从项目的页面重新选。")
        audience = Audience(form.cleaned_data["to"])
        dossier_of(project.code, audience, request.user)  # 404 where there is none
        with once(request) as sending:
            file, is_new = dossier_files.ask(request.user, project, audience, form.cleaned_data["extension"])
            sending.leads_to = reverse("admin:projects_exportfile_change", args=[file.pk])
        if is_new:
            dossier_files.begin(file)
        return redirect(sending.leads_to)

    def _of_dossier(self, request, pk):
        if not self.has_view_permission(request):
            raise PermissionDenied
        project = get_object_or_404(Project.objects.visible_to(request.user), pk=pk)
        if not can_read_dossier(request.user, project):
            raise PermissionDenied
        return project

    def _dossier(self, request, pk, answer, extension=""):
        """The answer that `answer(project, dossier)` makes; of many photos the page that offers the background."""
        project = self._of_dossier(request, pk)
        try:
            audience = Audience.read(request.GET.get("to", ""))
        except ValueError as error:
            return error_page(request, 400, str(error))
        dossier = dossier_of(project.code, audience, request.user)
        number = how_many_files(project) if extension else 0
        if number > dossier_files.LONG:
            return render(request, "admin/projects/dossier_later.html", {
                **self.admin_site.each_context(request), "opts": self.opts, "title": "一项一档", "project": project,
                "number": number, "audience": audience, "extension": extension, "kept_days": dossier_files.KEPT_DAYS,
                "page": _address(project, audience)})
        return answer(project, dossier)


def _as_page(project, dossier, lacking=""):
    other = Audience.PUBLIC if dossier.is_internal else Audience.INTERNAL
    return HttpResponse(render_html(
        dossier, _file_address, pdf=_address(project, dossier.audience, "_pdf"),
        zip=_address(project, dossier.audience, "_zip"), lacking=lacking, other_label=other.label,
        other=_address(project, other) if project.is_public else "",
        back=reverse("admin:projects_project_change", args=[project.pk])))


def _as_pdf(project, dossier):
    """Where this machine has no library for PDF: the page to print, which says so."""
    try:
        return _download(render_pdf(dossier), dossier, "pdf")
    except Missing as error:
        return _as_page(project, dossier, str(error))


def _as_zip(project, dossier):
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "dossier.zip"
        write_zip(made, dossier)
        return _download(made.read_bytes(), dossier, "zip")


def _download(content, dossier, extension):
    name = f"{safe_name(dossier.title)}.{extension}"
    return HttpResponse(content, content_type=CONTENT_TYPES[extension],
                        headers={"Content-Disposition": content_disposition_header(True, name)})


def _file_address(file):
    if file.kind == "paper":
        return reverse("admin:paper-file", args=[file.code])
    return reverse("admin:photo-file", args=[file.code, file.shown[1:-4]])


def _address(project, audience, ending=""):
    where = reverse(f"admin:projects_project_dossier{ending}", args=[project.pk])
    return f"{where}?{urlencode({'to': audience})}"
