"""督办 in the back office: the papers of a project, their receipt and reply, 批示, and the lights made by hand."""
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import F
from django.http import Http404, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_safe

from guicheng.days.workdays import UnknownYear, add_working_days
from guicheng.notices.inbox import told_of
from guicheng.office.base import ScopedAdmin
from guicheng.office.submissions import AlreadySaved, key_of, once
from guicheng.text import clean_text, is_row_number
from projects import permissions as may
from projects.admin import late, sheet
from projects.models import Instruction, LightOverride, LightRule, Project, SupervisionNotice
from projects.supervision.forms import CloseForm, InstructionForm, IssueForm, OverrideForm, ReplyForm
from projects.supervision.lights import light_of
from projects.supervision.unheard import nobody_reads, to_unit_of

SHOWN = 10


def panel(user, project):
    """What the page of a project shows of its light and supervision."""
    notices = project.notices.with_names().order_by(F("closed_on").asc(nulls_first=True), "-raised_on", "-pk")
    return {
        "project": project, "light": light_of(project),
        "overrides": project.light_overrides.select_related("by")[:SHOWN],
        "notices": notices[:SHOWN],
        "instructions": project.instructions.select_related("by")[:SHOWN],
        "may_override": may.can_override_light(user, project),
        "may_supervise": may.can_start_supervision(user, project),
        "may_instruct": may.can_instruct(user, project),
    }


@admin.register(SupervisionNotice)
class SupervisionNoticeAdmin(ScopedAdmin):
    """Read, received, answered and closed by its verbs; never edited."""

    list_display = ["title", "project", "unit_shown", "raised_on", "reply_by", "stage_shown", "cause"]
    list_display_links = ["title"]
    list_filter = ["level", "cause"]
    search_fields = ["project__search_text__found", "text"]
    list_select_related = ["project", "department", "community"]
    ordering = [F("closed_on").asc(nulls_first=True), "-raised_on", "-pk"]
    actions = None

    def get_urls(self):
        view = self.admin_site.admin_view
        name = "projects_supervisionnotice"
        return [
            path("desk/", view(self.desk), name=f"{name}_desk"),
            path("desk/csv/", view(self.desk_csv), name=f"{name}_desk_csv"),
            path("this-week/", view(self.week), name="projects_progressupdate_week"),
            path("issue/<int:project_id>/", view(self.issue), name=f"{name}_issue"),
            path("instruct/<int:project_id>/", view(self.instruct), name=f"{name}_instruct"),
            path("light/<int:project_id>/", view(self.override), name=f"{name}_light"),
            path("<int:pk>/receive/", view(self.receive), name=f"{name}_receive"),
            path("<int:pk>/reply/", view(self.reply), name=f"{name}_reply"),
            path("<int:pk>/close/", view(self.close), name=f"{name}_close"),
            path("<int:pk>/sheet/", view(self.sheet), name=f"{name}_sheet"),
            path("<int:pk>/sheet/pdf/", view(self.sheet_pdf), name=f"{name}_sheet_pdf"),
            *super().get_urls(),
        ]

    # columns
    @admin.display(description="督办", ordering="level")
    def title(self, notice):
        return notice.name

    @admin.display(description="发给")
    def unit_shown(self, notice):
        return notice.unit or "没有责任单位"

    @admin.display(description="办理")
    def stage_shown(self, notice):
        return notice.stage

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    # lists
    @method_decorator(require_safe)
    def desk(self, request):
        self._reads(request)
        return late.show(self.admin_site, request)

    @method_decorator(require_safe)
    def desk_csv(self, request):
        self._reads(request)
        return late.as_csv(request)

    @method_decorator(require_safe)
    def week(self, request):
        if not request.user.has_perm("projects.view_progressupdate"):
            raise PermissionDenied
        return late.week(self.admin_site, request)

    def _reads(self, request):
        if not self.has_view_permission(request):
            raise PermissionDenied

    # one notice
    @method_decorator(require_safe)
    def change_view(self, request, object_id, form_url="", extra_context=None):
        notice = self.get_object(request, object_id)
        if notice is None:
            raise Http404
        self._reads(request)
        return self._show(request, notice)

    def _show(self, request, notice, reply_form=None, close_form=None):
        user = request.user
        faulty = [form for form in (reply_form, close_form) if form and form.errors]
        return render(request, "admin/projects/notice.html", {
            **self.admin_site.each_context(request), "opts": self.opts, "title": notice.name,
            "notice": notice, "project": notice.project, "light": light_of(notice.project),
            "papers": sheet.links(notice),
            "next": SupervisionNotice.objects.filter(previous=notice).first(),
            "instructions": notice.instructions.select_related("by"),
            "told": told_of(f"notice:{notice.pk}") if may.settles(user, notice) else [],
            "nobody_reads": nobody_reads(notice) if notice.is_open and may.settles(user, notice) else "",
            "may_receive": may.can_receive_notice(user, notice),
            "reply_form": reply_form or (ReplyForm() if may.can_reply_to_notice(user, notice) else None),
            "close_form": close_form or (CloseForm() if may.can_close_supervision(user, notice) else None),
            "may_instruct": may.can_instruct(user, notice.project),
        }, status=400 if faulty else 200)

    # its papers
    @method_decorator(require_safe)
    def sheet(self, request, pk):
        return sheet.show(request, self._read(request, pk))

    @method_decorator(require_safe)
    def sheet_pdf(self, request, pk):
        return sheet.show(request, self._read(request, pk), as_pdf=True)

    def _read(self, request, pk):
        self._reads(request)
        return get_object_or_404(self.get_queryset(request).with_names(), pk=pk)

    def _notice(self, request, pk, allowed):
        """One in this person's scope that this person may act upon; its state is for the verb to judge."""
        notice = self._read(request, pk)
        if not allowed(request.user, notice):
            raise PermissionDenied
        return notice

    def receive(self, request, pk):
        """签收; a reply begun in the same form is given back in its box, not sent."""
        response = self._verb(request, pk, may.answers_for, None, lambda notice, form: notice.receive(request.user),
                              "已签收。请按期限回复。")
        begun = clean_text(request.POST.get("text", ""))
        notice = self.get_queryset(request).with_names().filter(pk=pk).first() if begun else None
        if notice is None or not may.can_reply_to_notice(request.user, notice):
            return response
        return self._show(request, notice, ReplyForm(initial={"text": begun}))

    def reply(self, request, pk):
        def answer(notice, form):
            notice.answer(request.user, form.cleaned_data["text"], form.cleaned_data["evidence"])

        return self._verb(request, pk, may.answers_for, ReplyForm, answer, "已回复。")

    def close(self, request, pk):
        return self._verb(request, pk, may.settles, CloseForm,
                          lambda notice, form: notice.close(form.cleaned_data["reason"], by=request.user), "已办结。")

    def _verb(self, request, pk, allowed, form_class, act, done):
        """Do one verb by POST and go back to the notice; what was typed wrongly stays on the page."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        notice = self._notice(request, pk, allowed)
        back = redirect(notice)
        form = form_class(request.POST) if form_class else None
        if form is None or form.is_valid():
            try:
                act(notice, form)
            except ValidationError as error:
                messages.warning(request, " ".join(error.messages))
                return back
            self.log_change(request, notice, done)
            messages.success(request, done)
            return back
        return self._show(request, notice, **{"close_form" if form_class is CloseForm else "reply_form": form})

    # what begins at a project
    def _project(self, request, project_id, allowed):
        projects = Project.objects.visible_to(request.user).select_related("lead_department", "community")
        project = get_object_or_404(projects, pk=project_id)
        if not allowed(request.user, project):
            raise PermissionDenied
        return project

    def issue(self, request, project_id):
        project = self._project(request, project_id, may.can_start_supervision)
        may_instruct = may.can_instruct(request.user, project)
        day, unknown = _usual_reply_day()
        form = IssueForm(request.POST if request.method == "POST" else None, may_instruct=may_instruct,
                         initial={"reply_by": day})
        if form.is_bound and form.is_valid():
            try:
                with once(request) as sending:
                    notice = self._issued(request, project, form.cleaned_data)
                    sending.leads_to = notice.get_absolute_url()
            except ValidationError as error:
                form.add_error(None, error.messages)
            else:
                level, unit = notice.get_level_display(), notice.unit or "（没有责任单位）"
                messages.success(request, f"已发出{level}，发给{unit}。")
                if sentence := nobody_reads(notice):
                    messages.warning(request, sentence)
                return redirect(notice)
        intro = f"发给：{project.lead_department or project.community or '没有责任单位，请先在项目里填上'}。{unknown}"
        intro += nobody_reads(to_unit_of(project))
        return self._form(request, project, form, "发起督办", "发出", intro)

    def _issued(self, request, project, data):
        """The notice, with the leader's 批示 where one came along."""
        key = f"manual:{project.pk}:{request.user.pk}:{key_of(request)[:32]}"
        notice = SupervisionNotice.issue(project, data["level"], SupervisionNotice.Cause.MANUAL, key, data["text"],
                                         by=request.user, reply_by=data["reply_by"], basis=data["basis"])
        if data.get("instruction"):
            Instruction.write(project, data["instruction"], request.user, notice)
        self.log_addition(request, notice, f"发起{notice.get_level_display()}")
        return notice

    def instruct(self, request, project_id):
        project = self._project(request, project_id, may.can_instruct)
        notice = _number(request.GET.get("notice"))
        notice = project.notices.filter(pk=notice).first() if notice else None
        form = InstructionForm(request.POST if request.method == "POST" else None)
        if form.is_bound and form.is_valid():
            back, text = notice.get_absolute_url() if notice else _page_of(project), form.cleaned_data["text"]
            with once(request) as sending:
                sending.leads_to = back
                if Instruction.has_twin(project, text, request.user):
                    raise AlreadySaved("这条批示刚才已经写下了。", back)
                Instruction.write(project, text, request.user, notice)
            messages.success(request, "批示已写下，责任单位已收到消息。")
            return redirect(back)
        return self._form(request, project, form, "写批示", "写下批示")

    def override(self, request, project_id):
        project = self._project(request, project_id, may.can_override_light)
        form = OverrideForm(request.POST if request.method == "POST" else None)
        if form.is_bound and form.is_valid():
            data = form.cleaned_data
            with once(request) as sending:
                row = LightOverride.decide(project, data["colour"], data["reason"], request.user, data["until"])
                sending.leads_to = _page_of(project)
            messages.success(request, f"{row.words}，原因写在灯旁边。")
            return redirect(_page_of(project))
        return self._form(request, project, form, "人工改灯", "改灯",
                          "灯按日期自动计算。只有日期说明不了实际情况时才改，并写明原因。")

    def _form(self, request, project, form, title, button, intro=""):
        return render(request, "admin/projects/verb.html", {
            **self.admin_site.each_context(request), "opts": self.opts, "title": title, "button": button,
            "intro": intro, "project": project, "form": form, "light": light_of(project),
        }, status=400 if form.errors else 200)


def _page_of(project):
    return reverse("admin:projects_project_change", args=[project.pk])


def _number(text):
    return int(text) if text and is_row_number(text) else None


def _usual_reply_day():
    """The day by which a reply is usual, and the sentence where the calendar does not reach."""
    today = timezone.localdate()
    try:
        return add_working_days(today, LightRule.objects.in_force(today).reply_within), ""
    except UnknownYear as error:
        return None, f"{error}，回复期限请自己填。"


@admin.register(LightRule)
class LightRuleAdmin(ScopedAdmin):
    """A rule that has begun stays as it was; a new one begins on a later day."""

    list_display = ["effective_on", "yellow_from", "red_from", "due_within", "not_started_months", "stale_days",
                    "escalate_after"]
    search_fields = ["effective_on"]
    fieldsets = [
        (None, {"fields": ["effective_on"],
                "description": "规则从某一天起生效；已经生效的不能改，要改就另加一条。以前的灯按以前的规则。"}),
        ("亮灯", {"fields": ["yellow_from", "red_from", "due_within", "not_started_months"]}),
        ("督办", {"fields": ["stale_days", "reply_within", "escalate_after"]}),
    ]

    def has_change_permission(self, request, obj=None):
        return (obj is None or not obj.has_begun) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return False
