"""Where the lines of a title end: nearly even, and not inside a word."""
import math
import re
from functools import cache

_WORDS = re.compile(
    r"[0-9A-Za-z.,%+-]+年?|[上下]半年|第[一二三四]季度|季度|关于|为群众|办实事|民生|微?实事|重点|项目|工作|进展|完成|推进|落实|有关"
    r"|情况|街道|办事处|社区|委员会|人民政府|的?(?:报告|通报|汇报|总结|材料|通知)|[（《“〔].|.[）》”〕、，：；。！？的]|.")
_MAX_LINES = 6


def width_of(text):
    """In characters: a Latin letter or digit is half of one."""
    return sum(0.5 if char < "\u2000" else 1 for char in text)


def lines_of(title, per_line=20):
    """Give `title` as lines of at most `per_line` characters; one line as it is when no good break is found."""
    words = _WORDS.findall(title)
    least = math.ceil(width_of(title) / per_line)
    for count in range(max(least, 1), _MAX_LINES + 1):
        found = _best(words, count, per_line)
        if found:
            return found
    return [title]


def _best(words, count, per_line):
    """The most even way into `count` lines, or None."""
    mean = width_of("".join(words)) / count

    @cache
    def best(start, left):
        if left == 0:
            return (0, ()) if start == len(words) else None
        options = []
        for end in range(start + 1, len(words) + 1):
            line = "".join(words[start:end])
            if width_of(line) > per_line:
                break
            rest = best(end, left - 1)
            if rest:
                # two single characters may be one word that the list above does not know
                unsure = end < len(words) and len(words[end - 1]) == len(words[end]) == 1
                options.append(((width_of(line) - mean) ** 2 + 30 * unsure + rest[0], (line, *rest[1])))
        return min(options, default=None)

    found = best(0, count)
    return [line.strip() for line in found[1]] if found else None
