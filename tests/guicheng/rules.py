"""The constraints of the accounts."""
from itertools import count

from django.utils import timezone

from guicheng.accounts.models import SignInBrake, User
from tests import factories
from tests.rules import Check, Once

_numbers = count(1)
USER = {"username": lambda: f"rule{next(_numbers)}", "password": "!"}
BRAKE = {"account": factories.make_user, "network": "10.0.0.1"}

RULES = [
    Check("guicheng_user_one_time_password_expires", User, USER,
          good=lambda: {"must_change_password": True, "password_expires_at": timezone.now()},
          bad={"must_change_password": True}),
    Once("guicheng_signinbrake_once", SignInBrake, BRAKE, twins={"account": factories.make_user},
         apart={"network": "10.0.0.2"}),
]
# no update reaches such a row; see test_access_log.py and test_faces.py
BY_HAND = {"guicheng_accessevent_kind_known", "guicheng_facedecision_founded", "guicheng_facedecision_once"}
