"""季度报告 in the back office: written, read through, closed, signed and reopened."""
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Exists, OuterRef, Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.decorators import method_decorator
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from guicheng import words
from guicheng.office.base import ScopedAdmin
from guicheng.office.submissions import once
from projects import permissions as may
from projects.ledger.corrections import corrections_since
from projects.models import CloseFile, QuarterClose, QuarterReport, QuarterSigning
from projects.report import Missing, closing
from projects.report import close as quarter_close
from projects.report.build import document_of
from projects.report.files import FORMATS
from projects.report.first_text import first_text
from projects.report.forms import NewReportForm, ReopenForm, ReportForm, SigningForm
from projects.report.prose import WRITTEN, titles_of
from projects.report.tokens import grouped
from projects.views.reports import public_address

PAPER = ["kind", "title", "issuer", "has_red_head", "addressee", "copied_to", "printed_by", "is_released"]
HOW_TO_WRITE = ("花括号里的是数，锁定时填成当时的数；要用别的数，从下面的表里复制。"
                "【】里的是还没有核实或填写的，填完才能定稿。行首写“（一）”“1.”“（1）”就是各级标题。")


@admin.register(QuarterReport)
class QuarterReportAdmin(ScopedAdmin):
    """The text is edited here like any row, with versions and history; the rest are verbs of their own."""

    list_display = ["quarter_shown", "kind", "stage", "written_by"]
    list_display_links = ["quarter_shown"]
    list_filter = ["kind", "year"]
    search_fields = ["title"]
    list_select_related = ["written_by"]
    autocomplete_fields = ["cases"]
    actions = None

    class Media:
        css = {"all": ["css/report.css"]}

    def get_urls(self):
        name, view = "projects_quarterreport", self.admin_site.admin_view
        return [path(f"<int:pk>/{address}", view(method), name=f"{name}_{verb}") for address, method, verb in [
            ("preview/", self.preview, "preview"), ("first-text/", self.first_text, "first_text"),
            ("close/", self.close, "close"), ("sign/", self.sign, "sign"), ("reopen/", self.reopen, "reopen"),
            ("files/<slug:name>/", self.file, "file"),
            ("closes/<int:sequence>/<slug:name>/", self.kept_file, "kept_file"),
        ]] + super().get_urls()

    # the list
    @admin.display(description="季度", ordering="-year")
    def quarter_shown(self, report):
        return report.quarter.title

    @admin.display(description="办到哪一步")
    def stage(self, report):
        closing = report.shown_closing
        if closing is None:
            return "正在写"
        signed = "，已登记签发" if closing.is_signed else ""
        return f"第 {closing.sequence} 次锁定，{words.day(closing.closed_on)}{signed}"

    def get_changelist_instance(self, request):
        """The closes of the whole page at once."""
        changelist = super().get_changelist_instance(request)
        self.prepare_rows(changelist.result_list)
        return changelist

    def prepare_rows(self, reports):
        closings = {close.quarter: close for close in QuarterClose.objects.in_force().light().annotate(
            is_signed=Exists(QuarterSigning.objects.filter(close=OuterRef("pk"))))}
        for report in reports:
            report.shown_closing = closings.get(report.quarter)

    # the form
    def get_form(self, request, obj=None, change=False, **kwargs):
        return super().get_form(request, obj, change, form=ReportForm if obj else NewReportForm, **kwargs)

    def get_fieldsets(self, request, obj=None):
        if obj is None:
            return [(None, {"fields": ["year", "number", "kind"],
                            "description": "选好季度和文种以后，系统写出正文的初稿，再由你修改。"})]
        paper = ("公文格式", {"fields": PAPER})
        if not self.has_change_permission(request, obj):
            return [paper]  # the text is read with its figures in it: 看全文
        return [("正文", {"fields": [*WRITTEN, "cases"], "description": HOW_TO_WRITE}), paper]

    def has_change_permission(self, request, obj=None):
        return (obj is None or not obj.is_closed) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        """A new report begins with the text written from the figures; what comes after is its writer's.

        Who saves it as it stood is not its writer: else the one who wrote it could close it.
        """
        if not change:
            for name, text in first_text(document_of(obj.quarter), obj.kind).items():
                setattr(obj, name, text)
        elif QuarterReport.objects.filter(pk=obj.pk).exclude(
                **{name: getattr(obj, name) for name in [*WRITTEN, *PAPER]}).exists():
            obj.written_by = request.user
        super().save_model(request, obj, form, change)

    def render_change_form(self, request, context, *args, **kwargs):
        """One report a quarter: there is no other to add after it."""
        context |= {"show_save_and_add_another": False, "show_save_and_continue": bool(kwargs.get("change"))}
        return super().render_change_form(request, context, *args, **kwargs)

    def response_add(self, request, obj, post_url_continue=None):
        messages.success(request, f"{obj.quarter.title}报告的初稿已经写好，请核对、修改。")
        return redirect(self._page_of(obj))

    def change_view(self, request, object_id, form_url="", extra_context=None):
        report = self.get_object(request, object_id)
        extra = self._panel(request, report) if report else {}
        response = super().change_view(request, object_id, form_url, {**extra, **(extra_context or {})})
        if request.method == "GET" and extra.get("job") and extra["job"].is_waiting:
            response["Refresh"] = "5"
        return response

    def _panel(self, request, report):
        """What stands above and below the form: the close, its files, what is known since, and the figures."""
        close, job = report.closing, report.closings.select_related("asked_by").first()
        return {
            "report": report, "closing": close, "formats": self._formats(report, close),
            "closes": self._closes(report), "job": None if close else job,
            "corrections": corrections_since(close.known_at, close.as_of) if close else [],
            "signings": close.signings.defer("content").select_related("by") if close else [],
            "tokens": [] if close or job and job.is_waiting else grouped(document_of(report.quarter).figures),
            "may_close": may.can_close_quarter(request.user) and report.quarter.is_over,
        }

    @staticmethod
    def _formats(report, closing):
        """(name, label) of the files there are: all while it is written, the kept ones after."""
        names = closing.files.values_list("format", flat=True) if closing else FORMATS
        return [(name, FORMATS[name].label) for name in names]

    @staticmethod
    def _closes(report):
        """Every close of the quarter with the files it kept, the newest first."""
        rows = QuarterClose.objects.of(report.quarter).published().light().select_related("closed_by", "reopening__by")
        kept = Prefetch("files", CloseFile.objects.defer("content"))
        return [(row, [(file.format, FORMATS[file.format].label) for file in row.files.all()])
                for row in rows.order_by("-sequence").prefetch_related(kept)]

    # reading
    def _report(self, request, pk, allowed=None):
        report = self.get_object(request, pk)
        if report is None:
            raise Http404
        if not self.has_view_permission(request, report) or allowed and not allowed(request.user):
            raise PermissionDenied
        return report

    def _draft(self, report):
        """The document with its text, frozen or as it stands. Raises ValidationError where a token is no figure."""
        return report.closing.document if report.is_closed else quarter_close.draft_of(report)

    @method_decorator(require_safe)
    def preview(self, request, pk):
        report = self._report(request, pk)
        try:
            document, wrong = self._draft(report), []
        except ValidationError as error:
            document, wrong = document_of(report.quarter), error.messages
        return self._render(request, "preview", report, f"{report.quarter.title}报告全文",
                            {"document": document, "wrong": wrong})

    @method_decorator(require_safe)
    def first_text(self, request, pk):
        """The text the figures would give now, to copy from: nothing that was written is touched."""
        report = self._report(request, pk)
        titles, cases = titles_of(report.kind), list(report.cases.values_list("code", flat=True))
        parts = [(titles.get(name, "开头"), getattr(report, name), text)
                 for name, text in first_text(document_of(report.quarter), report.kind, cases).items()]
        return self._render(request, "first_text", report, "按现在的数重写的初稿", {"parts": parts})

    @method_decorator(require_safe)
    def file(self, request, pk, name):
        """A file of the report as it stands: a draft before the close, the kept one after."""
        report, each = self._report(request, pk), _format(name)
        if report.is_closed:
            return self._kept(report.closing, name, each)
        try:
            document = quarter_close.draft_of(report)
            content = each.render(document, public_address(report.quarter))
        except (ValidationError, Missing) as error:
            messages.warning(request, " ".join(error.messages) if isinstance(error, ValidationError) else str(error))
            return redirect(self._page_of(report))
        return download(content, each, document, "（报批稿）" if name == "docx" else "")

    @method_decorator(require_safe)
    def kept_file(self, request, pk, sequence, name):
        report = self._report(request, pk)
        close = QuarterClose.objects.of(report.quarter).published().filter(sequence=sequence).first()
        if close is None:
            raise Http404
        return self._kept(close, name, _format(name))

    @staticmethod
    def _kept(close, name, each):
        content = quarter_close.kept_content(close, name)
        if content is None:
            raise Http404
        is_draft = name == "docx" and not close.signings.exists()
        return download(content, each, close.document, "（报批稿）" if is_draft else "")

    # verbs
    def close(self, request, pk):
        report = self._report(request, pk, may.can_close_quarter)
        if request.method == "POST":
            report.version = _number(request.POST.get("version"))
            try:
                self._told(request, self._closed(report, request.user))
            except ValidationError as error:
                messages.warning(request, " ".join(error.messages))
            return redirect(self._page_of(report))
        if report.is_closed or report.closings.open().exists():
            return redirect(self._page_of(report))
        return self._render(request, "close", report, f"锁定 {report.quarter.title}",
                            self._before_closing(report, request.user))

    @staticmethod
    def _closed(report, by):
        """The close that was asked for now, or, where no worker took it, before."""
        waiting = report.closings.open().first()
        if waiting is None or not waiting.nobody_took_it:
            return closing.start(report, by, public_address(report.quarter))
        closing.run(waiting.pk)
        waiting.refresh_from_db()
        return waiting

    @staticmethod
    def _told(request, job):
        if job.is_waiting:
            messages.info(request, "正在后台锁定，这一页会自己刷新。")
        else:
            (messages.success if job.is_finished else messages.warning)(request, job.message)

    def _before_closing(self, report, by):
        """What would be frozen; `wrong` says why it cannot be, by this person, as it stands."""
        try:
            document, wrong = quarter_close.draft_of(report), []
        except ValidationError as error:
            document, wrong = document_of(report.quarter), error.messages
        try:
            quarter_close.check_closable(report, by)
            quarter_close.check_filled(document)
        except ValidationError as error:
            wrong = [*error.messages, *wrong]
        empty = [title for name, title in titles_of(report.kind).items() if not getattr(report, name).strip()]
        return {"document": document, "wrong": wrong, "empty": empty}

    def sign(self, request, pk):
        report = self._report(request, pk, may.can_close_quarter)
        closing = report.closing
        if closing is None:
            messages.warning(request, "还没有锁定，锁定以后再登记签发。")
            return redirect(self._page_of(report))
        form = SigningForm(request.POST if request.method == "POST" else None)
        if form.is_bound and form.is_valid():
            try:
                with once(request) as sending:
                    quarter_close.sign(closing, form.instance, request.user)
                    sending.leads_to = self._page_of(report)
            except ValidationError as error:
                form.add_error(None, error.messages)
            else:
                messages.success(request, "签发已登记，Word 里不再印“报批稿”。")
                return redirect(self._page_of(report))
        return self._render(request, "verb", report, "登记签发", {
            "form": form, "button": "登记",
            "intro": "照签发的公文填写。登记以后另存一份没有“报批稿”字样的 Word，数和正文都不变。"})

    def reopen(self, request, pk):
        report = self._report(request, pk, may.can_close_quarter)
        if report.closing is None:
            messages.warning(request, "这个季度没有锁定。")
            return redirect(self._page_of(report))
        form = ReopenForm(request.POST if request.method == "POST" else None)
        if form.is_bound and form.is_valid():
            try:
                with once(request) as sending:
                    quarter_close.reopen(report.closing, form.cleaned_data["reason"], request.user)
                    sending.leads_to = self._page_of(report)
            except ValidationError as error:
                messages.warning(request, " ".join(error.messages))
            else:
                messages.success(request, f"{report.quarter.title}已重新打开，以前的锁定仍然保留。")
            return redirect(self._page_of(report))
        return self._render(request, "verb", report, f"重新打开 {report.quarter.title}", {
            "form": form, "button": "重新打开",
            "intro": "重新打开以后，网页上恢复成随台账变动的数，正文可以再改；这次锁定的数和文件都保留，并写明原因。"})

    def _render(self, request, template, report, title, context):
        form = context.get("form")
        return render(request, f"admin/projects/quarterreport/{template}.html", {
            **self.admin_site.each_context(request), "opts": self.opts, "report": report, "title": title,
            "back": self._page_of(report), **context}, status=400 if form is not None and form.errors else 200)


def _format(name):
    if name not in FORMATS:
        raise Http404
    return FORMATS[name]


def _number(text):
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else 0


def download(content, each, document, mark=""):
    response = HttpResponse(content, content_type=each.content_type)
    response["Content-Disposition"] = content_disposition_header(True, each.name(document, mark))
    return response
