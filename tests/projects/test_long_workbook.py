"""The workbook of very many projects: its sheets are streamed, and say and look the same."""
import tempfile

import pytest

from projects.report import workbook
from tests.projects.documents import a_change, a_document, a_list, a_project, a_promise
from tests.projects.quarter_book import opened


@pytest.fixture
def document():
    return a_document(
        [a_list(), a_list("micro", "民生微实事", declared=1431)], [a_change()], [a_promise()], [a_promise("明年的事")],
        [a_project(), a_project("=1+1", latest="一段很长的话" * 40), a_project("一个分项", is_part=True, number=None)])


def cells_of(sheet):
    """Everything in a sheet that a reader sees: values, looks, heights, and what is set for print."""
    rows = [[(cell.coordinate, cell.value, cell.number_format, cell.font.name, cell.font.bold, cell.border.left.style)
             for cell in row] for row in sheet.iter_rows()]
    heights = {number: row.height for number, row in sheet.row_dimensions.items()}
    return (rows, heights, sheet.merged_cells.ranges, sheet.auto_filter.ref, sheet.freeze_panes, sheet.print_area,
            sheet.print_title_rows, len(sheet._charts))


@pytest.fixture
def streamed(monkeypatch):
    asked = []
    seen = workbook.Sheet

    def sheet(*args, is_streamed, **kwargs):
        asked.append(is_streamed)
        return seen(*args, is_streamed=is_streamed, **kwargs)

    monkeypatch.setattr(workbook, "Sheet", sheet)
    return asked


def test_streamed_it_is_the_same_book(document, streamed, monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    short = opened(workbook.render(document))
    assert not any(streamed)
    monkeypatch.setattr(workbook, "LONG", 2)
    content = workbook.render(document)
    assert streamed.count(True) == len(short.sheetnames) - 1, "all but that with the charts"
    assert content == workbook.render(document) and not list(tmp_path.iterdir())
    long = opened(content)
    assert long.sheetnames == short.sheetnames
    for name in short.sheetnames:
        assert cells_of(long[name]) == cells_of(short[name]), name
    assert len(long["总览"]._charts) == 2
