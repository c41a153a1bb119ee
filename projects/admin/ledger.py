"""The ledger in the back office: 填报进展, 更正, 撤回, and the queue of what waits for review."""
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone

from guicheng.admin import ScopedAdmin
from guicheng.permissions import can_publish_progress, can_record_progress
from projects.forms import ProgressForm, WithdrawForm
from projects.models import ProgressUpdate, Project, Source
from projects.templatetags.projects import status_tag

Kind = ProgressUpdate.Kind


@admin.register(ProgressUpdate)
class ProgressUpdateAdmin(ScopedAdmin):
    list_display = ["project", "effective_on", "status_shown", "text", "state", "kind", "author", "reviewer"]
    list_display_links = ["project"]
    list_filter = ["state", "kind"]
    search_fields = ["text", "project__search_text"]
    list_select_related = ["project", "author", "reviewer"]
    ordering = ["-created_at", "-pk"]
    actions = ["publish_selected"]

    def lookup_allowed(self, lookup, value, request=None):
        """`project` may be asked for by the link from a project, but is no list of 10,000 names."""
        return lookup == "project__id__exact" or super().lookup_allowed(lookup, value, request)

    @admin.display(description="状态", ordering="status")
    def status_shown(self, update):
        return status_tag(update.status) if update.status else "—"

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("record/<int:project_id>/", view(self.record), name="projects_progressupdate_record"),
            path("<int:pk>/correct/", view(self.correct), name="projects_progressupdate_correct"),
            path("<int:pk>/withdraw/", view(self.withdraw), name="projects_progressupdate_withdraw"),
            *super().get_urls(),
        ]

    def has_delete_permission(self, request, obj=None):
        """A published row is for ever; one's own unpublished row may go."""
        return obj is not None and not obj.is_published and obj.author_id == request.user.pk

    # pages
    def add_view(self, request, form_url="", extra_context=None):
        messages.info(request, "先找到项目，再点“填报进展”。")
        return redirect("admin:projects_project_changelist")

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """To its author an unpublished row is the form again; to all others it is as it stands, with its buttons."""
        update = self.get_object(request, object_id)
        if update is None:
            raise Http404
        if not self.has_view_permission(request, update):
            raise PermissionDenied
        if not update.is_published and update.author_id == request.user.pk:
            return self._fill(request, update, "修改待审核的进展")
        if request.method == "POST":
            return self._publish(request, update)
        return self._show(request, update)

    def _publish(self, request, update):
        """Publish what somebody else wrote, word for word."""
        if update.is_published or not can_publish_progress(request.user, update.project):
            raise PermissionDenied
        try:
            update.publish(by=request.user)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect(request.path)
        self._log(request, update, is_new=False)
        self._say(request, update)
        return redirect("admin:index")

    def record(self, request, project_id):
        project = get_object_or_404(Project.objects.visible_to(request.user), pk=project_id)
        return self._fill(request, ProgressUpdate(project=project), "填报进展")

    def correct(self, request, pk):
        old = self._published(request, pk)
        fields = ["effective_from", "effective_on", "status", "percent", "quantity", "text", "problem", "delay_reason",
                  "next_step", "coordination", "source", "source_place"]
        new = ProgressUpdate(project=old.project, amends=old, kind=Kind.CORRECTION,
                             **{name: getattr(old, name) for name in fields})
        return self._fill(request, new, "更正一条已发布的进展")

    def withdraw(self, request, pk):
        old = self._published(request, pk)
        new = ProgressUpdate(project=old.project, amends=old, kind=Kind.WITHDRAWAL, source=Source.objects.own(),
                             effective_on=max(old.effective_on, timezone.localdate()))
        return self._fill(request, new, "撤回一条已发布的进展", WithdrawForm)

    def _published(self, request, pk):
        """A published row in this person's scope that nobody amended yet."""
        rows = ProgressUpdate.objects.visible_to(request.user).published().select_related("project")
        return get_object_or_404(rows.exclude(kind=Kind.WITHDRAWAL).filter(amended_by=None), pk=pk)

    def _fill(self, request, update, title, form_class=ProgressForm):
        """Show the form, or submit what came. Whatever is wrong is said beside the form; nothing is lost."""
        if not can_record_progress(request.user, update.project):
            raise PermissionDenied
        if update.kind == Kind.WITHDRAWAL:
            form_class = WithdrawForm
        may_publish = can_publish_progress(request.user, update.project)
        form = form_class(request.POST or None, instance=update, label_suffix="：")
        if request.method == "POST" and form.is_valid():
            is_new = update.pk is None
            if is_new and update.has_twin(request.user):
                messages.info(request, "这条进展刚才已经保存过了。")
                return redirect("admin:projects_project_change", update.project_id)
            try:
                update.submit(by=request.user)
            except (ValidationError, IntegrityError) as error:
                sentence = error if isinstance(error, ValidationError) else "这条进展刚被别人处理过，请刷新后再看。"
                form.add_error(None, sentence)
            else:
                self._log(request, update, is_new)
                self._say(request, update)
                return redirect("admin:index")
        return self._page(request, update, title, form=form, may_publish=may_publish,
                          status=400 if form.errors else 200)

    def _page(self, request, update, title, status=200, **context):
        update.project.refresh_from_db(fields=["status", "percent"])
        return render(request, "admin/projects/progress.html", {
            **self.admin_site.each_context(request), "title": title, "update": update, "opts": self.opts,
            "project": update.project, **context,
        }, status=status)

    def _show(self, request, update):
        amended = update.amended_by.published().first()
        may_amend = not amended and update.kind != Kind.WITHDRAWAL and can_record_progress(request.user, update.project)
        may_publish = not update.is_published and can_publish_progress(request.user, update.project)
        return self._page(request, update, f"{update.get_state_display()}的进展", amended=amended,
                          may_amend=may_amend and update.is_published, may_publish=may_publish)

    def _log(self, request, update, is_new):
        message = f"{update.get_kind_display()}，{update.get_state_display()}"
        (self.log_addition if is_new else self.log_change)(request, update, message)

    def _say(self, request, update):
        if update.is_published:
            messages.success(request, f"已发布：{update.project}。公开页面现在就能看到。")
        else:
            messages.success(request, f"已提交：{update.project}，等待审核。审核通过后公开。")

    @admin.action(description="发布所选的待审核进展")
    def publish_selected(self, request, queryset):
        """Publish those this person may; say how many and why the others were not."""
        done, refused = 0, []
        for update in queryset.waiting().select_related("project"):
            if not can_publish_progress(request.user, update.project):
                refused.append(f"{update}：没有权限发布。")
                continue
            try:
                update.publish(by=request.user)
            except ValidationError as error:
                refused.append(f"{update}：{' '.join(error.messages)}")
            else:
                self._log(request, update, is_new=False)
                done += 1
        self.message_user(request, f"已发布 {done} 条。", messages.SUCCESS if done else messages.WARNING)
        for sentence in refused[:5]:
            self.message_user(request, sentence, messages.WARNING)

    def get_actions(self, request):
        actions = super().get_actions(request)
        if not request.user.has_perm("projects.publish_progressupdate"):
            actions.pop("publish_selected", None)
        return actions
