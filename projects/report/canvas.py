"""A tall drawing that grows downwards: text set in lines, boxes around it, bars. Gives SVG with attributes only."""
from contextlib import contextmanager
from xml.sax.saxutils import escape, quoteattr

from guicheng.text import clean_text
from projects.report.typeset import text_width, wrap

# the light values of static/css/tokens.css, which a picture cannot read; a test compares them
COLOURS = {
    "ink": "#1d1f23", "second": "#50555d", "ground": "#f7f6f3", "paper": "#fff", "line": "#e3e1dc", "edge": "#8d9097",
    "red": "#a31d1d", "link": "#8c1717", "notice": "#fdf3df",
    "fill-done": "#1f7a4d", "fill-declared": "#8fbfa5", "fill-doing": "#d9a441", "fill-stopped": "#6b717b",
    "fill-none": "#a9a59c", "fill-missing": "#edeae4",
    "done": "#155c39", "on-done": "#e7f3ec", "doing": "#7a4d0b", "on-doing": "#fdf3df", "none": "#555a62",
    "on-none": "#efede8",
}
FONTS = "PingFang SC, Noto Sans CJK SC, Microsoft YaHei, sans-serif"
LEADING = 1.45


def attributes(values):
    """Of a tag: font_size becomes font-size, a colour's name its value, None is left out."""
    values = {name: COLOURS.get(value, value) if name in ("fill", "stroke") else value
              for name, value in values.items() if value is not None}
    return "".join(f" {name.replace('_', '-')}={quoteattr(str(value))}" for name, value in values.items())


def number(value):
    """A coordinate without what nobody sees of it."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def qr_path(address):
    """A QR code as (cells a side, path data), with its quiet zone."""
    import segno  # imported here: django.setup() stays small

    cells = [list(row) for row in segno.make(address, error="m", micro=False).matrix_iter(border=4)]
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(cells) for x, cell in enumerate(row) if cell)
    return len(cells), path


class Canvas:
    """`y` is where the next line goes; `left` and `right` bound it."""

    def __init__(self, width, side):
        self.width, self.left, self.right, self.y = width, side, width - side, 0
        self.parts = []

    @property
    def room(self):
        return self.right - self.left

    def gap(self, height):
        self.y += height

    def rect(self, x, y, width, height, fill, **more):
        places = {"x": number(x), "y": number(y), "width": number(width), "height": number(height), "fill": fill}
        self.parts.append(f"<rect{attributes(places | more)}/>")

    def run(self, x, baseline, text, size, fill="ink", bold=False, anchor=None, **data):
        """One line of text at a place."""
        places = {"x": number(x), "y": number(baseline), "font_size": size, "fill": fill,
                  "font_weight": 700 if bold else None, "text_anchor": anchor}
        self.parts.append(f"<text{attributes(places | data)}>{escape(text)}</text>")

    def text(self, text, size, fill="ink", bold=False, indent=0, keep=0, most=None, **data):
        """A paragraph in as many lines as it needs; `keep` is room left free at its right. Moves down."""
        for line in wrap(text, size, self.room - indent - keep, most):
            self.run(self.left + indent, self.y + size * (LEADING / 2 + 0.36), line, size, fill, bold, **data)
            self.y += size * LEADING

    def figure(self, x, width, value, unit, label, size=96, **data):
        """A large number with its unit, and below what it counts. Does not move down: give its height."""
        unit_size, label_size = 38, 36
        space = width - text_width(unit, unit_size) - 22
        size = min(size, int(size * space / text_width(value, size)))
        unit = f'<tspan font-size="{unit_size}" font-weight="400" dx="10">{escape(unit)}</tspan>'
        places = {"x": number(x), "y": number(self.y + 92), "font_size": size, "font_weight": 700, "fill": "ink"}
        self.parts.append(
            f"<text{attributes(places)}><tspan{attributes(data)}>{escape(value)}</tspan>{unit}</text>")
        below = self.y + 106
        for line in wrap(label, label_size, width - 16):
            self.run(x, below + label_size, line, label_size, "second")
            below += label_size * LEADING
        return below + 14 - self.y

    def count(self, value, words, **data):
        """A large number and in the same line what it counts."""
        baseline, size = self.y + 78, 88
        self.run(self.left, baseline, value, size, bold=True, **data)
        self.run(self.left + text_width(value, size) + 12, baseline, words, 46, bold=True)
        self.y += 100

    def tagged(self, text, size, word, colour):
        """A paragraph in bold with a word on its wash behind its last line, or below where there is no room."""
        self.text(text, size, bold=True, most=4)
        lines = wrap(text, size, self.room, 4)
        last = text_width(lines[-1], size) + 20 if lines else 0
        if last + text_width(word, 36) + 32 <= self.room:
            self.y -= size * LEADING
            self.tag(self.left + last, word, colour)
            self.y += size * LEADING
        else:
            self.gap(6)
            self.tag(self.left, word, colour)
            self.y += 36 * LEADING

    def tag(self, x, text, colour, size=36):
        """A word on its wash, at the current line."""
        width = text_width(text, size) + 32
        self.rect(x, self.y + 2, width, size * LEADING, f"on-{colour}", rx=8)
        self.run(x + 16, self.y + 2 + size * (LEADING / 2 + 0.36), text, size, colour, True)

    def bar(self, segments, height=48):
        """A list's stacked bar over the whole width, with a rim: its last stretch is almost white."""
        total = sum(part["count"] for part in segments)
        x = self.left
        for part in segments:
            width = self.room * part["count"] / total
            self.rect(x, self.y, max(width, 3), height, f"fill-{part['family']}", stroke="paper", stroke_width=2)
            x += width
        self.rect(self.left, self.y, self.room, height, "paper", fill_opacity=0, stroke="edge", stroke_width=2, rx=4)
        self.y += height

    @contextmanager
    def box(self, pad=48, fill="paper", stroke="line"):
        """What is drawn inside stands in a box of the whole width."""
        start, place, edges = self.y, len(self.parts), (self.left, self.right)
        self.left, self.right, self.y = self.left + pad, self.right - pad, self.y + pad
        yield
        self.left, self.right = edges
        self.y += pad
        drawn, self.parts = self.parts[place:], self.parts[:place]
        self.rect(self.left, start, self.room, self.y - start, fill, rx=20, stroke=stroke, stroke_width=2)
        self.parts += drawn

    def rule(self):
        self.rect(self.left, self.y, self.room, 2, "line")

    def qr(self, x, y, size, address):
        """The QR code of an address as a square, black on the ground: give it a white one."""
        cells, path = qr_path(address)
        place = f"translate({number(x)} {number(y)}) scale({size / cells:.4f})"
        self.parts.append(f'<path transform="{place}" d="{path}" fill="#000" shape-rendering="crispEdges"/>')

    def svg(self, title, description, fingerprint="", ground="ground"):
        """The whole drawing, as high as it has grown. One control character would make it no XML."""
        height = round(self.y)
        head = {"xmlns": "http://www.w3.org/2000/svg", "width": self.width, "height": height,
                "viewBox": f"0 0 {self.width} {height}", "role": "img", "aria-labelledby": "title desc",
                "lang": "zh-Hans", "font_family": FONTS}
        lines = [
            f"<svg{attributes(head)}>", f'<title id="title">{escape(title)}</title>',
            f'<desc id="desc">{escape(description)}</desc>',
            *([f"<metadata>SHA-256 {escape(fingerprint)}</metadata>"] if fingerprint else []),
            f'<rect width="{self.width}" height="{height}" fill="{COLOURS[ground]}"/>', *self.parts, "</svg>"]
        return clean_text("\n".join(lines)) + "\n"
