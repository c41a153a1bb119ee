"""The constraints of the accounts and of the access log."""
from itertools import count

from django.utils import timezone

from guicheng.models import AccessEvent, User
from tests.rules import Check

_numbers = count(1)
USER = {"username": lambda: f"rule{next(_numbers)}", "password": "!"}

RULES = [
    Check("guicheng_user_one_time_password_expires", User, USER,
          good=lambda: {"must_change_password": True, "password_expires_at": timezone.now()},
          bad={"must_change_password": True}),
    Check("guicheng_accessevent_kind_known", AccessEvent, {}, good={"kind": "signed_in"}, bad={"kind": "hum"}),
]
