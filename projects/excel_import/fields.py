"""What a list of projects says: every field of it, one definition each."""
import re
from datetime import date
from decimal import Decimal
from functools import partial

from guicheng import words
from guicheng.excel_import import values as meaning
from guicheng.excel_import.columns import Field, Fields
from guicheng.excel_import.names import key_of
from guicheng.fields import CleanCharField
from projects.excel_import.statuses import status_of
from projects.models import Project, Status

LENGTHS = {field.name: field.max_length for field in Project._meta.fields if isinstance(field, CleanCharField)}


# --- what a cell says -------------------------------------------------------------------------------
def read_number(line, field):
    return {field.key: meaning.number_of(line.cells[field.key])}


def read_link(line, field):
    return {field.key: line.roster.finder.names(field.link, line.project_list).get(line.text(field.key))}


def read_department(line, field):
    """The office that leads: of several in one cell the first."""
    roster, text = line.roster, line.text(field.key)
    departments = roster.finder.departments
    found = departments.find(text)
    if found is None and key_of(text) in roster.new_departments:
        return {field.key: {"new": roster.new_departments[key_of(text)]}}
    if found is None:
        several = meaning.parts_of(text)
        if len(several) > 1 and (found := departments.find(several[0])):
            line.note(field, f"写了 {len(several)} 个单位，只记第一个为牵头单位")
    if found is None and len(text) <= 80:
        roster.unknown_departments.add(text)
    return {field.key: found or departments.get(text)}


def read_start(line, field):
    first = meaning.span_of(line.cells[field.key], line.roster.year(line))[0]
    if first is None:
        line.note(field, "不是日期，没有导入")
    return {field.key: first} if first else {}


def read_end(line, field):
    """The planned day; the words of the plan where they are no day; the start where the cell names two days."""
    first, last, text, is_range = meaning.span_of(line.cells[field.key], line.roster.year(line))
    plan = {field.key: last} if last else {}
    if text:
        plan["schedule_text"] = text
    if is_range and "planned_start" not in line.cells:
        plan["planned_start"] = first
    known = line.known and line.known.plan
    if last and not text and known and known["schedule_text"] and known[field.key] != field.stored(last):
        plan["schedule_text"] = ""  # an exact day takes the place of 9 月底
    return plan


def read_day(line, field):
    """The day; one later in this month is today."""
    day, today = meaning.day_of(line.cells[field.key], line.roster.year(line)), line.roster.today
    return {field.key: min(day, today) if (day.year, day.month) == (today.year, today.month) else day}


def read_money(line, field):
    return {field.key: meaning.amount_of(line.cells[field.key], line.roster.unit)}


def read_percent(line, field):
    return {field.key: meaning.percent_of(line.cells[field.key], line.roster.fractions)}


def read_status(line, field):
    """The status, or None where the words are none of ours."""
    meaning.text_of(line.cells[field.key])
    return {field.key: status_of(line.cells[field.key])}


# --- kinds of fields --------------------------------------------------------------------------------
def show_link(link, stored, finder):
    return f"{stored['new']}（新建）" if isinstance(stored, dict) else finder.called(link, stored)


def text(key, label, words="", width=24):
    return Field(key, label, words, longest=LENGTHS.get(key, meaning.LONGEST), width=width)


def link(key, label, words="", to="", read=read_link, width=16):
    return Field(key, label, words, read=read, show=partial(show_link, to), link=to,
                 options=lambda finder: finder.options(to), width=width)


def day(key, label, words, read):
    return Field(key, label, words, read=read, store=date.isoformat, load=date.fromisoformat, show=show_day, width=12)


def show_day(stored, finder):
    return words.day(date.fromisoformat(stored))


MONEY = {"read": read_money, "store": "{:.2f}".format, "load": Decimal,
         "show": lambda stored, finder: f"{float(stored):,.10g} 万元", "width": 12}
PERCENT = {"read": read_percent, "show": lambda stored, finder: f"{stored}%", "width": 11}
STATUS = {"read": read_status, "show": lambda stored, finder: Status.label_of(stored),
          "options": lambda finder: Status.labels, "width": 12}


class ProjectFields(Fields):
    def by_heading(self, key, heading):
        return "percent" if key == "text" and re.search("[%％]", heading) else key

    def by_cells(self, key, cells):
        are_numbers = bool(cells) and all(cell.isdecimal() and len(cell) < 6 for cell in cells)
        return "number" if key == "code" and are_numbers else key


# --- the fields -------------------------------------------------------------------------------------
IDENTITY = [
    text("code", "编号", "项目编号 编码 项目编码 代码", width=14),
    link("project_list", "清单", "清单名称 所属清单 所在清单", to="lists", width=22),
    Field("number", "序号", "清单序号 项目序号 序", read=read_number, width=7),
    text("name", "项目名称", "项目 事项 事项名称 实事内容 实事项目 实事名称 工程名称 名称 任务 任务名称 工作任务 "
         "工作事项 重点工作 要点 民生实事 项目内容及名称 项目（事项） 微实事名称", width=34),
]
PLAN = [
    link("category", "类型", "类别 项目类型 项目类别 分类 主题 领域", to="categories", width=18),
    text("description", "内容", "主要内容 建设内容 项目内容 工作内容 具体内容 项目概况 工作目标 建设内容及规模 "
         "内容简介", width=34),
    link("community", "社区", "所属社区 所在社区 社区名称 村居 村（居） 实施社区 社居", to="communities", width=14),
    text("place", "地点", "建设地点 实施地点 项目地点 地址 位置 项目地址", width=18),
    link("lead_department", "牵头单位", "责任单位 牵头部门 承办单位 责任部门 主办单位 实施单位 承办部门 牵头责任单位 "
         "主责单位 负责单位 负责部门 单位 部门 牵头办局", to="departments", read=read_department,
         width=20),
    text("leader", "责任领导", "分管领导 挂点领导 挂钩领导 牵头领导 领导", width=10),
    text("contact", "联系人", "责任人 经办人 负责人 具体负责人 项目负责人", width=10),
    text("phone", "办公电话", "联系电话 电话 联系方式", width=16),
    day("planned_start", "计划开始", "计划开始时间 计划开工时间 计划开工 开工时间 开始时间 启动时间 "
        "起始时间", read_start),
    day("planned_end", "计划完成", "完成时限 计划完成时间 完成时间 时限 期限 完成期限 计划完工时间 计划竣工时间 "
        "竣工时间 预计完成时间 办结时限 计划完工 时间节点 时间要求 实施时间 计划完成日期", read_end),
    text("schedule_text", "时限原文", "时限说明", width=14),
    Field("budget", "预算（万元）", "预算 投资额 总投资 投资 金额 资金 投资金额 项目预算 概算 总投资额 投资估算 "
          "预算金额 经费", **MONEY),
    text("completion_standard", "完成标准", "目标 验收标准 年度目标"),
]
PROGRESS = [
    Field("status", "当前状态", "状态 完成情况 项目状态 办理状态 目前状态 是否完成", **STATUS),
    Field("percent", "完成百分比", "百分比 完成率 完成比例 进度百分比 形象进度 工程进度 完成进度 进度（%） "
          "进度%", **PERCENT),
    text("text", "进展", "进度 进展情况 工作进展 最新进展 项目进展 推进情况 落实情况 目前进展 工作进度 实施进展 "
         "进度情况 实施情况 办理情况 当前进展 最近进展 进展说明", width=40),
    day("effective_on", "进展日期", "截至日期 截止日期 填报日期 填报时间 更新时间 更新日期", read_day),
    text("reason", "原因", "暂停原因 取消原因"),
    text("problem", "存在问题", "问题 困难 存在困难 存在问题及困难 存在的问题 问题与困难"),
    text("delay_reason", "滞后原因", "未完成原因 延误原因"),
    text("next_step", "下一步", "下一步工作 下一步计划 下步计划 下一步工作计划 下一步工作安排 下步工作"),
    text("coordination", "需协调事项", "需协调 需要协调的问题 需协调解决的问题 协调事项"),
]
FIELDS = ProjectFields(
    {"认出是哪个项目": IDENTITY, "计划": PLAN, "进展": PROGRESS}, naming=["name", "code"],
    not_ours=["备注", "说明", "附件", "配合单位", "协办单位", "配合部门", "协办部门", "结果", "属于", "来源", "示例"],
    silent=[link("budget_source", "预算来源", to="sources")])

TEMPLATE = [*IDENTITY[:-1], PLAN[0], IDENTITY[-1], *PLAN[1:], *PROGRESS]  # the columns of the workbook to fill in
PLAN_KEYS = ["name", *(field.key for field in PLAN)]
PROGRESS_KEYS = [field.key for field in PROGRESS]
SAID = [key for key in PROGRESS_KEYS if key not in ("effective_on", "reason")]  # what stays said of a project
KEPT = [FIELDS[key] for key in [*PLAN_KEYS, "number", "project_list", "budget_source"]]  # columns of a project
