"""What staff may type about lights and supervision."""
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from guicheng.text import clean_text
from projects.models import LightOverride, SupervisionNotice
from projects.models.lights import Colour

LONGEST = 2000


def text_field(label, help_text="", rows=4, required=True):
    return forms.CharField(
        label=label, help_text=help_text, max_length=LONGEST, required=required,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": f"请写明{label}。", "max_length": f"{label}请写在 {LONGEST} 个字以内。"},
    )


def day_field(label, help_text=""):
    return forms.DateField(label=label, help_text=help_text, required=False,
                           widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class CleanForm(forms.Form):
    """A form whose long text is cleaned like the models' text; NUL and the like are gone before Django looks."""

    def __init__(self, data=None, **kwargs):
        if data is not None:
            data = data.copy()
            for name in self.base_fields:
                if name in data:
                    data[name] = clean_text(data[name])
        super().__init__(data, **kwargs)


class IssueForm(CleanForm):
    """发起督办, with the leader's 批示 where a leader does it."""

    level = forms.ChoiceField(label="督办方式", choices=SupervisionNotice.Level.choices, initial="order")
    basis = forms.CharField(
        label="依据", max_length=200, required=False, help_text="文件名称和文号，或者哪次会议定的；印在督办单上。",
        error_messages={"max_length": "依据请写在 200 个字以内。"})
    text = text_field("内容", "写清要办什么、卡在哪里、要什么结果。")
    reply_by = day_field("回复期限", "不填就没有期限。")
    instruction = text_field("批示", "可以不写。责任单位会看到。", rows=3, required=False)

    def __init__(self, data=None, *, may_instruct, **kwargs):
        super().__init__(data, **kwargs)
        if not may_instruct:
            del self.fields["instruction"]

    def clean_reply_by(self):
        day = self.cleaned_data["reply_by"]
        if day and day < timezone.localdate():
            raise ValidationError("回复期限不能早于今天。")
        if day and day.year > 2100:
            raise ValidationError("日期应在 2100 年以前，请检查年份。")
        return day


class ReplyForm(CleanForm):
    text = text_field("回复", "写清现在到哪一步、卡在哪里、下一步和何时办好。")
    evidence = text_field("证明材料", "有就写名称和份数，如：验收单一份。没有可以不填。", rows=2, required=False)


class CloseForm(CleanForm):
    reason = forms.CharField(
        label="办结原因", max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "请写明办结原因。", "max_length": "办结原因请写在 300 个字以内。"})


class InstructionForm(CleanForm):
    text = text_field("批示", "责任单位会看到；写下以后不能修改。")


class OverrideForm(CleanForm):
    """人工改灯."""

    colour = forms.ChoiceField(
        label="改为", choices=[("", "按日期计算（取消人工改灯）"), *Colour.choices], required=False)
    reason = text_field("原因", "会写在灯旁边，和你的姓名一起。", rows=3)
    until = day_field("到哪天为止", LightOverride._meta.get_field("until").help_text)

    def clean_until(self):
        day = self.cleaned_data["until"]
        if day and day < timezone.localdate():
            raise ValidationError("结束日不能早于今天。")
        if day and day.year > 2100:
            raise ValidationError("日期应在 2100 年以前，请检查年份。")
        return day
