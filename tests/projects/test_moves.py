"""In which way a project moved: one definition for pages, files and the comparison."""
from itertools import product

import pytest

from projects.models import Status
from projects.summary.moves import Move, count_moves


@pytest.mark.parametrize(("before", "after", "kind"), [
    ("in_progress", "completed", "finished"), ("", "in_use", "finished"), ("completed", "in_use", "other"),
    ("planned", "in_progress", "started"), ("", "acceptance", "started"), ("", "planned", "other"),
    ("in_progress", "paused", "stopped"), ("completed", "cancelled", "stopped"), ("", "standing", "started"),
    ("paused", "in_progress", "other"), ("completed", "", "other"),
])
def test_a_change_is_of_a_kind(before, after, kind):
    assert Move.of(before, after) == kind
    assert Move.of(before, after, happened=False) == ("heard_finished" if kind == "finished" else "heard")


def test_every_change_is_of_one_kind():
    pairs = dict.fromkeys(product(Status.possible(), Status.possible(), [True, False]), 1)
    assert sum(count_moves(pairs).values()) == 2 * len(Status.possible()) ** 2
