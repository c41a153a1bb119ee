"""One unit's table of a 报送任务: all rows on one page, or one row at a time; one way to save and to hand in."""
from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from guicheng.files.attach import attach_to_new
from guicheng.files.forms import AttachmentsForm
from guicheng.office.submissions import once
from guicheng.text import is_row_number
from projects import summary
from projects.excel_import.statuses import STATUS_OF
from projects.models import AskedColumn, AskedUnit, ProgressUpdate, ReportingColumn, ReportingRow, Standing, Status
from projects.permissions import can_ask_reports, can_fill_tables, can_release_table
from projects.reporting.drafts import save_drafts
from projects.reporting.hand_in import hand_in
from projects.reporting.kinds import kinds, told_of
from projects.reporting.pasting import LONGEST, read_pasted
from projects.reporting.releasing import release_of
from projects.reporting.returns import versions_of
from projects.reporting.table import SHOWN, Table, rows_of
from projects.reporting.typed import BESIDE, kept_of, marks_of, typed_in

MANY = 200  # rows that one sending may hold
BOTH = "有的格刚被别人改过，这一次都没有存；你写的还在格里，别人写的在下面。看过再存一次，就以格里的为准。"
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
            answer, typed = self._take(request, unit, self._named(request), request.get_full_path())
            if answer:
                return answer
        standings, progress = summary.unit_standings(unit)
        keys = [pk for pk, standing in standings.items() if not show or standing not in Standing.ANSWERED]
        page = self._page(request, keys, may_be_past=bool(show))
        shown = [pk for pk in standings if pk in typed] if typed else page.object_list
        table = self._table(request, unit, standings, shown, typed)
        parts = [(kind.template, kind.part(unit, request.user, (typed or {}).get(kind))) for kind in kinds()]
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
            answer, typed = self._take(request, unit, [pk], request.path, onward, media)
            if answer:
                return answer
            standings, _ = summary.unit_standings(unit)
        table = self._table(request, unit, standings, [pk], typed)
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
            seen = self._seen(request, unit, self._named(request))
            wanted = {match.row.pk: seen[match.row.pk]._replace(draft=match.draft) for match in pasting.found
                      if match.row.pk in seen}
            with once(request) as sending:
                saved, refused = save_drafts(unit, wanted, request.user)
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
        """What the page keeps by itself every 20 seconds (static/js/keep.js). No activity: the idle minutes run on.

        What somebody else typed into cells that were not touched here comes back to be put there; of a cell that both
        touched nothing is saved, and their text comes back to stand beside it.
        """
        request.is_no_activity = True
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not can_fill_tables(request.user):
            raise PermissionDenied
        unit = self._unit(request, pk)
        seen = self._seen(request, unit, self._named(request))
        saved, refused = save_drafts(unit, seen, request.user)
        answer = {"at": f"{timezone.localtime():%H:%M:%S}", "kept": [], "set": {}, "put": {}, "both": {}}
        for row in saved:
            draft = seen[row.pk].draft
            answer["set"] |= {f"r{row.pk}-version": row.version, f"r{row.pk}-drawn": marks_of(row.draft)}
            answer["put"] |= {f"r{row.pk}-{name}": row.draft.get(name, "") for name in {*draft, *row.draft}
                              if draft.get(name, "") != row.draft.get(name, "")}
        for row in refused:
            _, clash = seen[row.pk].beside(kept_of(row))
            answer["both"] |= {f"r{row.pk}-{name}": {
                "theirs": kept_of(row).get(name, ""), "mark": marks_of({name: kept_of(row).get(name, "")})}
                for name in clash}
        if refused:
            done = any(row.standing_now in Standing.ANSWERED for row in refused)
            answer["said"] = "有的行刚被别人交了，你写的没有存，还在这一页。" if done else \
                "有的格刚被别人改过，两边写的都在格里，请选一个。"
        answer["kept"] = [f"r{pk}-{name}" for pk in seen for name in [*AskedColumn.values, *BESIDE]
                          if pk not in {row.pk for row in refused}]
        for kind in kinds():
            sent = kind.sent(unit, request.POST, "save")
            sent.save(request.user)
            told = told_of(sent, request.POST)
            answer |= {"set": answer["set"] | told["set"], "kept": answer["kept"] + told["kept"],
                       **({"said": told["said"]} if "said" in told else {})}
        return JsonResponse(answer)

    # what a sending holds
    def _named(self, request):
        found = [name[1:].partition("-")[0] for name in request.POST if name.endswith("-version")]
        return [int(pk) for pk in found[:MANY] if is_row_number(pk)]

    def _seen(self, request, unit, keys):
        columns = list(ReportingColumn.objects.filter(task=unit.task).values_list("key", flat=True))
        return typed_in(request.POST, keys, columns)

    def _take(self, request, unit, keys, back, onward=None, media=None):
        """Save what was typed, hand in what was asked; give (answer, what was typed and refused), one of them None.

        Both are None where the page has to be shown again for the photos of `media`, which only go with a statement.
        """
        if not can_fill_tables(request.user):
            raise PermissionDenied
        seen, do = self._seen(request, unit, keys), request.POST.get("do", "")
        wanted = self._wanted(do, seen)
        if do in ("nil_all", "nil") or do.startswith("nil:"):
            seen = _as_nil(seen, wanted)
        if do == "one" or do.startswith("row:"):  # by name: as it stands on the page, touched or not
            seen |= {pk: seen[pk]._replace(drawn=None) for pk in wanted}
        if media and not self._is_ready(media):
            wanted = []
        beside = {kind: kind.sent(unit, request.POST, do) for kind in kinds()}
        with once(request) as sending:
            saved, refused = save_drafts(unit, seen, request.user)
            refused += [row for sent in beside.values() for row in sent.save(request.user)]
            if refused:
                sending.nothing_saved()
            else:
                # of a row in which somebody else typed as well the page has not shown all: it is not handed in
                versions = {pk: typed.version for pk, typed in seen.items()}
                versions |= {row.pk: versions[row.pk] + 1 for row in saved}
                outcome = hand_in(unit, {pk: versions[pk] for pk in wanted}, request.user) if wanted else None
                if media and outcome and outcome.statements:
                    attach_to_new(outcome.statements[0].latest.update, media.rows)
                    media.rows = []
                for sent in beside.values():
                    sent.hand_in(request.user)
                sending.leads_to = onward if onward and outcome and not outcome.refused else back
        if refused:
            messages.error(request, BOTH)
            return None, {**seen, **{kind: sent.typed for kind, sent in beside.items()}}
        self._say(request, outcome, [sent.told() for sent in beside.values()])
        stays = media and (media.errors or media.rows) and not (outcome and outcome.nils)
        return None if stays else redirect(sending.leads_to), None

    def _is_ready(self, media):
        """Whether the row could be handed in with these photos; what one of them lacks is said beside it."""
        if media.is_valid() and not media.is_ready:
            media.add_error(None, "照片要写拍的是什么、勾好下面一句，才能一起交；不带照片也可以交。")
        return media.is_valid()

    def _wanted(self, do, seen):
        """The rows that are to be handed in."""
        if do in ("all", "one", "nil"):
            return list(seen)
        if do == "nil_all":
            # what was returned is answered with a word of its own, never by the way
            returned = set(ReportingRow.objects.filter(pk__in=seen).with_standing().filter(
                standing=Standing.RETURNED).values_list("pk", flat=True))
            return [pk for pk, typed in seen.items() if not typed.draft and pk not in returned]
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


def _as_nil(seen, wanted):
    """The wanted rows as 零报告: one tap. What was typed in them beside it goes along as the reason alone."""
    nil = {pk: {"nil": "1", **({"nil_reason": reason} if (reason := seen[pk].draft.get("nil_reason")) else {})}
           for pk in wanted}
    return {pk: typed._replace(draft=nil.get(pk, typed.draft)) for pk, typed in seen.items()}
