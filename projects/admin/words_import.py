"""The admin pages for a list of watched words: upload, preview, confirm, and the blank template."""
from django import forms
from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from guicheng.excel_import.blank import blank_workbook
from guicheng.excel_import.rows import Outcome
from guicheng.files.spreadsheets import TOO_BIG
from guicheng.office.submissions import once
from projects.models.review import WatchedWordKind
from projects.watched_words import LABELS, MAX_ROWS, WordRoster, as_rows, judged_again, read_lines

SALT = "projects.words_import"
MINUTES = 30
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LIST = "admin:projects_watchedword_changelist"


class WordFileForm(forms.Form):
    file = forms.FileField(
        label="词表", error_messages={"required": "请先选一个文件。", "empty": "这个文件是空的。",
                                    "missing": "请先选一个文件。", "invalid": "请先选一个文件。"},
        help_text=f"Excel（.xlsx、.xls）、.ods 或 .csv，最多 20 MB、{MAX_ROWS} 个词。",
        widget=forms.FileInput({"accept": ".xlsx,.xls,.ods,.csv"}))


class WordImportPages:
    """Mixed into the admin of the watched words. Nothing is kept between the steps: the page carries it, signed."""

    change_list_template = "admin/projects/project/change_list.html"

    def get_urls(self):
        view, name = self.admin_site.admin_view, "projects_watchedword_import"
        return [path("import/", view(self.import_page), name=name),
                path("import/template/", view(self.template_page), name=f"{name}_template"), *super().get_urls()]

    def may_import(self, request):
        return self.has_add_permission(request) and self.has_change_permission(request)

    def changelist_view(self, request, extra_context=None):
        links = [(reverse("admin:projects_watchedword_import"), "导入词表")] * self.may_import(request)
        return super().changelist_view(request, {"import_links": links, **(extra_context or {})})

    def _page(self, request, template, status=200, **context):
        return render(request, f"admin/projects/watchedword/{template}.html", {
            **self.admin_site.each_context(request), "opts": self.opts, **context}, status=status)

    def import_page(self, request):
        if not self.may_import(request):
            raise PermissionDenied
        if "rows" in request.POST:
            return self._confirm(request)
        form = WordFileForm(request.POST, request.FILES) if request.method == "POST" else WordFileForm()
        if "file" in getattr(request, "too_large_uploads", ()):
            form.fields["file"].error_messages["required"] = TOO_BIG
        if form.is_valid():
            try:
                return self._preview(request, read_lines(form.cleaned_data["file"]))
            except ValidationError as error:
                form.add_error("file", error)
        return self._page(request, "import", 400 if form.errors else 200, title="导入词表", form=form, columns=LABELS)

    def _preview(self, request, lines):
        rows = as_rows(lines)
        return self._page(
            request, "import_preview", title="导入词表：预览", lines=lines, to_write=len(rows),
            totals=[(label, sum(line.outcome == outcome for line in lines)) for outcome, label in Outcome.choices],
            sealed=signing.dumps([request.user.pk, rows], salt=SALT, compress=True) if rows else "")

    def _opened(self, request):
        """What a preview of ours carried for this very person, or None."""
        try:
            owner, rows = signing.loads(request.POST["rows"], salt=SALT, max_age=MINUTES * 60)
        except (signing.BadSignature, ValueError):
            return None
        return rows if owner == request.user.pk else None

    def _confirm(self, request):
        """Judge again what the preview showed, and write it where nobody changed a word meanwhile."""
        rows = self._opened(request)
        if rows is None:
            messages.warning(request, "预览已经过期，请重新上传词表。")
            return redirect("admin:projects_watchedword_import")
        lines, is_same = judged_again(rows)
        if not is_same:
            messages.warning(request, "预览以后有词变了，请再看一遍。")
            return self._preview(request, lines)
        with once(request, self.said_again) as sending:
            new, changed = WordRoster().write(lines)
            sending.leads_to = reverse(LIST)
        messages.success(request, f"已导入：新增 {new} 个词，改动 {changed} 个。")
        return redirect(LIST)

    @method_decorator(require_safe)
    def template_page(self, request):
        if not self.may_import(request):
            raise PermissionDenied
        response = HttpResponse(blank_workbook("词表", LABELS, {
            "性质": WatchedWordKind.labels, "启用": ["是", "否"]}), content_type=XLSX)
        response["Content-Disposition"] = content_disposition_header(True, "提醒词模板.xlsx")
        return response
