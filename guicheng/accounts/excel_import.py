"""Accounts from a list in Excel: each row judged in words, all of them made in one go."""
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import transaction

from guicheng.access.membership import PARTS, administered_by, units_called
from guicheng.access.roles import ASKABLE, ORDINARY
from guicheng.accounts.forms import makes_everywhere
from guicheng.accounts.making import account_name_for, make_account
from guicheng.excel_import.columns import Field, Fields
from guicheng.excel_import.rows import Outcome, Roster, Table
from guicheng.excel_import.values import plain_text
from guicheng.files.spreadsheets import Unreadable, read_sheets

MAX_ROWS = 500
FIELDS = Fields({"账号": [
    Field("name", "姓名", "名字"),
    Field("username", "账号", "账号名 用户名"),
    Field("role", "角色"),
    Field("unit", "单位", "部门 所在单位 责任单位 社区"),
    Field("part", "经办或审核", "职责"),
    Field("phone", "办公电话", "电话 联系电话"),
    Field("established", "在编", "是否在编"),
]}, naming=["name"], endings=False)
LABELS = [each.label for each in FIELDS]
WORDS = {"": False, "否": False, "不在编": False, "是": True, "在编": True, "√": True}


def read_table(file):
    """The rows of the first sheet as lists of clean text. Raises ValidationError with one sentence."""
    try:
        sheets = read_sheets(file)
    except Unreadable as refusal:
        raise ValidationError(str(refusal))
    rows = next((sheet.rows for sheet in sheets if sheet.rows), [])
    return [[plain_text(cell) for cell in row] for row in rows]


class Row:
    """One person of the list: what is said, what follows from it, and in plain sentences what is wrong."""

    def __init__(self, number, said):
        """`number`: the line in the file, as Excel counts. `said`: {field: text}."""
        self.number, self.said = number, said
        self.name, self.username, self.phone, self.unit_name = (
            said["name"], said["username"], said["phone"], said["unit"])
        self.role, self.part, self.unit, self.established = "", "clerks", None, False
        self.problems = []

    @property
    def part_word(self):
        return PARTS[self.part]


def read_rows(table, by):
    """The rows below the header, judged for this maker. Raises ValidationError."""
    lines = list(_below_header(table).every_line())
    if not lines:
        raise ValidationError("标题行下面没有人。")
    if len(lines) > MAX_ROWS:
        raise ValidationError(f"一次最多 {MAX_ROWS} 人，这里有 {len(lines)} 人，请分几次。")
    return AccountRoster(by).judge([Row(line.number, {each.key: line.text(each.key) for each in FIELDS})
                                    for line in lines])


def _below_header(table):
    """The table below its header, wherever it is below titles."""
    header = FIELDS.find_header(table)
    meant = [key for key, _ in map(FIELDS.meaning, header.headings) if key] if header else []
    if "name" not in meant or not {"unit", "username"} & set(meant):
        raise ValidationError(f"没有找到标题行：要有“姓名”和“单位”。可以下载空白模板来填（{'、'.join(LABELS)}）。")
    if len(meant) > len(set(meant)):
        raise ValidationError("标题行里有两列是同一个意思，请只留一列。")
    below = table[header.below:]
    return Table(table, header.below, header.headings, FIELDS.map_columns(header.headings, below))


class AccountRoster(Roster):
    """The people of a list, for the one who makes their accounts. A row is a `Row`."""

    fields, thing = FIELDS, "人"

    def __init__(self, by):
        super().__init__()
        self.by, self.everywhere = by, makes_everywhere(by)
        self.taken = set(get_user_model()._default_manager.values_list("username", flat=True))
        self.in_list = set()
        self.own = {(model, pk) for model, chosen in administered_by(by).items()
                    for pk in chosen.values_list("pk", flat=True)}

    def prepare(self, rows):
        self.typed = {row.username for row in rows if row.username}

    def identify(self, row):
        """An account name that is missing is made from the person's; one that is taken is nobody's to import."""
        row.username = row.username or account_name_for(row.name, self.taken | self.in_list | self.typed)
        if row.username in self.in_list:
            row.problems.append(f"账号“{row.username}”在表里出现两次。")
        elif row.username in self.taken:
            row.problems.append(f"已有账号“{row.username}”。")
        self.in_list.add(row.username)

    def compare(self, row):
        _judge_unit(row, None if self.everywhere else self.own)
        _judge_role(row, ASKABLE if self.everywhere else ORDINARY)
        established = row.said["established"]
        if established not in WORDS:
            row.problems.append(f"“在编”填是或否，不是“{established}”。")
        row.established = WORDS.get(established, False)
        _judge_person(row)
        row.outcome = Outcome.WRONG if row.problems else Outcome.NEW

    @transaction.atomic
    def write(self, rows):
        """Make every account or none; give [(account, one-time password)]. Raises ValidationError."""
        made = []
        for row in rows:
            try:
                made.append(make_account(
                    self.by, username=row.username, name=row.name, phone=row.phone, role=row.role, unit=row.unit,
                    part=row.part, established=row.established))
            except ValidationError as error:
                raise ValidationError(f"第 {row.number} 行：{' '.join(error.messages)}")
        return made


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


def _judge_role(row, allowed):
    """Fill what follows: 经办人 of a community is 社区经办人; a 审核员 reviews."""
    parts = {"": None, "经办": "clerks", "经办人": "clerks", "审核": "reviewers", "审核员": "reviewers",
             "管理": "administrators", "单位管理员": "administrators"}
    role, part = row.said["role"], row.said["part"]
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
    return [[row.number, {"name": row.name, "username": row.username, "role": row.role, "unit": row.unit_name,
                          "part": row.part_word, "phone": row.phone, "established": "是" if row.established else ""}]
            for row in rows]


def judged_again(lines, by):
    """The rows of a preview, judged for this maker once more."""
    return AccountRoster(by).judge([Row(number, said) for number, said in lines])
