"""Signing in: what is written down, the limits, one session an account.

The limits must not be a weapon: whoever sits in the office could close it to all. So they hold for strangers only. An
account that signed in from a network within KNOWN_FOR is known there: no name's and no network's limit touches it, and
after ten wrong tries of its own it may try once in 30 seconds (`SignInBrake`). Wrong tries of strangers are counted by
axes, under a fingerprint of the name as typed: it may be a password in the wrong box.
"""
import secrets
from datetime import timedelta
from math import ceil

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.dispatch import receiver
from django.utils import timezone
from django.utils.crypto import salted_hmac

from guicheng.accounts.access_log import record
from guicheng.accounts.gate import OLD_PASSWORD
from guicheng.accounts.models import AccessEvent, SignInBrake
from guicheng.public.errors import too_many_tries
from guicheng.public.proxies import client_network, network_of

WINDOW = timedelta(hours=settings.AXES_COOLOFF_TIME)
KNOWN_FOR = timedelta(days=90)


class TooManyTries(Exception):
    """Refused, and the password not looked at. `seconds` until another try; `is_known`: the account is known here."""

    def __init__(self, seconds, is_known):
        super().__init__(seconds)
        self.seconds, self.is_known = seconds, is_known


@receiver(user_logged_in)
def _one_session(sender, request, user, **kwargs):
    """The newest session is the account's; an older one is sent away by the gate. Rotating keys changes nothing."""
    user.sign_in_token = request.session["sign_in_token"] = secrets.token_hex(16)
    type(user)._default_manager.filter(pk=user.pk).update(sign_in_token=user.sign_in_token)
    elsewhere = getattr(request, "signs_in_by", "")  # no password was asked for: nothing of it is judged or forgiven
    if not elsewhere and user.password_is_old:
        request.session[OLD_PASSWORD] = True
    record(AccessEvent.Kind.SIGNED_IN, request, by=user, account=user, note=elsewhere and f"经{elsewhere}")
    if not elsewhere:
        SignInBrake.objects.let_go(user, client_network(request))


@receiver(user_logged_out)
def _signed_out(sender, request, user, **kwargs):
    if user is not None and user.sign_in_token:
        record(AccessEvent.Kind.SIGNED_OUT, request, by=user, account=user)


@receiver(user_login_failed)
def _failed(sender, credentials, request=None, **kwargs):
    """Written down while it counts; a name nobody has is not kept: it may be a password in the wrong box."""
    if request is None or getattr(request, "axes_locked_out", False):
        return
    account = _account(credentials.get("username"))
    record(AccessEvent.Kind.SIGN_IN_FAILED, request, account=account, note="" if account else "没有这个账号")


def _account(username):
    name = get_user_model().normalize_username(str(username or ""))[:150].replace("\x00", "")
    return get_user_model()._default_manager.filter(username=name).first() if name else None


# --- limits --------------------------------------------------------------------------------------
def name_key(request, credentials=None):
    """What axes keeps of a name: its fingerprint. For AXES_USERNAME_CALLABLE."""
    if getattr(request, "signs_in_by", ""):
        return ""  # axes forgets the wrong tries of a name that signed in: of the password's, and this was none
    name = (credentials or request.POST).get("username")
    return salted_hmac("guicheng.sign_in", str(name or "")).hexdigest()


def is_known(request, credentials=None):
    """Whether this account signed in from this network of late: axes leaves it alone. For AXES_WHITELIST_CALLABLE."""
    account, network = _account((credentials or {}).get("username")), client_network(request)
    if account is None or network is None:
        return False
    events = AccessEvent.objects.filter(
        kind=AccessEvent.Kind.SIGNED_IN, account=account, at__gte=timezone.now() - KNOWN_FOR)
    return network in {network_of(each) for each in events.order_by().values_list("address", flat=True).distinct()}


def check_limits(request, name):
    """Raises TooManyTries where this name may not be tried from here now. Asked before a password is looked at."""
    if is_known(request, {"username": name}):
        network = client_network(request)
        if not SignInBrake.objects.take(_account(name), network):
            raise TooManyTries(int(SignInBrake.PAUSE.total_seconds()), is_known=True)
    elif seconds := seconds_for_strangers(request, name):
        raise TooManyTries(seconds, is_known=False)


def seconds_for_strangers(request, name):
    """How long nobody who is not known here may try this name; 0 for now."""
    theirs, here = Q(username=name_key(request, {"username": name})), Q(ip_address=client_network(request))
    limits = settings.SIGN_IN_LIMITS
    return max(_seconds_until_under(limits["account"], theirs), _seconds_until_under(limits["address"], here),
               _seconds_until_under(settings.AXES_FAILURE_LIMIT, theirs & here))


def _seconds_until_under(limit, these):
    """The seconds until fewer than `limit` of these wrong tries are of late."""
    now, count = timezone.now(), 0
    recent = AccessAttempt.objects.filter(these, attempt_time__gt=now - WINDOW).order_by("-attempt_time")
    for at, failures in recent.values_list("attempt_time", "failures_since_start"):
        count += failures
        if count >= limit:
            return ceil((at + WINDOW - now).total_seconds())
    return 0


def locked_out(request, response=None, credentials=None):
    """The answer where axes refused: for AXES_LOCKOUT_CALLABLE."""
    seconds = seconds_for_strangers(request, (credentials or {}).get("username", ""))
    return too_many_tries(request, TooManyTries(seconds, is_known=False))


class SignInForm(AdminAuthenticationForm):
    error_messages = {
        **AdminAuthenticationForm.error_messages,
        "invalid_login": "账号或口令不对，请再试一次。口令分大小写；忘记了请找本单位的管理员或系统管理员重置。",
        "expired": "一次性口令已经过期，请找本单位的管理员或系统管理员重置。",
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].label, self.fields["password"].label = "账号名", "口令"

    def clean_username(self):
        """A name longer than any account's is refused here: PostgreSQL could not even write the failure down."""
        username = self.cleaned_data["username"]
        if len(username) > self.fields["username"].max_length:
            raise ValidationError(self.error_messages["invalid_login"], code="invalid_login")
        return username

    def clean(self):
        """Raises TooManyTries, which is no error of the form: the page is another."""
        if self.cleaned_data.get("username") and self.cleaned_data.get("password"):
            check_limits(self.request, self.cleaned_data["username"])
        return super().clean()

    def confirm_login_allowed(self, user):
        super().confirm_login_allowed(user)
        if user.password_has_expired:
            raise ValidationError(self.error_messages["expired"], code="expired")
