"""The admin pages for a list of accounts: upload, preview, confirm, and the sheet of one-time passwords."""
from datetime import timedelta

from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from guicheng.access.membership import unit_choices
from guicheng.access.permissions import can_make_accounts
from guicheng.access.roles import ASKABLE, ORDINARY
from guicheng.accounts.access_log import record
from guicheng.accounts.excel_import import LABELS, AccountRoster, as_lines, judged_again, read_rows, read_table
from guicheng.accounts.forms import AccountFileForm, makes_everywhere
from guicheng.accounts.models import AccessEvent
from guicheng.excel_import.blank import blank_workbook
from guicheng.files.spreadsheets import TOO_BIG
from guicheng.office.submissions import once
from guicheng.tables.exports import csv_lines

SALT = "guicheng.account_pages"
MINUTES = 30
SHEET = [("姓名", lambda row: row[0]), ("账号", lambda row: row[1]), ("一次性口令", lambda row: row[2]),
         ("请在此日前登录并改口令", lambda row: row[3])]


class AccountImportPages:
    """For UserAdmin: nothing of the file and no password is kept between the steps; the page carries it, signed."""

    def get_urls(self):
        pages = [("import", self.import_page), ("import/template", self.template_page), ("sheet", self.sheet_page)]
        own = [path(f"{route}/", self.admin_site.admin_view(view), name=f"guicheng_user_{route.replace('/', '_')}")
               for route, view in pages]
        return own + super().get_urls()

    def _page(self, request, template, title, **context):
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": title, **context}
        return TemplateResponse(request, f"admin/guicheng/user/{template}.html", context)

    def _show_passwords(self, request, made, title):
        """The one page on which one-time passwords stand. Never redirected to, never kept."""
        rows = [(user.name, user.username, password, timezone.localdate(user.password_expires_at).isoformat())
                for user, password in made]
        sealed = signing.dumps([request.user.pk, rows], salt=SALT, compress=True)
        days = (made[0][0].password_expires_at - timezone.now() + timedelta(hours=1)).days
        waiting = any(user.wanted_text for user, _ in made)
        response = self._page(request, "passwords", title, rows=rows, sealed=sealed, days=days, waiting=waiting)
        response.headers["Cache-Control"] = "no-store"
        return response

    def _opened(self, request, name):
        """What a page of ours carried for this very person, or None."""
        try:
            owner, value = signing.loads(request.POST.get(name, ""), salt=SALT, max_age=MINUTES * 60)
        except (signing.BadSignature, ValueError):
            return None
        return value if owner == request.user.pk else None

    def import_page(self, request):
        if not can_make_accounts(request.user):
            raise PermissionDenied
        if "rows" in request.POST:
            return self._confirm(request)
        posted = request.method == "POST"
        form = AccountFileForm(request.POST, request.FILES) if posted else AccountFileForm()
        if "file" in getattr(request, "too_large_uploads", ()):
            form.fields["file"].error_messages["required"] = TOO_BIG
        context = {"form": form, "columns": LABELS}
        if form.is_valid():
            try:
                rows = read_rows(read_table(form.cleaned_data["file"]), request.user)
            except ValidationError as error:
                form.add_error("file", error)
            else:
                return self._preview(request, rows)
        return self._page(request, "import", "从 Excel 建账号", **context)

    def _preview(self, request, rows):
        wrong = sum(bool(row.problems) for row in rows)
        sealed = "" if wrong else signing.dumps([request.user.pk, as_lines(rows)], salt=SALT, compress=True)
        return self._page(request, "import_preview", "从 Excel 建账号：预览", rows=rows, wrong=wrong, sealed=sealed)

    def _confirm(self, request):
        """Judge again what the preview showed, then make all or none."""
        lines = self._opened(request, "rows")
        if lines is None:
            messages.warning(request, "预览已经过期，请重新上传名单。")
            return redirect("admin:guicheng_user_import")
        rows = judged_again(lines, request.user)
        if any(row.problems for row in rows):
            return self._preview(request, rows)
        try:
            with once(request, self.said_again) as sending:
                made = AccountRoster(request.user).write(rows)
                for user, _ in made:
                    record(AccessEvent.Kind.MADE, request, account=user,
                           note=f"从名单建立；申请：{user.wanted_text or '无'}")
                    self.log_addition(request, user, "从名单建立")
                sending.leads_to = reverse("admin:guicheng_user_changelist")
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("admin:guicheng_user_import")
        except IntegrityError:  # somebody else made one of them a moment ago: the preview says which
            return self._preview(request, judged_again(lines, request.user))
        return self._show_passwords(request, made, f"已建立 {len(made)} 个账号")

    def sheet_page(self, request):
        """The passwords on the screen as a file; the screen itself sends them."""
        rows = self._opened(request, "sheet")
        if rows is None:
            messages.warning(request, "口令单只能在建立账号后的那一页下载；没有记下的口令请重置。")
            return redirect("admin:guicheng_user_changelist")
        response = HttpResponse("".join(csv_lines(SHEET, rows)), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = content_disposition_header(True, "一次性口令.csv")
        response.headers["Cache-Control"] = "no-store"
        return response

    @method_decorator(require_safe)
    def template_page(self, request):
        """A blank workbook with drop-down lists of the roles and of the units this person makes accounts for."""
        if not can_make_accounts(request.user):
            raise PermissionDenied
        everywhere = makes_everywhere(request.user)
        units = [name for _, rows in unit_choices(None if everywhere else request.user) for _, name in rows]
        content = blank_workbook("名单", LABELS, {
            "角色": ASKABLE if everywhere else ORDINARY, "单位": units, "经办或审核": ["经办", "审核"],
            "在编": ["是", "否"]})
        response = HttpResponse(
            content, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
        response["Content-Disposition"] = content_disposition_header(True, "账号名单模板.xlsx")
        return response
