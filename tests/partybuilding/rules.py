"""The constraints of the party-building app."""
from datetime import date
from itertools import count

from partybuilding.models import Metric, MetricReading, PartyOrganisation, Venue
from tests import factories as make
from tests.rules import Check, Once

MAY, JUNE = date(2021, 5, 1), date(2021, 6, 1)
_numbers = count(1)


def text(prefix):
    return lambda: f"{prefix}{next(_numbers)}"


ORGANISATION = {"name": text("支部"), "kind": "branch", "source": make.make_source}
VENUE = {"name": text("服务站"), "kind": "station", "source": make.make_source}
METRIC = {"slug": text("m-"), "name": "党员", "unit": "名", "definition": "在册的党员数。", "group": "organisation"}
READING = {"metric": make.make_metric, "value": 1431, "effective_on": JUNE, "source": make.make_source}

RULES = [
    Check("partybuilding_partyorganisation_kind_known", PartyOrganisation, ORGANISATION,
          good={"kind": "work_committee"}, bad={"kind": "club"}),
    Check("partybuilding_partyorganisation_ended_on_in_order", PartyOrganisation, ORGANISATION,
          good={"started_on": MAY, "ended_on": MAY}, bad={"started_on": JUNE, "ended_on": MAY}),
    Check("partybuilding_partyorganisation_task_given", PartyOrganisation, ORGANISATION,
          good={"kind": "temporary_branch", "task": "疫情防控"}, bad={"kind": "temporary_branch"}),
    Check("partybuilding_venue_kind_known", Venue, VENUE, good={"kind": "house"}, bad={"kind": "tent"}),
    Check("partybuilding_venue_area_qualifier_known", Venue, VENUE, good={"area": 300, "area_qualifier": "近"},
          bad={"area": 300, "area_qualifier": "大约"}),
    Check("partybuilding_venue_opened_on_in_order", Venue, VENUE, good={"opened_from": MAY, "opened_on": JUNE},
          bad={"opened_from": JUNE, "opened_on": MAY}),
    Check("partybuilding_metric_layer_known", Metric, METRIC, good={"layer": "town"}, bad={"layer": "city"}),
    Check("partybuilding_metric_group_known", Metric, METRIC, good={"group": "other"}, bad={"group": "sport"}),
    Check("partybuilding_metric_unit_present", Metric, METRIC, good={"unit": "个"}, bad={"unit": ""}),
    Check("partybuilding_metric_definition_present", Metric, METRIC, bad={"definition": ""}),
    Once("partybuilding_metricreading_once", MetricReading, READING,
         twins={"metric": make.make_metric, "source": make.make_source}, apart={"effective_on": MAY}),
    Once("partybuilding_metricreading_of_community_once", MetricReading, READING,
         twins={"metric": make.make_metric, "source": make.make_source, "community": make.make_community},
         apart={"effective_on": MAY}),
    Check("partybuilding_metricreading_qualifier_known", MetricReading, READING, good={"qualifier": "左右"},
          bad={"qualifier": "上下"}),
    Check("partybuilding_metricreading_effective_on_in_order", MetricReading, READING,
          good={"effective_from": MAY}, bad={"effective_from": date(2021, 7, 1)}),
]
