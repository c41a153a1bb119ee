"""What a list of projects says: every field of it, one definition each."""
import re
from datetime import date
from decimal import Decimal
from functools import partial

from guicheng import words
from guicheng.excel_import import values as meaning
from guicheng.excel_import.columns import Field, Fields, cells_below, folded
from guicheng.excel_import.percents import is_share
from guicheng.excel_import.values import Unclear
from projects.excel_import.readings import (
    LENGTHS,
    read_category,
    read_community,
    read_day,
    read_department,
    read_departments,
    read_end,
    read_link,
    read_list,
    read_money,
    read_name,
    read_number,
    read_percent,
    read_phone,
    read_progress,
    read_quantity,
    read_staff_words,
    read_start,
    read_status,
    read_words,
)
from projects.models import Status


# --- kinds of fields --------------------------------------------------------------------------------
def show_link(link, stored, finder):
    return f"{stored['new']}（新建）" if isinstance(stored, dict) else finder.called(link, stored)


def text(key, label, words="", width=24, **kw):
    return Field(key, label, words, **{"read": read_words, "costs_row": False} | kw,
                 longest=LENGTHS.get(key, meaning.LONGEST), width=width)


def link(key, label, words="", to="", read=read_link, width=16, costs_row=False):
    return Field(key, label, words, read=read, show=partial(show_link, to), link=to,
                 options=lambda finder: finder.options(to), width=width, costs_row=costs_row)


def day(key, label, words, read):
    return Field(key, label, words, read=read, store=date.isoformat, load=date.fromisoformat, show=show_day, width=12,
                 costs_row=False)


def show_day(stored, finder):
    return words.day(date.fromisoformat(stored))


MONEY = {"read": read_money, "store": "{:.2f}".format, "load": Decimal,
         "show": lambda stored, finder: f"{float(stored):,.10g} 万元", "width": 12, "costs_row": False}
PERCENT = {"read": read_percent, "show": lambda stored, finder: f"{stored}%", "width": 11, "costs_row": False}
QUANTITY = {"read": read_quantity, "store": "{:.2f}".format, "load": Decimal,
            "show": lambda stored, finder: f"{float(stored):,.10g}", "width": 11, "costs_row": False}
STATUS = {"read": read_status, "show": lambda stored, finder: Status.label_of(stored),
          "options": lambda finder: Status.labels, "width": 12, "costs_row": False}
SUPPORTING = {"read": read_departments, "width": 20, "costs_row": False,
              "show": lambda stored, finder: "、".join(finder.called("departments", pk) for pk in stored)}


class ManyField(Field):
    """A field that holds several rows by their keys, sorted."""

    def held_by(self, row):
        return sorted(getattr(row, self.key).values_list("pk", flat=True))


class ProjectFields(Fields):
    OTHERS = re.compile("实际|上期|上月|上季|已完成|已支付|已拨付|历史|原计划|目标$|下月|下期")
    MONTH = re.compile(r"^(?:截至|截止)?\d{1,2}月(?:份|底|末)?")
    SPANS = {"起止时间", "实施时间", "实施期限", "建设工期", "工期", "建设期限", "建设时间", "时间安排", "计划时间"}
    NAME = re.compile("(?:项目|事项|实事|任务|工程)(?:全称|名称|名)$")
    AT = re.compile(r"[（(](?:村|社区|村居|村社区|所属社区|所在社区)[)）]")
    NOW = re.compile("^(?:本月|本期|本季度?|本周|目前|当前|最新|最近|现阶段|截至目前|截至当前|项目|工作|阶段)")

    def is_of_others(self, upper):
        return bool(self.OTHERS.search(upper))

    def guess(self, heading):
        """The very words, or those without what only says when (本月) or in what (%)."""
        key, sure = super().guess(heading)
        text = folded(heading)
        if self.AT.search(heading) and (key == "place" or re.match("所在|所属|申报|属地|实施|建设|地点", text)):
            return "community", 2
        if text in self.SPANS:
            return key, min(sure, 1)  # a column that names the day itself goes before
        bare = re.sub("[%％]$", "", self.NOW.sub("", self.MONTH.sub("", text)))
        if not sure and self.words.get(bare) in ("text", "status", "percent", "problem", "next_step"):
            return self.by_heading(self.words[bare], heading), 2
        if not sure and self.NAME.search(text) and len(text) < 13:
            return "name", 1
        return key, sure

    def meaning(self, heading):
        """计划 over 开始 and 结束 are the days of the plan."""
        upper, _, lower = heading.rpartition("／")
        if upper and re.match("计划|预计|拟", folded(upper)):
            for key, said in (("planned_start", "开始 起 开工 启动 动工"), ("planned_end", "结束 止 完工 竣工 完成")):
                if folded(lower) in said.split():
                    return key, 2
        return super().meaning(heading)

    def by_heading(self, key, heading):
        return "percent" if key == "text" and re.search("[%％]", heading) else key

    def by_cells(self, key, cells, heading):
        """编号 over small numbers is 序号; 进度 is a share or words, as its cells are."""
        texts = [meaning.plain_text(value) for value, _ in cells]
        if key == "code" and texts and sum(map(is_serial, texts)) * 2 > len(texts):
            return "number"
        if key == "percent" and "累计完成" in heading and not any(look == "percent" for _, look in cells):
            return ""  # of money or of things
        said = [(value, look) for value, look in cells if not meaning.says_nothing(value)]
        if key in ("text", "percent") and said and not re.search("[%％]", heading):
            shares = sum(is_share(value, look) or (key == "percent" and meaning.is_number(value))
                         for value, look in said)
            if key == "text" and shares == len(said):
                return "percent"
            if key == "percent" and not shares and not any(re.search(r"\d|成|半", str(value)) for value, _ in said):
                return "text" if "进度" in heading else key
        return key

    def map_columns(self, headings, sheet, below, habits=()):
        """As the headings say; where nothing is called a name, 项目内容 is one."""
        columns = super().map_columns(headings, sheet, below, habits)
        self._tell_shares_from_words(headings, columns, sheet, below)
        self._leave_months_open(headings, columns)
        if "name" not in columns and "code" not in columns and "description" in columns:
            place = columns.index("description")
            if folded(headings[place]) in ("项目内容", "工作内容"):
                columns[place] = "name"
        return columns


    def _tell_shares_from_words(self, headings, columns, sheet, below):
        """进度 that holds shares, but for a word or two, is the percentage where another column has the words."""
        if "text" not in columns or "percent" in columns:
            return
        place = columns.index("text")
        cells = cells_below(sheet, below, place)
        shares = sum(is_share(value, look) for value, look in cells)
        other = next((index for index, heading in enumerate(headings)
                      if not columns[index] and self.meaning(heading) == ("text", 2)), None)
        if "进度" in headings[place] and shares * 2 > len(cells) and other is not None:
            columns[place], columns[other] = "percent", "text"

    def _leave_months_open(self, headings, columns):
        """5月进展 beside 6月进展: nobody but a person says which month is asked for."""
        monthly = {}
        for index, heading in enumerate(headings):
            if self.MONTH.match(folded(heading)):
                monthly.setdefault(self.meaning(heading)[0], []).append(index)
        for places in monthly.values():
            for index in places if len(places) > 1 else ():
                columns[index] = ""


def is_serial(text):
    try:
        return bool(meaning.number_of(text))
    except Unclear:
        return False


# --- the fields -------------------------------------------------------------------------------------
IDENTITY = [
    text("code", "编号", "项目编号 编码 项目编码 代码", width=14),
    link("project_list", "清单", "清单名称 所属清单 所在清单", to="lists", read=read_list, width=22, costs_row=True),
    Field("number", "序号", "清单序号 项目序号 序 NO No 编序 项次", read=read_number, width=7, costs_row=False),
    text("name", "项目名称", "项目 事项 事项名称 实事内容 实事项目 实事名称 工程名称 名称 任务 任务名称 工作任务 "
                         "工作内容及名称 "
         "工作事项 重点工作 要点 民生实事 项目内容及名称 项目（事项） 微实事名称 实施项目 建设项目 重点项目 "
         "重点项目名称 "
         "民生实事项目 书记项目名称 微实事项目 工程项目 工程项目名称 办实事项目 实事事项 "
         "项目全称", read=read_name, width=34, costs_row=True),
]
PLAN = [
    link("category", "类型", "类别 项目类型 项目类别 分类 所属类别 主题 "
                           "领域", to="categories", read=read_category, width=18),
    text("description", "内容", "主要内容 建设内容 项目内容 工作内容 具体内容 项目概况 工作目标 建设内容及规模 "
                              "主要建设内容 "
         "内容简介 项目简介 建设规模及内容 具体措施 主要措施 工作措施", width=34),
    link("community", "社区", "所属社区 所在社区 社区名称 村居 村（居） 实施社区 社居 所属村居 所在村居 申报社区 "
                            "属地社区 所属村 所在村 村社区 "
                            "社区居委会",
         to="communities", read=read_community, width=14),
    text("place", "地点", "建设地点 实施地点 项目地点 地址 位置 项目地址 具体地点 所在位置", width=18),
    link("lead_department", "牵头单位", "责任单位 牵头部门 承办单位 责任部门 主办单位 实施单位 承办部门 牵头责任单位 "
         "主责单位 主责部门 负责单位 负责部门 单位 部门 牵头办局 责任办局 主办部门 牵头责任部门 牵头科室 责任主体 "
         "责任办公室 责任科室",
         to="departments", read=read_department, width=20),
    ManyField("supporting_departments", "配合单位", "协办单位 配合部门 协办部门 协助单位 参与单位 配合责任单位 "
                                                "协同单位",
          **SUPPORTING),
    text("leader", "责任领导", "分管领导 挂点领导 挂钩领导 牵头领导 领导 包案领导 挂钩联系领导", width=10),
    text("contact", "联系人", "责任人 经办人 负责人 具体负责人 具体联系人 项目负责人 经办人员 联络员", width=10),
    text("phone", "办公电话", "联系电话 电话 联系方式 办公室电话 单位电话", read=read_phone, width=16),
    day("planned_start", "计划开始", "计划开始时间 计划开工时间 计划开工 开工时间 开始时间 启动时间 计划开始日期 "
                                 "预计开工时间 "
        "起始时间 计划启动时间 拟开工时间 拟开始时间 计划开工日期", read_start),
    day("planned_end", "计划完成", "完成时限 计划完成时间 完成时间 时限 期限 完成期限 计划完工时间 计划竣工时间 "
                               "截止时间 "
        "竣工时间 预计完成时间 办结时限 计划完工 时间节点 时间要求 实施时间 计划完成日期 拟完成时间 拟完工日期 "
        "计划竣工日期 "
        "目标完成时间 要求完成时间 完成时间节点 时限要求 拟完成日期 预计完成日期 完成日期 完工时间 办理时限 "
        "工作时限 "
        "预计完工时间 预计竣工时间 计划办结时间 起止时间 实施期限 建设工期 工期 建设期限 建设时间 时间安排 计划时间",
        read_end),
    text("schedule_text", "时限原文", "时限说明", width=14),
    Field("budget", "预算（万元）", "预算 投资额 总投资 投资 金额 资金 投资金额 项目预算 概算 总投资额 投资估算 "
                              "投入资金 "
          "预算金额 经费 项目总投资 计划总投资 计划投资 预算资金 预算经费 经费预算 资金预算 项目投资 总投资估算 "
          "估算投资 "
          "投资规模 项目资金 项目经费 所需资金 投资总额 计划投资额 工程造价 概算投资", **MONEY),
    text("completion_standard", "完成标准", "目标 验收标准 年度目标 工作标准 年度工作目标"),
]
PROGRESS = [
    Field("status", "当前状态", "状态 完成情况 项目状态 办理状态 目前状态 是否完成 完成状态 进展状态 推进状态 "
                            "是否已完成 是否办结 "
          "办结情况 实施状态", **STATUS),
    Field("percent", "完成百分比", "百分比 完成率 完成比例 进度百分比 形象进度 工程进度 完成进度 进度（%） 完成度 "
                              "总体进度 "
          "进度% 完成% 进度比例 完成百分率 整体进度 累计完成 工程形象进度", **PERCENT),
    Field("quantity", "完成数量", "已完成数量 累计完成数量 完成数 累计完成数", **QUANTITY),
    text("text", "进展", "进度 进展情况 工作进展 最新进展 项目进展 推进情况 落实情况 目前进展 工作进度 实施进展 "
                       "最新进展情况 "
         "进度情况 实施情况 办理情况 当前进展 最近进展 进展说明 进展描述 工作进展情况 项目进展情况 工作推进情况 "
         "工作落实情况 "
         "目前进展情况 具体进展 主要进展", read=read_progress, width=40),
    day("effective_on", "进展日期", "截至日期 截止日期 填报日期 填报时间 更新时间 更新日期 最近进展日 "
                                "统计日期", read_day),
    text("reason", "原因", "暂停原因 取消原因 暂停或取消原因"),
    text("problem", "存在问题", "问题 困难 存在困难 存在问题及困难 存在的问题 问题与困难 存在问题和困难 困难问题 "
                            "存在的困难 "
         "存在困难及问题 主要问题 存在的主要问题 困难和问题 困难及问题 问题和困难 堵点难点 "
         "问题及困难", read=read_staff_words),
    text("delay_reason", "滞后原因", "未完成原因 延误原因 延期原因 未按期完成原因 逾期原因 滞后的原因 "
                                 "进度滞后原因", read=read_staff_words),
    text("next_step", "下一步", "下一步工作 下一步计划 下步计划 下一步工作计划 下一步工作安排 下步工作 下一步打算 "
                             "下步打算 "
         "下步安排 下阶段计划 下月计划 下月工作安排 下月工作计划 下一步安排 下步工作安排 下步工作计划 下步举措 "
         "下一步举措 下一步工作打算 下一步措施 下步措施 "
         "下步工作打算",
         read=read_staff_words),
    text("coordination", "需协调事项", "需协调 需要协调的问题 需协调解决的问题 协调事项 需协调问题 需街道协调事项 "
                                  "需上级支持事项 需要协调事项 "
                                  "需协调解决事项 "
         "需上级协调事项 需要协调解决的问题 请求协调事项", read=read_staff_words),
]
FIELDS = ProjectFields(
    {"认出是哪个项目": IDENTITY, "计划": PLAN, "进展": PROGRESS}, naming=["name", "code"],
    not_ours=["备注", "说明", "附件", "结果", "属于", "来源", "示例"], endings=False,
    silent=[link("budget_source", "预算来源", to="sources")])

TEMPLATE = [*IDENTITY[:-1], PLAN[0], IDENTITY[-1], *PLAN[1:], *PROGRESS]  # the columns of the workbook to fill in
PLAN_KEYS = ["name", *(field.key for field in PLAN)]
PROGRESS_KEYS = [field.key for field in PROGRESS]
SAID = [key for key in PROGRESS_KEYS if key not in ("effective_on", "reason")]  # what stays said of a project
KEPT = [FIELDS[key] for key in [*PLAN_KEYS, "number", "project_list", "budget_source"]
        if key != "supporting_departments"]  # columns of a project
