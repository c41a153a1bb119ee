"""What the cells of a form look like: how they show a number or a day, whether they are ruled; and their yellow twins.

Known to the limited child: it imports no Django.
"""
import re

from guicheng.files.looks import BUILT_IN, look_of
from projects.superior_form.parts import child, children

DAYS = {*range(14, 23), *range(27, 37), *range(50, 59)}
YELLOW = "FFFFFF00"


class Styles:
    """The formats of a workbook by the number of a cell's style."""

    def __init__(self, parts):
        part = next((name for kind, name in parts.relations(parts.workbook).values() if kind == "styles"), None)
        self.root = parts.tree(part) if part else None
        self.formats, self.xfs, self.borders, self._yellow = [], [], [], {}
        if self.root is None:
            return
        codes = {each.getAttribute("numFmtId"): each.getAttribute("formatCode")
                 for each in self._listed("numFmts")}
        self.xfs = self._listed("cellXfs")
        self.formats = [(int(each.getAttribute("numFmtId") or 0), codes.get(each.getAttribute("numFmtId"), ""))
                        for each in self.xfs]
        self.borders = [any(side.getAttribute("style") not in ("", "none") for side in children(each))
                        for each in self._listed("borders")]

    def _listed(self, name):
        found = child(self.root, name)
        return children(found) if found else []

    def is_share(self, style):
        """Whether the cell shows 0.7 as 70%."""
        number, code = self._format(style)
        return (look_of(code) if code else BUILT_IN.get(number, "")) == "percent"

    def is_day(self, style):
        number, code = self._format(style)
        bare = re.sub(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]', "", code.split(";")[0])
        return bool(re.search("[yYdDeE]|m.*[月日]", bare)) and not re.search("[0#]", bare) if code else number in DAYS

    def is_text(self, style):
        """Whether what is typed in it stays words: 文本."""
        number, code = self._format(style)
        return number == 49 or code == "@"

    def is_ruled(self, style):
        border = int(self.xfs[style].getAttribute("borderId") or 0) if style < len(self.xfs) else 0
        return border < len(self.borders) and self.borders[border]

    def _format(self, style):
        return self.formats[style] if style < len(self.formats) else (0, "")

    def yellow(self, style):
        """The number of the same style on yellow ground."""
        if style not in self._yellow:
            if "fill" not in self._yellow:
                self._yellow["fill"] = self._add("fills", _yellow_fill)
            twin = self.xfs[style].cloneNode(deep=True)
            twin.setAttribute("fillId", str(self._yellow["fill"]))
            twin.setAttribute("applyFill", "1")
            self._yellow[style] = self._add("cellXfs", lambda document, prefix: twin)
        return self._yellow[style]

    def _add(self, name, make):
        listed = child(self.root, name)
        prefix = self.root.nodeName.rpartition(":")[0]
        listed.appendChild(make(self.root.ownerDocument, f"{prefix}:" if prefix else ""))
        count = len(children(listed))
        listed.setAttribute("count", str(count))
        return count - 1


def _yellow_fill(document, prefix):
    fill, pattern, colour = (document.createElement(prefix + name) for name in ("fill", "patternFill", "fgColor"))
    pattern.setAttribute("patternType", "solid")
    colour.setAttribute("rgb", YELLOW)
    pattern.appendChild(colour)
    fill.appendChild(pattern)
    return fill
