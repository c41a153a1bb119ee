"""The sheets for staff: the lights of the projects, and what the clerks wrote beside them."""
from datetime import date

from guicheng import words
from guicheng.tables.worksheet import Column
from projects.models.lights import ALWAYS

LIGHTS = {  # colour: shape, ink, ground; a shape and a word stand with each colour
    "red": ("■", "#8C1717", "#FBEEEC"), "yellow": ("▲", "#7A4D0B", "#FDF3DF"), "green": ("●", "#155C39", "#E7F3EC"),
    "blue": ("√", "#1D4F8C", "#E8F0F9"), "grey": ("‖", "#1D1F23", "#E3E1DC"), "white": ("○", "#50555D", "#FFFFFF"),
}
STYLES = {
    f"light-{colour}": {"font_color": ink, "bg_color": ground, "bold": True, "align": "center"}
    for colour, (_, ink, ground) in LIGHTS.items()
}
NO_PUBLIC = "内部使用，不对外公开。"


def _light(row):
    return f"{LIGHTS[row['colour']][0]} {row['word']}"


def _style(row):
    return f"light-{row['colour']}"


LIGHT_COLUMNS = [
    Column("灯", _light, _style), Column("说明", lambda row: row["label"], _style),
    Column("项目", lambda row: row["name"], "strong"), Column("编号", lambda row: row["code"]),
    Column("清单", lambda row: row["list_title"]), Column("牵头单位", lambda row: row["department"]),
    Column("社区", lambda row: row["community"]), Column("应于（含延期）", lambda row: row["due_on"], "day"),
    Column("晚几天", lambda row: row["days_late"]), Column("为什么", lambda row: row["sentence"]),
]


def lights(document, new):
    """How many of each light by which rule, and every project's, the gravest and latest first."""
    report = document.report
    sheet = new(f"{document.title}红黄灯", widths=[10, 12, 34, 16, 24, 18, 10, 12, 9, 52], repeated=3)
    sheet.write(NO_PUBLIC)
    found, counts = report.get("lights", []), report.get("light_counts", [])
    if not found:
        sheet.write("没有可以亮灯的项目。")
        return sheet
    sheet.write(_rule(report.get("light_rule")))
    sheet.tally([(f"{_light(row)}", row["count"], _style(row)) for row in counts])
    order = [row["colour"] for row in counts]
    rows = sorted(found, key=lambda row: (order.index(row["colour"]), -row["days_late"], row["code"]))
    sheet.table(LIGHT_COLUMNS, rows, main=True, frozen=3)
    return sheet


def _rule(rule):
    if rule is None:
        return "没有查到这一天的亮灯规则。"
    day = date.fromisoformat(rule["effective_on"])
    since = "最初的规则" if day == ALWAYS else f"{words.day(day)}起的规则"
    return (
        f"{since}：落后 {rule['yellow_from']} 个百分点起，或离到期不超过 {rule['due_within']} 个工作日，亮黄灯；"
        f"落后超过 {rule['red_from']} 个百分点、逾期或计划开始后 {rule['not_started_months']} 个月没有开工，亮红灯。"
    )


WORDS = {"problem": "存在问题", "delay_reason": "滞后原因", "next_step": "下一步", "coordination": "需要协调"}


def clerks_words(document, new):
    sheet = new(f"{document.title}经办人写的情况", widths=[15, 34, 24, *[34] * 4])
    sheet.write(NO_PUBLIC)
    rows = document.report.get("words", [])
    if not rows:
        sheet.write("经办人没有写存在问题、滞后原因、下一步和需要协调的事。")
        return sheet
    known = {row["code"]: row for row in document.figures["projects"]}

    def of(row, key):
        return known.get(row["code"], {}).get(key, "")

    sheet.table([
        Column("编号", lambda row: row["code"]), Column("项目", lambda row: of(row, "name"), "strong"),
        Column("牵头单位", lambda row: of(row, "department")),
        *(Column(word, lambda row, key=key: row.get(key, "")) for key, word in WORDS.items()),
    ], rows, main=True, frozen=2)
    return sheet


def reporting(document, new):
    """The 报送任务 of the quarter: how many units were asked and had answered by the closing. No unit is named."""
    sheet = new(f"{document.title}报送任务", widths=[40, 44, 12, 12, 16, 10, 14])
    sheet.write(NO_PUBLIC)
    rows = document.report.get("reporting", [])
    if not rows:
        sheet.write("本季度没有布置报送任务。")
        return sheet

    def at_close(key):
        return lambda row: row[key] if row["is_closed"] else "在报"

    sheet.table([
        Column("报送任务", lambda row: row["title"], "strong"), Column("依据", lambda row: row["ground"]),
        Column("统计截止", lambda row: row["as_of"], "day"), Column("问的单位", lambda row: row["units"]),
        Column("关闭时报齐", at_close("units_answered")), Column("问的行", lambda row: row["rows"]),
        Column("关闭时已答", at_close("rows_answered")),
    ], rows, main=True)
    return sheet
