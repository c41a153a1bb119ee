"""对外发布: what residents are shown, since when and by whose word; 安全管理员 decides, 安全审计员 reads."""
from django import forms
from django.contrib import messages
from django.contrib.admin import site
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from guicheng import words
from guicheng.access.permissions import can_decide_faces, can_see_faces
from guicheng.office.submissions import once
from guicheng.public import faces
from guicheng.public.faces import DECIDED_MEANWHILE, WORDS, FaceDecision


class DecisionForm(forms.ModelForm):
    """One decision. Nobody switches by leaving a field as it was: the choice is made each time."""

    is_on = forms.TypedChoiceField(
        label="给居民看", choices=[("", "请选"), ("on", WORDS[True]), ("off", WORDS[False])],
        coerce=lambda value: value == "on", error_messages={"required": "请选开放或者不开放。"})

    class Meta:
        model = FaceDecision
        fields = ["is_on", "since", "approved_by", "basis"]
        widgets = {"since": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
                   "approved_by": forms.TextInput(attrs={"size": 40}), "basis": forms.Textarea(attrs={"rows": 3})}
        error_messages = {"since": {"required": "请写明从哪天起。"}}

    def __init__(self, data=None):
        super().__init__(data, initial={"since": timezone.localdate()}, label_suffix="")


@require_safe
def show_faces(request):
    if not can_see_faces(request.user):
        raise Http404
    return render(request, "admin/faces.html", {
        **site.each_context(request), "title": "对外发布", "standings": faces.standings(),
        "decisions": FaceDecision.objects.newest_first(), "may_decide": can_decide_faces(request.user),
    })


def decide(request, key):
    """The form of one face, with what was decided about it before."""
    face = next((each for each in faces.registered() if each.key == key), None)
    if face is None or not can_decide_faces(request.user):
        raise Http404
    form = DecisionForm(request.POST) if request.method == "POST" else DecisionForm()
    if form.is_valid():
        try:
            return _entered(request, face, form.instance)
        except ValidationError as error:
            form.add_error(None, error)
    return render(request, "admin/face.html", {
        **site.each_context(request), "title": f"对外发布：{face.label}", "form": form,
        "standing": faces.standing(face),
        "number": FaceDecision.objects.next_number(face), "decisions": FaceDecision.objects.of(face).newest_first(),
    })


def _entered(request, face, decision):
    with once(request) as sending:
        number = FaceDecision.objects.next_number(face)
        if request.POST.get("number") != str(number):
            raise ValidationError(DECIDED_MEANWHILE)
        decision.enter(face, number, request.user)
        sending.leads_to = reverse("admin:faces")
    messages.success(request, f"已记下：{decision}，从 {words.day(decision.since)}起；到那天，各处一分钟以内跟着变。")
    return redirect("admin:faces")
