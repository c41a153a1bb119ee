"""What a document says in short: its changes in kinds, its promises by verdict, each list in sentences.

The picture, its alternative text and the printable page say these in the same words.
"""
import heapq
from datetime import date

from guicheng import words
from projects.ledger.promises import Verdict
from projects.summary import tellings_of

URGENT = ["unkept", "unreported", "late", "kept", "early", "not_due"]  # what was not kept is never what is cut


def day(text):
    """The day of an ISO text in words, "" for none."""
    return words.day(date.fromisoformat(text)) if text else ""


def told(row, name, last):
    """The days that `name` tells in words, a range or a bound. Closes before 0.5.0 kept the `last` day alone."""
    return row[name] if name in row else day(row[last])


def moved(row):
    """When a project last moved, in words."""
    return told(row, "moved", "moved_on")


def proof(row):
    """When what proves a verdict was so, in words; "" where nothing proves it."""
    return told(row, "proof", "proof_on")


def promised(row):
    return told(row, "promised", "promised_on")


def announced(row):
    """When a list was announced, in words."""
    return told(row, "announced", "announced_on")


def corrected(row):
    """The days a correction is about, in words."""
    return told(row, "told", "effective_on")


def is_sample(document):
    """Whether it shows made-up lists: no real list has this word in its name."""
    return any("示例" in row["title"] for row in document.figures["lists"])


def lock_words(document):
    """第 1 次锁定，2022 年 1 月 5 日; or that the figures still change."""
    closing = document.closing
    if not closing:
        return "未锁定，数据会变"
    locked_on = closing.get("closed_on") or ""
    locked = f"第 {closing['number']} 次锁定" + (f"，{day(locked_on[:10])}" if locked_on else "")
    return locked + ("，封存版" if closing.get("is_covered") else "")


def short_fingerprint(document):
    """The first 16 signs of the fingerprint, in fours."""
    return " ".join(document.fingerprint[start:start + 4] for start in range(0, 16, 4))


# --- lists ---------------------------------------------------------------------------------------
def list_groups(figures):
    """[(title, lists)]: the street's own, then those from above; the title is "" where there is one kind only."""
    own = [row for row in figures["lists"] if row["is_street"]]
    above = [row for row in figures["lists"] if not row["is_street"]]
    if own and above:
        return [("街道的清单", own), ("上级的清单", above)]
    return [("", own or above)] if own or above else []


def has_rows(row):
    """Whether more is known of a list than how long it is."""
    return bool(row["recorded"] or row["declared_done"])


def main_figures(row):
    """[(key, label)] of the figures of a list that mean something: without rows nothing is “0 done”."""
    found = [("declared", "公布"), ("declared_done", "公布为完成")]
    if row["recorded"]:
        found += [("recorded", "有明细"), ("done", "其中已完成")]
    return [(key, label) for key, label in found if row[key] is not None]


def rate_sentence(row):
    """The rate with its numerator and denominator, or why there is none; "" where nothing is recorded at all."""
    if row.get("declared_rate"):
        return f"公布完成率 {row['declared_rate']}%，按公布数计算。"
    if row["rate"] is not None:
        return f"完成率 {row['rate']}%：公布 {row['declared']} {row['unit']}，已完成 {row['done']} {row['unit']}。"
    return "明细没有收齐，不算完成率。" if row["recorded"] and row["missing"] else ""


def list_sentence(row):
    """A list in words, with the figures the picture shows."""
    more = [(key, label) for key, label in main_figures(row) if key in ("declared_done", "done")]
    figures = "，".join(f"{label} {words.number(row[key])} {row['unit']}" for key, label in more)
    return (f"{row['title']}：{row['gap_sentence']}{figures + '。' if figures else ''}{rate_sentence(row)}"
            f"图中长条：{row['sentence']}")


# --- changes and promises ------------------------------------------------------------------------
def change_groups(figures, most):
    """[(kind, label, number, changes)] of the kinds that occurred; of changes the first, as many as `most` says.

    `most`: how many of each kind, or {kind: how many}. Of an outline not every change is there.
    """
    rows = {row["key"]: [] for row in figures["moves"]}
    for change in figures["changes"]:
        kind = change["kind"]
        if len(rows[kind]) < (most[kind] if isinstance(most, dict) else most):
            rows[kind].append(change)
    return [(row["key"], row["label"], row["count"], rows[row["key"]]) for row in figures["moves"] if row["count"]]


def verdict_counts(figures):
    """[(verdict, label, promises)] of the verdicts that occurred, in their order."""
    return [(row["key"], row["label"], row["count"]) for row in figures["verdicts"] if row["count"]]


def count_of(figures, key):
    """One of the quarter's figures by its key."""
    return next(row for row in figures["counts"] if row["key"] == key)


def promises_to_show(figures, most):
    """The first of the promises, those before the others that were not kept."""
    return heapq.nsmallest(most, figures["promises"], key=lambda row: URGENT.index(row["verdict"]))


def change_sentence(figures):
    number = count_of(figures, "changed")["value"]
    return f"{number} 个项目的状态和 {figures['before']['title']}末不同。" if number else "没有项目的状态变动。"


def promise_sentence(figures):
    counts = verdict_counts(figures)
    if not counts:
        return f"没有 {figures['year']} 年应兑现的承诺。"
    said = "，".join(f"{label} {count} 条" for _, label, count in counts)
    return f"{figures['year']} 年应兑现的承诺：{said}。"


def lead(figures):
    """The quarter in one or two sentences: what a reader is told first."""
    if not figures["lists"]:
        return "这一天还没有公布过清单。"
    return _changed(figures) + _due(figures)


def _changed(figures):
    """What went on from what was known, then what was first heard of."""
    counts = [(telling, count) for telling, count in tellings_of(figures).items() if count]
    known = [f"{count} 个项目{telling.in_a_sentence}" for telling, count in counts if not telling.is_first_news]
    first = [f"{count} 个{telling.in_a_sentence}" for telling, count in counts if telling.is_first_news]
    told = ["，".join(known)] if known else []
    told += [f"第一次有消息的项目，{'，'.join(first)}"] if first else []
    return f"这个季度，{'；'.join(told)}。" if told else "这个季度没有项目的状态变动。"


def _due(figures):
    """The promises that were due and what became of them; "" where none was."""
    due = count_of(figures, "due")["value"]
    is_due = {each.value for each in Verdict} - {Verdict.EARLY, Verdict.NOT_DUE}
    said = "，".join(f"{row['label']} {row['count']} 条" for row in figures["verdicts"]
                    if row["key"] in is_due and row["count"])
    return f"{figures['year']} 年已到期的承诺 {due} 条：{said}。" if due else ""
