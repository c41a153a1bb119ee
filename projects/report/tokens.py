"""The figures of a report's text: `{已完成：key-2021}` stands for the figure, and is filled at reading and closing."""
import re
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError

from guicheng import words
from projects.models import Status

TOKEN = re.compile(r"[{｛]([^{}｛｝\n]{1,80})[}｝]")
UNKNOWN = "（没有公布）"
DOING = (Status.IN_PROGRESS, Status.ACCEPTANCE)
OF_LIST = {"declared": "公布总数", "declared_done": "公布完成数", "recorded": "有明细", "done": "已完成",
           "standing": "长期开展", "unknown": "暂无进展", "missing": "明细整理中"}


@dataclass(frozen=True)
class Token:
    """A name, what is printed for it, and what it is in words; `definition` is the key of its 口径, or ""."""

    name: str
    text: str
    meaning: str
    definition: str = ""


def tokens(figures):
    """{name: Token} of all that a text may name."""
    return {token.name: token for _, group in grouped(figures) for token in group}


def grouped(figures):
    """[(title, [Token])]: those of the quarter, then those of each list, as the page offers them."""
    return [("整个季度", list(_of_quarter(figures))),
            *((each["title"], list(_of_list(each))) for each in figures["lists"])]


def _of_quarter(figures):
    yield from [
        Token("截至日", words.day(date.fromisoformat(figures["as_of"])), "数据截至哪一天"),
        Token("季度", figures["title"], "哪个季度"), Token("上季度", figures["before"]["title"], "前一个季度"),
        Token("下季度", figures["after"]["title"], "后一个季度"),
    ]
    for row in figures["counts"]:
        yield Token(row["label"], _shown(row), row["label"], row["key"])
    for row in figures["verdicts"]:
        yield Token(f"承诺{row['label']}", str(row["count"]), f"当年到期的承诺里“{row['label']}”的条数", "promises")


def _of_list(each):
    for key, label in OF_LIST.items():
        yield Token(f"{label}：{each['slug']}", _number(each[key]), label, key.replace("_", "-"))
    if each["rate"] is not None:
        yield Token(f"完成率：{each['slug']}", f"{each['rate']}%（{each['done']} ÷ {each['declared']}）",
                    "完成率", "rate")
    if each.get("declared_rate"):
        yield Token(f"公布完成率：{each['slug']}", f"{each['declared_rate']}%", "公布完成率", "declared-rate")
    told = each["recorded"] - each["unknown"]
    yield Token(f"有进展的：{each['slug']}", _number(told), "写明了进展的项目数", "recorded")
    yield Token(f"在办的：{each['slug']}", _number(sum(each["by_status"][key] for key in DOING)),
                "状态是“推进中”或“完工待验收”的项目数", "recorded")
    for key, label in Status.choices:
        if key not in Status.DONE:
            yield Token(f"{label}的：{each['slug']}", _number(each["by_status"][key]),
                        f"状态是“{label}”的项目数", "recorded")


def _shown(row):
    """A figure as text; a rate with what was divided by what."""
    if row["unit"] != "%":
        return _number(row["value"])
    if row["rate"] is None:
        return "有到期待核的，不算" if row["denominator"] else "没有到期的，不算"
    return f"{row['rate']}%（{row['numerator']} ÷ {row['denominator']}）"


def _number(value):
    return UNKNOWN if value is None else str(value)


def name_of(match):
    """A token's name however its colon was typed."""
    return match[1].strip().replace(":", "：")


def fill(text, known):
    """The text with every token replaced. Raises ValidationError that names those that are no figure."""
    wrong = sorted({name_of(match) for match in TOKEN.finditer(text)} - known.keys())
    if wrong:
        named = "、".join(f"{{{name}}}" for name in wrong)
        raise ValidationError(f"没有这样的数：{named}。请从下面“可以用的数”里复制。")
    return TOKEN.sub(lambda match: known[name_of(match)].text, text)
