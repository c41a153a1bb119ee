"""What a row tells of where it came from: only what was said, and nothing of before where the same is said again."""
from types import SimpleNamespace

import pytest

from projects.ledger.told import status_before


@pytest.mark.parametrize(("said", "before"), [
    ([], None), ([""], None),
    (["in_progress"], ""), (["", "in_progress"], ""), (["in_progress", ""], ""),
    (["in_progress", "in_progress"], None),
    (["planned", "in_progress"], "planned"), (["planned", "in_progress", "in_progress"], "planned"),
    (["in_use", "in_progress", "in_use"], "in_progress"),
])
def test_the_status_before(said, before):
    assert status_before([SimpleNamespace(status=status) for status in said]) == before
