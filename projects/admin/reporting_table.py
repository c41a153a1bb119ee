"""One unit's table of a 报送任务: all rows on one page, or one row at a time; one way to save and to hand in."""
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from guicheng.office.submissions import once
from guicheng.text import is_row_number
from projects import summary
from projects.models import AskedUnit, ReportingColumn, ReportingRow, Status
from projects.permissions import can_fill_tables
from projects.reporting.drafts import save_drafts
from projects.reporting.hand_in import hand_in
from projects.reporting.kinds import kinds
from projects.reporting.table import SHOWN, Table, rows_of, typed_in

MANY = 200  # rows that one sending may hold


class TablePages:
    """Mixed into the admin of tasks."""

    def _unit(self, request, pk):
        if not self.has_view_permission(request):
            raise PermissionDenied
        units = AskedUnit.objects.visible_to(request.user).select_related("task", "department", "community")
        return get_object_or_404(units, pk=pk)

    def table(self, request, pk):
        """The whole table, SHOWN rows a page."""
        unit = self._unit(request, pk)
        progress, typed = summary.unit_progress(unit), None
        page = self._page(request, unit, progress.total)
        if request.method == "POST":
            answer, typed = self._take(request, unit, [row.pk for row in page.object_list], request.get_full_path())
            if answer:
                return answer
            page = self._page(request, unit, progress.total)
        table = self._table(request, unit, page.object_list, typed, page.start_index())
        parts = [(kind.template, kind.part(unit, request.user, (typed or {}).get(kind))) for kind in kinds()]
        table.parts = [] if page.has_next() else [part for _, part in parts]
        return render(request, "admin/projects/reporting/table.html", {
            **self._context(request, unit, table), "page": page, "parts": parts,
            "progress": progress.beside(part for _, part in parts),
        }, status=409 if typed else 200)

    def row(self, request, pk):
        """One row alone, for a phone."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = get_object_or_404(ReportingRow.objects.visible_to(request.user).values("unit"), pk=pk)
        unit = self._unit(request, found["unit"])
        keys = list(ReportingRow.objects.filter(unit=unit).in_table_order().values_list("pk", flat=True))
        here, typed = keys.index(pk), None
        beside = {"before": keys[here - 1] if here else None, "after": keys[here + 1] if here + 1 < len(keys) else None}
        if request.method == "POST":
            own = request.path
            onward = reverse("admin:projects_reportingtask_row", args=[beside["after"]]) if beside["after"] \
                else unit.get_absolute_url()
            answer, typed = self._take(request, unit, [pk], own, onward)
            if answer:
                return answer
        table = self._table(request, unit, rows_of(unit).filter(pk=pk), typed, here + 1)
        return render(request, "admin/projects/reporting/row.html", {
            **self._context(request, unit, table), "line": table.lines[0], "total": len(keys), **beside,
        }, status=409 if typed else 200)

    def drafts(self, request, pk):
        """What the page keeps by itself while one types. It saves and says so, and is no activity of anybody's."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not can_fill_tables(request.user):
            raise PermissionDenied
        unit = self._unit(request, pk)
        saved, refused = save_drafts(unit, self._seen(request, unit, self._named(request)), request.user)
        versions, refused = {row.pk: row.version for row in saved}, [row.pk for row in refused]
        for kind in kinds():
            sent = kind.sent(unit, request.POST, "save")
            sent.save(request.user)
            versions, refused = {**versions, **sent.versions}, [*refused, *sent.refused]
        return JsonResponse({"at": f"{timezone.localtime():%H:%M:%S}", "versions": versions, "refused": refused})

    # what a sending holds
    def _named(self, request):
        found = [name[1:].partition("-")[0] for name in request.POST if name.endswith("-version")]
        return [int(pk) for pk in found[:MANY] if is_row_number(pk)]

    def _seen(self, request, unit, keys):
        columns = list(ReportingColumn.objects.filter(task=unit.task).values_list("key", flat=True))
        return typed_in(request.POST, keys, columns)

    def _take(self, request, unit, keys, back, onward=None):
        """Save what was typed, hand in what was asked; give (answer, None), or (None, what was typed and refused)."""
        if not can_fill_tables(request.user):
            raise PermissionDenied
        seen, do = self._seen(request, unit, set(self._named(request)) & set(keys) or keys), request.POST.get("do", "")
        wanted = self._wanted(do, seen)
        if do in ("nil_all", "nil") or do.startswith("nil:"):
            seen = _as_nil(seen, wanted)
        beside = {kind: kind.sent(unit, request.POST, do) for kind in kinds()}
        with once(request) as sending:
            saved, refused = save_drafts(unit, seen, request.user)
            refused += [row for sent in beside.values() for row in sent.save(request.user)]
            if refused:
                sending.nothing_saved()
            else:
                versions = {pk: version for pk, (version, _) in seen.items()} | {row.pk: row.version for row in saved}
                outcome = hand_in(unit, {pk: versions[pk] for pk in wanted}, request.user) if wanted else None
                for sent in beside.values():
                    sent.hand_in(request.user)
                sending.leads_to = onward if onward and outcome and not outcome.refused else back
        if refused:
            messages.error(request, "有的行刚被别人改过，这一次都没有存；你写的还在下面，别人写的在旁边。")
            return None, {pk: draft for pk, (_, draft) in seen.items()} | {
                kind: sent.typed for kind, sent in beside.items()}
        self._say(request, outcome, [sent.told() for sent in beside.values()])
        return redirect(sending.leads_to), None

    def _wanted(self, do, seen):
        """The rows that are to be handed in."""
        if do in ("all", "one", "nil"):
            return list(seen)
        if do == "nil_all":
            return [pk for pk, (_, draft) in seen.items() if not draft]
        kind, _, pk = do.partition(":")
        return [int(pk)] if kind in ("row", "nil") and is_row_number(pk) and int(pk) in seen else []

    def _say(self, request, outcome, beside):
        """`beside`: (done, warnings) of the other kinds of rows."""
        for done, warnings in beside:
            for sentence in done:
                messages.success(request, sentence)
            for sentence in warnings[:5]:
                messages.warning(request, sentence)
        if outcome is None:
            if not any(done or warnings for done, warnings in beside):
                messages.success(request, "草稿存好了。")
            return
        if outcome.number:
            statements, nils = len(outcome.statements), len(outcome.nils)
            messages.success(request, f"交了 {outcome.number} 行：{statements} 行等审核，{nils} 行零报告。")
        wrong = {row: errors for row, errors in outcome.refused.items() if row.has_draft}
        for row, errors in list(wrong.items())[:5]:
            messages.warning(request, f"“{row}”没有交：{'；'.join(errors.values())}")
        if not outcome.number and not wrong and not any(done or warnings for done, warnings in beside):
            messages.warning(request, "没有可以交的行。")

    # what a page shows
    def _page(self, request, unit, total):
        paginator = Paginator(rows_of(unit), SHOWN)
        paginator.count = total  # known already
        number = request.GET.get("page", "1")
        if not is_row_number(number) or not 1 <= int(number) <= paginator.num_pages:
            raise Http404
        page = paginator.page(int(number))
        page.object_list = list(page.object_list)
        return page

    def _table(self, request, unit, rows, typed, first):
        table = Table(unit, can_fill_tables(request.user), rows, typed, first)
        for line in table.lines if typed else ():
            if line.row.draft != line.draft:
                line.theirs = line.row.draft
        return table

    def _context(self, request, unit, table):
        task = unit.task
        return {**self.admin_site.each_context(request), "opts": self.opts, "title": f"{unit}：{task}", "unit": unit,
                "task": task, "table": table, "statuses": Status.choices}


def _as_nil(seen, wanted):
    """The wanted rows as 零报告: one tap. What was typed in them beside it goes along as the reason alone."""
    return {pk: (version, {"nil": "1", **({"nil_reason": draft["nil_reason"]} if draft.get("nil_reason") else {})})
            if pk in wanted else (version, draft) for pk, (version, draft) in seen.items()}

