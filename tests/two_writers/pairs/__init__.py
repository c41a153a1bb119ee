"""A pair for every POST of the back office: what two writers send, and what must be true afterwards.

Each function makes its rows in a `Scene` and gives (first click, second click, {what: (is, should be)} to be asked
afterwards). `PAIRS` knows it by the name of the route in docs/posts.md.
"""
from tests.two_writers.pairs import (  # noqa: F401, they fill it
    accounts,
    faces,
    imports,
    needs,
    readings,
    reporting,
    seals,
    statements,
    stock,
    superior_forms,
    supervision,
)
from tests.two_writers.pairs.registry import PAIRS

__all__ = ["PAIRS"]
