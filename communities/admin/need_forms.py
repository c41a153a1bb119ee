"""What staff type on the page of a need: one small form a verb, the answer, and a need of somebody at the counter."""
from django import forms
from django.core.exceptions import ValidationError

from communities.models import Channel, Community, Need, NeedKind, Verdict
from communities.models.need_moves import MOVES, Verb
from communities.needs.asking import MOST_PHOTOS
from communities.needs.suggestions import suggested_units
from guicheng.access.membership import key_of, unit_of
from guicheng.files.forms import AttachmentsForm
from guicheng.office.base import RowChoiceField
from guicheng.personal.phones import plain_phone
from guicheng.text import clean_text
from projects.models import Department
from projects.supervision.forms import CleanForm

LONGEST = 2000
MOST_DAYS = 60
# what a move asks for beside its words
ASKS = {
    Verb.OFFER: ["unit"], Verb.ASSIGN: ["unit"], Verb.ASK_EXTENSION: ["days"], Verb.PASS_ON: ["outside_number"],
    Verb.MERGE: ["other"], Verb.SPLIT: ["title", "unit"], Verb.NOTE: ["note"],
    Verb.FOLLOW_UP: ["verdict"],
}
# words that may be written where the table does not ask for any
OFFERED_TEXT = {Verb.MERGE: "告诉反映人的话（可以不写）", Verb.ASSIGN: "内部记录（可以不写，只给工作人员看）",
                Verb.EXTEND: "内部记录（可以不写，只给工作人员看）", Verb.SPLIT: "另一件的具体情况"}
HELP = {
    Verb.START: "反映人会看到“开始办理”。", Verb.ASK_BACK: "反映人补充以前，日子不往下数。",
    Verb.PAUSE: "恢复以前，日子不往下数。", Verb.SHELVE: "现在办不了、以后再看的。日子不往下数。",
    Verb.OFFER: "对方接收以前，还由现在的单位负责。", Verb.DECLINE: "退给转来的单位；没有单位的退给街道。",
    Verb.ASK_EXTENSION: "由另一个人同意才算；同意以前日子照数。",
    Verb.PASS_ON: "转 12345、区长直通车等。转出以后这里就办完了。",
    Verb.MERGE: "说的是同一件事的，并到另一件里办；那一件答复了，两位反映人都看得到。",
    Verb.SPLIT: "一件里说了两件事的，把另一件单独立一件；这一件接着办。",
    Verb.SUPPLEMENT: "反映人到柜台或者打电话补充的，替他写在这里。",
    Verb.FOLLOW_UP: "打电话或者当面问过反映人，问到什么写什么。电话回访另外计数，不和反映人自己评的混在一起。",
    Verb.REFUSE: "写明原因和该找谁。举报和说到个人的：12388、12345、110。",
}


def _area(label, required=False, rows=3, limit=LONGEST):
    return forms.CharField(label=label, required=required, max_length=limit,
                           widget=forms.Textarea(attrs={"rows": rows}), error_messages={
                               "required": f"请写“{label}”。", "max_length": f"请写在 {limit} 个字以内。"})


class MoveForm(CleanForm):
    """One move of one need, and the version that was read."""

    verb = forms.ChoiceField(choices=Verb, widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=10**6)
    unit = forms.ChoiceField(label="哪个单位", error_messages={"required": "请选一个单位。"})
    days = forms.IntegerField(label="延几个工作日", min_value=1, max_value=MOST_DAYS, error_messages={
        "required": "请写延几个工作日。", "min_value": "至少 1 个工作日。",
        "max_value": f"最多 {MOST_DAYS} 个工作日。"})
    outside_number = forms.CharField(label="对方的编号", max_length=40, help_text="反映人凭它去问。", error_messages={
        "required": "请写对方的编号，反映人凭它去问。", "max_length": "请写在 40 个字以内。"})
    other = forms.CharField(label="并到哪一件（编号）", max_length=20, help_text="例如 GC2611-0047。", error_messages={
        "required": "请写要并到哪一件的编号。", "max_length": "编号没有这么长。"})
    verdict = forms.ChoiceField(label="反映人的评价", choices=[("", "请选"), *Verdict.choices], error_messages={
        "required": "请选反映人的评价。"})
    title = forms.CharField(label="另一件：一句话", max_length=60, error_messages={
        "required": "请用一句话说清另一件。", "max_length": "请写在 60 个字以内。"})
    text = _area("告诉反映人的话")
    note = _area("内部记录（可以不写，只给工作人员看）", rows=2)

    def __init__(self, verb, need, user, data=None, units=None):
        super().__init__(data, auto_id=f"{verb}_%s", initial={"verb": verb, "version": need.version})
        self.move, self.chosen, self.need, self.user = Verb(verb), MOVES[verb], need, user
        wanted = {"verb", "version", "text", *ASKS.get(verb, [])}
        if not self.chosen.needs_text and verb not in OFFERED_TEXT:
            wanted.discard("text")
        for name in set(self.fields) - wanted:
            del self.fields[name]
        if "text" in wanted:
            words = self.fields["text"]
            words.label = OFFERED_TEXT.get(verb, self.chosen.text_label)
            words.required = self.chosen.needs_text
            words.error_messages["required"] = f"请写“{words.label}”。"
        if "unit" in wanted:
            self.fields["unit"].choices = units if units is not None else unit_choices(need)
            self.fields["unit"].required = verb != Verb.SPLIT
            if verb == Verb.SPLIT:
                self.fields["unit"].label = "给哪个社区（不选就和这一件一样）"

    @property
    def label(self):
        return self.move.label

    @property
    def help(self):
        return HELP.get(self.move, "")

    @property
    def is_bare(self):
        """Whether it is a button and nothing else."""
        return not self.visible_fields()

    def clean_unit(self):
        unit = unit_of(self.cleaned_data["unit"])
        if unit is not None and self.move == Verb.SPLIT and not isinstance(unit, Community):
            raise ValidationError("另一件先给社区；别的单位由社区转办。")
        return unit

    def clean_other(self):
        number = clean_text(self.cleaned_data["other"]).upper()
        other = Need.objects.visible_to(self.user).filter(number=number).first()
        if other is None:
            raise ValidationError("没有这个编号，或者不是你能看到的。")
        return other

    def asked(self):
        """What `handling.make` takes."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("verb", "version")}

    def take(self, error):
        """Say what a move refused beside the field it is about."""
        if not hasattr(error, "error_dict"):
            self.add_error(None, error)
            return
        for name, errors in error.error_dict.items():
            self.add_error(name if name in self.fields else None, errors)


def unit_choices(need):
    """The units for a select: first those that answered needs like this, then the communities, then the departments."""
    near = suggested_units(need)
    taken = {need.holder, *(unit for unit, _ in near)}
    like = [(key_of(unit), f"{unit}（答复过 {number} 件）") for unit, number in near]
    groups = [("办过类似的", like)] if like else []
    for title, model in (("社区", Community), ("部门", Department)):
        rows = [(key_of(unit), str(unit)) for unit in model.objects.all() if unit not in taken]
        groups += [(title, rows)] if rows else []
    return [("", "请选择"), *groups]


class AnswerForm(CleanForm):
    """The answer that is being written. `answer_version`: of the draft that was read, 0 where there was none."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=10**6)
    answer_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=10**6)
    text = _area("答复（反映人看得到）", required=True, rows=8)

    def __init__(self, need, answer=None, data=None, text=""):
        super().__init__(data, auto_id="answer_%s", initial={
            "version": need.version, "answer_version": answer.version if answer else 0,
            "text": text or (answer.text if answer else "")})
        self.fields["text"].help_text = "写办了什么、办到哪一步、以后怎么样。不写姓名、电话和门牌。审核员看过才发出。"


class CounterForm(CleanForm):
    """A need of somebody who came or phoned."""

    channel = forms.ChoiceField(label="怎么来的", choices=[(each.value, each.label) for each in (
        Channel.COUNTER, Channel.PHONE)], widget=forms.RadioSelect, initial=Channel.COUNTER)
    kind = forms.ChoiceField(label="类别", choices=[("", "请选择"), *NeedKind.choices],
                             error_messages={"required": "请选类别。"})
    title = forms.CharField(label="一句话说清什么事", max_length=60, error_messages={
        "required": "请用一句话说清。", "max_length": "请写在 60 个字以内，多的写到具体情况里。"})
    text = _area("具体情况", rows=5)
    place = forms.CharField(label="在哪里", required=False, max_length=120,
                            error_messages={"max_length": "请写在 120 个字以内。"})
    community = RowChoiceField(label="哪个社区", queryset=None, required=False, empty_label="不知道（由街道分派）")
    name = forms.CharField(label="怎么称呼（可以不写）", required=False, max_length=20,
                           error_messages={"max_length": "请写在 20 个字以内。"})
    phone = forms.CharField(label="电话（可以不写）", required=False, max_length=40, help_text=(
        "加密保存，只给办理的人看。不留电话的，回执上的链接丢了就找不回来。"))

    def __init__(self, data=None, *, user):
        own = Community.objects.served_by(user)
        super().__init__(data, initial={"community": own.first()})
        self.fields["community"].queryset = Community.objects.all()

    def clean_phone(self):
        phone = self.cleaned_data["phone"]
        if phone and not plain_phone(phone):
            raise ValidationError("电话应是 11 位手机号，或带区号的固定电话，如 0757-12345678。")
        return phone


class NeedPhotosForm(AttachmentsForm):
    """Photos of a need. They are shown to who handles it: no sentence and no tick is asked for."""

    alt = people_agreed = papers = None

    def __init__(self, data=None, files=None, *, by):
        super().__init__(data, files, by=by, of=Need, prefix="photos")
        self.fields["photos"].label = "照片（可以不传）"

    def clean(self):
        data = super().clean()
        if len(self.rows) > MOST_PHOTOS:
            self.add_error("photos", f"最多 {MOST_PHOTOS} 张照片。")
        return data
