"""The constraints of the accounts."""
from itertools import count

from django.utils import timezone

from guicheng.models import User
from tests.rules import Check

_numbers = count(1)
USER = {"username": lambda: f"rule{next(_numbers)}", "password": "!"}

RULES = [
    Check("guicheng_user_one_time_password_expires", User, USER,
          good=lambda: {"must_change_password": True, "password_expires_at": timezone.now()},
          bad={"must_change_password": True}),
]
BY_HAND = {"guicheng_accessevent_kind_known"}  # no update reaches such a row; see test_access_log.py
