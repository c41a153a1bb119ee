"""Excel 导入 in the back office: upload, what the columns mean, preview, confirmation, undo, review, downloads."""
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST, require_safe
from django_tasks_db.models import DBTaskResult

from guicheng.access.permissions import sees_everything
from guicheng.excel_import.forms import sent
from guicheng.files.spreadsheets import Unreadable
from guicheng.office.base import ScopedAdmin
from guicheng.office.submissions import once
from guicheng.review.forms import CheckedForm
from guicheng.tables.exports import workbook_response
from guicheng.text import is_row_number
from projects.admin.import_reading import ReadingPages, preview_of
from projects.excel_import import jobs, review, upload
from projects.excel_import.forms import UploadForm
from projects.excel_import.preview import forget_rows
from projects.excel_import.undo import undo
from projects.excel_import.workbook import import_result, import_template
from projects.models import ImportBatch, ImportRow, Project, ProjectList, Source
from projects.permissions import can_undo_import

PER_PAGE = 50
Job = ImportBatch.Job

if admin.site.is_registered(DBTaskResult):
    admin.site.unregister(DBTaskResult)  # the import's own page says how far it is


@admin.register(ImportBatch)
class ImportBatchAdmin(ReadingPages, ScopedAdmin):
    list_display = ["file_name", "project_list", "uploader", "created_at", "state", "counted"]
    list_filter = ["state"]
    search_fields = ["file_name", "uploader__name"]
    list_select_related = ["project_list", "uploader"]

    def get_queryset(self, request):
        """The list does not read what each file was not read of."""
        rows, match = super().get_queryset(request), request.resolver_match
        is_list = match and match.url_name == "projects_importbatch_changelist"
        return rows.defer("passed_over") if is_list else rows

    def get_urls(self):
        view = self.admin_site.admin_view
        names = ["columns", "confirm", "discard", "undo", "departments", "propose", "answer", "take", "reading",
                 "review", "work", "result"]
        return [
            path("template/", view(self.template), name="projects_importbatch_template"),
            *[path(f"<int:pk>/{name}/", view(getattr(self, name)), name=f"projects_importbatch_{name}")
              for name in names],
            *super().get_urls(),
        ]

    @admin.display(description="行数")
    def counted(self, batch):
        return "，".join(f"{label} {batch.counts[key]}" for key, label in ImportRow.Outcome.choices
                        if batch.counts.get(key)) or "—"

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    # which batch, and whose
    def _visible(self, request, pk):
        if not self.has_view_permission(request):
            raise PermissionDenied
        return get_object_or_404(self.get_queryset(request).select_related("project_list", "uploader", "source"), pk=pk)

    def _own(self, request, pk):
        """A batch of one's own that still can be changed."""
        batch = self._visible(request, pk)
        if batch.uploader_id != request.user.pk or not self.has_add_permission(request):
            raise PermissionDenied
        return batch

    def _back(self, batch):
        return redirect("admin:projects_importbatch_change", batch.pk)

    def _page(self, request, template, status=200, **context):
        return render(request, f"admin/projects/import_{template}.html", {
            **self.admin_site.each_context(request), "opts": self.opts, **context}, status=status)

    # upload
    def add_view(self, request, form_url="", extra_context=None):
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = UploadForm(**sent(request), user=request.user)
        if request.method == "POST" and form.is_valid():
            chosen, no_list = form.chosen_list()
            try:
                batch, sheets = upload.read(
                    request.user, form.cleaned_data["file"], project_list=chosen, no_list=no_list,
                    effective_on=form.cleaned_data["effective_on"],
                    source=form.cleaned_data.get("source") or Source.objects.own())
            except Unreadable as refusal:
                form.add_error("file", str(refusal))
            except ValidationError as refusal:
                form.add_error(None, refusal.messages)
            else:
                with once(request) as sending:
                    upload.keep(batch, form.cleaned_data["file"])
                    sending.leads_to = self._back(batch).url
                return self._uploaded(request, batch, sheets)
        return self._page(request, "upload", 400 if form.errors else 200, title="导入 Excel", form=form,
                          lists=ProjectList.objects.visible_to(request.user).real(),
                          sees_everything=sees_everything(request.user))

    def _uploaded(self, request, batch, sheets):
        twin = ImportBatch.objects.filter(uploader=batch.uploader, sha256=batch.sha256, state="confirmed").first()
        if twin:
            messages.info(request, f"这份文件在 {twin.confirmed_at:%Y-%m-%d} 导入过。已经导入的不会再导入一遍。")
        return self._reread(request, batch, sheets)

    # the batch
    @method_decorator(require_safe)
    def change_view(self, request, object_id, form_url="", extra_context=None):
        if not is_row_number(str(object_id)):
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return self._show(request, self._visible(request, object_id))

    def _show(self, request, batch, ticks=None):
        """The batch's page; `ticks`: the form of the last reviewer that came back incomplete."""
        rows = self._rows(request, batch)
        counts = dict(rows.order_by().values_list("outcome").annotate(Count("pk")))
        outcome = request.GET.get("outcome", "")
        outcome = outcome if outcome in ImportRow.Outcome.values else ""
        page = Paginator((rows.filter(outcome=outcome) if outcome else rows).select_related(
            "project", "update", "postponement"), PER_PAGE).get_page(request.GET.get("page"))
        is_own = batch.uploader_id == request.user.pk and self.has_add_permission(request)
        waiting = review.waiting(batch, request.user) if batch.state == "confirmed" else {}
        may_review = not is_own and request.user.has_perm("projects.check_progressupdate") and any(waiting.values())
        response = self._page(
            request, "batch", 400 if ticks else 200, title=f"导入：{batch.file_name}", batch=batch, page=page,
            outcome=outcome, is_own=is_own,
            totals=[(key, label, counts.get(key, 0)) for key, label in ImportRow.Outcome.choices],
            all_rows=sum(counts.values()), to_write=counts.get("new", 0) + counts.get("changed", 0),
            to_ask=counts.get("ask", 0), wrong=counts.get("wrong", 0),
            **preview_of(batch, page, request.GET.get("passed")), may_say=is_own and batch.state == "previewed",
            waiting=waiting, may_undo=batch.state == "confirmed" and can_undo_import(request.user, batch),
            may_review=may_review,
            ticks=(ticks or CheckedForm()) if may_review and review.publishes(batch, request.user) else None,
            may_add_departments=request.user.has_perm("projects.add_department"))
        if batch.job:
            response["Refresh"] = "2"
        return response

    def _rows(self, request, batch):
        """All rows to whose batch it is, to a reviewer those of the projects in scope."""
        if batch.uploader_id == request.user.pk or sees_everything(request.user):
            return batch.rows.all()
        return batch.rows.filter(project__in=Project.objects.visible_to(request.user))

    @method_decorator(require_POST)
    def confirm(self, request, pk):
        batch = self._own(request, pk)
        if self._start(request, batch, Job.CONFIRM) and batch.state == "confirmed":
            self.log_change(request, batch, f"导入：{self.counted(batch)}")
            messages.success(request, "已导入。进展已交审核；新项目由审核员公开。")
        return self._back(batch)

    @method_decorator(require_POST)
    def discard(self, request, pk):
        batch = self._own(request, pk)
        try:
            with transaction.atomic():
                held = batch.held_open()
                forget_rows(held)
                ImportBatch.objects.filter(pk=held.pk).update(state="discarded", file="")
        except ValidationError as refusal:
            messages.warning(request, " ".join(refusal.messages))
            return self._back(batch)
        batch.forget_file()
        messages.success(request, "已放弃，什么都没有导入。")
        return redirect("admin:projects_importbatch_changelist")

    @method_decorator(require_POST)
    def undo(self, request, pk):
        batch = self._visible(request, pk)
        if not can_undo_import(request.user, batch):
            raise PermissionDenied
        try:
            dropped, withdrawn = undo(batch, request.user)
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
        else:
            self.log_change(request, batch, "撤销导入")
            said = f"已撤销：{dropped} 条待审核的进展不再送审，新项目和改动已退回原样。"
            if withdrawn:
                said += f"另有 {withdrawn} 条已公开，撤回申请已交审核，通过后公开页面会写“已撤回”。"
            messages.success(request, said)
        return self._back(batch)

    @method_decorator(require_POST)
    def review(self, request, pk):
        """Approve or return everything of the batch that is this person's to review."""
        batch = self._visible(request, pk)
        if not request.user.has_perm("projects.check_progressupdate") or batch.state != "confirmed":
            raise PermissionDenied
        reason = request.POST.get("reason", "").strip()[:500]
        if "send_back" not in request.POST:
            return self._approve(request, batch)
        if not reason:
            messages.error(request, "退回要写明原因。")
        elif self._start(request, batch, Job.SEND_BACK, note=reason):
            self.log_change(request, batch, "整批审核")
        return self._back(batch)

    def _approve(self, request, batch):
        ticks = CheckedForm(request.POST)
        checked = ticks.checked()
        if checked.refusal and review.publishes(batch, request.user):
            messages.error(request, checked.refusal)
            return self._show(request, batch, ticks)
        if self._start(request, batch, Job.APPROVE, checked=checked):
            self.log_change(request, batch, "整批审核")
        return self._back(batch)

    @method_decorator(require_POST)
    def work(self, request, pk):
        """Do it now, where no worker took it."""
        batch = self._visible(request, pk)
        if batch.nobody_took_it:
            jobs.run(batch.pk)
        return self._back(batch)

    def _start(self, request, batch, job, **said):
        """Begin a step; give whether it was ours to begin."""
        try:
            jobs.start(batch, job, request.user, **said)
        except ValidationError as refusal:
            messages.warning(request, " ".join(refusal.messages))
            return False
        return True

    # downloads
    @method_decorator(require_safe)
    def result(self, request, pk):
        batch = self._visible(request, pk)
        rows = self._rows(request, batch).defer("values", "before")
        return workbook_response(f"导入结果-{batch.file_name.rsplit('.', 1)[0]}.xlsx", import_result(batch, rows))

    @method_decorator(require_safe)
    def template(self, request):
        """The person's own projects, or one list, in the columns that the import reads."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        projects, name = Project.objects.visible_to(request.user).real(), "项目表"
        if chosen := request.GET.get("list", ""):
            project_list = get_object_or_404(ProjectList.objects.visible_to(request.user), slug=chosen[:40])
            projects, name = projects.filter(project_list=project_list), project_list.title
        if "blank" in request.GET:
            projects, name = projects.none(), "空白项目表"
        projects = projects.order_by("project_list__order", "number", "code")
        return workbook_response(f"{name}.xlsx", import_template(projects, request.user))


def import_links(user):
    """The ways in from the list of projects."""
    if not user.has_perm("projects.add_importbatch"):
        return []
    return [(reverse("admin:projects_importbatch_add"), "导入 Excel"),
            (reverse("admin:projects_importbatch_template"), "下载 Excel，改好再导入")]
