"""What a list of the back office shows, as a file: the same filter, order and columns, all pages."""
import tempfile
from itertools import islice

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.templatetags.admin_list import result_headers
from django.contrib.admin.utils import display_for_field, display_for_value, lookup_field
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import models
from django.http import FileResponse, Http404, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.html import strip_tags

from guicheng.tables.exports import Column, csv_response, write_xlsx

MAX_ROWS, CHUNK = 100_000, 2000


class ExportedList:
    """Mixed into an admin: 导出 at the head of its list. Who sees the list may take it along."""

    is_exported = True  # change_list_object_tools.html offers it

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_export"
        return [path("export.<slug:extension>", self.admin_site.admin_view(self.export), name=name),
                *super().get_urls()]

    def export(self, request, extension):
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        if not self.has_view_permission(request):
            raise PermissionDenied
        write = {"xlsx": self._xlsx, "csv": csv_response}.get(extension)
        if write is None:
            raise Http404("列表可以导出 xlsx 和 csv 两种文件。")
        try:
            changelist = self.get_changelist_instance(request)
        except IncorrectLookupParameters:
            raise BadRequest("筛选条件不对，请从列表页重新导出。")
        if changelist.result_count > MAX_ROWS:
            messages.warning(request, f"一次最多导出 {MAX_ROWS} 行，请先筛选。")
            return redirect("../")
        rows = self._prepared(changelist.queryset.iterator(CHUNK))
        filename = f"{self.opts.verbose_name_plural}{timezone.localdate():%Y%m%d}.{extension}"
        return write(filename, self._columns(request, changelist), rows)

    def prepare_rows(self, rows):
        """Fetch what the columns of these rows need beyond the queryset; an admin's own list does the same."""

    def _prepared(self, rows):
        while chunk := list(islice(rows, CHUNK)):
            self.prepare_rows(chunk)
            yield from chunk

    def _columns(self, request, changelist):
        """The (title, getter) pairs of the columns that the list shows, without ticks and buttons."""
        shown = zip(changelist.list_display, result_headers(changelist), strict=True)
        left_out = {"action_checkbox", *getattr(self, "not_exported", ())}
        return [(str(header["text"]), self._getter(name)) for name, header in shown if name not in left_out]

    def _getter(self, name):
        def get(row):
            field, _, value = lookup_field(name, row, self)
            if isinstance(field, models.ForeignKey):
                value = getattr(row, field.name)
            if field is not None and getattr(field, "flatchoices", None):
                return display_for_field(value, field, "")
            if isinstance(value, bool) or value is None or field is not None and not field.is_relation:
                return value
            return strip_tags(str(display_for_value(value, "")))

        return get

    def _xlsx(self, filename, columns, rows):
        """A plain workbook; text stays text, numbers and days stay what they are."""
        file = tempfile.NamedTemporaryFile(prefix="guicheng-", suffix=".xlsx")  # noqa: SIM115, the answer closes it
        cells = ([get(row) for _, get in columns] for row in rows)
        sheet = [Column(title, width=18) for title, _ in columns]
        write_xlsx(file.name, str(self.opts.verbose_name_plural), sheet, cells)
        file.seek(0)
        return FileResponse(file, as_attachment=True, filename=filename)
