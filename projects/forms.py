"""What staff may type about a project's progress."""
from django import forms
from django.utils import timezone

from projects.models import ProgressUpdate, Source


class ProgressForm(forms.ModelForm):
    """One statement: 填报进展, or a correction that takes the place of an earlier one."""

    class Meta:
        model = ProgressUpdate
        fields = ["effective_on", "effective_from", "status", "percent", "quantity", "text", "reason",
                  "problem", "delay_reason", "next_step", "coordination", "source", "source_place"]
        widgets = {
            "effective_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "effective_from": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            **{name: forms.Textarea(attrs={"rows": 3}) for name in ["text", "reason"]},
            **{name: forms.Textarea(attrs={"rows": 2}) for name in
               ["problem", "delay_reason", "next_step", "coordination"]},
            "percent": forms.NumberInput(attrs={"min": 0, "max": 100, "inputmode": "numeric"}),
        }

    PUBLIC = ["effective_on", "status", "reason", "text", "percent", "quantity"]
    STAFF = ["problem", "delay_reason", "next_step", "coordination"]
    ORIGIN = ["effective_from", "source", "source_place"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["source"].queryset = Source.objects.all()
        self.fields["source"].empty_label = None
        self.fields["status"].choices = [("", "没有新说法"), *self.fields["status"].choices[1:]]
        if not self.instance.pk and not self.instance.amends_id:
            self.initial.update(effective_on=timezone.localdate(), source=Source.objects.own().pk)
        if self.instance.amends_id:
            self.fields["reason"].required = True

    def groups(self):
        """The fields as the page shows them: what residents read, what only staff read, where it is from."""
        return [
            ("居民会看到", "", [self[name] for name in self.PUBLIC]),
            ("只有工作人员看到", "用于督办和季度报告，不公开。", [self[name] for name in self.STAFF]),
            ("出处", "自己单位的进展不用改。", [self[name] for name in self.ORIGIN]),
        ]


class WithdrawForm(forms.ModelForm):
    """A withdrawal says only why."""

    class Meta:
        model = ProgressUpdate
        fields = ["reason"]
        widgets = {"reason": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = True

    def groups(self):
        return [("撤回", "公开页面会写“已撤回”和这个原因，不再显示原来的内容。", [self["reason"]])]
