"""Party organisations, their places, and the figures that were reported about them."""
from partybuilding.models.metrics import Metric, MetricReading
from partybuilding.models.organisations import PartyOrganisation
from partybuilding.models.venues import Venue

__all__ = ["Metric", "MetricReading", "PartyOrganisation", "Venue"]
