"""Accounts from a list in Excel: each row judged in words, all of them made in one go."""
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError

from guicheng.access.membership import PARTS, administered_by, unit_choices, units_called
from guicheng.access.roles import ASKABLE, ORDINARY
from guicheng.accounts.forms import makes_everywhere
from guicheng.accounts.making import account_name_for, make_account
from guicheng.excel_import.columns import Field, Fields, one_word
from guicheng.excel_import.names import NotFound
from guicheng.excel_import.rows import Outcome
from guicheng.excel_import.short import ShortRoster

ESTABLISHED = {"否": False, "不在编": False, "是": True, "在编": True, "√": True}
PART_OF = {"经办": "clerks", "经办人": "clerks", "审核": "reviewers", "审核员": "reviewers",
           "管理": "administrators", "单位管理员": "administrators"}


def read_unit(line, field):
    """The one unit of this name that the maker makes accounts for."""
    own, text = line.roster.own, line.text(field.key)
    found = [unit for unit in units_called(text) if own is None or (type(unit), unit.pk) in own]
    if not found:
        raise NotFound(f"没有找到单位“{text}”" + ("，或者不归你管理" if own is not None else ""))
    if len(found) > 1:
        raise NotFound(f"有几个单位都叫“{text}”，请写全称")
    return {field.key: found[0]}


FIELDS = Fields({"账号": [
    Field("name", "姓名", "名字"),
    Field("username", "账号", "账号名 用户名"),
    Field("role", "角色", options=lambda roster: roster.roles),
    Field("unit", "单位", "部门 所在单位 责任单位 社区", read=read_unit, options=lambda roster: roster.unit_names()),
    Field("part", "经办或审核", "职责", read=one_word(PART_OF, "经办或审核"), options=lambda roster: ["经办", "审核"]),
    Field("phone", "办公电话", "电话 联系电话"),
    Field("established", "在编", "是否在编", read=one_word(ESTABLISHED, "是或否"),
          options=lambda roster: ["是", "否"]),
    Field("messenger_id", "消息账号", "企业微信账号 粤政易账号 企业微信 粤政易"),
]}, naming=["name"], endings=False)


class AccountRoster(ShortRoster):
    """The people of a list, for the one who makes their accounts. A line has what is shown of its account as well."""

    fields, thing, counted = FIELDS, "人", "人"
    needs, is_whole = [["name"], ["unit", "username"]], True

    def __init__(self, by):
        super().__init__(by)
        self.finder, self.everywhere = self, makes_everywhere(by)
        self.roles = ASKABLE if self.everywhere else ORDINARY
        self.taken = set(get_user_model()._default_manager.values_list("username", flat=True))
        self.in_list = set()
        self.reached = set(get_user_model()._default_manager.values_list("messenger_id", flat=True)) - {""}
        self.own = None if self.everywhere else {
            (model, pk) for model, chosen in administered_by(by).items() for pk in chosen.values_list("pk", flat=True)}

    def unit_names(self):
        return [name for _, rows in unit_choices(None if self.everywhere else self.by) for _, name in rows]

    def refuse_header(self, meant):
        if len(meant) > len(set(meant)):
            raise ValidationError("标题行里有两列是同一个意思，请只留一列。")

    def refuse(self, line, key, fault):
        """A unit that is not found is named itself; each sentence stands alone."""
        column = "" if isinstance(fault, NotFound) else f"“{self.fields[key].label}”"
        line.problems.append(f"{column}{fault}。")

    def prepare(self, lines):
        self.typed = {line.text("username") for line in lines}

    def identify(self, line):
        """An account name that is missing is made from the person's; one that is taken is nobody's to import."""
        name = line.text("username") or account_name_for(line.text("name"), self.taken | self.in_list | self.typed)
        if name in self.in_list:
            line.problems.append(f"账号“{name}”在表里出现两次。")
        elif name in self.taken:
            line.problems.append(f"已有账号“{name}”。")
        self.in_list.add(name)
        line.username = line.cells["username"] = name

    def compare(self, line):
        if "unit" not in line.cells and not self.everywhere:
            line.problems.append("没有填单位。")
        said = self.read(line, ["unit", "part"])
        line.role, part = self._role(line, said)
        said |= {"part": part, "role": line.role} | self.read(line, ["established"])
        line.name, line.unit_name, line.part_word = line.text("name"), line.text("unit"), PARTS[part]
        line.values = {"username": line.username, "name": line.name, "phone": line.text("phone"),
                       "messenger_id": line.text("messenger_id"), **said}
        _judge_person(line)
        self._judge_messenger_id(line)
        line.outcome = Outcome.WRONG if line.problems else Outcome.NEW

    def _role(self, line, said):
        """(role, part) that follow: 经办人 of a community is 社区经办人; a 审核员 reviews."""
        role, unit, is_part_stated = line.text("role"), said.get("unit"), "part" in line.cells
        part = said.get("part") or {"审核员": "reviewers", "单位管理员": "administrators"}.get(role, "clerks")
        if role == "经办人" or (not role and is_part_stated and part == "clerks"):
            is_community = unit is not None and unit._meta.model_name == "community"
            role = "社区经办人" if is_community else "部门经办人"
        elif not role and is_part_stated:
            role = {"reviewers": "审核员", "administrators": "单位管理员"}[part]
        if role and role not in self.roles:
            line.problems.append(f"角色“{role}”不能在这里申请，可填：{'、'.join(self.roles)}。")
        elif part == "administrators" and "单位管理员" not in self.roles:
            line.problems.append("单位管理员要由系统管理员申请。")
        else:
            return role, part
        return "", part

    def _judge_messenger_id(self, line):
        """One id is one person's: also within the list."""
        own = line.values["messenger_id"]
        if own in self.reached:
            line.problems.append(f"消息账号“{own}”已经登记在另一个账号上，或者在表里出现两次。")
        self.reached |= {own} - {""}

    def write(self, rows):
        """Make every account or none; give [(account, one-time password)]. Raises ValidationError."""
        made = []
        for row in rows:
            try:
                made.append(make_account(self.by, **row.values))
            except ValidationError as error:
                raise ValidationError(f"第 {row.number} 行：{' '.join(error.messages)}")
        return made


def _judge_person(line):
    if not line.name:
        line.problems.append("没有姓名。")
    user = get_user_model()(**{key: line.values[key] for key in ("username", "name", "phone", "messenger_id")})
    try:
        user.clean_fields(exclude=["password", "wanted_role"])
    except ValidationError as error:
        for name, sentences in error.message_dict.items():
            line.problems.append(f"{user._meta.get_field(name).verbose_name}：{''.join(sentences)}")
