"""Who moved in a quarter, drawn: one line a project from its state at the beginning to that at the end."""
from dataclasses import dataclass
from itertools import groupby

from projects.models import Status

MOST = 40  # lines that can still be followed
LINE, TOP, LEFT, RIGHT, NAMES, WIDTH = 24, 42, 78, 196, 208, 400
LONGEST = 13  # characters of a name that fit


@dataclass(frozen=True)
class Line:
    """A project and where its line begins and ends; `fill`, `from_fill`: the families of its states."""

    code: str
    name: str
    before: str
    after: str
    y1: float
    y2: float

    @property
    def fill(self):
        return Status.FAMILY[self.after]

    @property
    def from_fill(self):
        return Status.FAMILY[self.before]

    @property
    def moved(self):
        return self.before != self.after

    @property
    def short(self):
        return self.name if len(self.name) <= LONGEST else f"{self.name[:LONGEST - 1]}…"

    @property
    def path(self):
        middle = (LEFT + RIGHT) / 2
        return f"M{LEFT} {self.y1}C{middle} {self.y1} {middle} {self.y2} {RIGHT} {self.y2}"


@dataclass(frozen=True)
class Flow:
    """The `lines` of the projects of a list and, on the left, the words of their `groups`."""

    title: str
    lines: list
    groups: list
    width: int = WIDTH
    left: int = LEFT
    right: int = RIGHT
    names: int = NAMES

    @property
    def height(self):
        return TOP + LINE * len(self.lines) - LINE // 2

    @property
    def label(self):
        return f"{self.title}里有明细的项目，从季度初的状态到季度末的状态，一条线一个；下面的表格写的一样。"


def flow(title, states):
    """The Flow of these (code, name, status before, status after); None of none, or of more than can be followed."""
    if not 0 < len(states) <= MOST:
        return None
    ends, starts, groups, place = {}, {}, [], 0
    for number, (code, *_) in enumerate(sorted(states, key=lambda row: (_rank(row[3]), _rank(row[2]), row[0]))):
        ends[code] = TOP + LINE * number
    by_start = sorted(states, key=lambda row: (_rank(row[2]), ends[row[0]]))
    for status, rows in groupby(by_start, key=lambda row: row[2]):
        first = place
        for code, *_ in rows:
            starts[code], place = TOP + LINE * place, place + 1
        label = Status(status).label if status else "没有消息"
        groups.append({"label": label, "x": LEFT - 12, "y": TOP + LINE * (first + place - 1) / 2})
    lines = [Line(*row, starts[row[0]], ends[row[0]]) for row in states]
    return Flow(title, sorted(lines, key=lambda line: (line.moved, line.y2)), groups)


def _rank(status):
    """What is further comes first; what stands on no step last."""
    return -Status.STEP.get(status, 1.5 if status else 1)
