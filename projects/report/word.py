"""The report as a Word file in the layout of GB/T 9704-2012: the same document gives the same bytes, anywhere."""
import re
from datetime import date

from guicheng.text import clean_text
from projects.report import digest
from projects.report import wordml as w
from projects.report.prose import matter_of, of_the_year
from projects.report.titles import lines_of, width_of

REPORT, INTERNAL = "report", "internal"  # 报告 goes up: signer beside the number; 汇报材料 has no head
DRAFT = "报批稿"
MAX_ROWS = 1000
MAX_LATEST = 80  # characters of the newest statement; the workbook has all
LONG = 30  # characters a heading of the level （一） may have
NUMERALS = ["", *"一二三四五六七八九十"]
UNKNOWN = "—"
_SPACES = re.compile(r"[ \t\n\u2028\u2029]+")
_SPACE_AT_LATIN = re.compile(r"(?<=[\u2000-\uffee]) (?=[!-~])|(?<=[!-~]) (?=[\u2000-\uffee])")


def render(document):
    """The bytes of the .docx of this document."""
    office = {key: tidy(value) if isinstance(value, str) else value for key, value in document.office.items()}
    title = _title(document, office)
    text = [*_head(document, office), _lines(title, _above_title(office)), *_addressee(office), *_text(document),
            *_foot(document, office)]
    # a paper with a red head carries no fingerprint line: its properties do, and the printed page
    trace = [w.paragraph("Note", "")] if _has_red_head(office) else [_trace(document)]
    sections = [("text", text), ("attachment", [*_attachment(document), *trace])]
    if imprint := _imprint(office):
        sections.append(("imprint", imprint))
    header = w.paragraph("Header", DRAFT) if document.is_for_approval else ""
    return w.package(sections, title, office["issuer"], _day(office["signed_on"]) or document.as_of, header,
                     note=f"指纹 SHA-256：{document.fingerprint}")


def tidy(text):
    """One line without control characters, and without a space between Chinese and digits: so official papers are."""
    return _SPACE_AT_LATIN.sub("", _SPACES.sub(" ", clean_text(text)))


def _day(value):
    return date.fromisoformat(value) if value else None


def _in_words(value):
    day = _day(value)
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


# --- the head ------------------------------------------------------------------------------------
def _title(document, office):
    if office["title"]:
        return office["title"]
    matter = f"{document.title}{_matter(document)}进展情况"
    if office["kind"] in ("", INTERNAL):
        return tidy(f"{office['issuer']}{matter}{'的汇报' if office['kind'] else ''}")
    return tidy(f"{office['issuer']}关于{matter}的{office['kind_label']}")


def _matter(document):
    figures = document.figures
    return matter_of(of_the_year(figures["lists"], figures.get("year", document.as_of.year))[0])


def _has_red_head(office):
    return bool(office["has_red_head"] and office["issuer"] and office["kind"] != INTERNAL)


def _head(document, office):
    """发文机关标志, 发文字号, 签发人 and the red rule; what was not entered is said in a draft only."""
    red = _has_red_head(office)
    number, goes_up = office["document_number"], office["kind"] == REPORT
    signer = office["signer"] if goes_up else ""
    found = [_red_head(office)] if red else []
    if not red and not number and not signer:
        return found
    if not number and red and document.is_for_approval:
        number = "（发文字号待填）"
    rule = f'<w:pBdr>{w.border("bottom", 18, w.RED, space=11)}</w:pBdr>' if red else ""
    space = w.exact(w.LINE, before=w.LINE * 2 if red else 0)
    if goes_up:
        runs = [f"\u3000{number}", "\t签发人：", w.run(signer or "\u3000\u3000\u3000", "Kai")]
        return [*found, w.paragraph("Number", *runs, properties=rule + space)]
    return [*found, w.paragraph("Number", number, properties=rule + space + '<w:jc w:val="center"/>')]


def _red_head(office):
    """As large as it fits, narrower when it is long."""
    words = office["issuer"]
    if office["kind"] != INTERNAL and not words.endswith("文件"):
        words += "文件"
    points = max(30, min(48, int(430 / width_of(words))))
    narrow = max(33, min(100, int(100 * 435 / (points * width_of(words)))))
    size = f'<w:w w:val="{narrow}"/><w:sz w:val="{points * 2}"/><w:szCs w:val="{points * 2}"/>'
    # its upper edge is 35 mm below that of the text
    return w.paragraph("RedHead", w.run(words, properties=size), properties=w.exact(points * 25, before=1900))


def _above_title(office):
    if _has_red_head(office):
        return w.LINE * 2
    return w.LINE if office["document_number"] or (office["kind"] == REPORT and office["signer"]) else 0


def _lines(title, above=0, per_line=19):
    lines = [w.run(line) for line in lines_of(title, per_line)]
    between = [piece for line in lines for piece in (w.LINE_BREAK, line)][1:]
    return w.paragraph("Title", *between, properties=w.exact(660, before=above))


def _addressee(office):
    to = office["addressee"].rstrip("：:")
    return [w.paragraph("Normal", f"{to}：", properties=w.exact(w.LINE, before=w.LINE))] if to else []


# --- the text ------------------------------------------------------------------------------------
def _text(document):
    parts = document.numbered_parts
    found = [] if document.office["addressee"] else [w.paragraph("Body")]
    for number, part in parts:
        if number:
            found.append(w.paragraph("Heading1", f"{NUMERALS[number]}、{tidy(part['title'])}"))
        found += [_paragraph(each) for each in part["paragraphs"] if tidy(each["text"])]
    if not parts and document.is_for_approval:
        found.append(w.paragraph("Body", "（正文待写）"))
    return [*found[:-1], *map(w.with_next, found[-1:])]  # so that no page holds 落款 alone


def _paragraph(each):
    """Of the level （一） the first sentence stands in the font of the level; 1. and （1） are as the text."""
    text = tidy(each["text"])
    if each["level"] != 2:
        return w.paragraph("Body", text)
    heading, stop, rest = text.partition("。")
    if not rest and len(text) > LONG:  # a sentence that goes on to name things: its first clause is the heading
        heading, stop, rest = re.match(r"([^，：]*)([，：]?)(.*)", text).groups()
    if not rest:
        return w.paragraph("Heading2", text)
    return w.paragraph("Body", w.run(heading + stop, "Kai"), rest)


# --- below the text ------------------------------------------------------------------------------
def _table_title(document):
    return tidy(f"{document.title}{_matter(document)}进展情况表")


def _foot(document, office):
    """附件说明, 发文机关署名 and 成文日期, which ends four characters from the edge under the middle of the issuer."""
    hanging = f'<w:ind w:leftChars="500" w:left="{w.CHAR * 5}" w:hangingChars="300" w:hanging="{w.CHAR * 3}"/>'
    found = [w.paragraph("Normal", f"附件：{_table_title(document)}",
                         properties="<w:keepNext/>" + w.exact(w.LINE, before=w.LINE) + hanging)]
    day = _in_words(office["signed_on"]) or ("（成文日期待填）" if document.is_for_approval else "")
    issuer = office["issuer"]
    longer = (width_of(day) - width_of(issuer)) / 2
    right = max(4, -longer)
    if issuer:
        found.append(_signature(issuer, right + longer, w.LINE * 2, keep=bool(day)))
    if day:
        found.append(_signature(day, right, 0 if issuer else w.LINE * 2))
    return found


def _signature(text, right, above, keep=False):
    return w.paragraph("Signature", text, properties=("<w:keepNext/>" if keep else "") + w.exact(w.LINE, above)
                       + f'<w:ind w:right="{round(right * w.CHAR)}"/>')


def _imprint(office):
    """版记 at the foot of the last page: thick rules outside, a thin one between; only what was entered."""
    left, right = w.WIDTH - 3600, 3600  # the longest day and 印发 in one line
    rows = []
    if office["copied_to"]:
        ends = office["copied_to"].rstrip("。")
        hanging = '<w:ind w:left="840" w:hanging="840"/>'
        rows.append([(left + right, 2, w.paragraph("Imprint", f"抄送：{ends}。", properties=hanging))])
    printed_on = _in_words(office["printed_on"])
    if office["printed_by"] or printed_on:
        day = w.paragraph("Imprint", f"{printed_on}印发" if printed_on else "", properties='<w:jc w:val="right"/>')
        rows.append([(left, 1, w.paragraph("Imprint", office["printed_by"])), (right, 1, day)])
    if not rows:
        return []
    made = []
    for number, cells in enumerate(rows):
        rules = w.border("top", 6 if number else 8) + (w.border("bottom", 8) if number == len(rows) - 1 else "")
        made.append(w.row([w.cell(width, content, span, rules) for width, span, content in cells]))
    return w.at_the_foot(w.table((left, right), made, lines=False, margin=280))


def _trace(document):
    """By what a printed copy is found again."""
    state = f"第{document.closing['number']}次锁定" if document.closing else "未锁定"
    return w.paragraph("Note", f"数据截至{_in_words(document.figures['as_of'])}\u3000{state}\u3000指纹",
                       w.LINE_BREAK, w.run(document.fingerprint))


# --- the attachment ------------------------------------------------------------------------------
def _attachment(document):
    yield w.paragraph("Attachment", "附件")
    yield _lines(_table_title(document), per_line=28)
    left, number = MAX_ROWS, 0
    groups = _groups(document.figures)
    for name, sentence, rows in groups:
        yield w.paragraph("Caption", w.run(name, "Hei"), f"\u3000{sentence}")
        shown, left = [_in_office_words(document, row) for row in rows[:left]], left - len(rows[:left])
        number += len(rows) - len(shown)
        if shown:
            yield _table(shown)
    if number:
        yield w.paragraph("Note", f"其余{number}项见工作簿。")
    has_rows = any(rows for _, _, rows in groups)
    yield w.paragraph("Note", f"“{UNKNOWN}”表示来源没有写明。" if has_rows else "没有可以列出的项目。")


def _in_office_words(document, row):
    """A row with its category as papers name it."""
    return {**row, "category": document.office_words.get(row.get("code"), {}).get("category") or row["category"]}


def _groups(figures):
    """(title, sentence, rows) of each of the street's lists in the figures' order, then of its projects on none."""
    rows = [row for row in figures["projects"] if not row["is_part"] and row.get("is_own", True)]
    found = []
    for each in (each for each in figures["lists"] if each.get("is_street", True)):
        found.append((tidy(each["title"]), tidy(_sentence(each)), [row for row in rows if row["list"] == each["slug"]]))
    known = {each["slug"] for each in figures["lists"]}
    others = [row for row in rows if row["list"] not in known]
    return [*found, *([("不在清单上的项目", f"共{len(others)}项。", others)] if others else [])]


def _sentence(each):
    """What was announced, what is here, what is done."""
    if each["recorded"]:
        return f"{each['gap_sentence']}已完成、已投用 {each['done']} {each['unit']}。"
    if each["declared_done"]:
        return f"{each['gap_sentence']}公布为完成 {each['declared_done']} {each['unit']}。"
    return each["gap_sentence"]


def _table(rows):
    places = {title: name for title, name in (("类型", "category"), ("社区", "community"))
              if any(row[name] for row in rows)}
    columns = [  # title, width, style, what a row says
        ("序号", 680, "CellCentred", None),
        ("项目", 2600, "Cell", lambda row: row["name"]),
        ("、".join(places), 1700, "CellCentred", lambda row: "，".join(filter(None, map(row.get, places.values())))
         or _left_out(row)),
        ("责任单位", 1640, "CellCentred", lambda row: row["department"] or _left_out(row)),
        ("状态", 1400, "CellCentred", _status),
        ("最近进展", 0, "Cell", _latest),
        ("计划完成", 2080, "CellCentred", lambda row: _in_words(row["due_on"])),
    ]
    columns = [column for column in columns if column[0]]
    rest = w.HEIGHT - sum(width for _, width, _, _ in columns)
    columns = [(title, width or rest, style, say) for title, width, style, say in columns]
    head = w.row([w.cell(width, w.paragraph("CellHead", title)) for title, width, _, _ in columns], is_header=True)
    body = [
        w.row([w.cell(width, w.paragraph(style, tidy(say(row)) or UNKNOWN if say else str(number)))
               for _, width, style, say in columns])
        for number, row in enumerate(rows, 1)
    ]
    return w.table([width for _, width, _, _ in columns], [head, *body])


def _left_out(row):
    return "不写" if row.get("units_left_out") else ""


def _status(row):
    return row["status_label"] + (f"（{row['percent']}%）" if row["percent"] is not None else "")


def _latest(row):
    text = row["latest"] if len(row["latest"]) <= MAX_LATEST else row["latest"][:MAX_LATEST] + "……"
    return f"{tidy(digest.moved(row))}：{text}" if text and row["moved_on"] else text
