"""The admin pages for a list of accounts, and the sheet of one-time passwords."""
from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.http import content_disposition_header

from guicheng.accounts.access_log import record
from guicheng.accounts.excel_import import AccountRoster
from guicheng.accounts.models import AccessEvent
from guicheng.excel_import.pages import RosterPages
from guicheng.tables.exports import csv_lines

SHEET = [("姓名", lambda row: row[0]), ("账号", lambda row: row[1]), ("一次性口令", lambda row: row[2]),
         ("请在此日前登录并改口令", lambda row: row[3])]


class AccountImportPages(RosterPages):
    """For UserAdmin: no password is kept between the steps either."""

    roster = AccountRoster
    import_title, import_verb, import_counted = "从 Excel 建账号", "建立", "个账号"
    import_help = "“账号”空着就用姓名的全拼；标题行上面有别的字也没有关系。"
    file_label = "名单文件"
    file_help = f"Excel（.xlsx、.xls）、.ods 或 .csv，最多 {AccountRoster.most} 人。"
    template_name = "账号名单模板"
    upload_refused = 200
    preview_template = "admin/guicheng/user/import_preview.html"

    def get_urls(self):
        return [path("sheet/", self.admin_site.admin_view(self.sheet_page), name="guicheng_user_sheet"),
                *super().get_urls()]

    def _show_passwords(self, request, made, title):
        """The one page on which one-time passwords stand. Never redirected to, never kept."""
        rows = [(user.name, user.username, password, timezone.localdate(user.password_expires_at).isoformat())
                for user, password in made]
        days = (made[0][0].password_expires_at - timezone.now() + timedelta(hours=1)).days
        waiting = any(user.wanted_text for user, _ in made)
        response = self._page(request, "admin/guicheng/user/passwords.html", title=title, rows=rows, days=days,
                              sealed=self.sealed(request, "sheet", rows), waiting=waiting)
        response.headers["Cache-Control"] = "no-store"
        return response

    def confirm(self, request):
        try:
            return super().confirm(request)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect(self.address("import"))
        except IntegrityError:  # somebody else made one of them a moment ago: the preview says which
            roster = self.roster(request.user)
            return self.preview(request, roster, roster.judge_again(self.opened(request, "rows"))[0])

    def written(self, request, made):
        for user, _ in made:
            record(AccessEvent.Kind.MADE, request, account=user, note=f"从名单建立；申请：{user.wanted_text or '无'}")
            self.log_addition(request, user, "从名单建立")

    def imported(self, request, roster, lines, made):
        return self._show_passwords(request, made, f"已建立 {len(made)} 个账号")

    def sheet_page(self, request):
        """The passwords on the screen as a file; the screen itself sends them."""
        rows = self.opened(request, "sheet")
        if rows is None:
            messages.warning(request, "口令单只能在建立账号后的那一页下载；没有记下的口令请重置。")
            return redirect(self.address("changelist"))
        response = HttpResponse("".join(csv_lines(SHEET, rows)), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = content_disposition_header(True, "一次性口令.csv")
        response.headers["Cache-Control"] = "no-store"
        return response
