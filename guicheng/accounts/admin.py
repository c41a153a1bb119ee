"""The accounts in the back office: made, given a role, helped back in, and closed when somebody leaves."""
from contextlib import contextmanager

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin import SimpleListFilter
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.forms import CheckboxSelectMultiple
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from guicheng.access.membership import PARTS, key_of, memberships_of, unit_of
from guicheng.access.permissions import can_give_roles, can_make_accounts, can_manage_account, in_scope
from guicheng.access.roles import APART_SENTENCE
from guicheng.accounts import second_factor, waiting
from guicheng.accounts.access_log import record
from guicheng.accounts.forms import FIELDS, GIVEN, AccountChangeForm, AccountForm, LeaveForm, UnitForm
from guicheng.accounts.given_pages import GivenPages
from guicheng.accounts.hand_over import leave, open_work_of
from guicheng.accounts.identity import BoundIdentity
from guicheng.accounts.import_pages import AccountImportPages
from guicheng.accounts.making import make_account
from guicheng.accounts.models import AccessEvent, User
from guicheng.office.base import ScopedAdmin
from guicheng.office.submissions import once

Kind = AccessEvent.Kind


class WaitingFilter(SimpleListFilter):
    title, parameter_name = "授权", "waiting"

    def lookups(self, request, model_admin):
        return [("1", "待授权")]

    def queryset(self, request, queryset):
        return queryset.waiting_for_a_role() if self.value() == "1" else queryset


@admin.register(User)
class UserAdmin(AccountImportPages, GivenPages, ScopedAdmin, DjangoUserAdmin):
    """Accounts are disabled, never deleted: what a person did stays theirs."""

    list_display = ["username", "name", "roles", "state", "last_login"]
    list_filter = [WaitingFilter, "is_active", "groups"]
    search_fields = ["username", "name"]
    ordering = ["username"]
    form, add_form, add_form_template = AccountChangeForm, AccountForm, None
    fieldsets = [
        ("本人", {"fields": GIVEN}),
        ("权限", {"fields": ["groups", "is_established", "is_superuser", "wanted", "units"],
                 "description": "角色决定能做什么；能动哪些项目，由所在单位决定。"}),
        ("登录", {"fields": ["state", "last_login", "date_joined", "identity_shown"]}),
    ]
    add_fieldsets = [
        ("本人", {"fields": FIELDS}),
        ("权限", {"fields": ["role", "established", "unit", "part"]}),
    ]
    filter_horizontal = []
    actions = ["give_what_was_asked"]
    show_facets = admin.ShowFacets.NEVER
    said_again = "刚才已经办过，没有重复办。一次性口令只显示一次，没有记下请再重置。"

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("groups")

    # --- what is shown ---------------------------------------------------------------------------
    @admin.display(description="角色")
    def roles(self, user):
        names = [group.name for group in user.groups.all()] + (["总管理员"] if user.is_superuser else [])
        names += [f"待授权：{user.wanted_text}"] if user.wanted_text else []
        names += [f"{user.waiting_roles}（等本人设好口令）"] if user.waiting_roles else []
        return "、".join(names) or "—"

    @admin.display(description="情况")
    def state(self, user):
        if not user.is_active:
            return "已停用"
        if user.password_has_expired:
            return "一次性口令已过期"
        first = "等待首次登录" if user.must_change_password else "在用"
        return f"{first}，已开通两步验证" if user.second_factor_since else first

    @admin.display(description="申请授予")
    def wanted(self, user):
        waits = f"{user.waiting_roles}（勾着，还没有授予：等本人设好口令，再由安全管理员核实）"
        return "；".join(filter(None, [user.wanted_text, user.waiting_roles and waits])) or "—"

    @admin.display(description="统一身份认证")
    def identity_shown(self, user):
        bound = BoundIdentity.objects.filter(account=user).first()
        return f"已绑定：{bound.sub}" if bound else "没有绑定"

    @admin.display(description="所在单位")
    def units(self, user):
        return "、".join(f"{unit}（{PARTS[part]}）" for unit, part in memberships_of(user)) or "—"

    def get_fieldsets(self, request, obj=None):
        """Who gives roles gives any when the account is made; others ask for one."""
        if obj is None and can_give_roles(request.user):
            return [("本人", {"fields": GIVEN}), ("权限", {"fields": ["groups", "established", "unit", "part"]})]
        found = super().get_fieldsets(request, obj)
        if not settings.OIDC_ISSUER:
            found = [(name, {**said, "fields": [each for each in said["fields"] if each != "identity_shown"]})
                     for name, said in found]
        return found

    # --- who may ---------------------------------------------------------------------------------
    def has_add_permission(self, request):
        return can_make_accounts(request.user)

    def has_change_permission(self, request, obj=None):
        user = request.user
        if obj is None:
            return can_make_accounts(user) or can_give_roles(user)
        own = obj.pk == user.pk and user.has_perm("guicheng.change_user")
        return own or can_manage_account(user, obj) or can_give_roles(user, obj)

    def has_delete_permission(self, request, obj=None):
        return False

    def has_give_roles_permission(self, request):
        return can_give_roles(request.user)

    def get_readonly_fields(self, request, obj=None):
        """Nobody makes themselves or another stronger."""
        if obj is None:
            return []
        fixed = ["wanted", "units", "state", "last_login", "date_joined", "identity_shown"]
        if obj.pk != request.user.pk and not can_manage_account(request.user, obj):
            fixed += FIELDS
        if not can_give_roles(request.user, obj):
            fixed += ["groups", "is_established", "messenger_id"]
        if not request.user.is_superuser or obj.pk == request.user.pk:
            fixed.append("is_superuser")
        return fixed

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        words = {"label": "角色", "help_text": APART_SENTENCE, "widget": CheckboxSelectMultiple}
        return super().formfield_for_manytomany(db_field, request, **kwargs, **words)

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        return type("Form", (form,), {"user": request.user}) if obj is None else form

    # --- saving ----------------------------------------------------------------------------------
    def save_model(self, request, obj, form, change):
        if change:
            obj.save(update_fields=[name for name in form.cleaned_data if name != "groups"])
            return
        named = [*GIVEN, "role", "groups", "unit", "part", "established"]
        asked = {name: form.cleaned_data[name] for name in named if name in form.cleaned_data}
        made, request.one_time_password = make_account(request.user, **asked)
        obj.__dict__.update(made.__dict__)
        record(Kind.MADE, request, account=made, note=made.wanted_text and f"申请：{made.wanted_text}")
        if made.groups.exists():
            record(Kind.ROLES_CHANGED, request, account=made, note=f"没有角色→{self._rights(made)}")

    def save_related(self, request, form, formsets, change):
        before = self._rights(form.instance) if change else ""
        waited = form.instance.waiting_roles
        if change and "groups" in form.changed_data:
            form.cleaned_data["groups"] = waiting.what_to_give(form.instance, form.cleaned_data["groups"])
        super().save_related(request, form, formsets, change)
        if change and {"groups", "is_established", "is_superuser"} & set(form.changed_data):
            after = self._rights(User.objects.get(pk=form.instance.pk))
            was = form.initial
            flags = [f"{label}：{'是' if was.get(name) else '否'}→{'是' if getattr(form.instance, name) else '否'}"
                     for name, label in (("is_established", "在编"), ("is_superuser", "总管理员"))
                     if name in form.changed_data]
            if form.instance.waiting_roles != waited:
                flags.append(f"等本人设好口令再授予：{form.instance.waiting_roles or '没有了'}")
            record(Kind.ROLES_CHANGED, request, account=form.instance,
                   note="；".join([f"{before}→{after}", *flags]))
            self._say_what_waits(request, form.instance)
            User.objects.filter(pk=form.instance.pk).update(wanted_role="", wanted_established=False)
            self._void_old_password(request, form.instance)

    def _void_old_password(self, request, account):
        """Who made the account knows its unused password: it must not open one that can do everything since.

        Where that was a superuser, who may act as anybody, it stays good: it is the paper the person was given. So it
        does where a role waits for the person's own password (waiting.py).
        """
        account = User.objects.get(pk=account.pk)
        if account.is_superuser and waiting.must_wait(account):
            account.set_unusable_password()
            account.save(update_fields=["password"])
            messages.warning(request, f"{account}的一次性口令还没有用过，已经作废。请给一个新的。")

    @staticmethod
    def _say_what_waits(request, account):
        if account.waiting_roles:
            messages.info(request, f"{account.waiting_roles}还没有授予：一次性口令还没有用过，照样能用。"
                          f"等{account}改好口令（和两步验证），会告诉安全管理员；核实是本人，再在账号页面授予。")

    @staticmethod
    def _rights(user):
        return "、".join(user.groups.order_by("name").values_list("name", flat=True)) or "没有角色"

    def response_add(self, request, obj, post_url_continue=None):
        return self._show_passwords(request, [(obj, request.one_time_password)], "账号已建立")

    # --- pages -----------------------------------------------------------------------------------
    def get_urls(self):
        pages = [("leave", self.leave_page), ("enable", self.enable_page), ("units", self.units_page),
                 ("second-factor", self.second_factor_page), ("roles", self.roles_page),
                 ("identity", self.identity_page)]
        own = [path(f"<id>/{name}/", self.admin_site.admin_view(view), name=f"guicheng_user_{name.replace('-', '_')}")
               for name, view in pages]
        return own + super().get_urls()

    def _account(self, request, id, may=can_manage_account):
        """The account that the page is about: 404 outside the scope, 403 for who may not."""
        account = self.get_object(request, unquote(id))
        if account is None or not (in_scope(request.user, account) or account.pk == request.user.pk):
            raise Http404
        if not may(request.user, account):
            raise PermissionDenied
        return account

    def _step(self, request, account, title, **context):
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": f"{title}：{account}",
                   "step": title, "account": account, **context}
        return TemplateResponse(request, context.pop("template", "admin/guicheng/user/step.html"), context)

    @contextmanager
    def _sent_once(self, request, account):
        """One change of an account, with its lines in the log; a second click finds it done."""
        with once(request, self.said_again) as sending:
            yield
            sending.leads_to = self._page_of(account)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        account = self.get_object(request, unquote(object_id))
        may = {"show_save_and_add_another": False, "show_save_and_continue": False}
        if account is not None:
            may |= {"title": f"账号：{account}", "subtitle": None,
                    "may_manage": can_manage_account(request.user, account),
                    "may_give_roles": can_give_roles(request.user, account),
                    "roles_ready": waiting.is_ready(account),
                    "is_bound": BoundIdentity.objects.filter(account=account).exists(),
                    "sees_log": request.user.has_perm("guicheng.view_accessevent")}
        return super().change_view(request, object_id, form_url, {**may, **(extra_context or {})})

    def user_change_password(self, request, id, form_url=""):
        """Set a new one-time password; nobody chooses a password for another."""
        account = self._account(request, id)
        if not account.is_active:
            messages.warning(request, "账号已停用；重新启用时会给新的一次性口令。")
            return redirect("admin:guicheng_user_change", account.pk)
        if request.method == "POST":
            with self._sent_once(request, account):
                password = account.give_one_time_password()
                record(Kind.PASSWORD_RESET, request, account=account)
                self.log_change(request, account, "重置口令")
            return self._show_passwords(request, [(account, password)], "口令已重置")
        return self._step(request, account, "重置口令", button="重置口令", sentences=[
            "会给一个新的一次性口令，原来的口令马上失效，正在登录的会退出。", "对方第一次登录时要改成自己的口令。"])

    def enable_page(self, request, id):
        account = self._account(request, id)
        if account.is_active:
            return redirect("admin:guicheng_user_change", account.pk)
        if request.method == "POST":
            with self._sent_once(request, account):
                password = account.enable()
                record(Kind.ENABLED, request, account=account)
                self.log_change(request, account, "重新启用")
            return self._show_passwords(request, [(account, password)], "账号已重新启用")
        return self._step(request, account, "重新启用", button="重新启用", sentences=["会给一个新的一次性口令。"])

    def second_factor_page(self, request, id):
        account = self._account(request, id)
        if request.method == "POST":
            with self._sent_once(request, account):
                second_factor.reset(account)
                record(Kind.SECOND_FACTOR_RESET, request, account=account)
                self.log_change(request, account, "重置两步验证")
            messages.success(request, f"{account}的两步验证已重置；按规定要用的，下次登录时重新开通。")
            return redirect("admin:guicheng_user_change", account.pk)
        return self._step(request, account, "重置两步验证", button="重置两步验证", sentences=[
            "手机丢了、换了，恢复码也用完了，才需要重置。请先当面或打电话核实是本人。"])

    def leave_page(self, request, id):
        """Choose who takes over, look at what that is, confirm."""
        account = self._account(request, id)
        if not account.is_active:
            return redirect("admin:guicheng_user_change", account.pk)
        form = LeaveForm(request.POST if request.method == "POST" else None, account=account, by=request.user)
        chosen = form.is_valid()
        successor = form.cleaned_data.get("successor") if chosen else None
        if chosen and "confirm" in request.POST:
            try:
                with self._sent_once(request, account):
                    summary = leave(account, request.user, successor)
                    self._write_leave_down(request, account, successor, summary)
            except ValidationError as error:
                form.add_error(None, error)
                chosen = False
            else:
                messages.success(request, f"{account}的账号已停用。")
                return redirect("admin:guicheng_user_change", account.pk)
        return self._step(
            request, account, "停用（离岗）", template="admin/guicheng/user/leave.html", form=form, chosen=chosen,
            successor=successor, units=[(unit, PARTS[part]) for unit, part in memberships_of(account)],
            work=open_work_of(account))

    def _write_leave_down(self, request, account, successor, summary):
        record(Kind.DISABLED, request, account=account,
               note="" if successor or not summary else f"没有人接手：{summary}")
        if successor and summary:
            note = f"移交给{successor}（{successor.username}）：{summary}"
            record(Kind.HANDED_OVER, request, account=account, note=note)
        self.log_change(request, account, f"停用，移交给{successor}" if successor else "停用，没有移交")

    def units_page(self, request, id):
        """The units of an account, one change at a time; for who gives roles."""
        account = self._account(request, id, can_give_roles)
        form = UnitForm(request.POST if "add" in request.POST else None)
        change = None
        if "remove" in request.POST:
            key, _, part = request.POST["remove"].rpartition(":")
            change = (unit_of(key), part, "remove")
        elif form.is_valid():
            change = (form.cleaned_data["unit"], form.cleaned_data["part"], "add")
        if change and change[0] is not None and change[1] in PARTS:
            unit, part, verb = change
            note = f"{'加入' if verb == 'add' else '移出'}{unit}（{PARTS[part]}）"
            with once(request) as sending:
                getattr(getattr(unit, part), verb)(account)
                record(Kind.UNITS_CHANGED, request, account=account, note=note)
                self.log_change(request, account, note)
                sending.leads_to = request.path
            messages.success(request, f"{account}：已{note}。")
            return redirect("admin:guicheng_user_units", account.pk)
        rows = [(unit, PARTS[part], f"{key_of(unit)}:{part}") for unit, part in memberships_of(account)]
        return self._step(request, account, "所在单位", template="admin/guicheng/user/units.html", rows=rows, form=form)

    @admin.action(description="按申请授予角色和在编", permissions=["give_roles"])
    def give_what_was_asked(self, request, queryset):
        given = 0
        for account in queryset.waiting_for_a_role():
            if not can_give_roles(request.user, account):
                continue
            with transaction.atomic():
                if wanted := account.give_what_was_asked():
                    note = f"按申请授予：{wanted}"
                    record(Kind.ROLES_CHANGED, request, account=account, note=note)
                    self.log_change(request, account, note)
                    given += 1
        messages.info(request, f"已按申请授予 {given} 个账号。" if given else "选中的账号里没有待授权的。")

    def add_view(self, request, form_url="", extra_context=None):
        one_button = {"show_save_and_add_another": False, "show_save_and_continue": False, "title": "新增账号"}
        return super().add_view(request, form_url, {**one_button, **(extra_context or {})})

    def changelist_view(self, request, extra_context=None):
        extra = {"title": "账号", "may_make": can_make_accounts(request.user),
                 "import_url": reverse("admin:guicheng_user_import")}
        return super().changelist_view(request, {**extra, **(extra_context or {})})
