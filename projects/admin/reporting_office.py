"""The office's pages of a running 报送任务: the board, 催报, the 汇总表, a row with its versions, 退回重报."""
from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_safe

from guicheng import words
from guicheng.access.permissions import sees_everything
from guicheng.days.workdays import UnknownYear, WorkCalendar
from guicheng.office.submissions import once
from guicheng.tables.exports import workbook_response
from guicheng.text import is_row_number
from projects import summary
from projects.models import AskedUnit, ReportingRow, ReportingTask, Standing
from projects.permissions import can_ask_reports
from projects.reporting import workbook
from projects.reporting.forms import GridFilter, ReturnForm, WordingForm
from projects.reporting.grid import asked_texts, columns_of, entries, grid_rows, said_of
from projects.reporting.kinds import listings
from projects.reporting.opening import prepare_next
from projects.reporting.releasing import newest_answer, newest_beside
from projects.reporting.reminders import days_of_reminders, urge
from projects.reporting.returns import send_back, versions_of, words_of
from projects.reporting.says_nothing import rows_that_say_nothing
from projects.reporting.wording import newest_wording, word, wordings_of

SHOWN = 25  # rows a page of the grid, and of those that the board names
TILES = ("", "open", "all")  # what ?show= may say of the board's tiles
TEMPLATES = "admin/projects/reporting"


class OfficePages:
    """Mixed into the admin of tasks."""

    def office_urls(self):
        view, name = self.admin_site.admin_view, "projects_reportingtask"
        return [path(address, view(getattr(self, method)), name=f"{name}_{method}") for address, method in [
            ("<int:pk>/board/", "board"), ("<int:pk>/urge/", "urge"), ("<int:pk>/next/", "next"),
            ("<int:pk>/summary/", "summary"), ("<int:pk>/summary/print/", "summary_print"),
            ("<int:pk>/summary.xlsx", "summary_file"), ("row/<int:pk>/office/", "office_row"),
            ("row/<int:pk>/return/", "return_row"), ("row/<int:pk>/wording/", "wording"),
            ("table/<int:pk>/return/", "return_table")]]

    # who comes here
    def _office_task(self, request, pk, writes=False):
        """An opened task, to who sees the whole street; to who asks reports where it writes."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        task = get_object_or_404(ReportingTask.objects.visible_to(request.user).exclude(opened_at=None), pk=pk)
        self._for_office(request, writes)
        return task

    def _for_office(self, request, writes=False):
        may = (can_ask_reports if writes else sees_everything)(request.user)
        if not may or not self.has_view_permission(request):
            raise PermissionDenied

    def _office_row(self, request, pk, writes=False):
        self._for_office(request, writes)
        rows = ReportingRow.objects.visible_to(request.user).with_standing().select_related(
            "project__latest_update", "project__lead_department", "unit__task", "unit__community", "unit__department",
            "latest__update", "latest__returned")
        return get_object_or_404(rows, pk=pk)

    def _shown(self, request, template, title, status=200, **context):
        return render(request, f"{TEMPLATES}/{template}.html", {
            **self.admin_site.each_context(request), "opts": self.opts, "title": title, **context}, status=status)

    # the board
    @method_decorator(require_safe)
    def board(self, request, pk):
        if not self.has_view_permission(request):
            raise PermissionDenied
        tasks = ReportingTask.objects.visible_to(request.user).exclude(opened_at=None)
        task = get_object_or_404(tasks, pk=pk)
        if not sees_everything(request.user):  # who works for several of the units chooses
            units = AskedUnit.objects.visible_to(request.user).filter(task=task).in_list_order()
            return self._shown(request, "choose", str(task), task=task, units=units)
        show = request.GET.get("show", "")
        if show not in TILES:
            raise BadRequest("没有这种看法，请从任务页重新选。")
        progress = summary.task_progress(task)
        may_ask = can_ask_reports(request.user)
        parts = [pair for pair in progress.units if show != "open" or not pair[1].is_whole]
        return self._shown(
            request, "board", str(task), task=task, progress=progress, figures=progress.figures, show=show,
            beside=[page for kind in progress.beside for page in kind.pages(task)], may_ask=may_ask,
            reminders=reminders_of(task),
            review=reverse("admin:projects_progressupdate_changelist", query={"for_me": "review"}),
            closed=summary.at_close(task) if task.closed_at else None,
            say_nothing=rows_that_say_nothing(task)[:SHOWN] if progress.figures["waiting"] else [],
            communities=[pair for pair in parts if pair[0].community_id],
            departments=[pair for pair in parts if pair[0].department_id])

    # 催报
    def urge(self, request, pk):
        """Whom it would reach, by name and before anything is sent; then sent to those that were shown."""
        task = self._office_task(request, pk, writes=True)
        if request.method == "POST":
            shown = {int(each) for each in request.POST.getlist("unit") if is_row_number(each)}
            try:
                with once(request) as sending:
                    told = urge(task, shown, request.user)
                    sending.leads_to = task.get_absolute_url()
            except ValidationError as error:
                messages.error(request, " ".join(error.messages))
                return redirect("admin:projects_reportingtask_urge", pk)
            messages.success(request, f"催报已发给 {told} 个单位。没有账号的收不到，要打电话。")
            return redirect(sending.leads_to)
        progress = summary.task_progress(task)
        to_urge = set(progress.to_urge)
        return self._shown(
            request, "urge", f"催报：{task}", task=task, figures=progress.figures,
            units=[pair for pair in progress.units if pair[0] in to_urge], text=urge_text(task, progress.to_urge),
            unreached=progress.without_account)

    def next(self, request, pk):
        """照这一次布置下一期: prepared, looked at before it is opened."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        task = self._office_task(request, pk, writes=True)
        try:
            with once(request) as sending:
                following = prepare_next(task, request.user)
                sending.leads_to = reverse("admin:projects_reportingtask_change", args=[following.pk])
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect(task)
        messages.success(request, "下一期准备好了，日子已往后推。请核对依据和日子，再布置。")
        return redirect(sending.leads_to)

    # 汇总表
    def _grid(self, request, pk):
        task = self._office_task(request, pk)
        chosen = GridFilter(request.GET, task.units.in_list_order())
        return task, chosen, chosen.narrow(grid_rows(task))

    @method_decorator(require_safe)
    def summary(self, request, pk):
        task, chosen, rows = self._grid(request, pk)
        number = request.GET.get("page", "1")
        paginator = Paginator(rows, SHOWN)
        if not is_row_number(number) or not 1 <= int(number) <= paginator.num_pages:
            raise Http404("没有这一页，请从第一页重新翻。")
        page = paginator.page(int(number))
        return self._shown(
            request, "summary", f"{task}：汇总表", task=task, chosen=chosen, page=page, standings=Standing.choices,
            columns=columns_of(task), entries=entries(task, page.object_list, page.start_index()),
            may_ask=can_ask_reports(request.user),
            listings=[] if page.has_next() else listings(task, chosen.unit, chosen.standing))

    @method_decorator(require_safe)
    def summary_print(self, request, pk):
        task, chosen, rows = self._grid(request, pk)
        return render(request, f"{TEMPLATES}/summary_print.html", {
            "task": task, "paper": _paper(request), "columns": columns_of(task), "entries": entries(task, rows),
            "chosen": chosen, "listings": listings(task, chosen.unit, chosen.standing)})

    @method_decorator(require_safe)
    def summary_file(self, request, pk):
        task, chosen, rows = self._grid(request, pk)
        content = workbook.render(task, entries(task, rows), _paper(request),
                                  listings(task, chosen.unit, chosen.standing))
        return workbook_response(f"{task}汇总表.xlsx", content)

    # one row: the versions, 退回重报, the office's wording
    @method_decorator(require_safe)
    def office_row(self, request, pk):
        return self._row_page(request, self._office_row(request, pk))

    def return_row(self, request, pk):
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        row = self._office_row(request, pk, writes=True)
        form = ReturnForm(request.POST)
        return self._done(
            request, form, lambda: send_back(row.unit, request.user, form.cleaned_data["reason"],
                                             form.cleaned_data["up_to"], row),
            "已退回，单位的收件箱里有你写的原因。", _address(row), lambda: self._row_page(request, row, back=form))

    def wording(self, request, pk):
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        row = self._office_row(request, pk, writes=True)
        columns = asked_texts(row.unit.task)
        form = WordingForm(request.POST, columns=columns, said=said_of(row))
        return self._done(
            request, form, lambda: word(row, {key: form.cleaned_data[key] for key, _ in columns},
                                        form.cleaned_data["seen"], request.user),
            "存好了；单位写的原文没有动。", _address(row), lambda: self._row_page(request, row, worded=form))

    def return_table(self, request, pk):
        """退回整张表: what would go back, and the reason."""
        self._for_office(request, writes=True)
        unit = self._unit(request, pk)
        form = ReturnForm(request.POST or None, initial={
            "up_to": newest_answer(unit), "beside": newest_beside(unit)})

        def page():
            return self._shown(request, "return_table", f"退回重报：{unit}", 400 if form.errors else 200, unit=unit,
                               task=unit.task, form=form, progress=summary.whole_progress(unit))

        if request.method != "POST":
            return page()
        return self._done(
            request, form, lambda: send_back(unit, request.user, **form.cleaned_data),
            "已退回，单位的收件箱里有你写的原因。", unit.get_absolute_url(), page)

    def _done(self, request, form, act, done, leads_to, again):
        """Do it once and go on; refused, the page comes back with all that was typed and a sentence."""
        if form.is_valid():
            try:
                with once(request) as sending:
                    act()
                    sending.leads_to = leads_to
            except ValidationError as error:
                form.add_error(None, error.messages)
            else:
                messages.success(request, done)
                return redirect(sending.leads_to)
        return again()

    def _row_page(self, request, row, back=None, worded=None):
        task = row.unit.task
        entry, = entries(task, grid_rows(task).filter(pk=row.pk))
        columns, may = asked_texts(task), can_ask_reports(request.user)
        said = {"seen": newest_wording(row), **wordings_of([row]).get(row.pk, {})}
        may_return = may and entry.standing in (Standing.HANDED_IN, Standing.NIL)
        return self._shown(
            request, "office_row", f"{row.project.name}", 400 if back or worded else 200, task=task, row=row,
            entry=entry, versions=versions_of(row), returned=words_of([entry.row]).get(row.pk),
            may_ask=may, back_form=back or (ReturnForm(initial={"up_to": row.latest_id}) if may_return else None),
            wording_form=worded or (
                WordingForm(initial=said, columns=columns, said=said_of(row)) if may and columns else None))


def _address(row):
    return reverse("admin:projects_reportingtask_office_row", args=[row.pk])


def _paper(request):
    paper = request.GET.get("paper", "a4")
    if paper not in workbook.PAPERS:
        raise BadRequest("纸张只有 A4 和 A3 两种。")
    return paper


def reminders_of(task):
    """What was sent, and what goes out by itself yet: (day, sentence), in order."""
    sent = list(task.reminders.order_by("pk"))
    said = [(timezone.localdate(each.at), f"{each.get_kind_display()}：已发 {each.told} 个单位"
             + (f"，{each.without_account} 个没有账号" if each.without_account else "")) for each in sent]
    if not task.is_open:
        return said
    try:
        days = days_of_reminders(task, WorkCalendar.load())
    except UnknownYear as error:
        return [*said, (None, f"{error}，到时发不出提醒")]
    kinds, today = {each.kind for each in sent}, timezone.localdate()
    return said + [(max(day, today), f"{kind.label}：自动发给没交齐的") for kind, day in days.items()
                   if kind not in kinds and today <= timezone.localdate(task.due_at)]


def urge_text(task, units):
    """催报: names only who has not reported, in the list's order."""
    if not units:
        return ""
    due = timezone.localtime(task.due_at)
    names = "、".join(map(str, units))
    return f"【催报】{task}（{task.ground}）\n报送截止：{words.day(due.date())} {due:%H:%M}。\n" \
           f"还没有报齐的单位（按名单顺序）：{names}。\n请登录后台“报送任务”填报；没有变化的报“零报告”。"


