"""Every row of an uploaded list: new, changed field by field, unchanged, or wrong with a sentence."""
from collections import Counter
from datetime import date

from django.db import transaction
from django.utils import timezone

from guicheng import words
from guicheng.fields import CleanCharField
from guicheng.natural_keys import new_code
from projects.excel_import import values as meaning
from projects.excel_import.columns import FIELDS, PLAN_KEYS, PROGRESS_KEYS, folded, unit_in
from projects.excel_import.matching import SAID, Finder, NotFound, key_of, stored
from projects.excel_import.values import Unclear, plain_text
from projects.models import ImportRow, Project, Status, WatchedWord

CHUNK = 1000
Outcome = ImportRow.Outcome
LENGTHS = {field.name: field.max_length for field in Project._meta.fields if isinstance(field, CleanCharField)}
TOTALS = ("合计", "总计", "小计", "共计")
NOTES = ("备注", "注：", "注:", "说明", "填表", "填报人", "填报单位", "审核人", "制表", "联系人：", "联系人:")


def preview(batch, sheet, saw=lambda done: None):
    """Bring the batch's rows to what its sheet says, compared with what is there. `saw` is told how far it is."""
    reader = RowReader(batch, sheet)
    ImportRow.objects.filter(batch=batch).delete()
    counts, done = Counter(), 0
    for chunk in chunks(reader.rows(), CHUNK):
        rows = reader.judge(chunk)
        ImportRow.objects.bulk_create(rows)
        counts.update(row.outcome for row in rows)
        done += len(chunk)
        saw(done)
    batch.counts = {outcome: counts[outcome] for outcome in Outcome.values}
    batch.skipped = reader.skipped
    batch.state = batch.State.PREVIEWED
    batch.unknown_departments = sorted(reader.unknown_departments)
    batch.save(update_fields=["counts", "skipped", "state", "unknown_departments"])


def chunks(rows, size):
    chunk = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


class Line:
    """One row on its way: its cells by field, what was found, what is wrong."""

    def __init__(self, number, cells, fields, section):
        self.number, self.cells, self.fields, self.section = number, cells, fields, section
        self.project_list = self.known = self.code = self.serial = None
        self.name, self.wrong, self.notes = "", [], []

    def text(self, key):
        return plain_text(self.fields[key]) if key in self.fields else ""


class RowReader:
    """Reads the rows of one batch for the person who uploaded it."""

    def __init__(self, batch, sheet):
        self.batch, self.sheet = batch, sheet
        self.finder = Finder(batch.uploader, batch.project_list_id)
        self.first = batch.header_row - 1 + batch.header_rows
        self.columns = [(index, key) for index, key in enumerate(batch.columns) if key]
        self.labels = {key: batch.headings[index].split("／")[-1].replace("\n", "") for index, key in self.columns}
        self.unit = next((unit_in(batch.headings[index]) for index, key in self.columns if key == "budget"), "")
        self.fractions = self._are_fractions()
        self.skipped, self.first_seen, self.today = 0, {}, timezone.localdate()
        self.unknown_departments = set()
        self.watched = list(WatchedWord.objects.active())
        self.new_departments = {key_of(name): name for name in batch.new_departments}

    def _are_fractions(self):
        """Whether the percentages are cells shown as a percentage: then 1 is 100 %, else 1 %."""
        index = next((index for index, key in self.columns if key == "percent"), None)
        cells = [row[index] for row in self.sheet.rows[self.first:] if index is not None and index < len(row)]
        figures = [cell for cell in cells if isinstance(cell, float | int) and not isinstance(cell, bool)]
        return bool(figures) and max(figures) <= 1

    # --- which rows there are -----------------------------------------------------------------------
    def rows(self):
        """The rows below the header, without blank ones, totals, notes and headings between them."""
        section = ""
        head = [folded(heading) for heading in self.batch.headings]
        for index, cells in enumerate(self.sheet.rows[self.first:], self.first + 1):
            texts = [plain_text(cell) for cell in cells]
            filled = [text for text in texts if text]
            if not filled:
                continue
            if len(set(filled)) == 1 and len(head) > 2:
                if self._is_section(filled[0], cells):
                    section = filled[0]
                    self.skipped += 1
                    continue
            elif folded(texts[0]) == head[0] and [folded(text) for text in texts][:len(head)] == head[:len(texts)]:
                self.skipped += 1
                continue
            if filled[0].startswith((*TOTALS, *NOTES)):
                self.skipped += 1
                continue
            fields = {key: cells[column] for column, key in self.columns
                      if column < len(texts) and texts[column] != ""}
            yield Line(index, cells, fields, section)

    def _is_section(self, text, cells):
        """Whether a row with one text only is a heading between the rows (一、民生设施), not a project's bare name."""
        name_column = next((index for index, key in self.columns if key == "name"), None)
        at_name = name_column is not None and name_column < len(cells) and plain_text(cells[name_column]) == text
        alone = sum(1 for cell in cells if plain_text(cell)) == 1
        return not (alone and at_name)

    # --- what they mean -----------------------------------------------------------------------------
    def judge(self, lines):
        """Give the rows of a chunk, judged: all lookups of the chunk at once."""
        for line in lines:
            self._place(line)
        self.finder.read_lists({line.project_list for line in lines})
        self.finder.read_codes({line.code for line in lines if line.code})
        self.finder.read_codes({code for line in lines if self._is_on_any_list(line)
                                for code, _ in self.finder.namesakes.get(key_of(line.name), [])})
        for line in lines:
            self._identify(line)
        self.finder.read_said({line.known.pk: line.known for line in lines if line.known}.values())
        return [self._compare(line) for line in lines]

    def _place(self, line):
        """The list, code, number and name that a row states."""
        line.project_list = self.batch.project_list_id
        try:
            line.code, line.name = line.text("code"), meaning.text_of(line.fields.get("name", ""), LENGTHS["name"])
        except Unclear as fault:
            self._fault(line, "name", fault)
        if title := line.text("project_list"):
            try:
                line.project_list = self.finder.lists.get(title)
            except NotFound as fault:
                self._fault(line, "project_list", fault)
        if "number" in line.fields and line.project_list:
            try:
                line.serial = meaning.number_of(line.fields["number"])
            except Unclear as fault:
                self._fault(line, "number", fault)

    def _fault(self, line, key, fault):
        """Name the column; a sentence that goes on from it needs no colon."""
        colon = "" if str(fault)[0] in "是太应" else "："
        line.wrong.append(f"“{self.labels.get(key, FIELDS[key].label)}”{colon}{fault}")

    def _identify(self, line):
        if line.wrong:
            return
        try:
            line.known = self.finder.find(line.project_list, line.code, line.serial, line.name)
        except NotFound as fault:
            line.wrong.append(str(fault))
            return
        if line.known is None and line.name:
            line.known = self._namesake(line)
        if line.known and line.known.plan["project_list"] != line.project_list:
            if "project_list" in line.fields:
                line.notes.append("“清单”和系统里的不同，没有改")
            line.project_list = line.known.plan["project_list"]
        if line.known is None and not line.name:
            line.wrong.append("没有写项目名称，也没有能认出项目的编号")
            return
        identity = line.known.pk if line.known else (line.project_list, line.code or line.serial or key_of(line.name))
        first = self.first_seen.setdefault(identity, line.number)
        if first != line.number:
            line.wrong.append(f"和第 {first} 行是同一个项目，只导入第 {first} 行")

    def _is_on_any_list(self, line):
        """Whether neither the row, nor the sheet, nor the person says on which list the project is."""
        return not (line.project_list or line.code or self.batch.no_list or line.wrong)

    def _namesake(self, line):
        """The one project of this name on another list, if the row leaves the list open; else a note names them all."""
        same = self.finder.namesakes.get(key_of(line.name), [])
        if len(same) == 1 and self._is_on_any_list(line):
            return self.finder.by_code[same[0][0]]
        if same:
            line.notes.append(f"系统里已有同名的项目：{'、'.join(said for _, said in same[:3])}，如果就是它，请填编号")
        return None

    def _compare(self, line):
        row = ImportRow(batch=self.batch, number=line.number, raw=[stored_cell(cell) for cell in line.cells],
                        name=(line.name or (line.known.plan["name"] if line.known else ""))[:200])
        plan, progress = self._plan(line), self._progress(line)
        is_new = line.known is None or line.known.is_dropped
        changes = []
        if not line.wrong:
            plan = self._new(line, plan) if is_new else self._changed(line, plan)
            progress = self._said(line, progress)
        if line.wrong:
            row.outcome, row.sentence = Outcome.WRONG, "；".join(line.wrong) + "。"
            row.project_id = line.known.pk if line.known else None
            return row
        self._warn(line, [*plan.values(), *progress.values()])
        old = {} if is_new else line.known.plan
        changes += [[self._label(key), self._shown(key, old.get(key)), self._shown(key, value)]
                    for key, value in plan.items() if key in PLAN_KEYS or key == "number"]
        changes += [[self._label(key), self._shown(key, line.known.said.get(key) if line.known else None),
                     self._shown(key, value)] for key, value in progress.items() if key != "effective_on"]
        row.outcome = Outcome.NEW if is_new else Outcome.CHANGED if plan or progress else Outcome.UNCHANGED
        row.changes, row.sentence = changes, "；".join(line.notes) + "。" if line.notes else ""
        row.values = {"plan": plan, "progress": progress}
        if line.known:
            row.project_id, row.seen = line.known.pk, line.known.stamp
            row.before = {} if is_new else {key: line.known.plan[key] for key in plan}
        return row

    def _warn(self, line, written):
        """Ask about the words of the list, as the form for one statement does; the row is imported all the same."""
        text = "\n".join(value for value in written if isinstance(value, str))
        line.notes += [f"请核对“{word.word}”：{word.advice.rstrip('。')}" for word in self.watched if word.word in text]

    # --- the plan -----------------------------------------------------------------------------------
    def _plan(self, line):
        """What the row says of the plan: {field: stored value}. An empty cell says nothing."""
        plan = {"name": line.name} if line.name else {}
        readers = {"planned_start": self._start, "planned_end": self._end, "budget": self._budget,
                   "community": self._community, "lead_department": self._department, "category": self._category}
        for key in PLAN_KEYS[1:]:
            if key in line.fields:
                try:
                    read = readers.get(key)
                    plan |= read(line) if read else {
                        key: meaning.text_of(line.fields[key], LENGTHS.get(key, meaning.LONGEST))}
                except (Unclear, NotFound) as fault:
                    self._fault(line, key, fault)
        if line.section and "category" not in line.fields and line.project_list:
            found = self.finder.categories(line.project_list).find(line.section.split("、", 1)[-1])
            plan |= {"category": found} if found else {}
        start, end = plan.get("planned_start"), plan.get("planned_end")
        if line.known and not line.known.is_dropped:
            start, end = start or line.known.plan["planned_start"], end or line.known.plan["planned_end"]
        if start and end and start > end:
            line.wrong.append("“计划开始”不能晚于“计划完成”")
        return plan

    def _year(self, line):
        return self.finder.years.get(line.project_list) or self.batch.effective_on.year

    def _start(self, line):
        first = meaning.span_of(line.fields["planned_start"], self._year(line))[0]
        if first is None:
            line.notes.append("“计划开始”不是日期，没有导入")
        return {"planned_start": stored(first)} if first else {}

    def _end(self, line):
        first, last, text, is_range = meaning.span_of(line.fields["planned_end"], self._year(line))
        plan = {"planned_end": stored(last)} if last else {}
        if text:
            plan["schedule_text"] = text
        if is_range and "planned_start" not in line.fields:
            plan["planned_start"] = stored(first)
        known = line.known and line.known.plan
        if last and not text and known and known["schedule_text"] and known["planned_end"] != plan["planned_end"]:
            plan["schedule_text"] = ""  # an exact day takes the place of 9 月底
        return plan

    def _budget(self, line):
        return {"budget": stored(meaning.amount_of(line.fields["budget"], self.unit))}

    def _community(self, line):
        return {"community": self.finder.communities.get(line.text("community"))}

    def _department(self, line):
        """The office that leads: of several in one cell the first."""
        text = line.text("lead_department")
        found = self.finder.departments.find(text)
        if found is None and key_of(text) in self.new_departments:
            return {"lead_department": {"new": self.new_departments[key_of(text)]}}
        if found is None:
            several = [part for part in meaning.re.split(r"[、，,；;/\n]+", text) if part.strip()]
            if len(several) > 1 and (found := self.finder.departments.find(several[0])):
                line.notes.append(f"“{self._label('lead_department')}”写了 {len(several)} 个单位，只记第一个为牵头单位")
        if found is None and len(text) <= 80:
            self.unknown_departments.add(text)
        return {"lead_department": found or self.finder.departments.get(text)}

    def _category(self, line):
        if not line.project_list:
            raise NotFound("不在清单上的项目没有类型")
        return {"category": self.finder.categories(line.project_list).get(line.text("category"))}

    def _new(self, line, plan):
        """A new project, or one that an undone import left: all that the row says is written."""
        finder = self.finder
        if not finder.everything:
            if not plan.get("lead_department") and not plan.get("community"):
                own = [("lead_department", pk) for pk in finder.own_departments]
                own += [("community", pk) for pk in finder.own_communities]
                plan |= dict(own) if len(own) == 1 else {}
            if not finder.is_own(plan):
                line.wrong.append("新项目的牵头单位或社区要是你自己的")
        if line.code and not line.known:
            if not meaning.re.fullmatch(r"[-A-Za-z0-9_]{1,40}", line.code):
                line.wrong.append("新项目的编号只能用字母、数字、“-”和“_”")
            elif line.code in finder.codes:
                line.wrong.append("这个编号已被别的项目使用")
        if line.serial:
            plan["number"] = line.serial
        slug = finder.slugs.get(line.project_list, "p")[:28]
        code = line.known.code if line.known else line.code or f"{slug}-{new_code()}"
        return self._with_budget_source(plan) | {"code": code, "project_list": line.project_list}

    def _changed(self, line, plan):
        """What differs from the project as it is; to change it needs the right to."""
        known = line.known.plan
        is_free = (line.project_list, line.serial) not in self.finder.taken_numbers
        if line.serial and known["number"] is None and is_free and self.finder.may_change:
            plan["number"] = line.serial
        plan = {key: value for key, value in plan.items() if (value or None) != (known[key] or None)}
        if "name" in plan and key_of(plan["name"]) == key_of(known["name"]):
            del plan["name"]  # the same name with other signs
        if plan and not (self.finder.may_change or line.known.is_own_draft):
            plan = self._not_theirs(line, plan)
        elif plan and not (self.finder.may_change or self.finder.is_own(known | plan)):
            line.wrong.append("牵头单位或社区要有一个是你自己的，不能改到别的单位去")
        return self._with_budget_source(plan)

    def _not_theirs(self, line, plan):
        """Leave the plan as it is and the rest of the row in force; name the columns that this person filled.

        What was read out of another cell (时限原文 out of 计划完成) is called by that column.
        """
        read_from = {"schedule_text": "planned_end", "planned_start": "planned_end"}
        cells = dict.fromkeys(key if key in line.fields else read_from.get(key) for key in plan)
        names = "”“".join(self._label(key) for key in cells if key in line.fields)
        if names:
            line.notes.append(f"“{names}”和系统里的不同，你不能改，没有导入")
        return {}

    def _with_budget_source(self, plan):
        return plan | {"budget_source": self.batch.source_id} if "budget" in plan else plan

    # --- the progress -------------------------------------------------------------------------------
    def _progress(self, line):
        """What the row says of the progress: {field: stored value}."""
        said = {}
        for key in PROGRESS_KEYS:
            if key in line.fields:
                try:
                    said[key] = self._progress_value(line, key)
                except Unclear as fault:
                    self._fault(line, key, fault)
        if said.get("status") is None and "status" in said:
            text = said.pop("status") or line.text("status")
            if len(text) > 6 and "text" not in said:
                said["text"] = text
            else:
                options = "、".join(Status.labels)
                line.wrong.append(f"“{self.labels['status']}”写的是“{text[:20]}”，不在可选范围：{options}")
        if "status" not in self.labels and (status := meaning.status_of(said.get("text", ""))):
            said["status"] = status
            del said["text"]
        return {key: value for key, value in said.items() if value not in ("", None)}

    def _progress_value(self, line, key):
        value = line.fields[key]
        if key == "effective_on":
            day = meaning.day_of(value, self._year(line))
            return stored(min(day, self.today) if (day.year, day.month) == (self.today.year, self.today.month)
                          else day)
        if key == "percent":
            return meaning.percent_of(value, self.fractions)
        if key == "status":
            meaning.text_of(value)
            return meaning.status_of(value)
        return meaning.text_of(value)

    def _said(self, line, progress):
        """What is new in it: what was said already, published or waiting for review, is not said again."""
        before = {} if line.known is None else line.known.said
        stated = line.known.stated if line.known else ()
        day = progress.get("effective_on") or stored(self.batch.effective_on)
        fresh = {key: progress[key] for key in SAID if key in progress and progress[key] != before.get(key)
                 and (day, key, progress[key]) not in stated}
        if not fresh:
            return {}
        if day > stored(self.today):
            line.wrong.append("“进展日期”不能在今天以后")
        elif line.known and line.known.last_day > day:
            later = words.day(date.fromisoformat(line.known.last_day))
            line.notes.append(f"系统里有 {later}的进展，这一条更早，导入后记在它前面，不改变当前状态")
        if fresh.get("status") in Status.NEED_REASON:
            if not progress.get("reason"):
                line.wrong.append("暂停或不再实施，要有一列“原因”并写明原因")
            fresh["reason"] = progress.get("reason", "")
        if not fresh.keys() & {"status", "percent", "text"}:
            again = next(((key, before[key]) for key in ("status", "percent", "text") if key in before), None)
            if again is None:
                line.wrong.append("进展、状态、完成百分比至少填一项")
            else:
                fresh[again[0]] = again[1]
        return fresh | {"effective_on": day}

    # --- for people ---------------------------------------------------------------------------------
    def _label(self, key):
        return FIELDS[key].label

    def _shown(self, key, value):
        if value in (None, ""):
            return ""
        finder = self.finder
        if isinstance(value, dict):
            return f"{value['new']}（新建）"
        if key in ("planned_start", "planned_end"):
            return words.day(date.fromisoformat(value))
        if key == "status":
            return Status.label_of(value)
        if key == "percent":
            return f"{value}%"
        if key == "budget":
            return f"{float(value):,.10g} 万元"
        if key == "category":
            return next((names.names[value] for names in finder._categories.values() if value in names.names), "")
        names = {"community": finder.communities, "lead_department": finder.departments}.get(key)
        return names.names.get(value, "") if names else str(value)


def stored_cell(cell):
    """A cell as the result workbook gives it back."""
    return cell if isinstance(cell, float | int | str) else plain_text(cell)


@transaction.atomic
def forget_rows(batch):
    """Give up the preview; the file stays."""
    ImportRow.objects.filter(batch=batch).delete()
    batch.counts, batch.state = {}, batch.State.UPLOADED
    batch.save(update_fields=["counts", "state"])
