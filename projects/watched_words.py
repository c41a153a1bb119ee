"""The list of watched words from an Excel or CSV file: each row new, changed, as it was, or wrong in one sentence."""
from django.core.exceptions import ValidationError
from django.db import transaction

from guicheng.excel_import.columns import Field, Fields
from guicheng.excel_import.rows import Line, Outcome, Roster, Table
from guicheng.excel_import.values import Unclear, plain_text
from guicheng.files.spreadsheets import Unreadable, read_sheets
from guicheng.trail.history import acting, record
from guicheng.trail.versions import save_versions
from projects.models import WatchedWord
from projects.models.review import WatchedWordKind

MAX_ROWS = 1000
KINDS = {"领导": "leader", "领导姓名": "leader", "错别字": "wrong", "错误写法": "wrong", "敏感词": "sensitive",
         "敏感说法": "sensitive", "不宜公开": "sensitive"} | {label: value for value, label in WatchedWordKind.choices}
ACTIVE = {"是": True, "启用": True, "√": True, "否": False, "停用": False, "不启用": False}


def read_kind(line, field):
    text = line.text(field.key)
    if text not in KINDS:
        raise Unclear(f"“{text[:20]}”不在可选范围：{'、'.join(WatchedWordKind.labels)}")
    return {field.key: KINDS[text]}


def read_active(line, field):
    text = line.text(field.key)
    if text not in ACTIVE:
        raise Unclear(f"填是或否，不是“{text[:20]}”")
    return {field.key: ACTIVE[text]}


def length(name):
    return WatchedWord._meta.get_field(name).max_length


FIELDS = Fields({"提醒词": [
    Field("word", "词", "提醒词 词语 敏感词", longest=length("word")),
    Field("kind", "性质", "类别 类型", read=read_kind, show=lambda stored, finder: WatchedWordKind(stored).label),
    Field("advice", "提示", "建议 改成 应写作", longest=length("advice")),
    Field("is_active", "启用", "是否启用", read=read_active, show=lambda stored, finder: "是" if stored else "否"),
]}, naming=["word"], endings=False)
LABELS = [each.label for each in FIELDS]
KEYS = ["kind", "advice", "is_active"]


class WordRoster(Roster):
    """The rows of one file, against the words there are. An empty cell leaves a word that is there as it is."""

    fields, thing = FIELDS, "词"

    def prepare(self, lines):
        words = WatchedWord.objects.filter(word__in={line.text("word") for line in lines})
        self.there = {word.word: word for word in words}

    def identify(self, line):
        word = line.text("word")
        line.known = self.there.get(word)
        if not word:
            line.problems.append("没有写词")
        else:
            self.once(line, word)

    def compare(self, line):
        said = self.read(line, ["word", *KEYS])
        before = {key: getattr(line.known, key) for key in KEYS} if line.known else {}
        if line.known is None:
            line.problems += [f"没有写{FIELDS[key].label}" for key in ("kind", "advice") if key not in line.cells]
            said.setdefault("is_active", True)
        line.values = {key: said[key] for key in KEYS if key in said and said[key] != before.get(key)}
        line.changes = self.changes(line.values, before)
        line.name, line.seen = line.text("word"), line.known.version if line.known else 0
        if line.problems:
            line.outcome = Outcome.WRONG
        else:
            line.outcome = Outcome.CHANGED if before and line.values else Outcome.UNCHANGED if before else Outcome.NEW
        line.result = line.outcome.label

    @transaction.atomic
    def write(self, rows):
        """Write what is new and what changed, all or nothing; give (how many new, how many changed)."""
        new = [WatchedWord(word=line.text("word"), **line.values) for line in rows if line.outcome == Outcome.NEW]
        changed = [line for line in rows if line.outcome == Outcome.CHANGED]
        for line in changed:
            for key, value in line.values.items():
                setattr(line.known, key, value)
        with acting(reason="导入提醒词"):
            WatchedWord.objects.bulk_create(new)
            record("+", [(None, word) for word in new])
            if stale := save_versions([line.known for line in changed], KEYS):
                raise ValidationError(f"刚才有人改过“{stale[0]}”，一行也没有导入，请重新上传。")
        return len(new), len(changed)


def read_lines(file):
    """The judged rows of an uploaded file. Raises ValidationError with one sentence."""
    try:
        sheets = read_sheets(file)
    except Unreadable as refusal:
        raise ValidationError(str(refusal))
    sheet, header = FIELDS.choose_sheet(sheets)
    if header is None or "word" not in [FIELDS.meaning(heading)[0] for heading in header.headings]:
        raise ValidationError(f"没有找到标题行：要有“词”这一列。可以下载空白模板来填（{'、'.join(LABELS)}）。")
    below = sheet.rows[header.below:]
    table = Table(sheet.rows, header.below, header.headings, FIELDS.map_columns(header.headings, below))
    lines = list(table.every_line())
    if not lines:
        raise ValidationError("标题行下面没有词。")
    if len(lines) > MAX_ROWS:
        raise ValidationError(f"一次最多 {MAX_ROWS} 个词，这里有 {len(lines)} 个，请分几次。")
    return WordRoster().judge(lines)


def as_rows(lines):
    """What a preview sends back to be judged again, with the versions it saw: of the rows it would write."""
    return [[line.number, line.seen, {key: plain_text(cell) for key, cell in line.cells.items()}]
            for line in lines if line.outcome in (Outcome.NEW, Outcome.CHANGED)]


def judged_again(rows):
    """(the lines of a preview, judged once more; whether each is as the preview saw it)."""
    lines = WordRoster().judge([Line(number, [], cells) for number, _, cells in rows])
    return lines, all(line.seen == seen and not line.problems for line, (_, seen, _) in zip(lines, rows, strict=True))
