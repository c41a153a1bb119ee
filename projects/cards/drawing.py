"""The card as SVG, from the pieces of the canvas on which 一图读懂 is drawn."""
from dataclasses import dataclass, replace

from projects.report.canvas import Canvas
from projects.report.typeset import text_width, wrap

WIDTH, HEIGHT, SIDE = 1200, 630, 64
FLOOR = 564  # where the stair stands
TOP, RISE = 442, 28  # of the lowest step; how much each is higher
QR = 150
SENTENCE, SMALL, TINY = 32, 24, 22
SAMPLE = "示例数据，不是真实事项"


@dataclass(frozen=True)
class Card:
    """What a card says. `address` is whole, for the QR code, "" leaves it out; `short` is what people type."""

    title: str
    corner: str
    sentence: str
    steps: tuple
    foot: str
    address: str = ""
    short: str = ""
    is_sample: bool = False

    def covered(self, cover):
        """The same with every sealed word covered, before it is drawn: a drawing breaks words over lines."""
        if not cover:
            return self
        steps = tuple(replace(step, note=cover.text(step.note)) for step in self.steps)
        texts = {name: cover.text(getattr(self, name)) for name in ("title", "corner", "sentence", "foot")}
        return replace(self, steps=steps, **texts)

    @property
    def alternative(self):
        """What the picture says, in words."""
        here = "，".join(f"在“{step.label}”这一步" if step.count is None else f"{step.label} {step.count} 个"
                        for step in self.steps if step.is_here or step.count is not None)
        return "。".join(filter(None, [self.title, self.sentence.rstrip("。"), here, self.foot])) + "。"


def svg_of(card):
    canvas = Canvas(WIDTH, SIDE)
    canvas.rect(0, 0, WIDTH, 10, "red")
    _head(canvas, card)
    if card.address:
        canvas.qr(WIDTH - SIDE - QR + 12, 112, QR, card.address)
    _words(canvas, card)
    _stair(canvas, card.steps)
    _foot(canvas, card)
    canvas.y = HEIGHT
    return canvas.svg(card.title, card.alternative, ground="paper")


def _head(canvas, card):
    for place, height in enumerate((11, 20, 29, 38)):  # the stair of the site's own sign
        canvas.rect(SIDE + 11 * place, 102 - height, 9, height, "red")
    canvas.run(SIDE + 56, 95, "桂城办实事", 29, "red", bold=True)
    corner = SAMPLE if card.is_sample else card.corner
    canvas.run(WIDTH - SIDE, 93, _one_line(corner, SMALL, 560), SMALL, "second", anchor="end")


def _words(canvas, card):
    """The title in one line or two, below it the sentence in as many lines as are left."""
    room = WIDTH - 2 * SIDE - (QR + 24 if card.address else 0)
    size = 64 if text_width(card.title, 64) <= room else 46
    canvas.right, canvas.y = SIDE + room, 124
    canvas.text(card.title, size, bold=True, most=2)
    lines = 2 if canvas.y < 225 else 1
    for line in wrap(card.sentence, SENTENCE, room, lines):
        canvas.run(SIDE, canvas.y + 38, line, SENTENCE)
        canvas.y += 46


def _stair(canvas, steps):
    here = [step.is_here and step.count is None for step in steps]
    wide = 266 if any(here) else 0
    gap = 6
    room = WIDTH - 2 * SIDE - gap * (len(steps) - 1)
    width = (room - wide) / (len(steps) - 1) if wide else room / len(steps)
    x = SIDE
    for place, step in enumerate(steps):
        across = wide if here[place] else width
        _step(canvas, step, x, TOP - RISE * place, across)
        x += across + gap


def _step(canvas, step, x, top, width):
    canvas.rect(x, top, width, FLOOR - top, f"on-{step.family}" if step.is_here else "ground")
    canvas.rect(x, top, width, 8, f"fill-{step.family}" if step.is_told or step.is_here else "line")
    if step.count is not None:
        canvas.run(x + 16, top + 62, str(step.count), 48, bold=True)
        canvas.run(x + 16, top + 96, step.label, SMALL, "second")
        return
    label = f"{step.label} · 在这一步" if step.is_here else step.label
    strong = step.is_here or step.is_told
    canvas.run(x + 16, top + 44, label, SMALL + 2, "ink" if strong else "second", bold=strong)
    for line, text in enumerate(wrap(step.note, TINY, width - 28, 2)):
        canvas.run(x + 16, top + 78 + 30 * line, text, TINY, "second")


def _foot(canvas, card):
    right = text_width(card.short, TINY) + 30 if card.short else 0
    canvas.run(SIDE, 607, _one_line(card.foot, TINY, WIDTH - 2 * SIDE - right), TINY, "second")
    if card.short:
        canvas.run(WIDTH - SIDE, 607, card.short, TINY, "second", anchor="end")


def _one_line(text, size, room):
    return next(iter(wrap(text, size, room, 1)), "")
