"""The quarter as CSV and JSON, for those who compute with it. Pure functions of the document: the same bytes each time.

Anybody can check a JSON file: `jq -cSj .figures FILE | sha256sum` gives its fingerprint.
"""
from guicheng.tables import exports
from guicheng.tables.exports import Column
from projects.document import UNITS_LEFT_OUT
from projects.models import Status
from projects.spooled import indented
from projects.summary import FAMILIES

FIGURES = ["declared", "declared_done", "declared_rate", "recorded", "done", "standing", "unknown", "missing", "rate"]
STATUSES = [(key or "unknown", Status.label_of(key)) for key in Status.possible()]


def render_json(document):
    """The figures with their fingerprint: the hash of `canonical(figures)`, which a reader can make again.

    Of one without the units of what is late nobody can: it says so.
    """
    return b"".join(json_parts(document))


def json_parts(document):
    """The same in pieces."""
    whole = {"fingerprint": document.fingerprint, "sm3": document.sm3, "figures": document.figures}
    said = {"note": UNITS_LEFT_OUT} if document.leaves_units_out else {}
    return indented(whole | said)


def render_csv(document):
    """Every figure of the document, one a line: part, code, name, item, key, figure."""
    return b"".join(csv_parts(document))


def csv_parts(document):
    """The same in pieces."""
    head = document.quarter, document.as_of
    # what repeats from line to line is looked up: there are three lines a project
    columns = [Column(title, title not in ("编号", "名称") or None)
               for title in ("季度", "截至", "部分", "编号", "名称", "项", "键", "数")]
    return exports.csv_parts(columns, ((*head, *row) for row in _rows(document)))


def _rows(document):
    figures = document.figures
    labels = {row["key"].replace("-", "_"): row["label"] for row in figures["definitions"]}
    for row in figures["lists"]:
        head = row["slug"], row["title"]
        yield from _of_a_list("", head, row, labels)
        if row["before"]:
            yield from _of_a_list("上季度末", head, row["before"], labels)
        for part in row["segments"]:
            yield "分段", *head, part["label"], part["family"], part["count"]
        for part, groups in (("按类型", row["by_category"]), ("按社区", row["by_community"])):
            for group in groups:
                yield from _of_a_group(part, head, group)
    for row in figures["counts"]:
        head = "本季度", row["key"], row["label"]
        yield *head, "数", "value", row["value"]
        yield from ((*head, title, key, row[key]) for title, key in (
            ("分子", "numerator"), ("分母", "denominator"), ("比率", "rate")))
    for part, key in (("变动合计", "moves"), ("承诺合计", "verdicts")):
        yield from ((part, row["key"], row["label"], "数", "count", row["count"]) for row in figures[key])
    for part, key in (("逾期", "overdue"), ("到期待核", "pending")):
        for row in figures.get(key, []):
            yield part, row["code"], row["name"], row["status_label"], row["due_on"], 1
    for row in figures["changes"]:
        yield "变动", row["code"], row["name"], f"{row['before_label']} → {row['after_label']}", "changed", 1
    for part, key in (("承诺", "promises"), ("下季度承诺", "next_promises")):
        for row in figures[key]:
            yield part, row["code"], row["name"], row["verdict_label"], row["verdict"], 1
    for row in figures["projects"]:
        yield "项目", row["code"], row["name"], row["status_label"], row["status"], 1
        yield "项目", row["code"], row["name"], "完成百分比", "percent", row["percent"]
        yield "项目", row["code"], row["name"], "预算（万元）", "budget", row["budget"]
    for row in figures["corrections"]:
        yield "更正", row["code"], row["name"], row["label"], row["effective_on"], 1
    yield "指纹", figures["quarter"], figures["title"], "SHA-256", "sha256", document.fingerprint
    yield "指纹", figures["quarter"], figures["title"], "SM3", "sm3", document.sm3


def _of_a_list(when, head, figures, labels):
    """The figures of a list by the end of the quarter, or by that before: then `when` stands before the part."""
    for key in FIGURES:
        if key in figures:  # closes before 0.5.0 knew fewer
            yield f"{when}清单", *head, labels[key], key, figures[key]
    has_rate = figures["rate"] is not None
    for word, part, key in (("分子", "numerator", "done"), ("分母", "denominator", "declared")):
        yield f"{when}清单", *head, f"{labels['rate']}的{word}", f"rate-{part}", figures[key] if has_rate else None
    for key, label in STATUSES:
        yield f"{when}按状态", *head, label, key, figures["by_status"][key]
    for key, label in FAMILIES.items():
        yield f"{when}几种状态合计", *head, label, key, figures["families"][key]


def _of_a_group(part, head, group):
    """A category or community of a list: `part` names the figure, the item names the group."""
    for word, key in (("", "recorded"), ("已完成", "done"), ("暂无进展信息", "unknown")):
        yield f"{part}{word}", *head, group["label"], key, group[key]
    for key, label in STATUSES:
        yield f"{part}{label}", *head, group["label"], f"status-{key}", group["by_status"][key]
    for key, label in FAMILIES.items():
        yield f"{part}合计{label}", *head, group["label"], f"family-{key}", group["families"][key]
