"""Two pages of an account for 安全管理员: roles that waited are given, an identity elsewhere no longer opens it."""
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect

from guicheng.access.permissions import can_give_roles
from guicheng.accounts import waiting
from guicheng.accounts.access_log import record
from guicheng.accounts.identity import BoundIdentity
from guicheng.accounts.models import AccessEvent, User

Kind = AccessEvent.Kind


class GivenPages:
    """For UserAdmin."""

    def roles_page(self, request, id):
        """Give the roles that waited, once 安全管理员 has made sure that it was the person who chose the password."""
        account = self._account(request, id, can_give_roles)
        if not waiting.is_ready(account):
            return redirect("admin:guicheng_user_change", account.pk)
        if request.method == "POST":
            try:
                with self._sent_once(request, account):
                    note = f"核实是本人后授予：{waiting.take_effect(account)}"
                    record(Kind.ROLES_CHANGED, request, account=account, note=note)
                    self.log_change(request, account, note)
            except ValidationError as error:
                messages.error(request, "".join(error.messages))
            else:
                messages.success(request, f"{account}：{note}。")
            return redirect("admin:guicheng_user_change", account.pk)
        return self._step(request, account, "授予等着的角色", button="核实过是本人，授予", sentences=[
            f"{account}已经改好口令，{account.waiting_roles}等着授予。",
            "建账号的人知道那个一次性口令。请先当面或打电话核实，口令是本人改的；不是的，马上停用这个账号。"])

    def identity_page(self, request, id):
        """Let the identity elsewhere no longer open the account."""
        account = self._account(request, id, can_give_roles)
        bound = BoundIdentity.objects.filter(account=account)
        if not bound.exists():
            return redirect("admin:guicheng_user_change", account.pk)
        if request.method == "POST":
            with self._sent_once(request, account):
                if bound.delete()[0]:
                    User.objects.filter(pk=account.pk).update(sign_in_token="")  # who came in by it is out
                    record(Kind.IDENTITY_UNBOUND, request, account=account, note=settings.OIDC_NAME)
                    self.log_change(request, account, f"解除绑定{settings.OIDC_NAME}")
            messages.success(request, f"{account}不再绑定{settings.OIDC_NAME}。")
            return redirect("admin:guicheng_user_change", account.pk)
        return self._step(request, account, "解除绑定", button="解除绑定", sentences=[
            f"以后{account}只能用账号和口令登录，可以自己再绑定；正在登录的会退出。", "重置口令也会解除绑定。"])
