"""Formulas and areas follow the lines that are added."""
import pytest

from projects.superior_form.references import Formulas, Moves, translated

MOVES = Moves({9: 4}, [(5, 9)])  # five lines, three more behind the last: row 10 stands at 13


def moved(formula, own=None, is_total=True, sheet="表", moves=MOVES):
    return Formulas(moves, "表").moved(formula, sheet, own, is_total)


@pytest.mark.parametrize(("formula", "after"), [
    ("SUM(D5:D9)", "SUM(D5:D12)"),
    ("SUM($D$5:$D$9)", "SUM($D$5:$D$12)"),
    ("SUM(D5,D9)", "SUM(D5,D9:D12)"),
    ("D5+D6+D9", "D5+D6+SUM(D9:D12)"),
    ("COUNTA(B9)", "COUNTA(B9:B12)"),
    ("D10/E10", "D13/E13"),
    ("SUM(D:D)-D4", "SUM(D:D)-D4"),
    ("SUM(5:9)", "SUM(5:12)"),
    ('IF(A10="D5:D9",D3,"B9""B9")', 'IF(A13="D5:D9",D3,"B9""B9")'),
    ("1+表!D9", "1+SUM(表!D9:D12)"),
    ("SUM(别的!D5:D9)", "SUM(别的!D5:D9)"),
    ("'表'!D10+'别''的'!D10", "'表'!D13+'别''的'!D10"),
    ("LOG10(D10)+ATAN2(1,2)", "LOG10(D13)+ATAN2(1,2)"),
    ("金额9+D_10", "金额9+D_10"),
])
def test_a_total_takes_in_the_new_lines(formula, after):
    assert moved(formula) == after


@pytest.mark.parametrize(("formula", "here", "after"), [
    ("C9/B9", 9, "C9/B9"),
    ("C9/B9", 11, "C11/B11"),
    ("A8+1", 12, "A11+1"),
    ("C9/C$10", 12, "C12/C$13"),
    ("SUM(C$5:C9)", 11, "SUM(C$5:C11)"),
    ("$B$2*C9", 10, "$B$2*C10"),
])
def test_a_copy_of_a_line_computes_its_own_row(formula, here, after):
    assert moved(formula, (9, here), is_total=False) == after


def test_what_stands_beside_the_cells_names_no_sum():
    assert moved("$D9>0", is_total=False) == "$D9>0"
    assert moved("表!$A$1:$H$12", is_total=False, sheet="") == "表!$A$1:$H$15"


def test_an_area_widens_and_moves():
    assert MOVES.area("A5:F9 H10") == "A5:F12 H13"
    assert MOVES.area("D9") == "D9:D12"
    assert MOVES.area("A:A") == "A:A"


def test_two_runs_of_lines():
    moves = Moves({4: 3, 8: 2}, [(3, 4), (7, 8)])
    assert moved("SUM(C3:C4)", moves=moves) == "SUM(C3:C6)"
    assert moved("SUM(C7:C8)", moves=moves) == "SUM(C9:C11)"
    assert moved("C5+C9", moves=moves) == "C7+C12"
    assert moved("B8*2", (8, 11), moves=moves, is_total=False) == "B11*2"


def test_nothing_moves_where_nothing_is_added():
    assert not Moves({}, [(5, 9)])
    assert moved("SUM(D5:D9)+D10", moves=Moves({}, [(5, 9)])) == "SUM(D5:D9)+D10"


def test_a_shared_formula_reads_elsewhere():
    assert translated("A1+$B$2+C$3&\"A1\"", 2, 1) == "B3+$B$2+D$3&\"A1\""
