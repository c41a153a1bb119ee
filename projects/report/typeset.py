"""Chinese set in lines where no browser does it: how wide a text is at most, and where a line may end."""
import re

NOT_FIRST = "，。、；：？！）》〉」』】〕”’…—～·％%,.;:?!)]}"
NOT_LAST = "（《〈「『【〔“‘([{"
PAUSES = "，。、；：？！）》”"
CUT = "……"
# what stays together: an address or word, a number with its unit and what stands close around it
UNIT = re.compile(
    rf"[{re.escape(NOT_LAST)}]*(?:\d[\d,.]*(?: ?[年月日项个件条张次%])?|[A-Za-z0-9]+|\S)[{re.escape(NOT_FIRST)}]*|\s+")
# in units of the font size, the widest of the fonts we name; a Chinese sign is 1
NARROW = {" ": 0.34, **dict.fromkeys(",.:;'!|ijl", 0.4), **dict.fromkeys("()[]{}-/frt", 0.45)}
WIDE = dict.fromkeys("mwMWQOGNDHU@%&", 1.02)


def sign_width(sign):
    if ord(sign) > 0x2000:
        return 1.0
    return NARROW.get(sign) or WIDE.get(sign) or (0.75 if sign.isupper() else 0.65)


def text_width(text, size):
    """How wide the text is at most, in the unit of `size`."""
    return sum(map(sign_width, text)) * size


def _units(text, size, width):
    """The pieces of a text that no line may part; one that is wider than a line falls into its signs."""
    for unit in UNIT.findall(text):
        yield from [unit] if text_width(unit, size) <= width else unit


def _fill(units, size, width):
    """Lines filled one after the other. A space at either end of a line is left out."""
    lines = [""]
    for unit in units:
        if lines[-1] and text_width(lines[-1] + unit.rstrip(), size) > width:
            lines[-1] = lines[-1].rstrip()
            lines.append("")
        lines[-1] += unit if lines[-1] else unit.lstrip()
    return [line for line in lines if line]


def wrap(text, size, width, most=None):
    """The lines of a text, about equally long, in as few as `width` allows; over `most` it is cut with “……”.

    No line starts with a closing mark or ends with an opening one, and it rather ends at a comma than within a word.
    """
    units = list(_units(" ".join(text.split()), size, width))
    lines = _fill(units, size, width)
    if most and len(lines) > most:
        last = lines[most - 1]
        while last and (text_width(last + CUT, size) > width or last[-1] in NOT_LAST + NOT_FIRST + " "):
            last = last[:-1]
        return [*lines[:most - 1], last + CUT]
    return max(_as_few(units, size, width, lines), key=_ends_well)


def _as_few(units, size, width, lines):
    """The ways to set a text in no more lines, the narrowest column first."""
    steps = range(int(width / 2 / size) * 2, int(width / size * 2))
    tried = [_fill(units, size, step * size / 2) for step in steps]
    return [found for found in tried if len(found) <= len(lines)
            and all(text_width(line, size) <= width for line in found)] + [lines]


def _ends_well(lines):
    """How many lines end where a reader pauses; of equally good ones `max` takes the first, the most even."""
    return sum(line[-1] in PAUSES for line in lines[:-1])
