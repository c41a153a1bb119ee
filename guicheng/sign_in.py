"""Signing in: what is written down, the limits by account and by address, one session an account."""
import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.core.exceptions import ValidationError
from django.dispatch import receiver
from django.utils import timezone

from guicheng.access_log import record
from guicheng.models import AccessEvent
from guicheng.proxies import client_address

WINDOW = timedelta(minutes=15)  # as AXES_COOLOFF_TIME


@receiver(user_logged_in)
def _one_session(sender, request, user, **kwargs):
    """The newest session is the account's; an older one is sent away by the gate. Rotating keys changes nothing."""
    user.sign_in_token = request.session["sign_in_token"] = secrets.token_hex(16)
    type(user)._default_manager.filter(pk=user.pk).update(sign_in_token=user.sign_in_token)
    record(AccessEvent.Kind.SIGNED_IN, request, by=user, account=user)


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


def has_failed_too_often(request):
    """Whether this account from anywhere, or this address with any name, failed too often of late."""
    recent = AccessEvent.objects.failed_since(timezone.now() - WINDOW)
    address, account = client_address(request), _account(request.POST.get("username"))
    if address and recent.filter(address=address).count() >= settings.SIGN_IN_LIMITS["address"]:
        return True
    return account is not None and recent.filter(account=account).count() >= settings.SIGN_IN_LIMITS["account"]


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

    def confirm_login_allowed(self, user):
        super().confirm_login_allowed(user)
        if user.password_has_expired:
            raise ValidationError(self.error_messages["expired"], code="expired")
