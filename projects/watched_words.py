"""The list of watched words from an Excel or CSV file: each row new, changed, as it was, or wrong in one sentence."""
from django.core.exceptions import ValidationError

from guicheng.excel_import.columns import Field, Fields, one_word
from guicheng.excel_import.rows import Outcome
from guicheng.excel_import.short import ShortRoster
from guicheng.excel_import.values import Unclear
from guicheng.trail.history import acting, record
from guicheng.trail.versions import save_versions
from projects.models import WatchedWord
from projects.models.review import WatchedWordKind

KINDS = {"领导": "leader", "领导姓名": "leader", "错别字": "wrong", "错误写法": "wrong", "敏感词": "sensitive",
         "敏感说法": "sensitive", "不宜公开": "sensitive"} | {label: value for value, label in WatchedWordKind.choices}
ACTIVE = {"是": True, "启用": True, "√": True, "否": False, "停用": False, "不启用": False}


def read_kind(line, field):
    text = line.text(field.key)
    if text not in KINDS:
        raise Unclear(f"“{text[:20]}”不在可选范围：{'、'.join(WatchedWordKind.labels)}")
    return {field.key: KINDS[text]}


def length(name):
    return WatchedWord._meta.get_field(name).max_length


FIELDS = Fields({"提醒词": [
    Field("word", "词", "提醒词 词语 敏感词", longest=length("word")),
    Field("kind", "性质", "类别 类型", read=read_kind, show=lambda stored, finder: WatchedWordKind(stored).label,
          options=lambda finder: WatchedWordKind.labels),
    Field("advice", "提示", "建议 改成 应写作", longest=length("advice")),
    Field("is_active", "启用", "是否启用", read=one_word(ACTIVE, "是或否"),
          show=lambda stored, finder: "是" if stored else "否", options=lambda finder: ["是", "否"]),
]}, naming=["word"], endings=False)
KEYS = [field.key for field in FIELDS if field.key != "word"]


class WordRoster(ShortRoster):
    """The rows of one file, against the words there are. An empty cell leaves a word that is there as it is."""

    fields, thing, counted, most, needs = FIELDS, "词", "个词", 1000, [["word"]]

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

    def write(self, rows):
        """Write what is new and what changed, all or nothing."""
        new = [WatchedWord(word=line.name, **line.values) for line in rows if line.outcome == Outcome.NEW]
        changed = [line for line in rows if line.outcome == Outcome.CHANGED]
        for line in changed:
            for key, value in line.values.items():
                setattr(line.known, key, value)
        with acting(reason="导入提醒词"):
            WatchedWord.objects.bulk_create(new)
            record("+", [(None, word) for word in new])
            if stale := save_versions([line.known for line in changed], KEYS):
                raise ValidationError(f"刚才有人改过“{stale[0]}”，一行也没有导入，请重新上传。")
