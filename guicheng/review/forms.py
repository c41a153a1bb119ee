"""What a reviewer answers."""
from django import forms


class DecisionForm(forms.Form):
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
