"""督办单 and its reply on paper: one A4 sheet each. What does not fit goes on to an annex, and the sheet says so.

How much fits is reckoned in lines, so that a browser and WeasyPrint break the text at the same place.
"""
from dataclasses import dataclass
from math import ceil
from unicodedata import east_asian_width

from django.conf import settings
from django.db import models
from django.template.loader import render_to_string

from guicheng import words
from guicheng.seal.words import Cover
from projects.report.pdf import pdf_of

NOT_FILLED = "【待填：依据】"
GOES_ON = "（续附页）"
STOPS = "。；！？\n"
LEAST = 4  # lines that a long text keeps beside another one
ROOMY = {"demand": 9, "reply": 9, "evidence": 3}  # lines that the large size leaves free for them
HEIGHT = {"order": 165, "reply": 148}  # millimetres of the sheet that are left for the texts of its rows


class Part(models.TextChoices):
    ORDER = "order", "督办单"
    REPLY = "reply", "督办回复单"

    @classmethod
    def read(cls, text):
        """The order where nothing is said. Raises ValueError with a sentence."""
        if text and text not in cls.values:
            raise ValueError(f"督办没有“{text[:10]}”这张纸，可以选 order（督办单）或 reply（回复单）。")
        return cls(text or cls.ORDER)


@dataclass(frozen=True)
class Size:
    """One size of type: how many characters a row holds, and how high a line is in millimetres."""

    name: str
    characters: int
    line: float


SIZES = [Size("large", 24, 7.9), Size("middle", 29, 6.8), Size("small", 33, 5.9)]


@dataclass
class Row:
    """A row of the sheet. `rest`: what goes on in the annex."""

    key: str
    label: str
    text: str
    rest: str = ""

    @property
    def is_long(self):
        """Whether it may be cut; the others always stand there whole."""
        return self.key in ("basis", "demand", "reply", "evidence")

    def lines(self, size):
        """How many it takes in this size of type."""
        least = ROOMY.get(self.key, 1) if size is SIZES[0] else 1
        return max(lines_of(self.text, size.characters), least)


@dataclass(frozen=True)
class Sheet:
    """What stands on one of the two papers of a notice."""

    part: Part
    number: str
    office: str
    raised: str
    rows: list
    size: Size
    signed: list  # (label, what the system knows of it) to be signed by hand
    is_sample: bool

    @property
    def annexes(self):
        return [row for row in self.rows if row.rest]

    @property
    def title(self):
        return f"{self.number}{self.part.label}"


def sheet_of(notice, part, cover=Cover(())):  # noqa: B008 - never changed
    """The sheet of a 督办单, read with its names; `cover` hides what is sealed."""
    rows, signed = (_order, _reply)[part == Part.REPLY](notice)
    rows = [Row(key, label, cover.text(text)) for key, label, text in rows]
    return Sheet(
        part=part, number=notice.numbered, office=settings.OFFICE_NAME, raised=_day(notice.raised_on), rows=rows,
        size=_fit(rows, HEIGHT[part]), signed=[(label, cover.text(known)) for label, known in signed],
        is_sample=notice.is_sample)


def _order(notice):
    rows = [*_head(notice), ("basis", "依据／批示", _basis(notice)), ("demand", "要求", notice.text)]
    receiver = f"{notice.received_by}（已在系统签收）" if notice.received_at else ""
    return rows, [("签收人", receiver), ("签收日期", _day(notice.received_at))]


def _reply(notice):
    rows = [*_head(notice), ("reply", "办理情况", notice.reply), ("evidence", "证明材料", notice.evidence)]
    return rows, [("填报人", str(notice.replied_by or "")), ("填报日期", _day(notice.replied_at))]


def _head(notice):
    project, unit = notice.project, notice.unit
    place = f"（{project.project_list}{f'第 {project.number} 项' if project.number else ''}）" \
        if project.project_list else ""
    term = f"{_day(notice.reply_by)}前" if notice.reply_by else "没有写明期限"
    return [("subject", "事项", f"{project.name}{place}"),
            ("unit", "责任单位", str(unit) if unit else "没有责任单位"), ("term", "办理时限", term)]


def _basis(notice):
    """What it rests on: what was typed, the leaders' 批示, and of one that the system sent its cause."""
    said = [notice.basis] if notice.basis else []
    said += [f"{row.by}批示：“{row.text}”（{_day(row.at)}）" for row in notice.instructions.all()]
    if not said and notice.cause != notice.Cause.MANUAL:
        said = [f"按督办规则发出，缘由：{notice.get_cause_display()}。"]
    return "\n".join(said) or NOT_FILLED


def _day(day):
    return words.day(day).replace(" ", "") if day else ""  # a paper writes no spaces


# --- what fits -------------------------------------------------------------------------------------
def _fit(rows, height):
    """The largest size in which all rows fit; in the smallest the long ones are cut. Gives the size."""
    for size in SIZES:
        room = int(height / size.line)
        if sum(row.lines(size) for row in rows) <= room:
            return size
    long = [row for row in rows if row.is_long]
    room -= sum(row.lines(size) for row in rows if not row.is_long)
    for row, other in zip(long, long[::-1], strict=True):
        wanted = lines_of(other.text + GOES_ON * bool(other.rest), size.characters)
        most = max(room - wanted, LEAST if row is long[0] else room - wanted)
        row.text, row.rest = cut(row.text, size.characters, most)
    return size


def lines_of(text, characters):
    """How many lines a text takes."""
    return sum(max(1, ceil(_width(each) / characters)) for each in text.split("\n"))


def _width(text):
    """In Chinese characters; a Latin one is told too wide rather than too narrow."""
    return sum(1 if east_asian_width(sign) in "WFA" else .65 for sign in text)


def cut(text, characters, most):
    """(what stands in that many lines with the word that it goes on, the rest), cut behind a sentence if one ends."""
    if lines_of(text, characters) <= most:
        return text, ""
    end = len(text)
    low = 0
    while low < end:  # the longest beginning that fits
        middle = (low + end + 1) // 2
        if lines_of(text[:middle] + GOES_ON, characters) <= most:
            low = middle
        else:
            end = middle - 1
    stop = max(text.rfind(sign, low // 2, low) for sign in STOPS) + 1
    end = stop or low
    return text[:end].rstrip("\n"), text[end:].lstrip("\n")


# --- as a page -------------------------------------------------------------------------------------
def render_html(sheet, **context):
    """The page to print from a browser; `context`: pdf, back (addresses)."""
    return render_to_string("projects/papers/sheet.html", {"sheet": sheet, **context, "in_browser": bool(context)})


def render_pdf(sheet):
    """The same as PDF. Raises Missing where this machine cannot make it."""
    return pdf_of(render_html(sheet), "supervision_sheet.css")
