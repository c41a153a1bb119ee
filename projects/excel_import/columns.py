"""Which row of a sheet is the header, and which column fills which field."""
import re
from dataclasses import dataclass

from guicheng.text import clean_text
from projects.excel_import.values import plain_text
from projects.models import ColumnHabit

LOOK_AT = 30  # the header stands in the first so many rows
LONGEST_HEADING = 40


@dataclass(frozen=True)
class Field:
    """Something a column can fill: `key` in the code, `label` for people, the words offices use for it."""

    key: str
    label: str
    words: str = ""


IDENTITY, PLAN, PROGRESS = "认出是哪个项目", "计划", "进展"
GROUPS = {
    IDENTITY: [
        Field("code", "编号", "项目编号 编码 项目编码 代码"),
        Field("project_list", "清单", "清单名称 所属清单 所在清单"),
        Field("number", "序号", "清单序号 项目序号 序"),
        Field("name", "项目名称", "项目 事项 事项名称 实事内容 实事项目 实事名称 工程名称 名称 任务 任务名称 "
              "工作任务 工作事项 重点工作 要点 民生实事 项目内容及名称 项目（事项） 微实事名称"),
    ],
    PLAN: [
        Field("category", "类型", "类别 项目类型 项目类别 分类 主题 领域"),
        Field("description", "内容", "主要内容 建设内容 项目内容 工作内容 具体内容 项目概况 工作目标 "
              "建设内容及规模 内容简介"),
        Field("community", "社区", "所属社区 所在社区 社区名称 村居 村（居） 实施社区 社居"),
        Field("place", "地点", "建设地点 实施地点 项目地点 地址 位置 项目地址"),
        Field("lead_department", "牵头单位", "责任单位 牵头部门 承办单位 责任部门 主办单位 实施单位 承办部门 "
              "牵头责任单位 主责单位 负责单位 负责部门 单位 部门 牵头办局"),
        Field("leader", "责任领导", "分管领导 挂点领导 挂钩领导 牵头领导 领导"),
        Field("contact", "联系人", "责任人 经办人 负责人 具体负责人 项目负责人"),
        Field("phone", "办公电话", "联系电话 电话 联系方式"),
        Field("planned_start", "计划开始", "计划开始时间 计划开工时间 计划开工 开工时间 开始时间 "
              "启动时间 起始时间"),
        Field("planned_end", "计划完成", "完成时限 计划完成时间 完成时间 时限 期限 完成期限 计划完工时间 "
              "计划竣工时间 竣工时间 预计完成时间 办结时限 计划完工 时间节点 时间要求 实施时间 计划完成日期"),
        Field("schedule_text", "时限原文", "时限说明"),
        Field("budget", "预算（万元）", "预算 投资额 总投资 投资 金额 资金 投资金额 项目预算 概算 总投资额 "
              "投资估算 预算金额 经费"),
        Field("completion_standard", "完成标准", "目标 验收标准 年度目标"),
    ],
    PROGRESS: [
        Field("status", "当前状态", "状态 完成情况 项目状态 办理状态 目前状态 是否完成"),
        Field("percent", "完成百分比", "百分比 完成率 完成比例 进度百分比 形象进度 工程进度 完成进度 进度（%） 进度%"),
        Field("text", "进展", "进度 进展情况 工作进展 最新进展 项目进展 推进情况 落实情况 目前进展 工作进度 "
              "实施进展 进度情况 实施情况 办理情况 当前进展 最近进展 进展说明"),
        Field("effective_on", "进展日期", "截至日期 截止日期 填报日期 填报时间 更新时间 更新日期"),
        Field("reason", "原因", "暂停原因 取消原因"),
        Field("problem", "存在问题", "问题 困难 存在困难 存在问题及困难 存在的问题 问题与困难"),
        Field("delay_reason", "滞后原因", "未完成原因 延误原因"),
        Field("next_step", "下一步", "下一步工作 下一步计划 下步计划 下一步工作计划 下一步工作安排 下步工作"),
        Field("coordination", "需协调事项", "需协调 需要协调的问题 需协调解决的问题 协调事项"),
    ],
}
FIELDS = {field.key: field for fields in GROUPS.values() for field in fields}
PROGRESS_KEYS = [field.key for field in GROUPS[PROGRESS]]
PLAN_KEYS = ["name", *(field.key for field in GROUPS[PLAN])]


def folded(heading):
    """A heading without spaces, line breaks, brackets' contents and signs: what is compared."""
    text = re.sub(r"[（(\[【].*?[)）\]】]", "", heading)
    return re.sub(r"[\s*＊:：、,，.。/／]+", "", text) or re.sub(r"\s+", "", heading)


WORDS = {folded(word): field.key for field in FIELDS.values() for word in [field.label, *field.words.split()]}
LONGEST_FIRST = sorted((word for word in WORDS if len(word) > 1), key=len, reverse=True)
NOT_OURS = {"备注", "说明", "附件", "配合单位", "协办单位", "配合部门", "协办部门", "结果", "属于", "来源", "示例"}


def guess(heading):
    """Give (field or "", how sure: 2 the very word, 1 a word at its end, 0 nothing)."""
    text = folded(heading)
    if not text or text in NOT_OURS or len(heading) > LONGEST_HEADING:
        return "", 0
    if text in WORDS:
        return "percent" if WORDS[text] == "text" and re.search("[%％]", heading) else WORDS[text], 2
    for word in LONGEST_FIRST:
        if text.endswith(word) and len(word) > 1:
            return WORDS[word], 1
    return "", 0


def unit_in(heading):
    """The unit of money that stands in a heading: 投资额（亿元）."""
    found = re.search(r"亿元|万元|元", heading)
    return found[0] if found else ""


@dataclass
class Header:
    """Where the header stands: its first row (from 1), how many rows it has, and its headings."""

    row: int
    rows: int
    headings: list
    score: float


def _headings(rows, index, height):
    upper = [clean_text(plain_text(cell)) for cell in rows[index]]
    if height == 1:
        return upper
    lower = [clean_text(plain_text(cell)) for cell in rows[index + 1]]
    width = max(len(upper), len(lower))
    upper, lower = upper + [""] * (width - len(upper)), lower + [""] * (width - len(lower))
    return [low if not up or low == up else f"{up}／{low}" if low else up
            for up, low in zip(upper, lower, strict=True)]


def meaning(heading):
    """What a heading means; of a heading in two storeys the lower one first."""
    for part in [heading.rsplit("／", 1)[-1], heading]:
        field, sure = guess(part)
        if sure:
            return field, sure
    return "", 0


def _score(headings):
    found = {}
    for heading in headings:
        field, sure = meaning(heading)
        if sure:
            found[field] = max(found.get(field, 0), sure)
    named = 2 if "name" in found or "code" in found else 0
    return sum(found.values()) + named if len(found) > 1 else 0


def find_header(rows):
    """The row, or the two rows, in which most headings are known; None where nothing looks like a header."""
    best = None
    for index, row in enumerate(rows[:LOOK_AT]):
        if len({cell for cell in map(plain_text, row) if cell}) < 2:
            continue
        for height in (1, 2):
            if height == 2 and (index + 1 >= len(rows) or not _is_second_storey(row, rows[index + 1])):
                continue
            headings = _headings(rows, index, height)
            score = _score(headings)
            if score and (best is None or score > best.score or (height == 2 and score >= best.score
                                                                 and best.row == index + 1)):
                best = Header(index + 1, height, headings, score)
    return best


def _is_second_storey(upper, lower):
    """Whether merged cells tie the two rows together: down (序号 above 序号) or across (进展, 进展)."""
    down = any(up == low != "" for up, low in zip(upper, lower, strict=False))
    across = any(left == right != "" for left, right in zip(upper, upper[1:], strict=False))
    return down and across and len({plain_text(cell) for cell in lower if cell != ""}) > 1


def header_at(rows, row, height=1):
    """The header that a person says stands in this row."""
    headings = _headings(rows, row - 1, height) if row <= len(rows) else []
    return Header(row, height, headings, _score(headings))


def choose_sheet(sheets):
    """The sheet whose header is the most recognisable, and that header."""
    found = [(find_header(sheet.rows), -index, sheet) for index, sheet in enumerate(sheets)]
    found = [(header.score - (0.5 if sheet.is_hidden else 0), order, sheet, header)
             for header, order, sheet in found if header]
    if not found:
        return None, None
    _, _, sheet, header = max(found, key=lambda each: each[:2])
    return sheet, header


def map_columns(headings, rows, user):
    """For each column the field it fills: what this person said before, else the common words; each field once."""
    habits = {habit.heading: habit.field for habit in ColumnHabit.objects.filter(user=user)}
    sure, columns = [], [""] * len(headings)
    for index, heading in enumerate(headings):
        key = folded(heading)[:120]
        field, weight = (habits[key], 3) if key in habits else meaning(heading)
        if field == "code" and weight < 3 and _all_numbers(rows, index):
            field = "number"
        if field in FIELDS:
            sure.append((-weight, index, field))
    for _, index, field in sorted(sure):
        if field not in columns:
            columns[index] = field
    return columns


def _all_numbers(rows, index):
    cells = [plain_text(row[index]) for row in rows[:50] if index < len(row) and row[index] != ""]
    return bool(cells) and all(cell.isdecimal() and len(cell) < 6 for cell in cells)


def learn(user, headings, before, after):
    """Remember where a person corrected what a column means."""
    for heading, old, new in zip(headings, before, after, strict=True):
        key = folded(heading)[:120]
        if key and old != new:
            ColumnHabit.objects.update_or_create(user=user, heading=key, defaults={"field": new})
