"""The constraints of the communities app."""
from itertools import count

from communities.models import Community, SecretaryProject, Unit
from tests import factories as make
from tests.rules import Check, Once

_numbers = count(1)


def text(prefix):
    return lambda: f"{prefix}{next(_numbers)}"


COMMUNITY = {"slug": text("c-"), "name": text("社"), "known_from": 2021, "source": make.make_source}
UNIT = {"name": text("小区"), "kind": "estate", "source": make.make_source}
SECRETARY = {"project": make.make_project, "community": make.make_community, "year": 2021,
             "source": make.make_source}
PLACE = {"longitude": "113.150000", "latitude": "23.030000", "position_note": "实地测得"}

RULES = [
    Check("communities_community_kind_known", Community, COMMUNITY, good={"kind": "rural"}, bad={"kind": "hill"}),
    Check("communities_community_position_sourced", Community, COMMUNITY, good=PLACE,
          bad=PLACE | {"position_note": ""}),
    Check("communities_community_position_sourced", Community, COMMUNITY, bad=PLACE | {"latitude": None}),
    Check("communities_community_position_sourced", Community, COMMUNITY, bad=PLACE | {"longitude": None}),
    Check("communities_unit_kind_known", Unit, UNIT, good={"kind": "park"}, bad={"kind": "street"}),
    Once("communities_secretaryproject_once", SecretaryProject, SECRETARY,
         twins={"community": make.make_community}, apart={"year": 2022}),
]
