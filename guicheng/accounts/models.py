"""The staff account, and the log of who came in and what they took along."""
import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import AbstractUser, Group, UserManager
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce, Greatest
from django.urls import reverse
from django.utils import timezone

from guicheng.access.membership import administered_by, members_elsewhere, members_of
from guicheng.access.roles import ASKABLE, ORDINARY
from guicheng.accounts.identity import BoundIdentity
from guicheng.fields import ALL, CleanCharField, CleanTextField, one_of
from guicheng.notices.direct import is_an_id
from guicheng.notices.inbox import tell
from guicheng.trail.append_only import AppendOnly

LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that is read as something else


def one_time_password():
    """A random password that can be read out over the telephone: 59 bits, as "k7mq-2xhp-9wtd"."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3))


class UserQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The accounts this member of staff may see: all, those of their own units, or none."""
        if any(user.has_perm(f"guicheng.{verb}") for verb in ("change_user", "give_roles", "view_accessevent")):
            return self
        if not user.has_perm("guicheng.reset_unit_accounts"):
            return self.none()
        units = administered_by(user)
        strong = User.groups.through.objects.exclude(group__name__in=ORDINARY).values("user")
        return self.filter(members_of(units), is_superuser=False).exclude(
            members_elsewhere(units)).exclude(pk__in=strong).exclude(pk=user.pk)

    def active(self):
        return self.filter(is_active=True)

    def unused_since(self, instant):
        """Active accounts nobody signed in to since `instant`, nor were made or given back since."""
        last_use = Greatest(Coalesce("last_login", "active_since"), "active_since")
        return self.active().annotate(last_use=last_use).filter(last_use__lt=instant)

    def waiting_for_a_role(self):
        return self.active().filter(~Q(wanted_role="") | Q(wanted_established=True))


class AccountManager(UserManager.from_queryset(UserQuerySet)):
    use_in_migrations = False


class User(AbstractUser):
    """A member of staff. A Chinese name is one name, so there is one field for it.

    An account is one person's. It is disabled, never deleted: what a person did stays theirs.
    """

    unwatched = ALL  # names of staff stand nowhere on public pages

    first_name = None
    last_name = None
    name = CleanCharField("姓名", max_length=40, blank=True)
    phone = models.CharField("办公电话", max_length=40, blank=True)
    messenger_id = CleanCharField(
        "消息账号", max_length=64, blank=True, validators=[is_an_id],
        help_text="这个人在企业微信或粤政易里的账号。填了，有待办时也在那里说一声；空着的只在站内。由安全管理员改。")
    is_established = models.BooleanField("在编", default=False, help_text="终审只能由在编的审核员做。")

    # what was asked for when the account was made; given by 安全管理员
    wanted_role = models.CharField("申请的角色", max_length=40, blank=True, editable=False)
    wanted_established = models.BooleanField("申请标为在编", default=False, editable=False)

    # said by 安全管理员, and given once the person has a password of their own: waiting.py
    waiting_roles = models.CharField("等着生效的角色", max_length=80, blank=True, editable=False)

    # signing in
    must_change_password = models.BooleanField("须先改口令", default=False, editable=False)
    password_expires_at = models.DateTimeField("一次性口令到期", null=True, blank=True, editable=False)
    second_factor_since = models.DateTimeField("两步验证开通于", null=True, blank=True, editable=False)
    sign_in_token = models.CharField("当前登录", max_length=32, blank=True, editable=False)
    active_since = models.DateTimeField("启用于", default=timezone.now, editable=False)
    password_chosen_at = models.DateTimeField("口令改于", null=True, blank=True, editable=False)

    objects = AccountManager()

    REQUIRED_FIELDS = []

    class Meta:
        verbose_name = "账号"
        verbose_name_plural = "账号"
        permissions = [
            ("see_everything", "查看全街道的数据"),
            ("give_roles", "授予角色、在编和单位"),
            ("reset_unit_accounts", "管理本单位的账号"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(must_change_password=False) | Q(password_expires_at__isnull=False),
                name="guicheng_user_one_time_password_expires",
                violation_error_message="一次性口令要有到期时间。",
            ),
            models.UniqueConstraint(
                fields=["messenger_id"], condition=~Q(messenger_id=""), name="guicheng_user_messenger_id_once",
                violation_error_message="这个消息账号已经登记在另一个账号上。",
            ),
        ]

    def __str__(self):
        return self.name or self.username

    def get_full_name(self):
        return str(self)

    get_short_name = get_full_name

    # questions
    @property
    def password_has_expired(self):
        """Whether the one-time password was not used in time."""
        return self.must_change_password and self.password_expires_at <= timezone.now()

    @property
    def password_is_old(self):
        """Whether a password of one's own was kept longer than PASSWORD_DAYS, where the office set that."""
        since = self.password_chosen_at or self.active_since
        days = settings.PASSWORD_DAYS
        return bool(days) and not self.must_change_password and since + timedelta(days=days) <= timezone.now()

    @property
    def wanted_text(self):
        """What waits for 安全管理员: "部门经办人、在编"."""
        return "、".join(each for each in (self.wanted_role, "在编" if self.wanted_established else "") if each)

    @property
    def roles_waiting(self):
        """Names of roles that are not given yet: waiting.py."""
        return self.waiting_roles.split("、") if self.waiting_roles else []

    def password_is_a_superusers(self):
        """Whether the one-time password was last given by a superuser, as the access log says."""
        given = AccessEvent.objects.filter(
            account=self, kind__in=[AccessEventKind.MADE, AccessEventKind.PASSWORD_RESET, AccessEventKind.ENABLED])
        last = given.select_related("by").first()
        return last is not None and last.by is not None and last.by.is_superuser

    # verbs
    def hold(self):
        """This account as it is now; until the transaction ends a second writer of what is this person's waits."""
        return User.objects.select_for_update(no_key=True).get(pk=self.pk)

    def give_one_time_password(self):
        """Set a random password that must be changed at the first sign-in, and give it: it is kept nowhere."""
        password = one_time_password()
        self._remember_first_password()
        self.set_password(password)
        self.must_change_password = True
        self.password_expires_at = timezone.now() + timedelta(days=settings.ONE_TIME_PASSWORD_DAYS)
        self.sign_in_token = ""  # whoever is signed in is out
        self._keep("password", "must_change_password", "password_expires_at", "sign_in_token")
        BoundIdentity.objects.filter(account=self).delete()  # nor does another way in stay open
        return password

    def choose_password(self, password):
        """Keep the password the person set for themselves."""
        with transaction.atomic():
            self._remember_first_password()
            self.set_password(password)
            self.must_change_password, self.password_expires_at = False, None
            self.password_chosen_at = timezone.now()
            self._keep("password", "must_change_password", "password_expires_at", "password_chosen_at")
            UsedPassword.remember(self)
            self.tell_that_roles_wait()

    def tell_that_roles_wait(self):
        """Tell 安全管理员 where this person did the last of what a waiting role waits for."""
        if not self.waiting_roles or self.must_change_password or not (
                self.second_factor_since or settings.REQUIRE_TOTP == "none"):
            return
        givers = User.objects.active().filter(Q(groups__name="安全管理员") | Q(is_superuser=True)).exclude(pk=self.pk)
        tell(givers.distinct(), f"roles:{self.pk}:{self.waiting_roles}:{timezone.now():%Y%m%d%H%M}",
             f"{self}已设好口令，{self.waiting_roles}等你授予",
             "请当面或打电话核实是本人设的，再到账号页面授予；不是本人的，马上停用这个账号。",
             reverse("admin:guicheng_user_change", args=[self.pk]), matter="授予角色")

    def _keep(self, *columns):
        """Save these columns, of a new account all: one that was closed while the password was hashed stays closed."""
        self.save(update_fields=columns if self.pk else None)

    def _remember_first_password(self):
        """Of an account from before passwords were remembered, or made by a command: the present one."""
        if self.pk and not self.must_change_password and not self.used_passwords.exists():
            UsedPassword.remember(self)

    def give_what_was_asked(self):
        """The role and the 在编 mark that were asked for when the account was made.

        Gives what that was, "" where another has given it a moment before.
        """
        with transaction.atomic():
            self.refresh_from_db(from_queryset=User.objects.select_for_update(no_key=True))
            wanted = self.wanted_text
            if self.wanted_role in ASKABLE:
                self.groups.add(Group.objects.get(name=self.wanted_role))
            self.is_established = self.is_established or self.wanted_established
            self.wanted_role, self.wanted_established = "", False
            self.save(update_fields=["is_established", "wanted_role", "wanted_established"])
        return wanted

    def disable(self):
        """Close the account. Its sessions end with the next request. Raises ValidationError."""
        with transaction.atomic():
            able = User.objects.select_for_update(no_key=True).active().filter(is_superuser=True).order_by("pk")
            if self.is_superuser and not [each for each in able if each.pk != self.pk]:
                raise ValidationError("这是最后一个可用的总管理员账号，不能停用。")
            self.is_active, self.sign_in_token = False, ""
            self.save(update_fields=["is_active", "sign_in_token"])

    def enable(self):
        """Open the account again, and tell its new one-time password."""
        with transaction.atomic():
            self.is_active, self.active_since = True, timezone.now()
            self._keep("is_active", "active_since")
            return self.give_one_time_password()


class AccessEventKind(models.TextChoices):
    SIGNED_IN = "signed_in", "登录"
    SIGNED_OUT = "signed_out", "退出"
    SIGN_IN_FAILED = "sign_in_failed", "登录失败"
    SUPERSEDED = "superseded", "被别处登录顶下线"
    PASSWORD_CHANGED = "password_changed", "改口令"  # noqa: S105
    PASSWORD_RESET = "password_reset", "重置口令"  # noqa: S105
    SECOND_FACTOR_SET = "second_factor_set", "开通两步验证"
    SECOND_FACTOR_RESET = "second_factor_reset", "重置两步验证"
    MADE = "made", "建立账号"
    DISABLED = "disabled", "停用账号"
    ENABLED = "enabled", "重新启用账号"
    HANDED_OVER = "handed_over", "移交工作"
    IDENTITY_BOUND = "identity_bound", "绑定统一身份"
    IDENTITY_UNBOUND = "identity_unbound", "解除绑定统一身份"
    ROLES_CHANGED = "roles_changed", "改角色"
    UNITS_CHANGED = "units_changed", "改单位"
    DOWNLOADED = "downloaded", "下载文件"


class AccessEvent(models.Model):
    """One line of the access log: who came in, went out, was refused, took a file along, changed an account.

    Never removed, by nobody: the database refuses.
    """

    unwatched = ALL  # written by the system, read by staff

    Kind = AccessEventKind

    append_only = AppendOnly(frozen_by="", let_go="", sentence="访问日志不能修改或删除。")

    at = models.DateTimeField("时刻", default=timezone.now, editable=False)
    kind = models.CharField("事项", max_length=20, choices=Kind)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="谁", null=True, blank=True, on_delete=models.PROTECT,
        related_name="+",
    )
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="对哪个账号", null=True, blank=True, on_delete=models.PROTECT,
        related_name="access_events",
    )
    address = models.GenericIPAddressField("来自", null=True, blank=True)
    note = CleanTextField("内容", blank=True)

    class Meta:
        verbose_name = "访问日志"
        verbose_name_plural = "访问日志"
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index("at", "id", name="accessevent_at"),
            models.Index("kind", "account", "at", name="accessevent_by_account"),
            models.Index("kind", "address", "at", name="accessevent_by_address"),
        ]
        constraints = [
            one_of("kind", AccessEventKind.values, "事项不在可选范围内。"),
        ]

    def __str__(self):
        return self.get_kind_display()


class SignInBrakeQuerySet(models.QuerySet):
    def take(self, account, network):
        """Count one try, before it is looked at, and give whether it may be looked at.

        The first TRIES may; then one every PAUSE, until nobody tried for a WINDOW. One UPDATE decides: of two at the
        same instant one may.
        """
        self.bulk_create([SignInBrake(account=account, network=network)], ignore_conflicts=True)
        now = timezone.now()
        old, few, rested = Q(last_at__lte=now - self.model.WINDOW), Q(tries__lt=self.model.TRIES), Q(
            last_at__lte=now - self.model.PAUSE)
        tries = Case(When(old, then=Value(1)), default=F("tries") + 1)
        return bool(self.filter(old | few | rested, account=account, network=network).update(tries=tries, last_at=now))

    def let_go(self, account, network):
        """Forget the tries: the password was right."""
        self.filter(account=account, network=network).update(tries=0)


class SignInBrake(models.Model):
    """The tries of late of one account from one network it is known to sign in from (`sign_in.py`)."""

    TRIES, PAUSE, WINDOW = 10, timedelta(seconds=30), timedelta(minutes=15)

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    network = models.GenericIPAddressField()
    tries = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(default=timezone.now)

    objects = SignInBrakeQuerySet.as_manager()

    class Meta:
        verbose_name = "登录限速"
        verbose_name_plural = "登录限速"
        constraints = [
            models.UniqueConstraint(fields=["account", "network"], name="guicheng_signinbrake_once",
                                    violation_error_message="一个账号在一个网络里只记一行。"),
        ]

    def __str__(self):
        return f"{self.account_id} {self.network}"


class UsedPassword(models.Model):
    """The fingerprint of a password somebody chose: of each account the last five, so that none is chosen again."""

    unwatched = ALL  # a hash

    KEPT = 5

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="used_passwords")
    password = models.CharField(max_length=128)

    class Meta:
        verbose_name = "用过的口令"
        verbose_name_plural = "用过的口令"

    def __str__(self):
        return str(self.account_id)

    @classmethod
    def remember(cls, account):
        """Keep the account's present password, and of its older ones as many as are asked."""
        if account.has_usable_password():
            account.used_passwords.create(password=account.password)
        kept = account.used_passwords.order_by("-pk").values_list("pk", flat=True)[:cls.KEPT]
        account.used_passwords.exclude(pk__in=list(kept)).delete()
