"""The admin pages of a short list: upload, preview, confirm, and the workbook to fill in."""
from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_safe

from guicheng.excel_import.forms import SheetField, SheetForm, sent
from guicheng.excel_import.rows import Outcome
from guicheng.office.submissions import once
from guicheng.tables.exports import workbook_response

MINUTES = 30


class RosterPages:
    """Mixed into the admin of what is imported, before ScopedAdmin. A preview is for its reader and for 30 minutes."""

    roster = None  # ShortRoster
    import_title, import_verb = "导入名单", "导入"
    import_list = "名单"  # how people call the table
    import_help = ""  # what else to know before the upload
    import_counted = ""  # what a number of it counts, where that is not what the roster counts
    file_label, file_help = "名单", "Excel（.xlsx、.xls）、.ods 或 .csv。"
    template_name = "名单模板"
    upload_refused = 400  # the status of an upload with a fault
    preview_template = "admin/excel_import/preview.html"

    def get_urls(self):
        view, name = self.admin_site.admin_view, f"{self.opts.app_label}_{self.opts.model_name}_import"
        return [path("import/", view(self.import_page), name=name),
                path("import/template/", view(self.template_page), name=f"{name}_template"), *super().get_urls()]

    def may_import(self, request):
        return self.has_add_permission(request) and self.has_change_permission(request)

    def address(self, page):
        """Where one of this admin's pages is: import, import_template, changelist."""
        return reverse(f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_{page}")

    # --- what a page carries ---------------------------------------------------------------------------
    def sealed(self, request, name, value):
        """What the field `name` of a page carries for this very person."""
        return signing.dumps([request.user.pk, value], salt=f"{self.opts.label_lower}.{name}", compress=True)

    def opened(self, request, name):
        """What a page of ours carried for this very person, or None."""
        try:
            owner, value = signing.loads(
                request.POST.get(name, ""), salt=f"{self.opts.label_lower}.{name}", max_age=MINUTES * 60)
        except (signing.BadSignature, ValueError):
            return None
        return value if owner == request.user.pk else None

    # --- the pages -------------------------------------------------------------------------------------
    def import_page(self, request):
        if not self.may_import(request):
            raise PermissionDenied
        if "rows" in request.POST:
            return self.confirm(request)
        roster, form = self.roster(request.user), SheetForm(**sent(request))
        form.fields["file"] = SheetField(label=self.file_label, help_text=self.file_help)
        if form.is_valid():
            try:
                return self.preview(request, roster, roster.read_file(form.cleaned_data["file"]))
            except ValidationError as error:
                form.add_error("file", error)
        return self._page(request, "admin/excel_import/upload.html", self.upload_refused if form.errors else 200,
                          form=form, columns=roster.labels)

    def preview(self, request, roster, lines):
        rows = roster.carried(lines)
        to_write = len(rows)
        return self._page(
            request, self.preview_template, title=f"{self.import_title}：预览", roster=roster, rows=lines,
            wrong=sum(bool(line.problems) for line in lines),
            button=f"{self.import_verb} {to_write} {self.import_counted or roster.counted}",
            totals=[(label, sum(line.outcome == outcome for line in lines)) for outcome, label in Outcome.choices],
            sealed=self.sealed(request, "rows", rows) if rows else "")

    def confirm(self, request):
        """Judge again what the preview showed, and write it where nobody changed a row meanwhile."""
        carried = self.opened(request, "rows")
        if carried is None:
            messages.warning(request, f"预览已经过期，请重新上传{self.import_list}。")
            return redirect(self.address("import"))
        roster = self.roster(request.user)
        lines, is_same = roster.judge_again(carried)
        if not is_same:
            messages.warning(request, f"预览以后有{roster.thing}变了，请再看一遍。")
        if not is_same or any(line.problems for line in lines):
            return self.preview(request, roster, lines)
        with once(request, self.said_again) as sending:
            made = roster.write(lines)
            self.written(request, made)
            sending.leads_to = self.address("changelist")
        return self.imported(request, roster, lines, made)

    def written(self, request, made):
        """What else is kept with the rows that were written, in their transaction."""

    def imported(self, request, roster, lines, made):
        """The answer to an import that was written."""
        new, changed = (sum(line.outcome == each for line in lines) for each in (Outcome.NEW, Outcome.CHANGED))
        messages.success(request, f"已导入：新增 {new} {roster.counted}，改动 {changed} {roster.counted[0]}。")
        return redirect(self.address("changelist"))

    @method_decorator(require_safe)
    def template_page(self, request):
        if not self.may_import(request):
            raise PermissionDenied
        return workbook_response(f"{self.template_name}.xlsx", self.roster(request.user).blank(self.import_list))

    def _page(self, request, template, status=200, **context):
        return render(request, template, {
            **self.admin_site.each_context(request), "opts": self.opts, "title": self.import_title, "pages": self,
            "import_url": self.address("import"), "template_url": self.address("import_template"),
            "list_url": self.address("changelist"), **context}, status=status)
