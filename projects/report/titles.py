"""Where the lines of a title end: nearly even, and not inside a word."""
import math
import re
from functools import cache

_WORDS = re.compile(
    r"“[^”]{1,12}”(?:项目)?|[0-9A-Za-z.,%+-]+年?|[上下]半年|第[一二三四]季度|季度|关于|(?:为群众)?办实事(?:项目)?|民生实事|微?实事|重点项目|项目"
    r"|(?:进展|完成|推进|落实|工作)?情况表?|工作|进展|完成|推进|落实|有关|街道办?|办事处|社区|委员会|人民政府"
    r"|的?(?:报告|通报|汇报|总结|材料|通知)|.的?")
_NEVER_FIRST, _NEVER_LAST = "的）》”〕、，：；。！？", "（《“〔"
_MAX_LINES = 6


def width_of(text):
    """In characters: a Latin letter or digit is half of one."""
    return sum(0.5 if char < "\u2000" else 1 for char in text)


def lines_of(title, per_line):
    """`title` as lines of at most `per_line` characters; whole when there is no good way to break it."""
    words = _WORDS.findall(title)
    least = max(math.ceil(width_of(title) / per_line), 1)
    return next(filter(None, (_best(words, count, per_line) for count in range(least, _MAX_LINES + 1))), [title])


def _best(words, count, per_line):
    """The most even way into `count` lines, or None."""
    mean = width_of("".join(words)) / count

    def cost(start, end):
        """Of a line of these words; None where it cannot be."""
        line = "".join(words[start:end])
        if width_of(line) > per_line or not line.strip():
            return None
        unsure = 0
        if end < len(words):  # spaces at the break are dropped: what stands at it then is what counts
            after = "".join(words[end:]).lstrip()[:1]
            if (after and after in _NEVER_FIRST) or line.rstrip()[-1] in _NEVER_LAST:
                return None
            # two single characters may be one word that the list above does not know
            unsure = 30 * (len(words[end - 1]) == len(words[end]) == 1)
        return (width_of(line) - mean) ** 2 + unsure

    @cache
    def best(start, left):
        if left == 0:
            return (0, ()) if start == len(words) else None
        options = []
        for end in range(start + 1, len(words) + 1):
            here, rest = cost(start, end), best(end, left - 1)
            if here is not None and rest:
                options.append((here + rest[0], ("".join(words[start:end]).strip(), *rest[1])))
        return min(options, default=None)

    found = best(0, count)
    return list(found[1]) if found else None
