"""A first text of the report, from the figures and the clerks' own words. The secretary edits it from there.

Figures stand in it as tokens (tokens.py). Names and statements are quoted as they were published; what nobody
entered is said to be missing, never made up. Every sentence must be true for none, one and all.
"""
from datetime import date

from guicheng import words
from projects.models import Status
from projects.report.tokens import OF_LIST

NUMERALS = "一二三四五六七八九十"
CASES = 2  # how many 典型案例 are proposed
SHOWN = 30  # names in one paragraph: the rest is in the table


def first_text(document):
    """{"overview", "work", "problems", "plans"}: the four parts as text with tokens."""
    figures, report = document.figures, document.report
    rows = {row["code"]: row for row in figures["projects"]}
    clerks = {row["code"]: row for row in report["words"]}
    return {
        "overview": _overview(figures),
        "work": _work(figures, rows),
        "problems": _problems(figures, rows, clerks),
        "plans": _plans(figures, rows, clerks),
    }


def _sections(sections):
    """Numbered headings at （一） with what stands under each; those with nothing are left out."""
    kept = [(title, [line for line in lines if line]) for title, lines in sections]
    kept = [(title, lines) for title, lines in kept if lines]
    return "\n".join(line for number, (title, lines) in enumerate(kept)
                     for line in (f"（{NUMERALS[number]}）{title}", *lines))


def _day(text):
    return words.day(date.fromisoformat(text))


def _ended(text):
    """The text with one full stop at its end."""
    text = " ".join(text.split())
    return text if not text or text[-1] in "。！？；…”" else f"{text}。"


# --- 总体情况 ------------------------------------------------------------------------------------
def _overview(figures):
    street = [each for each in figures["lists"] if each["is_street"]]
    if not street:
        return "截至 {截至日}，还没有公布过清单。"
    lines = [f"截至 {{截至日}}，{_names(each['title'] for each in street)}的进展情况如下。",
             *(_of_list(each) for each in street), _moved(figures), _promised(figures)]
    return "\n".join(filter(None, lines))


def _names(titles):
    return "".join(f"“{title}”" for title in titles)  # GB/T 15834: no 、 between quoted names


def _token(key, each):
    return f"{{{OF_LIST[key]}：{each['slug']}}}"


def _of_list(each):
    """One list: what was declared, what is recorded, how far it is. Only figures that somebody stated."""
    unit, said = each["unit"], []
    if each["declared"] is None:
        said.append(f"没有公布总数，本站有资料的 {_token('recorded', each)} {unit}")
    else:
        said.append(f"公布 {_token('declared', each)} {unit}")
        if not each["recorded"]:
            said.append(f"逐{unit}资料暂缺")
        elif each["missing"]:
            said.append(f"其中有资料的 {_token('recorded', each)} {unit}、暂缺资料的 {_token('missing', each)} {unit}")
    if each["declared_done"] is not None:
        said.append(f"发布单位公布已完成 {_token('declared_done', each)} {unit}")
    head = f"“{each['title']}”{'，'.join(said)}。"
    return head + (_how_far(each) if each["recorded"] else "")


def _how_far(each):
    unit, counts = each["unit"], each["by_status"]
    if each["done"] == each["recorded"]:
        whole = "有资料的" if each["missing"] or each["declared"] is None else ""
        return f"{whole} {_token('recorded', each)} {unit}已全部完成。".strip()
    parts = [f"已完成 {_token('done', each)} {unit}" if each["done"] else f"还没有一{unit}完成"]
    parts += [f"{label} {{{label}的：{each['slug']}}} {unit}" for key, label in Status.choices
              if key not in Status.DONE and counts[key]]
    if each["unknown"]:
        parts.append(f"暂无进展信息 {_token('unknown', each)} {unit}")
    rate = f"完成率为 {{完成率：{each['slug']}}}。" if each["rate"] is not None else ""
    return f"有资料的项目中，{'，'.join(parts)}。{rate}"


def _value(figures, key):
    return next(row for row in figures["counts"] if row["key"] == key)


def _moved(figures):
    if not figures["changes"]:
        return "与 {上季度}末相比，没有项目的状态变动。"
    parts = [f"{label} {{{label}}} 个" for key, label in (("finished", "新完成"), ("started", "新启动"))
             if _value(figures, key)["value"]]
    detail = f"，其中{'，'.join(parts)}" if parts else ""
    return f"与 {{上季度}}末相比，状态有变动的项目 {{状态有变动}} 个{detail}。"


def _promised(figures):
    if not figures["promises"]:
        return f"没有找到写明 {figures['year']} 年到期的承诺。"
    parts = [f"{row['label']} {{承诺{row['label']}}} 条" for row in figures["verdicts"] if row["count"]]
    rate = "，按期兑现率为 {按期兑现率}" if _value(figures, "kept")["rate"] is not None else ""
    return f"写明 {figures['year']} 年到期的承诺中，{'，'.join(parts)}{rate}。"


# --- 主要做法和成效 ------------------------------------------------------------------------------
def _work(figures, rows):
    finished = [row for row in figures["changes"] if row["after"] in Status.DONE and row["before"] not in Status.DONE]
    codes = {row["code"] for row in finished}
    moving = [row for row in figures["projects"] if not row["is_part"] and row["code"] not in codes
              and row["moved_on"] and row["moved_on"] >= figures["first_day"]]
    return _sections([
        ("本季度完成的项目", _listed(finished, rows) or ["本季度没有新完成的项目。"]),
        ("本季度有进展的项目", _listed(moving, rows)),
        ("分类型看", _groups(figures, "by_category")),
        ("分社区看", _groups(figures, "by_community")),
        ("典型案例", [_case(rows[row["code"]]) for row in _best(finished, rows)]),
    ])


def _listed(found, rows):
    lines = [f"{number}. {row['name']}。{_latest(rows.get(row['code'], {}))}"
             for number, row in enumerate(found[:SHOWN], 1)]
    return lines + ["其余的见附件。"] * (len(found) > SHOWN)


def _latest(row):
    if not row.get("latest"):
        return f"现为“{row['status_label']}”。" if row and row["status"] != "unknown" else ""
    return f"{_ended(row['latest'])}"


def _groups(figures, kind):
    lines = []
    for each in figures["lists"]:
        groups = [group for group in each[kind] if group["key"]]
        if each["is_street"] and groups:
            said = "；".join(f"{group['label']} {group['recorded']} {each['unit']}，"
                            + (f"已完成 {group['done']} {each['unit']}" if group["done"] else "还没有完成的")
                            for group in groups)
            lines.append(f"“{each['title']}”：{said}。")
    return lines


def _best(finished, rows):
    """Those whose newest statement says most: a case needs something to tell."""
    told = [row for row in finished if rows.get(row["code"], {}).get("latest")]
    return sorted(told, key=lambda row: -len(rows[row["code"]]["latest"]))[:CASES]


def _case(row):
    where = "，".join(filter(None, [row["department"], f"{row['community']}社区" if row["community"] else ""]))
    return f"{row['name']}{f'（{where}）' if where else ''}：{_ended(row['latest'])}"


# --- 存在问题 ------------------------------------------------------------------------------------
def _problems(figures, rows, clerks):
    late = [_late(number, row, clerks.get(row["code"], {}), figures["as_of"])
            for number, row in enumerate(figures["overdue"][:SHOWN], 1)]
    codes = {row["code"] for row in figures["overdue"]}
    others = [f"{rows[code]['name']}：{_ended(row['problem'])}" for code, row in clerks.items()
              if row["problem"] and code not in codes]
    gaps = [_gap(each) for each in figures["lists"] if each["is_street"] and each["missing"]]
    text = _sections([
        ("逾期未完成的项目", ["截至 {截至日}，逾期未完成的项目 {逾期未完成} 个。", *late] if late else []),
        ("经办人反映的问题", others[:SHOWN]),
        ("资料不全的清单", gaps),
    ])
    return text or "截至 {截至日}，没有逾期未完成的项目，经办人没有填报存在问题。"


def _gap(each):
    unit = each["unit"]
    lacking = f"还有 {_token('missing', each)} {unit}没有资料" if each["recorded"] else f"逐{unit}的资料都没有"
    return f"“{each['title']}”公布 {_token('declared', each)} {unit}，{lacking}，不能计算完成率。"


def _late(number, row, said, as_of):
    days = (date.fromisoformat(as_of) - date.fromisoformat(row["due_on"])).days
    unit = f"（{row['department'] or row['community'] + '社区'}）" if row["department"] or row["community"] else ""
    why = said.get("delay_reason") or said.get("problem")
    reason = f"滞后原因：{_ended(why)}" if why else "滞后原因待填报。"
    state = f"应于 {_day(row['due_on'])}完成，已晚 {days} 天，现为“{row['status_label']}”。"
    return f"{number}. {row['name']}{unit}。{state}{reason}"


# --- 下一步打算 ----------------------------------------------------------------------------------
def _plans(figures, rows, clerks):
    said = [f"{rows[code]['name']}：{_ended(row['next_step'])}" for code, row in clerks.items() if row["next_step"]]
    asked = [f"{rows[code]['name']}：{_ended(row['coordination'])}" for code, row in clerks.items()
             if row["coordination"]]
    promised = [f"{number}. {row['name']}（{_day(row['due_on'])}到期）。{_ended(row['text'])}"
                for number, row in enumerate(figures["next_promises"][:SHOWN], 1)]
    text = _sections([
        ("{下季度}到期的承诺", promised),
        ("各单位的下一步安排", said[:SHOWN]),
        ("需要协调的事项", asked[:SHOWN]),
        ("催办逾期项目", ["对 {逾期未完成} 个逾期未完成的项目，逐个明确完成日期。"] if figures["overdue"] else []),
    ])
    return text or "各单位没有填报下一步安排，{下季度}没有写明到期的承诺。"
