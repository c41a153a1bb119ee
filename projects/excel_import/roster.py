"""The list of projects: which project a row speaks of, what it would change, and whether this person may."""
import re
from datetime import date
from functools import cached_property

from django.utils import timezone

from guicheng import words
from guicheng.excel_import.amounts import unit_above, unit_in
from guicheng.excel_import.names import NotFound, key_of
from guicheng.excel_import.percents import scale_of
from guicheng.excel_import.rows import LEAVE, Outcome, Remark, Roster
from guicheng.excel_import.values import Choice, half_width, has_private_number, plain_text
from guicheng.natural_keys import new_code
from projects.excel_import.fields import FIELDS, PLAN_KEYS, PROGRESS_KEYS, SAID
from projects.excel_import.matching import Finder
from projects.excel_import.statuses import status_of
from projects.excel_import.units import community_named
from projects.excel_import.writer import Writer
from projects.models import Status, WatchedWord

NEW = "new"  # the answer that a row speaks of no project that is there
NO_NEWS = "已公布，暂无进展信息", "暂无进展信息", "没有消息"  # what our own lists print where nothing was said


def _day(stored):
    return words.day(date.fromisoformat(stored))


class ProjectRoster(Roster):
    """The rows of one batch, for the person who uploaded it. A line has its list, code, name and number as well."""

    fields, thing = FIELDS, "项目"

    counts_anew = False  # whether each sheet numbers its rows from 1

    def __init__(self, batch, table=None, read_sheet=None, year=None):
        """`read_sheet`: how the sheet of the table is read. `year`: of days that are written without one, else that of
        the list or of the day of reporting."""
        super().__init__(table)
        self.given_year, self.read_sheet = year, read_sheet
        self.project_list = batch.project_list_id or (read_sheet.project_list if read_sheet else None)
        self.batch, self.today = batch, timezone.localdate()
        self.unknown_departments, self.numbers = set(), {}
        self.new_departments = {key_of(name): name for name in batch.new_departments}

    def follow(self, before):
        """Know what the roster of the sheet before saw."""
        self.finder, self.first_seen, self.numbers = before.finder, before.first_seen, before.numbers

    @cached_property
    def finder(self):
        return Finder(self.batch.uploader)

    @cached_property
    def watched(self):
        return list(WatchedWord.objects.active())

    @cached_property
    def unit(self):
        """The unit of money that the person states, or the heading, or what stands above it; "" where none does."""
        if self.read_sheet.unit:
            return self.read_sheet.unit
        place = self.table.places.get("budget")
        above = [plain_text(cell) for row in self.table.above for cell in row if cell != ""]
        return (unit_in(self.table.headings[place]) if place is not None else "") or unit_above(above)

    @cached_property
    def scale(self):
        """What 1 means among the percentages: 1 % or 100 %."""
        if self.read_sheet.scale:
            return self.read_sheet.scale
        heading = self.table.headings[self.table.places["percent"]] if "percent" in self.table.places else ""
        return scale_of(self.table.cells("percent"), bool(re.search("[%％]", heading)))

    @property
    def is_text_file(self):
        return self.table.sheet.name == "CSV"

    @cached_property
    def community(self):
        """The community whose name the sheet bears, or None."""
        name = community_named(self.table.sheet.name)
        return self.finder.communities.find(name) if name else None

    def year(self, line):
        """The year of a day that a cell writes without one."""
        return self.given_year or self.finder.years.get(line.project_list) or self.batch.effective_on.year

    # --- which project ------------------------------------------------------------------------------
    def prepare(self, lines):
        for line in lines:
            line.is_left_out, line.put_off = False, []
            self._place(line)
        self.finder.read_lists({line.project_list for line in lines})
        self.finder.read_codes({code for line in lines for code in (line.code, line.answer("which")) if code})
        self.finder.read_codes({code for line in lines if self._is_on_any_list(line)
                                for code, _ in self.finder.namesakes.get(key_of(line.name), [])})

    def _place(self, line):
        """The list, code, number and name that a row states."""
        line.code, line.project_list = line.text("code"), self.project_list
        said = self.read(line, ["name", "project_list"])
        line.name, line.project_list = said.get("name", ""), said.get("project_list", line.project_list)
        line.serial = self.read(line, ["number"]).get("number") if line.project_list else None
        line.row_number = line.serial
        if line.serial and (self.counts_anew or line.answer("number_means") == "line"):
            line.notes.append(Remark("“序号”只当行号，没有记", "number"))
            line.serial = None

    def identify(self, line):
        try:
            line.known = self._chosen(line) or self.finder.find(line.project_list, line.code, line.serial, line.name)
        except NotFound as fault:
            line.problems.append(Remark(str(fault), "", fault.choices, fault.question))
            return
        if line.known is None and line.name:
            line.known = self._namesake(line)
        if line.known and line.known.plan["project_list"] != line.project_list:
            if "project_list" in line.cells:
                line.notes.append("“清单”和系统里的不同，没有改")
            line.project_list = line.known.plan["project_list"]
        if line.known is None and not line.name:
            line.problems.append("没有写项目名称，也没有能认出项目的编号")
            return
        if line.known or line.code:
            self.once(line, line.known.pk if line.known else (line.project_list, line.code))
        else:
            self._ask_of_twins(line)

    def _chosen(self, line):
        """The project that a person said the row speaks of."""
        return self.finder.by_code.get(line.answer("which"))

    def _ask_of_twins(self, line):
        """Two new rows of one name in one place may be one project or two: people say which."""
        said = line.text("community")
        place = self.finder.communities.find(community_named(said)) or said if said else self.community
        first = self.first_of(line, (line.project_list, key_of(half_width(line.name)), place))
        if first == line.where or line.answer("twin") == "another":
            return
        if line.answer("twin") == "same":
            line.is_left_out = True
            line.notes.append(Remark(f"和{first}是同一个项目，只导入{first}", "name"))
        else:
            line.questions.append(Remark(f"和{first}同名：是同一个项目，还是另一个", "name", [
                Choice("another", "是另一个项目"), Choice("same", f"是同一个，只导入{first}")], "twin"))

    def _is_on_any_list(self, line):
        """Whether neither the row, nor the sheet, nor the person says on which list the project is."""
        return not (line.project_list or line.code or self.batch.no_list or line.problems)

    def _namesake(self, line):
        """The one project of this name on another list, if the row leaves the list open; else a note names them all."""
        same = self.finder.namesakes.get(key_of(line.name), [])
        if len(same) == 1 and self._is_on_any_list(line):
            return self.finder.by_code[same[0][0]]
        if same and line.answer("which") != NEW:
            line.notes.append(Remark(
                f"系统里已有同名的项目：{'、'.join(said for _, said in same[:3])}，如果就是它，请填编号", "", [
                    *[Choice(code, f"就是{said}") for code, said in same[:3]], Choice(NEW, "是新的项目")], "which"))
        return None

    def fetch(self, lines):
        self.finder.read_said({line.known.pk: line.known for line in lines if line.known}.values())

    # --- what it would change -----------------------------------------------------------------------
    def compare(self, line):
        plan, progress, line.postponement = self._plan(line), self._progress(line), None
        line.read = plan | progress | ({"number": line.row_number} if line.row_number else {})
        is_new = line.known is None or line.known.is_dropped
        if not line.problems:
            plan = self._new(line, plan) if is_new else self._changed(line, self._ask_of_later(line, plan))
            progress = self._said(line, progress)
        if line.problems or line.questions:
            line.outcome = Outcome.WRONG if line.problems else Outcome.ASK
            line.values = {"plan": plan, "progress": progress}
            return
        if line.is_left_out:
            line.outcome, line.values, line.before = Outcome.UNCHANGED, {"plan": {}, "progress": {}}, {}
            return
        self._warn(line, [*plan.values(), *progress.values(), *(line.postponement or {}).values()])
        old = {} if is_new else line.known.plan
        is_changed = plan or progress or line.postponement
        line.outcome = Outcome.NEW if is_new else Outcome.CHANGED if is_changed else Outcome.UNCHANGED
        line.values = {"plan": plan, "progress": progress}
        if line.postponement:
            line.values["postponement"] = line.postponement
        line.before = {key: old[key] for key in plan if not is_new}
        line.changes = [
            *self.changes({key: value for key, value in plan.items() if key in PLAN_KEYS or key == "number"}, old),
            *self.changes({key: value for key, value in progress.items() if key != "effective_on"},
                          line.known.said if line.known else {})]
        if line.postponement:
            shown = FIELDS["planned_end"].shown
            line.changes += [["延期到", shown(line.known.due, self.finder),
                              shown(line.postponement["postponed_to"], self.finder)],
                             ["延期原因", "", line.postponement["reason"]]]

    def write(self, rows):
        Writer(self.batch).write(rows)

    def _warn(self, line, written):
        """Ask about the words of the list, as the form for one statement does; the row is imported all the same."""
        text = "\n".join(value["new"] if isinstance(value, dict) else value for value in written
                         if isinstance(value, str | dict))
        line.notes += [f"请核对“{word.word}”：{word.advice.rstrip('。')}" for word in self.watched if word.word in text]

    # --- the plan -----------------------------------------------------------------------------------
    def _plan(self, line):
        """What the row says of the plan: {field: stored value}."""
        plan = ({"name": line.name} if line.name else {}) | self.read(line, PLAN_KEYS[1:])
        if line.section and "category" not in line.cells and line.project_list:
            found = self.finder.categories(line.project_list).find(line.section)
            plan |= {"category": found} if found else {}
        if self.community and "community" not in line.cells:
            plan["community"] = self.community
        elif self.community and plan.get("community") not in (None, self.community):
            line.notes.append(Remark("“社区”和工作表的名字不同，按格子里写的记", "community"))
        start, end = plan.get("planned_start"), plan.get("planned_end")
        if line.known and not line.known.is_dropped:
            start, end = start or line.known.plan["planned_start"], end or line.known.plan["planned_end"]
        if start and end and start > end:
            line.problems.append(Remark("“计划开始”不能晚于“计划完成”", "planned_end"))
        return plan

    def _new(self, line, plan):
        """A new project, or one that an undone import left: all that the row says is written."""
        finder = self.finder
        if not finder.everything:
            if not plan.get("lead_department") and not plan.get("community"):
                own = [("lead_department", pk) for pk in finder.own_departments]
                own += [("community", pk) for pk in finder.own_communities]
                plan |= dict(own) if len(own) == 1 else {}
            if not finder.is_own(plan):
                line.problems.append("新项目的牵头单位或社区要是你自己的")
        if line.code and not line.known:
            if not re.fullmatch(r"[-A-Za-z0-9_]{1,40}", line.code):
                line.problems.append("新项目的编号只能用字母、数字、“-”和“_”")
            elif line.code in finder.codes:
                line.problems.append("这个编号已被别的项目使用")
        if line.serial and self.numbers.setdefault((line.project_list, line.serial), line.where) == line.where:
            plan["number"] = line.serial
        elif line.serial:
            first = self.numbers[line.project_list, line.serial]
            line.notes.append(Remark(f"“序号”{line.serial} 和{first}的一样，没有记", "number"))
            line.read.pop("number", None)
        return self._with_budget_source(plan) | {"code": self._code(line), "project_list": line.project_list}

    def _ask_of_later(self, line, plan):
        """A later day is a postponement, whose reason is asked for as everywhere else; an earlier one is told."""
        due, before = plan.get("planned_end"), line.known.due
        if not due or not before or due == before or due == line.known.plan["planned_end"]:
            return plan
        if due < before:
            if self._may_change_plan(line):
                line.notes.append(Remark(f"“计划完成”比原来的{_day(before)}早", "planned_end"))
            return plan
        if line.known.waiting_due == due:
            line.notes.append(Remark(f"延期到{_day(due)}已在送审", "planned_end"))
        elif line.answer("later") == "postpone" and self._may_be_put_off(line, due) and line.answers["later"][1]:
            line.postponement = {"postponed_to": due, "reason": line.answers["later"][1],
                                 "effective_on": FIELDS["effective_on"].stored(self.batch.effective_on)}
        elif not self._may_change_plan(line):
            line.put_off = self._put_off(line, due)
            return plan  # whose column is named as not theirs
        elif line.answer("later") != LEAVE:
            line.questions.append(Remark(
                f"“计划完成”从{_day(before)}推迟到{_day(due)}：是延期，请写原因；不延期就不改", "planned_end",
                [*self._put_off(line, due), Choice(LEAVE, "不延期，计划完成不改")], "later"))
        return {key: value for key, value in plan.items() if key not in ("planned_end", "schedule_text")}

    def _put_off(self, line, due):
        is_possible = self._may_be_put_off(line, due)
        return [Choice("postpone", f"是延期，延到{_day(due)}", "延期原因（公开）")] if is_possible else []

    def _may_be_put_off(self, line, due):
        """As on the project's own page: not to a day that was over, and nothing that is finished."""
        is_over = line.known.said.get("status") in {*Status.DONE, Status.CANCELLED}
        return due >= FIELDS["effective_on"].stored(self.batch.effective_on) and not is_over

    def _may_change_plan(self, line):
        return self.finder.may_change or line.known.is_own_draft

    def _code(self, line):
        """The code of a new project: its own again, the one it states, else one of its list."""
        slug = self.finder.slugs.get(line.project_list, "p")[:28]
        return line.known.code if line.known else line.code or f"{slug}-{new_code()}"

    def _changed(self, line, plan):
        """What differs from the project as it is; to change it needs the right to."""
        known = line.known.plan
        is_free = (line.project_list, line.serial) not in self.finder.taken_numbers
        if line.serial and known["number"] is None and is_free and self.finder.may_change:
            plan["number"] = line.serial
        if plan.get("planned_end") == line.known.due:
            del plan["planned_end"]
        plan = {key: value for key, value in plan.items() if (value or None) != (known[key] or None)}
        if "name" in plan and key_of(plan["name"]) == key_of(known["name"]):
            del plan["name"]  # the same name with other signs
        if plan and not self._may_change_plan(line):
            plan = self._not_theirs(line, plan)
        elif plan and not (self.finder.may_change or self.finder.is_own(known | plan)):
            line.problems.append("牵头单位或社区要有一个是你自己的，不能改到别的单位去")
        return self._with_budget_source(plan)

    def _not_theirs(self, line, plan):
        """Leave the plan as it is and the rest of the row in force; name the columns that this person filled."""
        cells = dict.fromkeys(line.filled_by[key] for key in plan if key in line.filled_by)
        names = "”“".join(FIELDS[key].label for key in cells)
        if names:
            line.notes.append(Remark(f"“{names}”和系统里的不同，你不能改，没有导入", "", line.put_off, "later"))
        return {}

    def _with_budget_source(self, plan):
        return plan | {"budget_source": self.batch.source_id} if "budget" in plan else plan

    # --- the progress -------------------------------------------------------------------------------
    def _progress(self, line):
        """What the row says of the progress: {field: stored value}."""
        line.said_as_status = ""
        said = self.read(line, PROGRESS_KEYS)
        if said.get("text") in NO_NEWS:
            del said["text"]
        if line.said_as_status in NO_NEWS:
            line.notes = [note for note in line.notes if note.key != "status"]
        elif line.said_as_status:
            said["text"] = "。".join(filter(None, [line.said_as_status.rstrip("。"), said.get("text")]))
        if "status" not in line.cells and (status := status_of(said.get("text", ""))):
            said["status"] = status
        self._reason(line, said)
        if said.get("status") == Status.COMPLETED and said.get("percent", 100) < 100:
            line.notes.append(Remark(f"状态是已完成，完成百分比却是 {said['percent']}%，请核对", "percent"))
        if said.get("status") == Status.PLANNED and said.get("percent"):
            line.notes.append(Remark(f"状态是筹备中，完成百分比却是 {said['percent']}%，请核对", "percent"))
        return {key: value for key, value in said.items() if value not in ("", None)}

    @staticmethod
    def _reason(line, said):
        """Why it stands still, which may stand in another column; without any reason the status is not taken in."""
        if said.get("status") not in Status.NEED_REASON or said.get("reason"):
            return
        if found := next((key for key in ("delay_reason", "problem") if said.get(key)), ""):
            if has_private_number(said[found]):
                return
            said["reason"] = said[found]
            line.notes.append(Remark(f"暂停或不再实施的原因取自“{FIELDS[found].label}”，会公开", found))

    def _said(self, line, progress):
        """What is new in it: what was said already, published or waiting for review, is not said again."""
        before, stated = (line.known.said, line.known.stated) if line.known else ({}, ())
        effective_on = FIELDS["effective_on"]
        today, day = effective_on.stored(self.today), effective_on.stored(self.batch.effective_on)
        day = progress.get("effective_on") or day
        fresh = {key: progress[key] for key in SAID if key in progress and progress[key] != before.get(key)
                 and (day, key, progress[key]) not in stated}
        if not fresh:
            return {}
        if day > today:
            line.problems.append("“进展日期”不能在今天以后")
        elif line.known and line.known.last_day > day:
            later = _day(line.known.last_day)
            line.notes.append(f"系统里有 {later}的进展，这一条更早，导入后记在它前面，不改变当前状态")
        if fresh.get("status") in Status.NEED_REASON:
            if not progress.get("reason"):
                line.notes.append(Remark("暂停或不再实施要写明原因，没有写，状态没有导入", "status"))
                del fresh["status"]
                if not fresh:
                    return {}
            fresh["reason"] = progress.get("reason", "")
        if not fresh.keys() & {"status", "percent", "text"}:
            again = next(((key, before[key]) for key in ("status", "percent", "text") if key in before), None)
            if again is None:
                for key in fresh:
                    line.notes.append(Remark(f"“{FIELDS[key].label}”要和进展、状态或完成百分比一起写，没有导入", key))
                    line.read.pop(key, None)
                return {}
            fresh[again[0]] = again[1]
        return fresh | {"effective_on": day}
