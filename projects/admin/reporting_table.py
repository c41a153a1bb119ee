"""One unit's table of a 报送任务: all rows on one page, or one row at a time; one way to save and to hand in."""
from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from guicheng.files.attach import attach_to_new
from guicheng.files.forms import AttachmentsForm
from guicheng.office.submissions import once
from guicheng.text import is_row_number
from projects import summary
from projects.admin.reporting_sending import drafts_kept, take
from projects.excel_import.statuses import STATUS_OF
from projects.models import AskedUnit, ProgressUpdate, ReportingRow, Standing, Status
from projects.permissions import can_ask_reports, can_fill_tables, can_release_table
from projects.reporting.drafts import save_drafts
from projects.reporting.kinds import beside, kind_of, kinds
from projects.reporting.pasting import LONGEST, read_pasted
from projects.reporting.releasing import release_of
from projects.reporting.returns import versions_of
from projects.reporting.sending import Sent
from projects.reporting.table import SHOWN, Table, rows_of

LEFT = "left"  # ?show=left: only what is not handed in


class TablePages:
    """Mixed into the admin of tasks."""

    def _unit(self, request, pk):
        if not self.has_view_permission(request):
            raise PermissionDenied
        units = AskedUnit.objects.visible_to(request.user).select_related("task", "department", "community")
        return get_object_or_404(units, pk=pk)

    def table(self, request, pk):
        """The whole table, or what of it is not handed in, SHOWN rows a page."""
        unit, show, typed = self._unit(request, pk), request.GET.get("show", ""), None
        if show not in ("", LEFT):
            raise BadRequest("没有这种看法，只能看全部或者没交的。")
        if request.method == "POST":
            answer, typed = self._take(request, self._sendings(request, unit), request.get_full_path())
            if answer:
                return answer
        standings, progress = summary.unit_standings(unit)
        keys = [pk for pk, standing in standings.items() if not show or standing not in Standing.ANSWERED]
        page = self._page(request, keys, may_be_past=bool(show))
        typed = typed or {}
        own = typed.get(ReportingRow, {})
        table = self._table(request, unit, standings, [pk for pk in standings if pk in own] or page.object_list, own)
        parts = [(kind.template, kind.part(unit, request.user, typed.get(kind.rows))) for kind in beside()]
        table.parts = [] if page.has_next() else [part for _, part in parts]
        progress = progress.beside(part for _, part in parts)
        return render(request, "admin/projects/reporting/table.html", {
            **self._context(request, unit, table), "page": page, "progress": progress, "show": show,
            "status_words": STATUS_OF, "parts": [(template, part) for template, part in parts if part.counts],
            "released": release_of(unit) if progress.is_whole else None, "may_return": can_ask_reports(request.user),
            "may_release": progress.is_whole and can_release_table(request.user, unit),
        }, status=409 if typed else 200)

    def row(self, request, pk):
        """One row alone, for a phone."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = get_object_or_404(ReportingRow.objects.visible_to(request.user).values("unit"), pk=pk)
        unit, typed = self._unit(request, found["unit"]), None
        standings, _ = summary.unit_standings(unit)
        keys = list(standings)
        here = keys.index(pk)
        beside = {"before": keys[here - 1] if here else None, "after": keys[here + 1] if here + 1 < len(keys) else None}
        media = AttachmentsForm(*[request.POST, request.FILES] * (request.method == "POST"), by=request.user,
                                of=ProgressUpdate)
        if request.method == "POST":
            onward = reverse("admin:projects_reportingtask_row", args=[beside["after"]]) if beside["after"] \
                else unit.get_absolute_url()
            sent = self._sent(request, unit, ReportingRow.objects.filter(pk=pk))
            answer, typed = self._take(request, [sent], request.path, onward, media)
            if answer:
                return answer
            standings, _ = summary.unit_standings(unit)
        table = self._table(request, unit, standings, [pk], typed and typed[ReportingRow])
        first = here - here % SHOWN
        places = [(number, each, Standing(standings[each])) for number, each in enumerate(keys, 1)]
        return render(request, "admin/projects/reporting/row.html", {
            **self._context(request, unit, table), "line": table.lines[0], "total": len(keys), **beside,
            "versions": versions_of(table.lines[0].row),
            "places": places[first:first + SHOWN], "media": media,
        }, status=409 if typed else 400 if media.errors else 200)

    def paste(self, request, pk):
        """A table from Excel: first what would be put where, then the drafts; what found no row stays in the box."""
        if not can_fill_tables(request.user):
            raise PermissionDenied
        unit, text, pasting, error = self._unit(request, pk), request.POST.get("pasted", ""), None, ""
        if request.method == "POST":
            try:
                if not text.strip() or len(text) > LONGEST:
                    raise ValidationError("先把表贴在框里。" if not text.strip() else "太长了，请分几次贴。")
                pasting = read_pasted(unit, text)
            except ValidationError as refusal:
                error = refusal.messages[0]
        if pasting and request.POST.get("do") == "write":
            seen = self._sent(request, unit).seen
            wanted = {match.row.pk: seen[match.row.pk]._replace(draft=match.draft) for match in pasting.found
                      if match.row.pk in seen}
            with once(request) as sending:
                saved, refused = save_drafts(unit.rows, wanted, request.user)
                sending.leads_to = unit.get_absolute_url()
            messages.success(request, f"写进了 {len(saved)} 行的草稿，还没有交。")
            text = pasting.rest(refused)
            if not text:
                return redirect(sending.leads_to)
            if refused:
                messages.warning(request, f"有 {len(refused)} 行刚被别人改过，没有写，请看过再写。")
            pasting = read_pasted(unit, text)
        return render(request, "admin/projects/reporting/paste.html", {
            **self.admin_site.each_context(request), "opts": self.opts, "title": f"从 Excel 粘贴：{unit}", "unit": unit,
            "task": unit.task, "columns": unit.task.columns.all(), "text": text, "pasting": pasting, "error": error,
        }, status=400 if error else 200)

    def drafts(self, request, pk):
        """What the page keeps by itself every 20 seconds (static/js/keep.js). No activity: the idle minutes run on."""
        request.is_no_activity = True
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not can_fill_tables(request.user):
            raise PermissionDenied
        return drafts_kept(request, self._sendings(request, self._unit(request, pk)))

    def _sent(self, request, unit, rows=None):
        """What the form holds of the projects of this table."""
        rows = unit.rows.all() if rows is None else rows
        return Sent(kind_of(ReportingRow), rows, request.POST, request.POST.get("do", ""), unit.task)

    def _sendings(self, request, unit):
        """What the form holds of all kinds."""
        return [Sent(kind, kind.of_unit(unit), request.POST, request.POST.get("do", ""), unit.task) for kind in kinds()]

    def _take(self, request, sendings, back, onward=None, media=None):
        """Save and hand in what was sent; give (answer, what was typed and refused), one of them None.

        Both are None where the page has to be shown again for the photos of `media`, which only go with a statement.
        """
        if not can_fill_tables(request.user):
            raise PermissionDenied
        sent = sendings[0]
        if media and not self._is_ready(media):
            sent.wanted = []

        def attach():
            if media and sent.outcome and sent.outcome.in_review:
                attach_to_new(sent.outcome.in_review[0].reviewed, media.rows)
                media.rows = []

        def leads_to():
            return onward if onward and sent.outcome and not sent.outcome.refused else back

        answer, typed = take(request, sendings, leads_to, attach)
        stays = answer and media and (media.errors or media.rows) and not (sent.outcome and sent.outcome.nils)
        return None if stays else answer, typed

    def _is_ready(self, media):
        """Whether the row could be handed in with these photos; what one of them lacks is said beside it."""
        if media.is_valid() and not media.is_ready:
            media.add_error(None, "照片要写拍的是什么、勾好下面一句，才能一起交；不带照片也可以交。")
        return media.is_valid()

    # what a page shows
    def _page(self, request, keys, may_be_past):
        """`may_be_past`: whether a page that was there may be gone, since its rows were handed in."""
        paginator = Paginator(keys, SHOWN)
        number = request.GET.get("page", "1")
        if not is_row_number(number) or int(number) < 1 or int(number) > paginator.num_pages and not may_be_past:
            raise Http404
        return paginator.page(min(int(number), paginator.num_pages))

    def _table(self, request, unit, standings, shown, typed):
        numbers = {pk: number for number, pk in enumerate(standings, 1)}
        rows = [(numbers[row.pk], row) for row in rows_of(unit).filter(pk__in=shown)]
        return Table(unit, can_fill_tables(request.user), rows, typed)

    def _context(self, request, unit, table):
        task = unit.task
        return {**self.admin_site.each_context(request), "opts": self.opts, "title": f"{unit}：{task}", "unit": unit,
                "task": task, "table": table, "statuses": Status.choices}
