"""A first text of the report in its register, from the figures and the units' own words. The secretary goes on from it.

Figures stand in it as tokens (tokens.py). Nothing is made up: what nobody told stands as 【待核】, what a unit has
not filled in as 【待填：…】; a text with these is a 报批稿. Only the street's own lists are told. Every sentence must
be true for none, one and all.
"""
import re
from datetime import date

from guicheng import words
from projects.models import Project, Status
from projects.report import digest
from projects.report.office_words import of_state, of_statement
from projects.report.prose import matter_of, of_the_year
from projects.report.tokens import DOING, OF_LIST

NUMERALS = "一二三四五六七八九十"
SHOWN = 30  # names in one paragraph: the rest is in the table
REPORT, BULLETIN, INTERNAL = "report", "bulletin", "internal"
OPENINGS = {
    REPORT: "现将我街道 {季度}{matter}进展情况报告如下（截至 {截至日}）。",
    BULLETIN: "根据【待填：依据的文件】要求，现将 {季度}{matter}进展情况通报如下（截至 {截至日}）。",
    INTERNAL: "现将我街道 {季度}{matter}进展情况汇报如下（截至 {截至日}）。",
}


def first_text(document, kind=REPORT, cases=()):
    """{"opening", "overview", "work", "problems", "plans"}: the parts as text with tokens.

    `kind`: the register. `cases`: the codes of the 典型案例 that the secretary chose; none is chosen by a rule.
    """
    return _Text(document, kind, cases).parts()


def _listed(names):
    names = list(names)
    return "，".join(names[:SHOWN]) + ("等，其余见附件" if len(names) > SHOWN else "")


def _named(names):
    """Names in a row; one that has a comma of its own in quotation marks, so that it is told from two."""
    names = [f"“{name}”" if re.search("[，、]", name) and not name.startswith("“") else name for name in names]
    return "、".join(names[:SHOWN]) + ("等" if len(names) > SHOWN else "")


def _a_few(names):
    """The names, or where to find them: a long row of what nobody told says nothing."""
    names = list(names)
    return _named(names) if len(names) <= 10 else "名称见附件"


def _day(text):
    return words.day(date.fromisoformat(text))


def _short(name):
    """A name without what stands in brackets at its end."""
    return re.sub(r"（[^（）]*）$", "", name) or name


def _due(text):
    """A due day; the end of a year is what was promised as 年内."""
    return f"{text[:4]} 年内" if text.endswith("-12-31") else _day(text)


def _clause(text):
    """A text as a clause: one line, without the stop at its end."""
    return " ".join(text.split()).rstrip("。；，")


def _numbered(lines, level="（{}）"):
    """The lines that say anything, each with its numeral."""
    return "\n".join(f"{level.format(NUMERALS[number])}{line}" for number, line in enumerate(filter(None, lines)))


def _token(key, each):
    return f"{{{OF_LIST[key]}：{each['slug']}}}"


class _Text:
    """One document being told in one register."""

    def __init__(self, document, kind, cases):
        self.figures, self.kind, self.cases = document.figures, kind, cases
        self.office, self.names = document.office_words, document.report.get("office_names", {})
        self.lists, self.older = of_the_year(self.figures["lists"], self.figures["year"])
        self.asked = document.report.get("reporting", [])
        self.differing = set(document.report.get("differing", ()))
        self.rows = {row["code"]: row for row in self.figures["projects"]}
        self.clerks = {row["code"]: row for row in document.report["words"] if row["code"] in self.rows}
        self.verdicts = {}
        for row in self.figures["promises"]:
            self.verdicts.setdefault(row["verdict"], []).append(row["name"])

    def parts(self):
        opening = OPENINGS[self.kind].replace("{matter}", matter_of(self.lists))
        return {"opening": opening, "overview": self.overview(), "work": self.work(),
                "problems": self.problems(), "plans": self.plans()}

    # --- 总体情况 --------------------------------------------------------------------------------
    def overview(self):
        if not self.lists:
            return "截至 {截至日}，还没有公布过清单。"
        days = {}
        for each in self.lists:  # those of one day are told in one sentence, and the day only where it is told exactly
            exact = each["announced_from"] == each["announced_on"]
            days.setdefault(each["announced_on"] if exact else each["slug"], []).append((each, exact))
        return "".join([*(self._announced(rows) for rows in days.values()), self._moved(), self._reported()])

    def _reported(self):
        """In a 通报: how many units had answered the quarter's 报送任务 when they were closed. None is named."""
        closed = [row for row in self.asked if row["is_closed"]]
        if self.kind != BULLETIN or not closed:
            return ""
        told = (f"“{row['title']}”问 {row['units']} 个单位，截至关闭报齐 {row['units_answered']} 个" for row in closed)
        return f"本季度报送任务：{'；'.join(told)}。"

    def _announced(self, rows):
        each, exact = rows[0]
        whose = "街道" if self.kind == BULLETIN else "我街道"
        head = f"{_day(each['announced_on'])}，{whose}公布" if exact else ""
        return head + "；".join(self._declared(each) for each, _ in rows) + "。"

    def _declared(self, each):
        """What was declared of a list."""
        name, unit = self._name(each), each["unit"]
        if each["declared"] is None:
            return f"{name}总数【待核】"
        classes = f"，分 {each['declared_categories']} 类" if each.get("declared_categories") else ""
        said = [f"{name}共 {_token('declared', each)} {unit}{classes}"]
        if each["declared_done"] is not None:
            said.append(self._declared_done(each))
        elif each["rate"] is not None:
            said.append(f"已完成 {_token('done', each)} {unit}，完成率 {{完成率：{each['slug']}}}")
        return "，".join(said)

    def _declared_done(self, each):
        """What was declared done, of its own day; in a later quarter without a rate, and to be looked into."""
        told, slug = each.get("declared_done_told"), each["slug"]
        said = f"{f'据 {told}公布数，' if told else ''}已完成 {_token('declared_done', each)} {each['unit']}"
        before = each.get("before") or {}
        if before.get("declared_done") == each["declared_done"]:
            return f"{said}，本季度进展【待核】"
        return f"{said}，按公布数计算完成率 {{公布完成率：{slug}}}" if each.get("declared_rate") else said

    def _name(self, each):
        return self.names.get(each["slug"]) or each["title"]

    def _said(self, row):
        """What a paper says of a project: the unit's own wording, else the published statement by the rules."""
        return self.office.get(row["code"], {}).get("text") or of_statement(row["name"], row["latest"])

    def _moved(self):
        counts = {row["key"]: row["value"] for row in self.figures["counts"]}
        said = [f"{label} {{{label}}} 个" for key, label in (("finished", "新完成"), ("started", "新启动"))
                if counts.get(key)]
        return f"本季度{'、'.join(said)}。" if said else ""

    # --- 项目进展 --------------------------------------------------------------------------------
    def work(self):
        told = [each for each in self.lists if each["recorded"]]
        bare = [each for each in self.lists if not each["recorded"] and each["declared"] is not None]
        waiting = [f"{self._name(each)}共 {_token('declared', each)} {each['unit']}，分项进展【收齐后补入】。"
                   for each in bare]
        if len(told) == 1:
            head, groups = [f"{self._name(told[0])}{self._known(told[0])}"], self._groups(told[0])
        else:
            head, groups = [], [self._in_short(each) for each in told]
        older = [each for each in self.older if each["missing"] or each["recorded"] > each["done"]]
        carried = f"{_named(map(self._name, older))}中没有办结的，本季度进展【待核】。" if older else ""
        return "\n".join(filter(None, [*head, _numbered([*groups, self._cases()]), *waiting, carried]))

    def _in_short(self, each):
        """Of several lists each is one heading, its states numbered below."""
        groups = self._groups(each)
        if len(groups) > 1:
            groups = [f"{number}. {line}" for number, line in enumerate(groups, 1)]
        return "\n".join([f"{self._name(each)}。{self._known(each)}", *groups])

    def _cases(self):
        cases = [self._case(self.rows[code]) for code in self.cases if code in self.rows]
        return "典型案例。" + "".join(cases) if cases else ""

    def _known(self, each):
        """How many were declared, how many are named, of how many anything is told; the others are still to come."""
        unit, told = each["unit"], each["recorded"] - each["unknown"]
        named = f"已列明名称的 {_token('recorded', each)} {unit}"
        named += f"，其中有进展材料的 {{有进展的：{each['slug']}}} {unit}" if told else ""
        if each["declared"] is None:
            return f"{named}。"
        rest = f"，其余 {_token('missing', each)} {unit}【收齐后补入】" if each["missing"] else ""
        return f"共 {_token('declared', each)} {unit}，{named}{rest}。"

    def _groups(self, each):
        """A sentence for each state that occurs in a list, in the order of a paper."""
        rows = [row for row in self.figures["projects"] if row["list"] == each["slug"] and not row["is_part"]]
        doing = [row for row in rows if row["status"] in DOING]

        def group(head, token, states, name=self._called, before="：", join=_named):
            found = [row for row in rows if row["status"] in states]
            number = f"{head} {{{token}：{each['slug']}}} {each['unit']}"
            return f"{number}{before}{join(map(name, found))}。" if found else ""

        going = "；".join(map(self._going, doing[:SHOWN])) + "；其余见附件" * (len(doing) > SHOWN)
        return [sentence for sentence in [
            group("累计已完成或投入使用", "已完成", Status.DONE, self._dated, "，分别是：", _listed),
            group("常态化开展", "长期开展", ["standing"], self._kept_up),
            f"正在推进 {{在办的：{each['slug']}}} {each['unit']}。{going}。" if doing else "",
            group("正在筹备", "筹备中的", ["planned"]), group("暂停", "暂停的", ["paused"]),
            group("终止实施", "不再实施的", ["cancelled"]), group("进展【待核】", "暂无进展", ["unknown"], join=_a_few),
        ] if sentence]

    def _called(self, row):
        """The name, with what is still open about it: whether it is on the list, or how it is written."""
        implied = "【待核是否在清单内】" if row.get("membership") == Project.Membership.IMPLIED.label else ""
        differing = "【待核：两份资料写法不同】" if row["code"] in self.differing else ""
        return f"{row['name']}{implied}{differing}"

    def _dated(self, row):
        since = self.office.get(row["code"], {}).get("since")
        if not since:
            return self._called(row)
        return f"{self._called(row)}（{since}{'投入使用' if row['status'] == Status.IN_USE else '完成'}）"

    def _is_old(self, row):
        return bool(row["moved_on"]) and row["moved_on"] < self.figures["first_day"]

    def _kept_up(self, row):
        return self._called(row).removeprefix("常态化开展") + ("（本季度进展【待核】）" if self._is_old(row) else "")

    def _going(self, row):
        """How far it is; news of before the quarter with its day, and to be looked into."""
        said = _clause(self._said(row)) or of_state(row["status"], row["status_label"])
        whose = f"（{self._unit(row)}）" if self.kind == BULLETIN else ""
        if self._is_old(row):
            said = f"{digest.moved(row)}，{said}，本季度进展【待核】"
        return f"{self._called(row)}{whose}：{said}"

    @staticmethod
    def _unit(row):
        return row["department"] or (f"{row['community']}社区" if row["community"] else "【待填：牵头单位】")

    def _case(self, row):
        said = _clause(self._said(row))
        return f"{row['name']}：{said}。" if said else f"{row['name']}：【待填：牵头单位】。"

    # --- 存在问题 --------------------------------------------------------------------------------
    def problems(self):
        lines = [self._promised(), *(self._late(row) for row in self.figures["overdue"][:SHOWN])]
        late = {row["code"] for row in self.figures["overdue"]}
        lines += [f"{self.rows[code]['name']}：{_clause(row['problem'])}。" for code, row in self.clerks.items()
                  if row["problem"] and code not in late][:SHOWN]
        if not any(row["problem"] or row["delay_reason"] for row in self.clerks.values()):
            lines.append("【待填：牵头单位逐项填报存在问题】")
        return "\n".join(filter(None, lines))

    def _promised(self):
        """The promises that are due: which were kept, which were not, of which nobody has said."""
        due = next(row["value"] for row in self.figures["counts"] if row["key"] == "due")
        if not due:
            return ""
        said = [f"{_named(map(_short, self.verdicts[key]))} {{承诺{label}}} 项{words}" for key, label, words in (
            ("kept", "按期完成", "已按期完成"), ("late", "逾期完成", "逾期完成"), ("unkept", "到期未完成", "未完成"),
            ("unreported", "到期待核", "是否按期完成【待牵头单位确认】")) if self.verdicts.get(key)]
        rate = next((row for row in self.figures["counts"] if row["key"] == "kept"), {}).get("rate")
        tail = "按期兑现率 {按期兑现率}。" if rate else ""
        return f"写明完成时间、已经到期的 {{到期承诺}} 项中，{'；'.join(said)}。{tail}"

    def _late(self, row):
        """One that is late. Only a 通报 names the unit; nobody names a person."""
        said = self.clerks.get(row["code"], {})
        why = _clause(said.get("delay_reason") or said.get("problem") or "")
        whose = f"（{self._unit(row)}）" if self.kind == BULLETIN else ""
        state = of_state(row["status"], row["status_label"])
        return (f"{row['name']}{whose}应于 {_day(row['due_on'])}完成，截至 {{截至日}}{state}，"
                f"{f'原因是：{why}' if why else '原因【待填：牵头单位】'}。")

    # --- 下一步安排 ------------------------------------------------------------------------------
    def plans(self):
        if self.kind == BULLETIN:
            return "【待填：工作要求】"
        said = [f"{self.rows[code]['name']}：{_clause(row['next_step'])}。" for code, row in self.clerks.items()
                if row["next_step"]][:SHOWN]
        waiting = [row for row in self.figures["next_promises"] if row["verdict"] == "not_due"]
        promised = [f"{{下季度}}到期的 {len(waiting)} 项：" + "，".join(
            f"{_short(row['name'])}（{_due(row['due_on'])}）" for row in waiting[:SHOWN]) + "。"] if waiting else []
        asked = [f"{self.rows[code]['name']}：{_clause(row['coordination'])}。" for code, row in self.clerks.items()
                 if row["coordination"]][:SHOWN] if self.kind == INTERNAL else []
        told = {code for code, row in self.clerks.items() if row["next_step"]}
        slugs = {each["slug"] for each in self.lists}
        still = [row for row in self.figures["projects"] if row["list"] in slugs and not row["is_part"]
                 and row["status"] in DOING and row["code"] not in told]
        blank = [f"{row['name']}：【待填：措施、责任人、时限】" for row in still[:SHOWN]]
        lines = [*said, *promised, *blank] or ["【待填：牵头单位逐项填报措施、责任人、时限】"]
        return "\n".join([*lines, "需要协调的事项：", *asked] if asked else lines)
