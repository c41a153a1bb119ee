"""What a document says in short: its changes in kinds, its promises by verdict, each list in sentences.

The picture, its alternative text and the printable page say these in the same words.
"""
from collections import Counter
from datetime import date

from guicheng import words
from projects.models import Status
from projects.promises import Verdict

CHANGES = {"done": "新完成、新投用", "moved": "有了新进展", "stopped": "暂停、不再实施", "other": "其他变动"}
URGENT = ["unkept", "unreported", "late", "kept", "not_due"]  # what was not kept is never what is cut


def day(text):
    """The day of an ISO text in words, "" for none."""
    return words.day(date.fromisoformat(text)) if text else ""


def is_sample(document):
    """Whether it shows made-up lists: no real list has this word in its name."""
    return any("示例" in row["title"] for row in document.figures["lists"])


def lock_words(document):
    """第 1 次锁定，2022 年 1 月 5 日; or that the figures still change."""
    closing = document.closing
    if not closing:
        return "未锁定，数据会变"
    locked_on = closing.get("closed_on") or ""
    return f"第 {closing['number']} 次锁定" + (f"，{day(locked_on[:10])}" if locked_on else "")


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
        found += [("recorded", "本站有资料"), ("done", "其中已完成")]
    return [(key, label) for key, label in found if row[key] is not None]


def rate_sentence(row):
    """The rate with its numerator and denominator, or why there is none; "" where nothing is recorded at all."""
    if row["rate"] is not None:
        return f"完成率 {row['rate']}%：公布 {row['declared']} {row['unit']}，已完成 {row['done']} {row['unit']}。"
    return "本站资料不全，不算完成率。" if row["recorded"] and row["missing"] else ""


def list_sentence(row):
    """A list in words, with the figures the picture shows."""
    more = [(key, label) for key, label in main_figures(row) if key in ("declared_done", "done")]
    figures = "，".join(f"{label} {words.number(row[key])} {row['unit']}" for key, label in more)
    return (f"{row['title']}：{row['gap_sentence']}{figures + '。' if figures else ''}{rate_sentence(row)}"
            f"图中长条：{row['sentence']}")


# --- changes and promises ------------------------------------------------------------------------
def _kind_of(change):
    before, after = ("" if key == "unknown" else key for key in (change["before"], change["after"]))
    if after in Status.DONE:
        return "other" if before in Status.DONE else "done"
    if Status.FAMILY.get(after) == "stopped":
        return "stopped"
    order = Status.possible()
    forwards = Status.FAMILY[before] in ("none", "doing") and order.index(after) > order.index(before)
    return "moved" if forwards else "other"


def change_groups(figures):
    """[(kind, label, changes)] of the kinds that occurred."""
    rows = {kind: [] for kind in CHANGES}
    for change in figures["changes"]:
        rows[_kind_of(change)].append(change)
    return [(kind, CHANGES[kind], found) for kind, found in rows.items() if found]


def verdict_counts(figures):
    """[(verdict, label, promises)] of the verdicts that occurred, in their order."""
    counts = Counter(row["verdict"] for row in figures["promises"])
    labels = {row["verdict"]: row["verdict_label"] for row in figures["promises"]}
    return [(verdict, labels[verdict], counts[verdict]) for verdict in Verdict.values if counts[verdict]]


def promises_to_show(figures):
    """The promises, those first that were not kept."""
    return sorted(figures["promises"], key=lambda row: URGENT.index(row["verdict"]))


def change_sentence(figures):
    rows = figures["changes"]
    return f"{len(rows)} 个项目的状态和 {figures['before']['title']}末不同。" if rows else "没有项目的状态变动。"


def promise_sentence(figures):
    rows = figures["promises"]
    if not rows:
        return f"没有 {figures['year']} 年到期的承诺。"
    counts = "，".join(f"{label} {count} 条" for _, label, count in verdict_counts(figures))
    return f"{figures['year']} 年到期的承诺 {len(rows)} 条：{counts}。"


def lead(figures):
    """The quarter in one or two sentences: what a reader is told first."""
    if not figures["lists"]:
        return "这一天还没有公布过清单。"
    counts = [(len(rows), "有其他变动" if kind == "other" else label) for kind, label, rows in change_groups(figures)]
    changes = "，".join(f"{count} 个{'' if place else '项目'}{label}" for place, (count, label) in enumerate(counts))
    first = f"这个季度，{changes}。" if changes else "这个季度没有项目的状态变动。"
    kept = next((count for verdict, _, count in verdict_counts(figures) if verdict == Verdict.KEPT), 0)
    due = [row for row in figures["promises"] if row["verdict"] != Verdict.NOT_DUE]
    return first + (f"{figures['year']} 年已到期的承诺 {len(due)} 条，按期完成 {kept} 条。" if due else "")
