"""What staff may type about a project's progress: one small form for each kind of statement."""
from dataclasses import dataclass

from django import forms
from django.utils import timezone

from guicheng import words
from guicheng.office.watched import ASK, AsksAboutWords
from projects.ledger.doubts import doubts_of
from projects.models import ProgressUpdate, Source, Status
from projects.supervision.lights import light_of

Kind = ProgressUpdate.Kind


def _day():
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


@dataclass
class FieldGroup:
    """Fields under one heading; folded away until somebody needs them."""

    name: str
    help_text: str
    fields: list
    is_folded: bool = True

    @property
    def is_open(self):
        """Whether something in it was typed or is wrong."""
        typed = any(field.value() for field in self.fields if field.name != "source")
        return typed or any(field.errors for field in self.fields)


class StatementForm(AsksAboutWords, forms.ModelForm):
    """The common part: the version that was seen, and the words that make the portal ask once."""

    tick = "words_checked"

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=10**6)
    words_checked = forms.BooleanField(label="已核对，照这样提交", required=False)
    is_exact = forms.BooleanField(
        label="就是这一天", required=False, help_text="例如就在这天完工、启用。不勾，页面写“截至”或“不迟于”这一天。")

    class Meta:
        model = ProgressUpdate
        fields = ["effective_on", "effective_from", "postponed_to", "status", "percent", "quantity", "text", "proof",
                  "reason", "problem", "delay_reason", "next_step", "coordination", "office_text", "source",
                  "source_place"]
        widgets = {
            **{name: _day() for name in ["effective_on", "effective_from", "postponed_to"]},
            **{name: forms.Textarea(attrs={"rows": 3}) for name in ["text", "reason", "proof"]},
            **{name: forms.Textarea(attrs={"rows": 2}) for name in
               ["problem", "delay_reason", "next_step", "coordination", "office_text"]},
            "percent": forms.NumberInput(attrs={"min": 0, "max": 100, "inputmode": "numeric"}),
        }

    PUBLIC = ["effective_on", "is_exact", "status", "text", "percent", "quantity", "reason"]
    STAFF = ["problem", "delay_reason", "next_step", "coordination", "office_text"]
    ORIGIN = ["effective_from", "source", "source_place"]
    REQUIRED = []
    HELP = {"reason": "居民会看到。暂停或不再实施时要写。"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        shown = {*self.PUBLIC, *self.STAFF, *self.ORIGIN, "version", "words_checked"}
        for name in set(self.fields) - shown:
            del self.fields[name]
        for name in self.REQUIRED:
            self.fields[name].required = True
        for name in set(self.HELP) & set(self.fields):
            self.fields[name].help_text = self.HELP[name]
        self.initial["version"] = self.instance.version
        self.initial["is_exact"] = bool(self.instance.effective_from) \
            and self.instance.effective_from == self.instance.effective_on
        self.words, self.doubts, self.beside = [], [], []
        if "source" in self.fields:
            self.fields["source"].queryset = Source.objects.all()
            self.fields["source"].empty_label = None
        if "status" in self.fields:
            self.fields["status"].choices = [("", "没有新说法"), *self.fields["status"].choices[1:]]
        if not self.instance.pk and not self.instance.amends_id:
            self.initial.update(effective_on=timezone.localdate(), source=self.instance.source_id)

    def clean(self):
        """Ask once about the words of the list and what is seldom meant; a tick says that the author looked."""
        values = super().clean()
        self._take_exact_day(values)
        self.doubts = self.doubts_about(values)
        if self.doubts and not self.words and not self.is_ticked:
            self.add_error(None, ASK)
        return values

    def _take_exact_day(self, values):
        """Of an exact day both ends are stated; who takes the tick away takes the first day with it."""
        if "is_exact" not in self.fields or not values.get("effective_on"):
            return
        first, before = values.get("effective_from"), self.initial.get("effective_from")
        if values.get("is_exact"):
            if first not in (None, values["effective_on"], before):
                self.add_error("is_exact", "勾了“就是这一天”，就不用填“最早日”。")
            values["effective_from"] = self.instance.effective_from = values["effective_on"]
        elif self.initial["is_exact"] and first in (None, before):
            values["effective_from"] = self.instance.effective_from = None

    def watched_texts(self, values):
        """All that it says, changed or not: it goes to review as it stands; and what was chosen beside it."""
        return [*(values.get(name) for name in self.watched_names()), *self.beside]

    def doubts_about(self, values):
        """Sentences about what may be said, but is seldom meant."""
        return []

    def add_error(self, field, error):
        """A sentence of the model about a field that this form does not show stands above the form."""
        if field is None and hasattr(error, "error_dict"):
            beside = {name: rows for name, rows in error.error_dict.items()
                      if name in self.fields and name not in self.errors}  # one sentence a field is enough
            above = [row for name, rows in error.error_dict.items() if name not in self.fields for row in rows]
            error = forms.ValidationError(beside | ({forms.forms.NON_FIELD_ERRORS: above} if above else {}))
        super().add_error(field, error)

    def _post_clean(self):
        """The version is what the person saw, whatever the row has become since."""
        super()._post_clean()
        if self.instance.pk and self.cleaned_data.get("version"):
            self.instance.version = self.cleaned_data["version"]

    def groups(self):
        """The fields as the page shows them: what residents read, what only staff read, where it is from."""
        return [group for group in [
            FieldGroup("居民会看到", "", [self[name] for name in self.PUBLIC], is_folded=False),
            FieldGroup("只有工作人员看到", "用于督办和季度报告，不公开。", [self[name] for name in self.STAFF]),
            FieldGroup("出处", "自己单位的进展不用改。", [self[name] for name in self.ORIGIN]),
        ] if group.fields]


class ProgressForm(StatementForm):
    """填报进展."""

    def doubts_about(self, values):
        project = self.instance.project
        return list(doubts_of(project, values, lambda: light_of(project)).values())


class CorrectionForm(StatementForm):
    """A statement that takes the whole place of an earlier one."""

    REQUIRED = ["reason"]
    HELP = {"reason": "居民会看到。写原来错在哪里。"}

    def __init__(self, *args, instance, **kwargs):
        amended = instance.amends
        extra = [name for name in ["postponed_to", "proof"] if getattr(amended, name)]
        self.PUBLIC = [*StatementForm.PUBLIC, *extra]
        super().__init__(*args, instance=instance, **kwargs)


class WithdrawalForm(StatementForm):
    """A withdrawal says only why."""

    PUBLIC, STAFF, ORIGIN, REQUIRED = ["reason"], [], [], ["reason"]
    HELP = {"reason": "居民会看到。写为什么撤回。"}

    def groups(self):
        help_text = "公开页面会写“已撤回”和这个原因，不再显示原来的内容。"
        return [FieldGroup("撤回", help_text, [self["reason"]], is_folded=False)]


class PostponementForm(StatementForm):
    """申请延期: to which day and why. The first day stays public."""

    PUBLIC = ["effective_on", "postponed_to", "reason"]
    STAFF, ORIGIN = ["next_step"], []
    REQUIRED = ["postponed_to", "reason"]
    HELP = {"reason": "居民会看到。写为什么要延期。", "effective_on": "哪天定下要延期的，一般是今天。"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        now = self.instance.project.due_on
        self.fields["postponed_to"].help_text = (
            f"现在应于 {words.day(now)}，原来的日期仍然公开。" if now else "现在没有写应在哪天办完。")

    def clean_postponed_to(self):
        day, now = self.cleaned_data["postponed_to"], self.instance.project.due_on
        if day < timezone.localdate():
            raise forms.ValidationError("新的日期不能在今天以前。")
        if now and day <= now:
            raise forms.ValidationError(f"要比现在的日期（{now}）晚；日期写错了请用“更正”。")
        return day


class ClosureForm(StatementForm):
    """申请销号: finished, with proof."""

    PUBLIC = ["effective_on", "is_exact", "status", "proof", "text"]
    STAFF, ORIGIN = [], []
    REQUIRED = ["status", "proof"]
    HELP = {"status": "办完了选“已完成”，已经启用选“已投用”。"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["status"].choices = [(value, Status(value).label) for value in ("completed", "in_use")]


FORMS = {
    Kind.PROGRESS: ProgressForm, Kind.CORRECTION: CorrectionForm, Kind.WITHDRAWAL: WithdrawalForm,
    Kind.POSTPONEMENT: PostponementForm, Kind.CLOSURE: ClosureForm,
}


def quick_form(typed=None):
    """The form of a statement as it stands on the first page, before its project is chosen; it never says a source."""
    return ProgressForm(instance=ProgressUpdate(), initial=typed, auto_id="quick_%s")
