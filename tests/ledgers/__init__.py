"""A corpus of odd ledgers with the answers an import must give. See `shape` for what stands in one.

percent: a number's meaning by format, column and words · money: units, contradictions, merges, what is no amount ·
days: spans, words, month cells, later deadlines · rows: totals, sections, notes, struck and hidden rows, formulas,
duplicates · headers: two storeys, words that only end alike, forms · statuses · units: communities, departments,
sheets · private: numbers of persons · formats: encodings, own exports, unseen letters · hostile.
`variants` makes more at random, `compare.differences` tells what of a preview is wrong.
"""
from tests.ledgers import days, formats, headers, hostile, money, percent, private, rows, statuses, units
from tests.ledgers.shape import Ledger

MODULES = (days, formats, headers, hostile, money, percent, private, rows, statuses, units)
LEDGERS: list[Ledger] = [each for module in MODULES for each in module.LEDGERS]
