"""The pages of one statement: 填报进展, 申请延期, 申请销号, 更正, 撤回, and itself as it stands."""
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.http import Http404, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone

from guicheng.files.attach import copy_attachments
from guicheng.files.forms import AttachmentsForm, PairedAttachmentsForm
from guicheng.files.models import arranged
from guicheng.office.refusals import SOMEBODY_ELSE, sentence_of
from guicheng.office.submissions import AlreadySaved, not_saved, once
from guicheng.office.watched import texts_of
from guicheng.text import is_row_number
from projects.ledger.forms import FORMS, quick_form
from projects.models import ProgressUpdate, Project, Source
from projects.permissions import can_record_progress

Kind, State = ProgressUpdate.Kind, ProgressUpdate.State
TITLES = {Kind.PROGRESS: "填报进展", Kind.POSTPONEMENT: "申请延期", Kind.CLOSURE: "申请销号",
          Kind.CORRECTION: "更正一条已发布的进展", Kind.WITHDRAWAL: "撤回一条已发布的进展"}
COPIED = ["effective_from", "effective_on", "postponed_to", "status", "percent", "quantity", "text", "proof", "problem",
          "delay_reason", "next_step", "coordination", "office_text", "source", "source_place"]


def before_of(update):
    """What the page shows beside an open row: the statement that stands today, and its photos as they are shown."""
    row = update.before
    return {"row": row, "figures": arranged(row.photos.all()) if row else []}


class StatementPages:
    """Mixed into the ledger's admin: every page that makes, changes or shows one statement."""

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("quick/", view(self.quick), name="projects_progressupdate_quick"),
            path("record/<int:project_id>/", view(self.record), name="projects_progressupdate_record"),
            path("postpone/<int:project_id>/", view(self.postpone), name="projects_progressupdate_postpone"),
            path("close/<int:project_id>/", view(self.close), name="projects_progressupdate_close"),
            path("<int:pk>/correct/", view(self.correct), name="projects_progressupdate_correct"),
            path("<int:pk>/withdraw/", view(self.withdraw), name="projects_progressupdate_withdraw"),
            path("<int:pk>/autosave/", view(self.autosave), name="projects_progressupdate_autosave"),
            *super().get_urls(),
        ]

    # making one
    def record(self, request, project_id):
        return self._begin(request, project_id, Kind.PROGRESS)

    def quick(self, request):
        """A statement from the first page, which says its project itself. Without one the page comes back with it."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not request.user.has_perm("projects.add_progressupdate"):
            raise PermissionDenied
        key = request.POST.get("project", "")
        if not key:
            page = self.admin_site.index(request, {
                "quick": quick_form(request.POST.dict()), "quick_refusal": "先选一个项目，再提交。写的都还在。"})
            page.status_code = 400
            return page
        request.POST = request.POST.copy()
        request.POST["source"] = Source.objects.own().pk  # what the whole form would have chosen
        return self.record(request, int(key) if is_row_number(key) else 0)

    def postpone(self, request, project_id):
        return self._begin(request, project_id, Kind.POSTPONEMENT)

    def close(self, request, project_id):
        return self._begin(request, project_id, Kind.CLOSURE)

    def _begin(self, request, project_id, kind):
        project = get_object_or_404(Project.objects.visible_to(request.user), pk=project_id)
        return self._fill(request, ProgressUpdate(project=project, kind=kind, source=Source.objects.own()))

    def correct(self, request, pk):
        old = self._published(request, pk)
        return self._fill(request, ProgressUpdate(project=old.project, amends=old, kind=Kind.CORRECTION,
                                                  **{name: getattr(old, name) for name in COPIED}))

    def withdraw(self, request, pk):
        return self._fill(request, self._published(request, pk).withdrawal())

    def _published(self, request, pk):
        """A published row in this person's scope that nobody amended yet."""
        rows = ProgressUpdate.objects.visible_to(request.user).in_force()
        return get_object_or_404(rows.select_related("project", "amends"), pk=pk)

    # the stock addresses
    def add_view(self, request, form_url="", extra_context=None):
        messages.info(request, "先找到项目，再点“填报进展”。")
        return redirect("admin:projects_project_changelist")

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """To its author an open row is the form again; to all others it is as it stands, with its buttons."""
        update = self.get_object(request, object_id)
        if update is None:
            raise Http404
        if not self.has_view_permission(request, update):
            raise PermissionDenied
        if update.is_open and update.author_id == request.user.pk:
            return self._fill(request, update)
        if request.method == "POST" and update.author_id != request.user.pk:
            return HttpResponseNotAllowed(["GET"])
        if request.method == "POST":  # it was open when the form was shown
            return not_saved(self.admin_site, request, f"{update.what_happened()}这次没有保存。")
        return self.show(request, update)

    # filling in
    def _fill(self, request, update):
        """Show the form, or do what came. Whatever is wrong is said beside the form; nothing is lost."""
        if not can_record_progress(request.user, update.project):
            raise PermissionDenied
        form = FORMS[update.kind](request.POST or None, instance=update)
        chosen = PairedAttachmentsForm if update.kind == Kind.CLOSURE else AttachmentsForm
        media = chosen(request.POST or None, request.FILES or None, by=request.user, of=ProgressUpdate)
        if request.method == "POST" and "drop" in request.POST and update.pk:
            return self._drop(request, update)
        is_media_good = media.is_valid()
        there = [*update.photos.all(), *update.papers.all()] if update.pk else []
        form.beside = texts_of([*there, *media.rows])
        if request.method == "POST" and form.is_valid() and is_media_good:
            is_new, was_in_review = update.pk is None, update.state in ProgressUpdate.IN_REVIEW
            try:
                with once(request) as sending:
                    self._keep(request, update, media)
                    response = self._saved(request, update, is_new, media, was_in_review)
                    sending.leads_to = response.url
            except (ValidationError, IntegrityError) as error:
                is_rule = isinstance(error, ValidationError)
                form.add_error(None, error if is_rule else sentence_of(error) or SOMEBODY_ELSE)
                update.pk = None if is_new else update.pk  # what was written was taken back
            else:
                return response
        others = update.project.updates.waiting().exclude(pk=update.pk).select_related("author")
        return self._page(request, update, TITLES[update.kind], form=form, media=media, others=others[:5],
                          before=before_of(update), status=400 if form.errors or media.errors else 200)

    def autosave(self, request, pk):
        """What is being typed into a draft of one's own, asked by the page every 20 seconds: static/js/keep.js.

        No activity: the 30 idle minutes run on. A field that is wrong stays as the draft has it, and in the tab.
        """
        request.is_no_activity = True
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        rows = ProgressUpdate.objects.visible_to(request.user).select_related("project", "amends")
        update = get_object_or_404(rows, pk=pk)
        if not can_record_progress(request.user, update.project):
            raise PermissionDenied
        if update.author_id != request.user.pk:
            raise Http404
        seen = update.version
        form = FORMS[update.kind](request.POST, instance=update)
        form.full_clean()
        try:
            update.autosave(request.user)
        except (ValidationError, IntegrityError) as error:
            said = " ".join(error.messages) if isinstance(error, ValidationError) else sentence_of(error)
            is_mine = update.is_kept_draft and update.version == seen
            return JsonResponse({"said": f"还没存上，写的在这个标签页里。{said or SOMEBODY_ELSE}"},
                                status=422 if is_mine else 409)
        return JsonResponse({"kept": sorted(name for name in form.cleaned_data if name in request.POST),
                             "set": {"version": update.version}, "at": f"{timezone.localtime():%H:%M:%S}"})

    def _keep(self, request, update, media):
        """Save the statement with its photos and papers; hand it in where that was asked and nothing is missing."""
        is_new, by = update.pk is None, request.user
        if is_new and update.has_twin(by):
            back = reverse("admin:projects_project_change", args=[update.project_id])
            raise AlreadySaved("这条进展刚才已经保存过了。", back)
        wants_draft = "draft" in request.POST or not media.is_ready or bool(update.pk and update.photos.missing())
        if media.rows or wants_draft or (is_new and update.amends_id):
            update.save_draft(by)
            media.attach(update)
            if is_new and update.kind == Kind.CORRECTION:
                copy_attachments(update.amends, update, by)
        if not wants_draft:
            update.submit(by)

    def _drop(self, request, update):
        try:
            with once(request) as sending:
                update.drop(request.user)
                self._log(request, update, is_new=False)
                sending.leads_to = reverse("admin:index")
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect(request.path)
        messages.success(request, f"已撤销：{update.project}。这一条不会公开。")
        return redirect("admin:index")

    def _saved(self, request, update, is_new, media, was_in_review):
        self._log(request, update, is_new)
        if not media.is_ready or update.state == State.DRAFT and "draft" not in request.POST:
            messages.warning(request, "草稿和照片已保存。每张照片写好替代文字、勾好确认，就可以提交审核。")
            return redirect("admin:projects_progressupdate_photos", update.pk)
        if update.state == State.DRAFT and was_in_review:
            messages.success(request, f"已收回：{update.project}。它不在审核中了，改好再提交审核。")
            return redirect("admin:projects_progressupdate_change", update.pk)
        if request.POST.get("draft") == "photos":
            messages.success(request, "草稿已保存。可以在这里加照片、写别的，再提交审核。")
            return redirect("admin:projects_progressupdate_change", update.pk)
        if update.state == State.DRAFT:
            messages.success(request, f"草稿已保存：{update.project}。还没有提交审核。")
        else:
            messages.success(request, f"已提交：{update.project}，等待审核。审核通过后公开。")
        return redirect("admin:index")

    # showing
    def _page(self, request, update, title, status=200, **context):
        update.project.refresh_from_db(fields=["status", "percent", "planned_end", "due_on", "closed_on"])
        return render(request, "admin/projects/progress.html", {
            **self.admin_site.each_context(request), "title": title, "update": update, "opts": self.opts,
            "project": update.project, "steps": self._steps(update),
            "in_review": update.state in ProgressUpdate.IN_REVIEW, "sent_to": self._sent_to(request, update), **context,
        }, status=status)

    def _sent_to(self, request, update):
        """Where the form goes: to its own page, also when it was begun on the first page."""
        if request.resolver_match.url_name == "projects_progressupdate_quick":
            return reverse("admin:projects_progressupdate_record", args=[update.project_id])
        return ""

    def _steps(self, update):
        return update.steps.in_order().select_related("by") if update.pk else []

    def show(self, request, update, status=200, decision=None):
        amended = update.amended_by.published().first()
        may_amend = update.is_published and not amended and update.kind != Kind.WITHDRAWAL
        return self._page(
            request, update, f"{update.get_state_display()}的{update.get_kind_display()}", status, amended=amended,
            before=before_of(update) if update.is_open else None,
            may_amend=may_amend and can_record_progress(request.user, update.project),
            **self.review_context(request, update, decision),
        )

    def log_review(self, request, update):
        self._log(request, update, is_new=False)

    def _log(self, request, update, is_new):
        message = f"{update.get_kind_display()}，{update.get_state_display()}"
        (self.log_addition if is_new else self.log_change)(request, update, message)
