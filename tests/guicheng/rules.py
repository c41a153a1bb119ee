"""The constraints of the accounts."""
from itertools import count

from django.utils import timezone

from guicheng.accounts.identity import BoundIdentity
from guicheng.accounts.models import SignInBrake, User
from guicheng.connectors.models import Connection
from guicheng.kept.publication import Publication
from guicheng.office.saved_filters import SavedFilter
from guicheng.seal.models import Seal
from tests import factories
from tests.rules import Check, Once

_numbers = count(1)
USER = {"username": lambda: f"rule{next(_numbers)}", "password": "!"}
BRAKE = {"account": factories.make_user, "network": "10.0.0.1"}
FILTER = {"account": factories.make_user, "model": "projects.project", "name": "推进中的",
          "query": "status__exact=in_progress"}
BOUND = {"account": factories.make_user, "issuer": "https://id.example.gov.cn", "sub": lambda: f"{next(_numbers)}"}
SEAL = {"kind": "text", "words": lambda: f"第 {next(_numbers)} 段话", "ground": "来电要求。",
        "asked_by": factories.make_user}


def _confirmed(**more):
    """A confirmed seal; its two people are made anew."""
    first, second = factories.make_user(), factories.make_user()
    return {"asked_by": first, "confirmed_by": second, "confirmed_at": timezone.now(), **more}


def _by_one(**more):
    """One and the same person asks and confirms."""
    person = factories.make_user()
    return {"asked_by": person, "confirmed_by": person, "confirmed_at": timezone.now(), **more}


def _lift_asked(by, **more):
    return _confirmed(lift_asked_by=by, lift_asked_at=timezone.now(), lift_ground="当事人同意。", **more)


def _lifted(by_one):
    first = factories.make_user()
    return _lift_asked(first, lifted_by=first if by_one else factories.make_user(), lifted_at=timezone.now())


RULES = [
    Once("guicheng_user_messenger_id_once", User, USER, twins={"messenger_id": "zhangsan"},
         apart={"messenger_id": "lisi"}),
    Once("guicheng_boundidentity_once", BoundIdentity, BOUND, twins={"sub": "same"}, apart={"sub": "other"}),
    Check("guicheng_connection_key_known", Connection, {"key": "sign_in"}, bad={"key": "fax"}),
    Check("guicheng_seal_kind_known", Seal, SEAL, bad={"kind": "song"}, shared_with=("guicheng_seal_target_stated",)),
    Check("guicheng_seal_target_stated", Seal, SEAL, good={"kind": "photo", "words": "", "sha256": "0" * 64},
          bad={"kind": "photo", "words": ""}),
    Check("guicheng_seal_explained", Seal, SEAL, bad={"ground": ""}),
    Check("guicheng_seal_two_people", Seal, SEAL, good=_confirmed, bad=_by_one),
    Check("guicheng_seal_two_people_lift", Seal, SEAL, good=lambda: _lifted(False), bad=lambda: _lifted(True)),
    Check("guicheng_seal_lift_explained", Seal, SEAL, good=lambda: _lift_asked(factories.make_user()),
          bad=lambda: _lift_asked(factories.make_user()) | {"lift_ground": ""}),
    Once("guicheng_seal_once", Seal, SEAL, twins=lambda: {"words": "同一段话", "asked_by": factories.make_user()},
         apart={"words": "另一段话"}),
    Check("publication_grows", Publication, {"weight": 1}, bad={"weight": 0}),
    Check("guicheng_user_one_time_password_expires", User, USER,
          good=lambda: {"must_change_password": True, "password_expires_at": timezone.now()},
          bad={"must_change_password": True}),
    Check("guicheng_savedfilter_named", SavedFilter, FILTER, bad={"name": ""}),
    Check("guicheng_savedfilter_filters", SavedFilter, FILTER, bad={"query": ""}),
    Once("guicheng_savedfilter_once", SavedFilter, FILTER, twins={"account": factories.make_user, "name": "同名的"},
         apart={"name": "另一个"}),
    Once("guicheng_signinbrake_once", SignInBrake, BRAKE, twins={"account": factories.make_user},
         apart={"network": "10.0.0.2"}),
]
# no update reaches such a row; see test_access_log.py and test_faces.py
BY_HAND = {"guicheng_accessevent_kind_known", "guicheng_facedecision_founded", "guicheng_facedecision_once"}
