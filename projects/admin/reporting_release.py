"""审签 of a unit's table by its own reviewer, the 月报表 on A4, and the scan that came with it."""
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_safe

from guicheng.files.pages import paper_response
from guicheng.office.submissions import once
from projects import summary
from projects.permissions import can_release_table, can_release_tables
from projects.reporting.forms import ReleaseForm
from projects.reporting.grid import columns_of, entries, grid_rows
from projects.reporting.kinds import kinds, listings
from projects.reporting.releasing import has_own_rows, newest_answer, newest_beside, release, release_of


class ReleasePages:
    """Mixed into the admin of tasks."""

    def release_urls(self):
        view, name = self.admin_site.admin_view, "projects_reportingtask"
        return [path(f"table/<int:pk>/{method}/", view(getattr(self, method)), name=f"{name}_{method}")
                for method in ("release", "paper", "scan")]

    def release(self, request, pk):
        if not can_release_tables(request.user):
            raise PermissionDenied
        unit = self._unit(request, pk)
        if not can_release_table(request.user, unit):
            raise PermissionDenied
        kind = {"by": request.user, "needs_scan": unit.task.needs_scan}
        form = ReleaseForm(**kind, initial={
            "up_to": newest_answer(unit), "beside": newest_beside(unit), "filler": fillers(unit),
            "phone": unit.unit.phone})
        if request.method == "POST":
            form = ReleaseForm(request.POST, files=request.FILES, **kind)
            if form.is_valid():
                try:
                    with once(request) as sending:
                        release(unit, request.user, **form.cleaned_data)
                        sending.leads_to = unit.get_absolute_url()
                except ValidationError as error:
                    form.add_error(None, error.messages)
                else:
                    messages.success(request, "已审签。以后有重报的行，要再审签一次。")
                    return redirect(sending.leads_to)
        return render(request, "admin/projects/reporting/release.html", {
            **self.admin_site.each_context(request), "opts": self.opts, "title": f"审签：{unit}", "unit": unit,
            "task": unit.task, "form": form, "progress": summary.whole_progress(unit), "released": release_of(unit),
            "is_own": has_own_rows(unit, request.user)}, status=400 if form.errors else 200)

    @method_decorator(require_safe)
    def paper(self, request, pk):
        """月报表, A4 landscape: what stands to be signed and sealed."""
        unit = self._unit(request, pk)
        rows = entries(unit.task, grid_rows(unit.task).filter(unit=unit))
        return render(request, "admin/projects/reporting/paper.html", {
            "unit": unit, "task": unit.task, "columns": columns_of(unit.task), "entries": rows,
            "listings": listings(unit.task, unit),
            "released": release_of(unit), "filler": fillers(unit),
            "is_all_nil": bool(rows) and all(entry.is_nil for entry in rows)})

    @method_decorator(require_safe)
    def scan(self, request, pk):
        """The scan of the release that holds."""
        released = release_of(self._unit(request, pk))
        if released is None or released.scan is None:
            raise Http404("这张表没有扫描件。")
        return paper_response(released.scan)


def fillers(unit):
    """填表人: who handed in the rows as they stand, each once; a line on a paper, counted nowhere."""
    names = [name for kind in kinds() for name in kind.of_unit(unit).exclude(latest=None).order_by(
        "latest__at").values_list("latest__by__name", flat=True)]
    return "、".join(dict.fromkeys(filter(None, names)))[:40]
