"""Accounts from a list in Excel: each row judged in words, all of them made in one go."""
import re
from dataclasses import dataclass, field

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import transaction

from guicheng.access.membership import PARTS, administered_by, units_called
from guicheng.access.roles import ASKABLE, ORDINARY
from guicheng.accounts.forms import makes_everywhere
from guicheng.accounts.making import account_name_for, make_account
from guicheng.files.spreadsheets import Unreadable, read_sheets
from guicheng.text import clean_text

MAX_ROWS = 500
COLUMNS = {
    "姓名": "name", "账号": "username", "角色": "role", "单位": "unit", "经办或审核": "part", "办公电话": "phone",
    "在编": "established",
}
SYNONYMS = {"名字": "name", "账号名": "username", "用户名": "username", "部门": "unit", "所在单位": "unit",
            "责任单位": "unit", "社区": "unit", "职责": "part", "电话": "phone",
            "联系电话": "phone", "是否在编": "established"}
WORDS = {"": False, "否": False, "不在编": False, "是": True, "在编": True, "√": True}


def read_table(file):
    """Give the rows of the first sheet as lists of clean text. Raises ValidationError with one sentence."""
    try:
        sheets = read_sheets(file)
    except Unreadable as refusal:
        raise ValidationError(str(refusal))
    rows = next((sheet.rows for sheet in sheets if sheet.rows), [])
    return [[_text(cell) for cell in row] for row in rows]


def _text(cell):
    """A cell as a person sees it: a telephone number that Excel took for a number has no ".0"."""
    return clean_text(str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell))


@dataclass
class Row:
    """One person of the list: what is asked for, and in plain sentences what is wrong."""

    number: int  # the line in the file, as Excel counts
    name: str = ""
    username: str = ""
    role: str = ""
    unit_name: str = ""
    part: str = "clerks"
    phone: str = ""
    established: bool = False
    unit: object = None
    problems: list = field(default_factory=list)

    @property
    def part_word(self):
        return PARTS[self.part]


def read_rows(table, by):
    """Give the rows below the header, judged for this maker. Raises ValidationError."""
    header, names = _header(table)
    lines = [(number, dict(zip(names, cells, strict=False)))
             for number, cells in enumerate(table[header + 1:], header + 2) if any(cells)]
    if not lines:
        raise ValidationError("标题行下面没有人。")
    if len(lines) > MAX_ROWS:
        raise ValidationError(f"一次最多 {MAX_ROWS} 人，这里有 {len(lines)} 人，请分几次。")
    return judged([{**dict.fromkeys(COLUMNS.values(), ""), **values, "number": number}
                   for number, values in lines], by)


def _header(table):
    """Give the number of the header row, wherever it is below titles, and the field of each column."""
    known = COLUMNS | SYNONYMS
    for number, cells in enumerate(table[:30]):
        titles = [re.sub(r"[\s*＊]|（.*?）|\(.*?\)", "", cell) for cell in cells]
        names = [known.get(title, f"_{place}") for place, title in enumerate(titles)]
        if "name" in names and ("unit" in names or "username" in names):
            double = {name for name in names if not name.startswith("_") and names.count(name) > 1}
            if double:
                raise ValidationError("标题行里有两列是同一个意思，请只留一列。")
            return number, names
    raise ValidationError(f"没有找到标题行：要有“姓名”和“单位”。可以下载空白模板来填（{'、'.join(COLUMNS)}）。")


def judged(lines, by):
    """Turn lines of text into rows with their problems; account names that are missing are made from the name."""
    users = get_user_model()._default_manager
    typed = [line["username"] for line in lines if line["username"]]
    taken = set(users.values_list("username", flat=True))
    own = {(model, pk) for model, chosen in administered_by(by).items() for pk in chosen.values_list("pk", flat=True)}
    rows = []
    for line in lines:
        row = Row(number=line["number"], name=line["name"], phone=line["phone"], unit_name=line["unit"])
        row.username = line["username"] or account_name_for(row.name, taken | set(typed))
        if row.username in taken:
            again = any(row.username == each.username for each in rows)
            row.problems.append(f"账号“{row.username}”在表里出现两次。" if again else f"已有账号“{row.username}”。")
        taken.add(row.username)
        _judge_unit(row, None if makes_everywhere(by) else own)
        _judge_role(row, line["role"], line["part"], ASKABLE if makes_everywhere(by) else ORDINARY)
        if line["established"] not in WORDS:
            row.problems.append(f"“在编”填是或否，不是“{line['established']}”。")
        row.established = WORDS.get(line["established"], False)
        _judge_person(row)
        rows.append(row)
    return rows


def _judge_person(row):
    if not row.name:
        row.problems.append("没有姓名。")
    user = get_user_model()(username=row.username, name=row.name, phone=row.phone)
    try:
        user.clean_fields(exclude=["password", "wanted_role"])
    except ValidationError as error:
        for name, sentences in error.message_dict.items():
            row.problems.append(f"{user._meta.get_field(name).verbose_name}：{''.join(sentences)}")


def _judge_unit(row, own):
    if not row.unit_name:
        if own is not None:
            row.problems.append("没有填单位。")
        return
    found = units_called(row.unit_name)
    if own is not None:
        found = [unit for unit in found if (type(unit), unit.pk) in own]
    if len(found) == 1:
        row.unit = found[0]
    else:
        row.problems.append(f"有几个单位都叫“{row.unit_name}”，请写全称。" if found else
                            f"没有找到单位“{row.unit_name}”" + ("，或者不归你管理。" if own is not None else "。"))


def _judge_role(row, role, part, allowed):
    """Fill what follows: 经办人 of a community is 社区经办人; a 审核员 reviews."""
    parts = {"": None, "经办": "clerks", "经办人": "clerks", "审核": "reviewers", "审核员": "reviewers",
             "管理": "administrators", "单位管理员": "administrators"}
    if part not in parts:
        row.problems.append(f"“经办或审核”填经办或审核，不是“{part}”。")
    chosen = parts.get(part) or {"审核员": "reviewers", "单位管理员": "administrators"}.get(role, "clerks")
    row.part = chosen
    if role == "经办人" or (not role and part and chosen == "clerks"):
        community = row.unit is not None and row.unit._meta.model_name == "community"
        role = "社区经办人" if community else "部门经办人"
    elif not role and part:
        role = {"reviewers": "审核员", "administrators": "单位管理员"}[chosen]
    if role and role not in allowed:
        row.problems.append(f"角色“{role}”不能在这里申请，可填：{'、'.join(allowed)}。")
    elif chosen == "administrators" and "单位管理员" not in allowed:
        row.problems.append("单位管理员要由系统管理员申请。")
    else:
        row.role = role


def as_lines(rows):
    """What a preview sends back to be judged again: plain text only."""
    return [{"number": row.number, "name": row.name, "username": row.username, "role": row.role,
             "unit": row.unit_name, "part": row.part_word, "phone": row.phone,
             "established": "是" if row.established else ""} for row in rows]


@transaction.atomic
def make_all(rows, by):
    """Make every account or none; give [(account, one-time password)]. Raises ValidationError."""
    made = []
    for row in rows:
        try:
            made.append(make_account(
                by, username=row.username, name=row.name, phone=row.phone, role=row.role, unit=row.unit,
                part=row.part, established=row.established))
        except ValidationError as error:
            raise ValidationError(f"第 {row.number} 行：{' '.join(error.messages)}")
    return made
