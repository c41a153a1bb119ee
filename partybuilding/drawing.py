"""The readings of a figure as a picture: each a bar from nought up, as wide as the days it was said of."""
from dataclasses import dataclass

WIDTH, HEIGHT, TOP = 360, 150, 26  # of the drawing, and what the numbers above the bars need
NARROWEST = 12  # a single day is still to be seen
JOINED = 3  # fewer readings are not joined by a line: two points have no course
APART = 70  # numbers nearer than this would stand in each other


@dataclass(frozen=True)
class Bar:
    """One reading. `shows`: whether its number has room above it."""

    reading: object
    x: float
    y: float
    width: float
    height: float
    shows: bool
    anchor: str  # where its number stands: start, middle, end

    @property
    def middle(self):
        return round(self.x + self.width / 2, 1)

    @property
    def number_x(self):
        return {"start": self.x, "middle": self.middle, "end": round(self.x + self.width, 1)}[self.anchor]

    @property
    def number_y(self):
        return round(self.y - 8, 1)


@dataclass(frozen=True)
class Drawing:
    """`bars` with the oldest first; `line`: the points of the line that joins them, or empty."""

    bars: list

    @property
    def line(self):
        if len(self.bars) < JOINED:
            return ""
        return " ".join(f"{bar.middle},{bar.y}" for bar in self.bars)

    @property
    def ends(self):
        """The first and the last reading, whose days stand below the axis."""
        return self.bars[0].reading, self.bars[-1].reading


def drawing_of(readings):
    """The Drawing of these readings (newest first), or None where there is only one: nothing to see beside it."""
    if len(readings) < 2:
        return None
    readings = readings[::-1]
    top = max(row.value for row in readings) or 1
    start = min(_first_day(row) for row in readings)
    days = (max(row.effective_on for row in readings) - start).days + 1
    bars, taken = [], -APART
    for row in readings:
        x = (_first_day(row) - start).days * WIDTH / days
        width = max(NARROWEST, ((row.effective_on - _first_day(row)).days + 1) * WIDTH / days)
        x = min(x, WIDTH - width)
        height = float(row.value / top) * (HEIGHT - TOP)
        anchor = "start" if x < APART / 2 else "end" if x + width > WIDTH - APART / 2 else "middle"
        shows = x - taken >= APART
        taken = x if shows else taken
        bars.append(Bar(row, round(x, 1), round(HEIGHT - height, 1), round(width, 1), round(height, 1), shows, anchor))
    return Drawing(bars)


def _first_day(reading):
    return reading.effective_from or reading.effective_on
