"""One figure of a 报送任务: what was handed in, each version, and 退回重报 by the office."""
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_safe

from guicheng.office.submissions import once
from partybuilding.models import ReadingRow
from partybuilding.reporting.table import lines_of
from projects.permissions import can_ask_reports
from projects.reporting.forms import ReturnForm
from projects.reporting.returns import RETURNABLE, send_back, versions_of


class FigurePages:
    """Mixed into the admin of what communities report."""

    def get_urls(self):
        view, name = self.admin_site.admin_view, "partybuilding_reportedreading"
        return [
            path("row/<int:pk>/", view(self.figure), name=f"{name}_figure"),
            path("row/<int:pk>/return/", view(self.return_figure), name=f"{name}_return"),
            *super().get_urls(),
        ]

    def _figure(self, request, pk):
        """A row that is asked, to whom its table is shown."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return get_object_or_404(ReadingRow.objects.visible_to(request.user).with_answers(), pk=pk)

    @method_decorator(require_safe)
    def figure(self, request, pk):
        return self._figure_page(request, self._figure(request, pk))

    def return_figure(self, request, pk):
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not can_ask_reports(request.user):
            raise PermissionDenied
        row = self._figure(request, pk)
        form = ReturnForm(request.POST)
        if form.is_valid():
            try:
                with once(request) as sending:
                    send_back(row.unit, request.user, form.cleaned_data["reason"], form.cleaned_data["up_to"], row)
                    sending.leads_to = row.get_absolute_url()
            except ValidationError as error:
                form.add_error(None, error.messages)
            else:
                messages.success(request, "已退回，单位的收件箱里有你写的原因。")
                return redirect(sending.leads_to)
        return self._figure_page(request, row, form)

    def _figure_page(self, request, row, form=None):
        task = row.unit.task
        line, = lines_of(ReadingRow.objects.filter(pk=row.pk), task, False)
        if form is None and can_ask_reports(request.user) and line.standing in RETURNABLE:
            form = ReturnForm(initial={"up_to": row.latest_id})
        return render(request, "admin/partybuilding/reporting/figure.html", {
            **self.admin_site.each_context(request), "opts": self.opts, "title": row.metric.name, "task": task,
            "row": row, "line": line, "versions": versions_of(row), "back_form": form,
        }, status=400 if form and form.is_bound else 200)
