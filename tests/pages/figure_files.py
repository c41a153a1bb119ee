"""The figures of the files and answers, as marks: what `figures.Truth` compares with the summaries."""
import csv
import io
import json
import re
import subprocess

from docx import Document as WordDocument

from guicheng import words
from projects.ledger.promises import Verdict
from projects.summary import FAMILIES, QUARTER_DEFINITIONS, Move
from tests.pages.figures import Marked, Reader, differences
from tests.projects.quarter_book import LABELS, NUMBERS, opened, tables

OF_LIST = ["declared", "declared_done", "recorded", "done", "standing", "unknown", "missing", "rate"]
OF_GROUP = [("有明细", "recorded"), ("已完成、已投用", "done"), ("暂无进展信息", "unknown")]
LINE = re.compile(r"(\d+)号数(.*?)完")


def _mark(key, value, **scope):
    return Marked(key, scope, "—" if value in (None, "") else str(value))


# --- JSON and the API ----------------------------------------------------------------------------
def of_json(content, closing=None):
    figures = json.loads(content)["figures"]
    quarter = figures["quarter"]
    for row in figures["lists"]:
        yield from _of_list(row, row["slug"])
        yield Marked("gap", {"list": row["slug"]}, row["gap_sentence"], True)
        yield Marked("bar", {"list": row["slug"]}, row["sentence"], True)
        for part in row["segments"]:
            yield _mark("segment", part["count"], list=row["slug"], segment=part["family"])
        yield from _of_groups(row, row["slug"])
        if row["before"]:
            yield from _of_list(row["before"], row["slug"], asof=figures["before"]["as_of"])
    for row in figures["counts"]:
        yield from _of_count(row, quarter)
    yield from (_mark("changed", row["count"], quarter=quarter, change=row["key"]) for row in figures["moves"])
    yield from (_mark("promises", row["count"], quarter=quarter, verdict=row["key"]) for row in figures["verdicts"])
    yield _mark("changed", len(figures["changes"]), quarter=quarter)
    yield _mark("promises", len(figures["promises"]), quarter=quarter)
    yield _mark("next_promises", len(figures["next_promises"]), quarter=quarter)
    yield _mark("overdue", len(figures["overdue"]), quarter=quarter)


def _of_list(row, slug, **scope):
    for key in OF_LIST:
        yield _mark(key, row[key], list=slug, **scope)
    for status, count in row["by_status"].items():
        yield _mark("by_status", count, list=slug, status=status, **scope)


def _of_groups(row, slug):
    for by in ("category", "community"):
        for group in row[f"by_{by}"]:
            for key in ("recorded", "done", "unknown"):
                yield _mark(key, group[key], list=slug, by=by, group=group["key"])


def _of_count(row, quarter):
    key = row["key"]
    if row["unit"] != "%":
        yield _mark(key, row["value"], quarter=quarter)
        return
    for part in ("rate", "numerator", "denominator"):
        yield _mark(key, row[part], quarter=quarter, part=part)


def of_api(content):
    """The answer of /api/summary/: its lists, and how many changes and promises of which verdict it names."""
    answer = json.loads(content)
    for row in answer["lists"]:
        yield from _of_list(row, row["slug"])
        yield from _of_groups(row, row["slug"])
    yield _mark("changed", len(answer["changes"]), quarter=answer["quarter"])
    said = [row["verdict"] for row in answer["promises"]]
    for verdict in set(said):
        yield _mark("promises", said.count(verdict), quarter=answer["quarter"], verdict=verdict)
    yield _mark("promises", len(said), quarter=answer["quarter"])


# --- tables --------------------------------------------------------------------------------------
def of_csv(content):
    for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig"))):
        slug, key, value = row["编号"], row["键"], row["数"]
        if row["部分"] == "清单":
            part = {"part": key.partition("-")[2]} if key.startswith("rate-") else {}
            yield _mark(key.partition("-")[0], value, list=slug, **part)
        elif row["部分"] == "按状态":
            yield _mark("by_status", value, list=slug, status=key)
        elif row["部分"] == "分段":
            yield _mark("segment", value, list=slug, segment=key)
        elif row["部分"] == "变动合计":
            yield _mark("changed", value, quarter=row["季度"], change=slug)
        elif row["部分"] == "承诺合计":
            yield _mark("promises", value, quarter=row["季度"], verdict=slug)
        elif row["部分"] == "本季度":
            rate = slug == "kept"
            if rate is not (key == "value"):
                yield _mark(slug, value, quarter=row["季度"], **({"part": key} if rate else {}))


def of_workbook(content, titles, quarter):
    """The sheets 总览, 本季度 and 分类. `titles`: title of a list -> its slug."""
    book = opened(content)
    found = tables(book["总览"])
    if found:
        now, _, _, states, stretches, _ = found
        for row in now:
            slug = titles[row["清单"]]
            yield from (_mark(key, row[title], list=slug) for title, key in NUMBERS.items())
            yield _mark("rate", row["完成率"], list=slug)
            parts = (row["已完成 ÷ 公布总数"] or "").split(" ÷ ")
            if row["完成率"] is not None:
                yield from (_mark("rate", value, list=slug, part=part)
                            for value, part in zip(parts, ("numerator", "denominator"), strict=True))
        for row in states:
            yield from (_mark("by_status", row[label], list=titles[row["清单"]], status=key)
                        for label, key in LABELS.items())
        families = {label: key for key, label in FAMILIES.items()}
        families |= {"公布为完成，明细整理中": "declared", "明细整理中": "missing"}
        for row in stretches:
            yield from (_mark("segment", row[label], list=titles[row["清单"]], segment=key)
                        for label, key in families.items() if row[label])
    yield from _of_quarter_sheet(book["本季度"], quarter)
    for row in (row for table in tables(book["分类"]) for row in table):
        yield from (_mark(key, row[title], list=titles[row["清单"]], by="category", label=row["类型"])
                    for title, key in OF_GROUP)


def _of_quarter_sheet(sheet, quarter):
    keys = {each.label: each.key for each in QUARTER_DEFINITIONS}
    counts, moves, verdicts = tables(sheet)
    for row in counts:
        yield from _of_count({"key": keys[row["数"]], "unit": row["单位"], "value": row["是多少"], "rate": row["比率"],
                              "numerator": row["分子"], "denominator": row["分母"]}, quarter)
    yield from (_mark("changed", row["多少"], quarter=quarter, change=kind.value)
                for row, kind in zip(moves, Move, strict=True))
    yield from (_mark("promises", row["多少"], quarter=quarter, verdict=each.value)
                for row, each in zip(verdicts, Verdict, strict=True))


def lights_of_workbook(content):
    """Word of a light -> how many, from the internal workbook's sheet."""
    return {row[0].value.split()[-1]: row[1].value for row in opened(content)["红黄灯"].iter_rows()
            if row[0].value and isinstance(row[1].value, int)}


# --- what is drawn and set -----------------------------------------------------------------------
def of_picture(content, quarter):
    text = content.decode()
    described = re.search(r"<desc[^>]*>(.*?)</desc>", text, re.S)[1]
    return [*Reader(text).marks, Marked("picture", {"quarter": quarter}, described, True)]


def text_of_pdf(content):
    run = subprocess.run(["pdftotext", "-raw", "-", "-"], input=content, capture_output=True, check=True, timeout=60)
    return "".join(run.stdout.decode().split())


def text_of_word(content):
    document = WordDocument(io.BytesIO(content))
    return "".join("".join(row.text.split()) for row in document.paragraphs)


def all_tokens(known):
    """A text in which every token stands on a line of its own, to be found again."""
    return "\n".join(f"{number}号数{{{name}}}完" for number, name in enumerate(known))


def of_word(content, known):
    """{name: text} of the tokens of `all_tokens(known)` as the paper prints them, without spaces."""
    names = list(known)
    return {names[int(number)]: text for number, text in LINE.findall(text_of_word(content))}


# --- the walk ------------------------------------------------------------------------------------
class Walk:
    """Counts what was looked at and keeps what differs."""

    def __init__(self):
        self.number, self.wrong = 0, {}

    def add(self, where, marks, truth):
        marks = list(marks)
        self.number += sum(mark.numbers for mark in marks)
        if found := differences(marks, truth):
            self.wrong[where] = found

    def add_files(self, client, name, truth, query="", with_pdf=False):
        """Every file of the quarter and its answer of the API."""
        def get(address):
            response = client.get(address)
            assert response.status_code == 200, address
            return b"".join(response) if response.streaming else response.content

        titles = {row.project_list.title: slug for slug, row in truth.lists.items()}
        self.add("json", of_json(get(f"/reports/{name}.json{query}")), truth)
        self.add("csv", of_csv(get(f"/reports/{name}.csv{query}")), truth)
        self.add("xlsx", of_workbook(get(f"/reports/{name}.xlsx{query}"), titles, name), truth)
        self.add("svg", of_picture(get(f"/reports/{name}.svg{query}"), name), truth)
        self.add("api", of_api(get(f"/api/summary/{name}/{query}")), truth)
        if with_pdf:
            self.add_pdf(get(f"/reports/{name}.pdf{query}"), truth)

    def add_pdf(self, content, truth):
        """The table of the lists, row by row: its numbers stand behind its title."""
        text = text_of_pdf(content)
        for each in truth.summary.lists:
            if each.is_known:
                values = [getattr(each, key).value for key in OF_LIST[:-1]]
                row = "".join(map(words.number, values)) + ("—" if each.rate is None else f"{each.rate}%")
                self.number += len(values) + 1
                if row not in text:
                    self.wrong.setdefault("pdf", []).append((each.project_list.title, row))

    def end(self, at_least):
        count = sum(map(len, self.wrong.values()))
        print(f"{self.number} figures, {count} differences")
        for where, found in self.wrong.items():
            print(where, *found[:5], sep="\n   ")
        assert not self.wrong and self.number >= at_least
