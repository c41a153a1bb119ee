"""The back office of the party's nouns."""
from partybuilding.admin import metrics, organisations, reported  # noqa: F401, they register
