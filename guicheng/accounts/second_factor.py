"""The second factor: a code from the person's telephone (TOTP), and ten recovery codes for when it is lost."""
import re
from base64 import b32encode

from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django_otp import verify_token
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp.util import random_hex

from guicheng.accounts.models import one_time_password

SALT = "guicheng.second_factor"
MINUTES_TO_SET_UP = 30
RECOVERY_CODES = 10
MOST_FAILURES = 10  # that are counted: 2 ** 9 seconds, 170 guesses a day at a number of six digits
WRONG = "动态码不对。请看手机上最新的 6 位数再试；手机的时间要准。"


def _digits(code):
    """What a person typed as bare digits: with spaces, or full-width as from a Chinese keyboard."""
    code = re.sub(r"\s", "", code)
    return str(int(code)).zfill(6) if code.isdecimal() and len(code) == 6 else ""


def new_secret(user):
    """A secret as it travels in the form until a code proves it: signed for this person, kept nowhere."""
    return signing.dumps([user.pk, random_hex(20)], salt=SALT)


def unsealed(user, sealed):
    """The unsaved device of a secret from the form, or None: altered, too old, or somebody else's."""
    try:
        owner, key = signing.loads(sealed, salt=SALT, max_age=MINUTES_TO_SET_UP * 60)
    except signing.BadSignature:
        return None
    return TOTPDevice(user=user, name="手机", key=key, confirmed=True) if owner == user.pk else None


def secret_text(device):
    """The secret as a person types it: "ABCD EFGH …"."""
    text = b32encode(device.bin_key).decode()
    return " ".join(text[start: start + 4] for start in range(0, len(text), 4))


def set_up(user, device, code):
    """Keep a new device once a code proves that the telephone knows it; give the recovery codes.

    Raises ValidationError. What was set up before is gone.
    """
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits)
    if not _digits(code) or not totp.verify(int(_digits(code)), tolerance=device.tolerance):
        raise ValidationError(WRONG)
    with transaction.atomic():
        user.hold()  # each replaces what is there, and only one may stand at the end
        _forget(user)
        device.last_t, device.drift = totp.t(), totp.drift  # the same code opens nothing a second time
        device.save()
        user.second_factor_since = timezone.now()
        user.save(update_fields=["second_factor_since"])
        user.tell_that_roles_wait()
        return new_recovery_codes(user)


def new_recovery_codes(user):
    """Replace the recovery codes and give them: only their fingerprints are kept."""
    with transaction.atomic():
        user.hold()  # each replaces what is there, and only one may stand at the end
        device, _ = StaticDevice.objects.get_or_create(user=user, defaults={"name": "恢复码"})
        device.token_set.all().delete()  # the device stays: a session may stand on it
        codes = [one_time_password() for _ in range(RECOVERY_CODES)]
        for code in codes:
            device.token_set.create(token=_fingerprint(code))
    return codes


def _fingerprint(code):
    return salted_hmac(SALT, re.sub(r"[\s-]", "", code).lower()).hexdigest()[:16]


class TooManyCodes(ValidationError):
    """Refused, and the code not looked at. `seconds` until another try."""

    def __init__(self, seconds):
        super().__init__(f"试错的次数太多，请过 {seconds} 秒再试。")
        self.seconds = seconds


def verify(user, code):
    """The device that accepts this code. Raises ValidationError; guesses are slowed down by the device.

    Each wrong one doubles the wait, up to nine minutes (MOST_FAILURES): who knows the password only must not shut the
    person out.
    """
    digits = _digits(code)
    model = TOTPDevice if digits else StaticDevice
    device = model.objects.filter(user=user, confirmed=True).first()
    if device is None:
        raise ValidationError(WRONG)
    allowed, why = device.verify_is_allowed()
    if not allowed:
        until = why["locked_until"] if why else timezone.now()
        seconds = max(1, int((until - timezone.now()).total_seconds()) + 1)
        raise TooManyCodes(seconds)
    device = verify_token(user, device.persistent_id, digits or _fingerprint(code))
    if device is None:
        failures = model.objects.filter(user=user, throttling_failure_count__gt=MOST_FAILURES)
        failures.update(throttling_failure_count=MOST_FAILURES)
        raise ValidationError(WRONG if digits else "恢复码不对，或者已经用过。")
    return device


def _forget(user):
    TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()


def reset(user):
    """Drop a lost second factor; the person sets it up again at the next sign-in. Ends the sessions."""
    with transaction.atomic():
        user.hold()  # each replaces what is there, and only one may stand at the end
        _forget(user)
        user.second_factor_since, user.sign_in_token = None, ""
        user.save(update_fields=["second_factor_since", "sign_in_token"])
