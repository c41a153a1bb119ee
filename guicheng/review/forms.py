"""What a reviewer answers."""
from django import forms

from guicheng.review.checked import TICKS, Checked, Openness


class CheckedForm(forms.Form):
    """What the last reviewer ticks before something is public, and the 公开属性. What is missing the verb says."""

    politics, secrecy, privacy, figures = (
        forms.BooleanField(label=label, required=False) for label in TICKS.values())
    openness = forms.ChoiceField(label="公开属性", choices=Openness, required=False, widget=forms.RadioSelect)

    def ticks(self):
        return [self[name] for name in TICKS]

    def checked(self):
        """A Checked, whatever came: what is no tick of ours is none."""
        values = self.cleaned_data if self.is_bound and self.is_valid() else {}
        return Checked.from_dict(values)


class DecisionForm(CheckedForm):
    """A reviewer's answer about one row, and the version that was read."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=10**6)
    decision = forms.ChoiceField(choices=[("approve", "通过"), ("return", "退回")])
    reason = forms.CharField(label="退回的原因", required=False, max_length=500,
                             widget=forms.Textarea(attrs={"rows": 2}))

    def clean(self):
        values = super().clean()
        if values.get("decision") == "return" and not values.get("reason", "").strip():
            self.add_error("reason", forms.ValidationError("退回要写明原因。", code="unexplained"))
        return values
