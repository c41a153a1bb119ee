"""Two people changed one row: what each form said, what differs, and the form that follows from the choices.

Everything here is the text a form posts, by the names it posts it under; the admin's form and formsets only lend
their fields. `Snapshot` is a form as somebody saw it; `Merge` compares three: what both saw, theirs, and mine.
"""
import re
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from guicheng.text import is_row_number

SALT = "guicheng.merging"
PICK, MERGED = "pick-", "merged-"
ROW = "-whole-row"  # ends the name under which the fate of a row they deleted is picked
SENTENCES = re.compile(r"[^。！？；\n]+[。！？；\n]*|[。！？；\n]+")
MARKED_UP_TO = 3000  # characters: beyond, marking what differs takes too long


def posted(bound):
    """What an untouched field posts, as a list of strings."""
    value, widget = bound.value(), getattr(bound.field.widget, "widget", bound.field.widget)
    if isinstance(widget, forms.CheckboxInput):
        return ["on"] if value else []
    shown = widget.format_value(value)
    shown = shown if isinstance(shown, list) else ["" if shown is None else str(shown)]
    return [each.replace("\r\n", "\n") for each in shown]


def typed(data, name, field):
    """What came under `name`; None where the form did not ask for it."""
    values = [each.replace("\r\n", "\n") for each in data.getlist(name)]
    may_be_absent = isinstance(field, forms.BooleanField | forms.ModelMultipleChoiceField)
    return values if values or may_be_absent else None


def is_structure(name, field, formset):
    """Whether a field of an inline row only says which row it is."""
    return name == formset.model._meta.pk.name or isinstance(field, forms.models.InlineForeignKeyField)


def asked(formset, form):
    """The fields of an inline row that a person fills in."""
    return {name: each for name, each in form.fields.items() if not is_structure(name, each, formset)}


@dataclass
class Snapshot:
    """A form as somebody saw it: its version, and what each field would post. Travels signed in the form itself."""

    key: str
    version: int
    at: str
    form: dict
    rows: dict  # prefix -> {pk: {name: [text]}}

    @classmethod
    def of(cls, row, form, formsets):
        return cls(
            key=f"{row._meta.label_lower}:{row.pk}", version=row.version, at=timezone.now().isoformat(),
            form={name: posted(form[name]) for name in form.fields},
            rows={formset.prefix: {str(each.instance.pk): {name: posted(each[name]) for name in asked(formset, each)}
                                   for each in formset.initial_forms} for formset in formsets},
        )

    @property
    def token(self):
        return signing.dumps(self.__dict__, salt=SALT, compress=True)

    @classmethod
    def read(cls, token, key):
        """The snapshot of the row called `key` from a token; None when it is missing or not ours."""
        try:
            found = cls(**signing.loads(token or "", salt=SALT))
        except (signing.BadSignature, TypeError, ValueError):
            return None
        return found if found.key == key else None

    @property
    def seen_at(self):
        return parse_datetime(self.at)

    def says_the_same(self, other):
        return (self.form, self.rows) == (other.form, other.rows)

    def value(self, name, data):
        """What this form would post under `name`; rows are found by the number that `data` gives them."""
        if name in self.form:
            return self.form[name]
        for prefix, rows in self.rows.items():
            if place := re.fullmatch(rf"{re.escape(prefix)}-(\d+)-(\w+)", name):
                return rows.get(data.get(f"{prefix}-{place[1]}-id", ""), {}).get(place[2], [])
        return []


@dataclass
class Difference:
    """One field in which my form and theirs differ."""

    name: str
    label: str
    field: forms.Field
    original: list | None
    theirs: list
    mine: list
    both: bool  # both of us changed it: a person must choose
    picked: str = ""
    where: str = ""  # the inline row it stands in
    who: object = None  # the AuditEntry of their change
    row_lost: bool = False

    @property
    def can_merge(self):
        return isinstance(self.field, forms.CharField) and not isinstance(self.field, forms.ChoiceField)

    @property
    def is_long(self):
        return isinstance(self.field.widget, forms.Textarea)

    @property
    def merged(self):
        """A first proposal to go on from: theirs, with the sentences changed in mine."""
        if not self.is_long:
            return self.mine[0]
        return merged_text((self.original or [""])[0], self.theirs[0], self.mine[0])

    @property
    def sides(self):
        """(value of the pick, whose, pieces) of theirs and mine."""
        before = None if self.original is None else readable(self.field, self.original)
        theirs, mine = readable(self.field, self.theirs), readable(self.field, self.mine)
        if self.row_lost:
            theirs = "（这一行已被对方删除）"
        return [("theirs", "用对方的", pieces(before, theirs)), ("mine", "用我的", pieces(before, mine))]

    @property
    def before(self):
        return "（不知道）" if self.original is None else readable(self.field, self.original)


def merged_text(original, theirs, mine):
    """Theirs, with what mine did to the original done to it as well, sentence by sentence."""
    before, result, wanted = (SENTENCES.findall(text) for text in (original, theirs, mine))
    for step, start, end, first, last in reversed(SequenceMatcher(None, before, wanted, autojunk=False).get_opcodes()):
        if step == "equal":
            continue
        gone, new = before[start:end], [each for each in wanted[first:last] if each not in result]
        places = [at for at in range(len(result)) if gone and result[at: at + len(gone)] == gone]
        if places:
            result[places[0]: places[0] + len(gone)] = new
        elif 0 < start < len(before) and before[start - 1] in result:
            at = result.index(before[start - 1]) + 1
            result[at:at] = new
        elif step == "insert" and before and not start:
            result[:0] = new
        else:
            result += ["\n", *new] if result and result[-1][-1] not in "。！？；\n" else new
    return "".join(result)


def readable(field, values):
    """What a list of posted strings says to a person."""
    if isinstance(field, forms.BooleanField):
        return "是" if values else "否"
    values = [each for each in values if each]
    if isinstance(field, forms.ModelChoiceField):
        key = field.to_field_name or "pk"
        good = list(filter(is_row_number, values))
        found = {str(getattr(each, key)): str(each) for each in field.queryset.filter(**{f"{key}__in": good})}
        return "、".join(found.get(each, "（选不到的一项）") for each in values) or "（空）"
    if isinstance(field, forms.ChoiceField):
        names = {str(key): str(name) for key, name in field.choices}
        values = [names.get(each, each) for each in values]
    return "、".join(values) or "（空）"


def pieces(before, after):
    """`after` cut into (text, whether it is new against `before`)."""
    if before is None or max(len(before), len(after)) > MARKED_UP_TO:
        return [(after, False)]
    steps = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return [(after[start:end], step != "equal") for step, _, _, start, end in steps if end > start]


def value_of(field, values):
    data = QueryDict(mutable=True)
    data.setlist("x", values)
    return field.widget.value_from_datadict(data, {}, "x")


def same(field, left, right):
    """Whether two lists of posted strings mean the same to the field: 2021-1-5 and 2021/01/05 do."""
    if left == right or left is None or right is None:
        return True
    left, right = value_of(field, left), value_of(field, right)
    if not isinstance(field, forms.ModelChoiceField):
        try:
            left = field.to_python(left)
        except ValidationError:
            return False
    return not field.has_changed(left, right)


@dataclass
class Merge:
    """My form against theirs. `data` is my form laid out over their rows; `differences` is what to choose about."""

    row: object
    form: forms.ModelForm
    formsets: list
    original: Snapshot | None
    theirs: Snapshot
    mine: QueryDict
    differences: list = field(default_factory=list)
    added: list = field(default_factory=list)  # rows they added, as text
    kept: list = field(default_factory=list)  # rows I added, as text

    def __post_init__(self):
        self.data = QueryDict(mutable=True)
        for name, each in self.form.fields.items():
            mine, theirs = typed(self.mine, name, each), self.theirs.form[name]
            original = self.original and self.original.form.get(name)
            self._compare(name, each, original, theirs, mine)
        for formset in self.formsets:
            self._lay_out(formset)
        self.differences.sort(key=lambda each: not each.both)

    def _compare(self, name, field, original, theirs, mine, where="", row_changed=False):
        mine = theirs if mine is None else mine
        self.data.setlist(name, mine)
        if same(field, theirs, mine):
            return
        untouched = original is not None and same(field, original, mine)
        kept = original is not None and same(field, original, theirs) and not row_changed
        self.differences.append(Difference(
            name, str(field.label or name), field, original, theirs, mine, both=not (untouched or kept), where=where,
            picked="theirs" if untouched else "mine" if kept else "",
        ))

    def _lay_out(self, formset):
        """Their rows first, each with what I typed about it; then my new ones; then mine that they deleted."""
        prefix, pk_name = formset.prefix, formset.model._meta.pk.name
        before = (self.original.rows.get(prefix, {}) if self.original else {})
        mine = self._my_rows(formset)
        for number, form in enumerate(formset.initial_forms):
            pk = str(form.instance.pk)
            theirs, old, my_number = self.theirs.rows[prefix][pk], before.get(pk), mine.pop(pk, None)
            where = f"{formset.model._meta.verbose_name}“{form.instance}”"
            if my_number is None and old is None and self.original:
                self.added.append(where)
            self.data[f"{prefix}-{number}-{pk_name}"] = pk
            self.data[f"{prefix}-{number}-{formset.fk.name}"] = str(self.row.pk)
            for name, each in asked(formset, form).items():
                my = None if my_number is None else typed(self.mine, f"{prefix}-{my_number}-{name}", each)
                changed = name == "DELETE" and old is not None and old != theirs
                self._compare(f"{prefix}-{number}-{name}", each, old and old.get(name, []), theirs[name], my,
                              where, row_changed=changed)
        number = len(formset.initial_forms)
        for pk, my_number in mine.items():
            number += self._keep_row(formset, number, my_number, before.get(pk), lost=not pk.startswith("new-"))
        self.data[f"{prefix}-INITIAL_FORMS"] = str(len(formset.initial_forms))
        self.data[f"{prefix}-TOTAL_FORMS"] = str(number)
        self.data[f"{prefix}-MIN_NUM_FORMS"], self.data[f"{prefix}-MAX_NUM_FORMS"] = "0", "1000"

    def _my_rows(self, formset):
        """{pk, or "new-3": the number under which I posted it}."""
        prefix, pk_name = formset.prefix, formset.model._meta.pk.name
        total = self.mine.get(f"{prefix}-TOTAL_FORMS", "")
        total = min(int(total), 1000) if total.isascii() and total.isdecimal() else 0
        return {self.mine.get(f"{prefix}-{number}-{pk_name}") or f"new-{number}": number for number in range(total)}

    def _keep_row(self, formset, number, my_number, old, lost):
        """Carry over a row that is not among theirs; give 1, or 0 when there is nothing in it of mine."""
        prefix, empty = formset.prefix, formset.empty_form
        fields = asked(formset, empty)
        mine = {name: typed(self.mine, f"{prefix}-{my_number}-{name}", each) for name, each in fields.items()}
        start = old if lost and old else {name: posted(empty[name]) for name in fields}
        if mine.get("DELETE") or all(same(each, start.get(name, []), mine[name]) for name, each in fields.items()):
            return 0
        self.data[f"{prefix}-{number}-{formset.fk.name}"] = str(self.row.pk)
        for name in fields:
            self.data.setlist(f"{prefix}-{number}-{name}", mine[name] or [])
        said = "；".join(f"{each.label}：{readable(each, mine[name])}"
                        for name, each in fields.items() if mine[name] and mine[name] != [""])
        if not lost:
            self.kept.append(f"{formset.model._meta.verbose_name}（{said}）")
        else:
            self.differences.append(Difference(
                f"{prefix}-{number}{ROW}", "整行", forms.CharField(), None, [""], [said], both=True,
                where=f"{formset.model._meta.verbose_name}（对方已删除）", row_lost=True))
        return 1


def apply_picks(data, snapshot):
    """Bring the choices of the conflict page into the form's data; give the names still without one.

    While one is missing nothing is brought in: the page comes again with my own text as it was.
    """
    wanted = data.get("_choose", "").split()
    missing = [name for name in wanted if data.get(PICK + name) not in ("mine", "theirs", "merged")]
    for key in [key for key in data if key.startswith(PICK) and not missing]:
        name, pick = key.removeprefix(PICK), data[key]
        if pick == "merged" and MERGED + name in data:
            data[name] = data[MERGED + name]
        elif pick == "theirs" and name.endswith(ROW):
            data[f"{name.removesuffix(ROW)}-DELETE"] = "on"
        elif pick == "theirs" and snapshot:
            data.setlist(name, snapshot.value(name, data))
    return missing
