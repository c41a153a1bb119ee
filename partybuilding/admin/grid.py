"""Communities beside figures: one grid of a 报送任务, in which the office fills in for those without an account."""
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, render
from django.urls import path

from guicheng.text import is_row_number
from partybuilding.models import Metric, ReadingRow
from partybuilding.permissions import can_read_all_readings, can_report_readings
from partybuilding.reporting.table import lines_of
from projects.admin.reporting_sending import drafts_kept, take
from projects.models import AskedUnit, ReportingTask
from projects.reporting.kinds import kind_of
from projects.reporting.sending import Sent
from projects.reporting.typed import MANY


class GridPages:
    """Mixed into the admin of what communities report."""

    def get_urls(self):
        view, name = self.admin_site.admin_view, "partybuilding_reportedreading"
        return [
            path("grid/<int:pk>/", view(self.grid), name=f"{name}_grid"),
            path("grid/<int:pk>/drafts/", view(self.grid_drafts), name=f"{name}_grid_drafts"),
            *super().get_urls(),
        ]

    def _task(self, request, pk):
        if not self.has_view_permission(request):
            raise PermissionDenied
        tasks = ReportingTask.objects.visible_to(request.user).exclude(opened_at=None)
        task = get_object_or_404(tasks, pk=pk)
        if not can_read_all_readings(request.user):
            raise PermissionDenied
        return task

    def grid(self, request, pk):
        task, typed = self._task(request, pk), None
        if request.method == "POST":
            answer, typed = take(request, [self._sent(request, task)], request.get_full_path)
            if answer:
                return answer
        typed = typed[ReadingRow] if typed else {}
        metrics = list(Metric.objects.filter(reading_rows__unit__task=task).distinct())
        page = self._communities(request, task, max(1, MANY // max(1, len(metrics))))
        lines = self._lines(page.object_list, task, can_report_readings(request.user), typed)
        rows = [(unit, [lines.get((unit.pk, metric.pk)) for metric in metrics]) for unit in page.object_list]
        return render(request, "admin/partybuilding/reporting/grid.html", {
            **self.admin_site.each_context(request), "opts": self.opts, "title": f"{task}：各社区的数据", "task": task,
            "metrics": metrics, "rows": rows, "page": page,
            "may_fill": any(line.may_edit for line in lines.values()),
        }, status=409 if typed else 200)

    def grid_drafts(self, request, pk):
        """What the page keeps by itself every 20 seconds (static/js/keep.js). No activity: the idle minutes run on."""
        request.is_no_activity = True
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        return drafts_kept(request, [self._sent(request, self._task(request, pk))])

    def _sent(self, request, task):
        """What the form holds. The grid shows the numbers alone."""
        if not can_report_readings(request.user):
            raise PermissionDenied
        return Sent(kind_of(ReadingRow), ReadingRow.objects.filter(unit__task=task), request.POST,
                    request.POST.get("do", ""), task, only=("value",))

    def _communities(self, request, task, most):
        """A page of those that are asked for a figure, in the list's order."""
        asked = ReadingRow.objects.filter(unit__task=task).values("unit")
        paginator = Paginator(AskedUnit.objects.filter(pk__in=asked).in_list_order(), most)
        number = request.GET.get("page", "1")
        if not is_row_number(number) or not 1 <= int(number) <= paginator.num_pages:
            raise Http404
        return paginator.page(int(number))

    def _lines(self, units, task, may_fill, typed):
        """{(unit, metric): its Line} of these units."""
        rows = ReadingRow.objects.filter(unit__in=[unit.pk for unit in units])
        lines = lines_of(rows, task, may_fill, typed, lambda row: f"{row.unit} {row.metric}")
        for line in lines:
            line.cells[0].hint = ""  # in so many squares it says nothing
        return {(line.row.unit_id, line.row.metric_id): line for line in lines}
