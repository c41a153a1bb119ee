"""What a row below a header is: a thing, or a section, a total, a note, nothing at all; hidden or struck out."""
import re
from dataclasses import dataclass

from guicheng.excel_import.values import half_width, is_number, plain_text, short

WHY = {"total": "合计", "section": "分类行", "note": "标题、说明或落款", "blank": "空行", "hidden": "隐藏的行",
       "struck": "整行划掉"}
TOTAL = re.compile(r"(?:本页|本表|本栏|全部|各项|总)?(?:合计|总计|小计|共计|累计)(?:共?\d+[项个件条])?"
                   r"|(?:共计?|合)\d+[项个件条]")
PREFIX = re.compile(r"\(?[一二三四五六七八九十]{1,3}\)?[、.,]|\([一二三四五六七八九十]{1,3}\)"
                    r"|第[一二三四五六七八九十]+[部类章篇批]分?")
CHINESE = re.compile(r"[(]?(?:第)?[一二三四五六七八九十]{1,3}(?:部分|类|章)?[)]?[、.]?")
COUNTED = re.compile(r"\((?:共)?\d+[个项件]\)$")
NOTE = re.compile(
    r"(?:备注|注|说明|填表说明|填报说明|填写说明|填表须知|填表人|填报人|填报单位|报送单位|单位|单位负责人|审核人|审批人|审核|负责人"
    r"|分管领导|主要领导|联系人|联系电话|电话|制表|制表人|制表单位|填报日期|填表日期|填报时间|报送日期|日期|盖章)(?:\(.*?\))?:.*")
ALONE = re.compile(r".*(?:勿删|请勿|勿动|不要删除|不得删除|勿改|一式[一二两三四五]份)")
FIRST_WORD = {"填写说明", "填表说明", "填报说明", "填写要求", "说明", "例", "例如", "示例", "样例", "填写示例", "举例",
              "范例"}
BRACKETS = re.compile(r"^[\[(【](.*)[\])】]$")


@dataclass(frozen=True)
class Skipped:
    """A row that is no thing: its number, why (a key of WHY), and its words."""

    number: int
    why: str
    words: str

    @property
    def is_empty(self):
        return self.why == "blank" and not self.words


def section_of(words):
    """A section's heading without its mark and its count: （一）民生设施类（2个） is 民生设施类."""
    return COUNTED.sub("", re.sub(rf"^(?:{PREFIX.pattern})", "", half_width(words)))


class RowKinds:
    """The kinds of the rows of one table."""

    def __init__(self, table):
        self.table, self.sheet = table, table.sheet
        at = {key: index for index, key in table.columns}
        self.name, self.number = at.get("name"), at.get("number")
        names = [half_width(plain_text(row[self.name])) for row in table.rows
                 if self.name is not None and self.name < len(row) and row[self.name] != ""]
        self.names_are_marked = sum(bool(PREFIX.match(name)) for name in names) * 2 > len(names)
        self.has_figures = any(is_number(row[self.number]) or half_width(plain_text(row[self.number])).isdecimal()
                               for row in table.rows if self.number is not None and self.number < len(row))
        self.head = [half_width(heading.split("／")[-1]) for heading in table.headings]

    def of(self, number, raw):
        """(why it is skipped, or "" for a thing; its words). `number` counts from 1."""
        index = number - 1
        texts = [half_width(plain_text(cell)) for cell in raw]
        filled = [(column, text) for column, text in enumerate(texts) if text]
        struck = [self.sheet.struck[index, column] for column in range(len(raw))
                  if (index, column) in self.sheet.struck] if self.sheet.struck else []
        why = self._why(index, texts, filled, struck)
        if why == "struck":
            return why, short(" ".join(struck), 60)
        if why == "section":
            return why, texts[self.name] if self._at(texts, self.name) and len(filled) > 1 else filled[0][1]
        if not why:
            return "", ""
        return why, short(" ".join(dict.fromkeys(plain_text(cell) for cell in raw if cell != "")), 60)

    def _why(self, index, texts, filled, struck):
        if not filled:
            return "struck" if struck else "blank"
        if index in self.sheet.hidden_rows:
            return "hidden"
        if struck and all(column == self.number for column, _ in filled):
            return "struck"
        if self._is_total(filled):
            return "total"
        if self._is_header(texts):
            return "note"
        if len(filled) == 1 and filled[0][0] == self.number and self._is_figure(filled[0][1]):
            return "blank"
        if self._is_note(filled):
            return "note"
        return "section" if self._is_section(index, filled, texts) else ""

    @staticmethod
    def _at(texts, column):
        return texts[column] if column is not None and column < len(texts) else ""

    @staticmethod
    def _is_figure(text):
        return bool(re.fullmatch(r"[\d.、()]+", text))

    def _is_total(self, filled):
        words = [filled[0][1], *[text for column, text in filled if column == self.name]]
        for text in words:
            bare = BRACKETS.sub(r"\1", text).rstrip(":")
            bare = re.sub(r"\(.*?\)$", "", bare).rstrip(":")
            if TOTAL.fullmatch(bare):
                return True
        return False

    def _is_header(self, texts):
        """Whether the header stands here again, or the numbers of its columns."""
        name = self._at(texts, self.name)
        if name and name == self._at(self.head, self.name):
            return True
        same = sum(text == head != "" for text, head in zip(texts, self.head, strict=False))
        known = sum(bool(head) for head in self.head)
        if same > 1 and same * 2 > known:
            return True
        filled = [text for text in texts if text]
        return len(filled) > 2 and filled == [str(number) for number in range(1, len(filled) + 1)]

    def _is_note(self, filled):
        first_column, first = filled[0]
        if NOTE.fullmatch(first) and (len(filled) < 4 or first_column != self.name):
            return True
        if first in FIRST_WORD and first_column != self.name:
            return True
        distinct = {text for _, text in filled}
        return len(distinct) == 1 and (bool(ALONE.fullmatch(first)) or (
            first_column != self.name and len(filled) == 1 and not PREFIX.match(first) and self.name is not None
            and len(self.table.columns) > 1 and not self._is_figure(first)))

    def _counts_anew(self, index):
        """Whether the next row that is filled is numbered in figures."""
        for row in self.sheet.rows[index + 1:index + 6]:
            if any(plain_text(cell) for cell in row):
                return self.number < len(row) and half_width(plain_text(row[self.number])).rstrip(".、").isdecimal()
        return False

    def _is_section(self, index, filled, texts):
        """Whether it heads the rows below: one text over the whole row, or marked 一、 among rows marked 1, 2."""
        distinct = {text for _, text in filled}
        if len(distinct) == 1 and len(filled) > 1 and len(self.table.headings) > 2:
            return bool(PREFIX.match(filled[0][1])) or any(
                (index, column) in self.sheet.spread for column, _ in filled[1:])
        name, number = self._at(texts, self.name), self._at(texts, self.number)
        if len(distinct) == 1:
            text = filled[0][1]
            return bool(PREFIX.match(text) or COUNTED.search(text)) and not self.names_are_marked
        if number and CHINESE.fullmatch(number) and self._counts_anew(index):
            return True
        return bool(self.has_figures and not number and name and PREFIX.match(name) and not self.names_are_marked
                    and len(filled) <= 2)
