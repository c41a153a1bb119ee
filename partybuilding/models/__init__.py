"""Party organisations, their places, the figures that were reported about them, and what communities are asked."""
from partybuilding.models.metrics import Metric, MetricReading
from partybuilding.models.organisations import PartyOrganisation
from partybuilding.models.reporting import (
    ReadingAnswer,
    ReadingAtClose,
    ReadingReturn,
    ReadingRow,
    ReadingStep,
    ReportedReading,
)
from partybuilding.models.venues import Venue

__all__ = [
    "Metric", "MetricReading", "PartyOrganisation", "ReadingAnswer", "ReadingAtClose", "ReadingReturn", "ReadingRow",
    "ReadingStep", "ReportedReading", "Venue",
]
