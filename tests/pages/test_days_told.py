"""Wherever the day of a statement is told, all that is known of it is told: the range, or that it is a bound."""
import csv
import io
import json
import re

import docx
import openpyxl
import pytest

from guicheng import words
from guicheng.days.quarters import Quarter
from projects.ledger.promises import judgements
from projects.models import Project, Promise
from projects.report import page, tables, word, workbook
from projects.report import rows as read
from projects.report.build import document_of
from projects.report.picture import alternative_text, render_svg
from tests.pages.figure_files import text_of_pdf

END = Quarter(2021, 4).last_day
AS_OF = f"asof={END.isoformat()}"


@pytest.fixture
def told(facts):
    """name -> (code, the words for the day of the newest statement by the end of 2021, its last day alone)."""
    rows = {project: project.updates.in_force(END).newest_first().first()
            for project in Project.objects.published().real().as_of(END)}
    return {project.name: (project.code, words.day_range(row.effective_from, row.effective_on, row.alone),
                           words.day(row.effective_on)) for project, row in rows.items() if row}


def plain(text):
    return re.sub(r"\s", "", text)


def papers(visitor):
    """(what it is, one text a project: its row) of whatever tells the rows of a quarter."""
    document = document_of(Quarter(2021, 4))
    printed = visitor.get("/reports/2021Q4/print/").content.decode()
    yield "打印页", re.findall(r"<tr>.*?</tr>", printed.split("清单明细", 1)[-1], re.S)
    book = openpyxl.load_workbook(io.BytesIO(workbook.render(document)))["清单明细"]
    yield "工作簿", ["|".join(str(cell or "") for cell in row) for row in book.iter_rows(values_only=True)]
    tables_of_word = docx.Document(io.BytesIO(word.render(document))).tables
    yield "Word", ["|".join(cell.text for cell in row.cells) for table in tables_of_word for row in table.rows]
    figures = json.loads(tables.render_json(document))["figures"]
    yield "JSON", [json.dumps(row, ensure_ascii=False) for row in figures["projects"]]
    answer = visitor.get(f"/api/projects/?{AS_OF}").json()
    found = answer["results"]
    while answer["next"]:
        answer = visitor.get(answer["next"]).json()
        found += answer["results"]
    yield "API", [json.dumps(row, ensure_ascii=False) for row in found]
    index = visitor.get(f"/projects/?{AS_OF}&size=100").content.decode()
    # one day stands above all that was said for it
    yield "项目页", [head + row for group in index.split('<div class="day-head">')
                  for head, _, rows in [group.partition("</div>")] for row in re.findall(r"<li.*?</li>", rows, re.S)]


def wrong(visitor, told):
    """What tells a project and not the days as they are known: (paper, name)."""
    found, rows_seen = [], 0
    for paper, rows in papers(visitor):
        for name, (_, days, _) in told.items():
            mine = [plain(row) for row in rows if plain(name) in plain(row)]
            rows_seen += bool(mine)
            if mine and not any(plain(days) in row for row in mine):
                found.append((paper, name, days))
    assert rows_seen > 4 * len(told), "the rows are found at all"
    return found


@pytest.mark.django_db
def test_the_days_are_told_as_they_are_known(visitor, told):
    days = {days for _, days, _ in told.values()}
    assert {"2021 年", "2021 年 12 月 1—10 日之间", "不迟于 2021 年 12 月 31 日"} <= days
    assert wrong(visitor, told) == []


@pytest.mark.django_db
def test_the_last_day_alone_is_found(visitor, told, monkeypatch):
    monkeypatch.setattr(words, "day_range", lambda first, last, alone="": words.day(last))
    monkeypatch.setattr(read, "_days", read._days.__wrapped__)  # what was told before is remembered there
    assert {paper for paper, _, _ in wrong(visitor, told)} >= {"打印页", "工作簿", "Word", "JSON", "API"}


@pytest.mark.django_db
def test_a_download_has_both_days_and_the_statements_own_source(visitor, facts):
    rows = list(csv.DictReader(io.StringIO(
        b"".join(visitor.get("/lists/2021-key/projects.csv").streaming_content).decode("utf-8-sig"))))
    road = next(row for row in rows if row["编号"] == "kp01")
    assert (road["最近进展最早日"], road["最近进展日"]) == ("2021-06-21", "2021-12-31")
    assert road["来源"] == "党建引领筑牢疫情防控“红色防线”" and road["最近进展的来源"] == "用赶考精神书写新时代答卷"


# --- promises, pictures, PDF -----------------------------------------------------------------------
DAY = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日")


def of_promises(visitor):
    """(what it is, its whole text without spaces) of whatever tells the proofs of promises."""
    document = document_of(Quarter(2021, 4))
    yield "打印页", visitor.get("/reports/2021Q4/print/").text
    yield "PDF", text_of_pdf(page.render_pdf(document.public, ""))
    book = openpyxl.load_workbook(io.BytesIO(workbook.render(document)))["承诺"]
    yield "工作簿", "\n".join(str(cell or "") for row in book.iter_rows(values_only=True) for cell in row)
    yield "JSON", tables.render_json(document).decode()
    yield "承诺页", visitor.get(f"/lists/2021-key/promises/?{AS_OF}").text
    yield "CSV", b"".join(visitor.get(f"/lists/2021-key/promises.csv?{AS_OF}").streaming_content).decode()


def proofs_told_wrong(visitor):
    proofs = [row.proof for row in judgements(day=END) if row.proof]
    assert {row.told for row in proofs} >= {"2021 年 9 月 1 日"}
    return [(paper, row.told) for paper, text in of_promises(visitor) for row in proofs
            if plain(row.told) not in plain(re.sub(r"<[^>]+>", "", text))]


@pytest.mark.django_db
def test_the_proofs_of_promises_are_told_with_their_days(visitor, facts):
    assert proofs_told_wrong(visitor) == []


@pytest.mark.django_db
def test_a_proof_told_by_its_last_day_is_found(visitor, facts, monkeypatch):
    days = {row.proof.told for row in judgements(day=END) if row.proof}
    monkeypatch.setattr(words, "day_range", lambda first, last, alone="": "某天")
    untold = {paper for paper, text in of_promises(visitor) for day in days if plain(day) not in plain(text)}
    assert untold >= {"打印页", "PDF", "工作簿", "JSON", "承诺页", "CSV"}


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["2021Q2", "2021Q4", "2023Q1"])
def test_a_picture_tells_no_day_that_may_be_the_last_of_a_range(facts, name):
    """What it tells to the day is the day it holds for and the days by which something was promised."""
    document = document_of(Quarter.parse(name))
    promised = {plain(words.day(row.due_on)) for row in Promise.objects.all()}
    said = set(DAY.findall(plain(alternative_text(document))))
    drawn = set(DAY.findall(plain(re.sub(r"<[^>]+>", "", render_svg(document, "").decode()))))
    assert said | drawn <= promised | {plain(words.day(document.as_of))}
