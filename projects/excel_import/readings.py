"""What a cell of a list of projects says, field by field."""
import re
from decimal import Decimal

from guicheng.excel_import import days
from guicheng.excel_import import values as meaning
from guicheng.excel_import.amounts import amount_of
from guicheng.excel_import.kinds import section_of
from guicheng.excel_import.names import key_of
from guicheng.excel_import.percents import is_share, percent_of
from guicheng.excel_import.rows import LEAVE
from guicheng.excel_import.values import Choice, Unclear
from guicheng.fields import CleanCharField
from projects.excel_import.statuses import answer_of, status_of
from projects.excel_import.units import community_named, is_marked, units_named
from projects.models import Project, Status

NO_LIST = "不在清单上"
LENGTHS = {field.name: field.max_length for field in Project._meta.fields if isinstance(field, CleanCharField)}


def read_words(line, field):
    """Text that residents may read: a private number is not taken in."""
    text = meaning.text_of(line.cells[field.key], field.longest)
    if meaning.has_private_number(text):
        raise Unclear("里有手机号，公开的资料里不写")
    return {field.key: text}


def read_name(line, field):
    """The name in one line: a break within it comes from the width of a column."""
    return {field.key: re.sub(r"\s*\n\s*", "", read_words(line, field)[field.key])}


def read_staff_words(line, field):
    """Text that only staff read."""
    return {field.key: meaning.text_of(line.cells[field.key], field.longest)}


def read_phone(line, field):
    """The office's number. What Excel shortened to 1.00E+10 is none."""
    text = meaning.text_of(line.cells[field.key], field.longest)
    if meaning.SHORTENED.fullmatch(text):
        raise Unclear(f"“{text}”是被 Excel 缩短的号码")
    if not meaning.has_private_number(text):
        return {field.key: text}
    if line.answer("mobile") == "office":
        line.note(field, "是手机号，已确认是对外的办公号码")
        return {field.key: text}
    if line.answer("mobile") == LEAVE:
        return {}
    raise Unclear("里有手机号，公开的资料里不写",
                  [Choice("office", "是对外的办公号码，可以公开"), Choice(LEAVE, "不是，不导入")], "mobile")


def read_progress(line, field):
    """What was done; a mere share below 进度 is the percentage."""
    value, look = line.cells[field.key], line.looks.get(field.key, "")
    if "percent" not in line.cells and is_share(value, look) and (look == "percent" or isinstance(value, str)):
        return line.said(line.roster.fields["percent"], percent_of(value, look))
    return read_words(line, field)


def read_number(line, field):
    return {field.key: meaning.number_of(line.cells[field.key])}


def read_link(line, field):
    return {field.key: line.roster.finder.names(field.link, line.project_list).get(line.text(field.key))}


def read_list(line, field):
    """The list; 不在清单上 is what our own tables print of the others."""
    if line.text(field.key) == NO_LIST:
        return {field.key: None}
    return read_link(line, field)


def read_category(line, field):
    """The category; its mark 一、 is no part of its name."""
    names = line.roster.finder.names(field.link, line.project_list)
    text = line.text(field.key)
    return {field.key: names.find(text) or names.get(section_of(text))}


def read_community(line, field):
    """The community; the whole street is none."""
    name = community_named(line.text(field.key))
    if not name:
        line.note(field, f"写的是“{line.text(field.key)}”，不是一个社区，社区空着")
        return {}
    names = line.roster.finder.communities
    found = names.find(name)
    if found is None and name.endswith("村") and (found := names.find(name[:-1])):
        line.note(field, f"写的是“{line.text(field.key)}”，按{names.names[found]}读")
    return {field.key: found or names.get(name)}


def read_department(line, field):
    """The office that leads, and those that support it where the cell names them too."""
    lead, support = units_named(line.text(field.key))
    if len(lead) + len(support) > 1 and not is_marked(line.text(field.key)):
        line.note(field, f"写了 {len(lead) + len(support)} 个单位，第一个记为牵头单位")
    said = _department(line, field, lead[0]) if lead else {}
    supporting = _departments(line, line.roster.fields["supporting_departments"], lead[1:] + support)
    if supporting and "supporting_departments" not in line.cells:
        said["supporting_departments"] = supporting
    return said


def _department(line, field, name):
    roster = line.roster
    if found := roster.finder.departments.find(name):
        return {field.key: found}
    if key_of(name) in roster.new_departments:
        return {field.key: {"new": roster.new_departments[key_of(name)]}}
    community = roster.finder.communities.find(community_named(name) or name)
    if community and "community" not in line.cells:
        line.note(field, f"写的是“{name}”，记在社区里")
        return {"community": community}
    if not community and len(name) <= 80:
        roster.unknown_departments.add(name)
    return {field.key: roster.finder.departments.get(name)}


def read_departments(line, field):
    return {field.key: _departments(line, field, meaning.parts_of(line.text(field.key)))}


def _departments(line, field, names):
    """The keys of the offices that are known by these names; the others are told."""
    names = [name for lead_or_not in names for name in sum(units_named(lead_or_not), [])]
    found = {name: line.roster.finder.departments.find(name) for name in names}
    unknown = [name for name, pk in found.items() if not pk]
    if unknown:
        line.note(field, f"里的“{'”“'.join(unknown)}”不是系统里的单位，没有记")
        line.roster.unknown_departments |= {name for name in unknown if len(name) <= 80}
    return sorted({pk for pk in found.values() if pk})


def span_of(line, field):
    span = days.spans_of(line.cells[field.key], line.looks.get(field.key, ""), line.roster.year(line),
                         line.roster.is_text_file)
    if span.note:
        line.note(field, span.note)
    return span


def read_start(line, field):
    span = span_of(line, field)
    if span.first is None and not span.note:
        line.note(field, "不是日期，没有导入")
    first = span.last if span.at_end else span.first
    return {field.key: first} if first else {}


def read_end(line, field):
    """The planned day; the words of the plan where they are no day; the start where the cell names two days."""
    span = span_of(line, field)
    if meaning.has_private_number(span.words):
        raise Unclear("里有手机号，公开的资料里不写")
    plan = {field.key: span.last} if span.last else {}
    if span.words:
        plan["schedule_text"] = span.words[:LENGTHS["schedule_text"]]
    if span.is_range and span.first and "planned_start" not in line.cells:
        plan["planned_start"] = span.first
    known = line.known and line.known.plan
    if span.last and not span.words and known and known["schedule_text"] and (
            known[field.key] != field.stored(span.last)):
        plan["schedule_text"] = ""  # an exact day takes the place of 9 月底
    return plan


def read_day(line, field):
    """The day; one later in this month is today."""
    day = days.day_of(line.cells[field.key], line.looks.get(field.key, ""), line.roster.year(line))
    today = line.roster.today
    return {field.key: min(day, today) if (day.year, day.month) == (today.year, today.month) else day}


def read_money(line, field):
    """An amount; of one that is merged over several rows the first has it."""
    said = amount_of(line.cells[field.key], line.looks.get(field.key, ""), line.roster.unit)
    if field.key in line.spread:
        line.note(field, "和上面的行合并，金额只记在第一行，这一行空着")
        return {}
    return line.said(field, said)


def read_percent(line, field):
    value, look = line.cells[field.key], line.looks.get(field.key, "")
    is_words = isinstance(value, str) and not is_share(value) and not SHARED.search(value)
    if is_words and "text" not in line.cells:
        return {"text": read_words(line, field)[field.key]}
    return line.said(field, percent_of(value, look, line.roster.scale))


SHARED = re.compile(r"\d|半|成|待定|百分")


def read_quantity(line, field):
    text = meaning.half_width(meaning.text_of(line.cells[field.key])).replace(",", "")
    found = re.fullmatch(r"(\d{1,12}(?:\.\d{1,2})?)[^\d.]{0,3}", text)
    if not found:
        raise Unclear(f"“{meaning.short(text)}”不是一个数")
    return {field.key: Decimal(found[1])}


NEARLY = {"已建成": "completed", "建成": "completed", "基本完成": "in_progress", "基本建成": "in_progress",
          "主体完工": "in_progress", "部分完成": "in_progress", "未完成": "in_progress"}


def read_status(line, field):
    """The status; words that are none of ours are kept as what was done, with a note."""
    value = meaning.text_of(line.cells[field.key])
    if "是否" in line.roster.table.labels.get(field.key, "") and (answer := answer_of(value)) is not None:
        if not answer:
            line.note(field, f"写的是“{value}”，没有说在做什么，状态空着")
        return {field.key: "completed"} if answer else {}
    if status := status_of(value):
        return {field.key: status}
    nearly = NEARLY.get(meaning.half_width(value).rstrip("。.")) or status_of(re.sub(r"[（(].*[)）]$", "", value))
    if nearly:
        has_text = bool(line.text("text"))  # what was done is told in words of its own
        kept = "" if has_text else "，原话记在进展里"
        line.note(field, f"“{meaning.short(value)}”按{Status.label_of(nearly)}读{kept}")
        line.said_as_status = "" if has_text else value
        return {field.key: nearly}
    if meaning.has_private_number(value):
        raise Unclear("里有手机号，公开的资料里不写")
    line.note(field, f"“{meaning.short(value)}”不是一种状态，记在进展里")
    line.said_as_status = value
    return {}
