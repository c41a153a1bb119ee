"""封存 in the back office: who asks, who confirms, and what is sealed. The rules are the verbs of `Seal`."""
from django import forms
from django.contrib import messages
from django.contrib.admin import site
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from guicheng.fields import CleanTextField
from guicheng.files.sealing import named_by
from guicheng.office.submissions import once
from guicheng.seal import work
from guicheng.seal.models import FILES, WORDS, Seal
from guicheng.seal.permissions import can_ask_seal, can_confirm_seal, can_see_seals
from guicheng.seal.words import LONGEST
from guicheng.text import clean_text, is_row_number
from projects.models import Project

PER_PAGE = 30
WAITS = "已提出，要另一位安全管理员或业务管理员确认才生效；请告诉对方。"


class SealForm(forms.Form):
    """What to seal: words as they stand in public, or the address of a photo or a paper."""

    kind = forms.ChoiceField(label="封存什么", choices=Seal.Kind.choices)
    words = forms.CharField(
        label="要遮的字", required=False, max_length=LONGEST, widget=forms.TextInput(attrs={"size": 60}),
        help_text="照公开页面上的字写；全角半角、中间的空格和换行不用管。一次一段，300 字以内。")
    address = forms.CharField(
        label="照片或附件的网址", required=False, max_length=300, widget=forms.TextInput(attrs={"size": 60}),
        help_text="在公开页面上右键复制图片地址、附件链接，整个贴过来。同一张照片用在别处的也一起封存。")
    is_personal = forms.BooleanField(
        label="是个人信息", required=False,
        help_text="勾上以后：照片和附件的原件从磁盘删除，不能恢复；文字在后台也不再显示，只留字数和指纹。")
    ground = forms.CharField(label="依据", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
                             help_text="哪份文件、哪位领导批示，或者当事人什么时候提出。")

    def clean(self):
        found = super().clean()
        kind, words = found.get("kind"), clean_text(found.get("words", ""))
        self.seal = Seal(kind=kind or "", ground=found.get("ground", ""), is_personal=bool(found.get("is_personal")))
        if kind in WORDS:
            self.seal.words = words
        elif kind in FILES:
            try:
                row = named_by(kind, found.get("address", ""))
            except ValidationError as error:
                raise forms.ValidationError({"address": error.messages})
            self.seal.code, self.seal.sha256 = row.code, row.sha256
        return found


@require_safe
def seals(request):
    """What waits for a second person, then every seal there was, newest first."""
    if not can_see_seals(request.user):
        raise PermissionDenied
    rows = Seal.objects.select_related("asked_by", "confirmed_by", "dropped_by", "lift_asked_by", "lifted_by")
    waiting = [(row, row.second(request.user), _named_by(row)) for row in rows.open()]
    return render(request, "admin/seals.html", {
        **site.each_context(request), "title": "封存", "waiting": waiting,
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "may_ask": can_ask_seal(request.user), "may_decide": _may_decide(request.user),
        "unfinished": Seal.objects.unfinished().count(),
    })


@require_http_methods(["GET", "HEAD", "POST"])
def seal_ask(request):
    if not can_ask_seal(request.user):
        raise PermissionDenied
    form = SealForm(request.POST if request.method == "POST" else None, label_suffix="")
    if form.is_bound and form.is_valid():
        try:
            with once(request) as sending:
                form.seal.ask(request.user)
                sending.leads_to = reverse("admin:seals")
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, f"{form.seal}{WAITS}")
            return redirect("admin:seals")
    return render(request, "admin/seal_ask.html", {**site.each_context(request), "title": "提出封存", "form": form},
                  status=400 if form.errors else 200)


@require_http_methods(["POST"])
def seal_decide(request):
    """One step of one seal; or, without one, what is unfinished done here and now."""
    if not _may_decide(request.user):
        raise PermissionDenied
    verb = request.POST.get("verb", "")
    if verb == "finish":
        work.finish_now()
        left = Seal.objects.unfinished().count()
        messages.info(request, f"还有 {left} 项没有办完，请过一会儿再试。" if left else "都办完了。")
        return redirect("admin:seals")
    with once(request) as sending:
        sentence = _decided(verb, _seal(request.POST.get("seal", "")), request)
        sending.leads_to = reverse("admin:seals")
    messages.success(request, sentence)
    return redirect("admin:seals")


def _named_by(seal):
    """How many public projects say these words: who confirms sees whether they cover too much. None for a file."""
    return Project.objects.published().search(seal.words).count() if seal.is_of_words else None


def _may_decide(user):
    return can_ask_seal(user) or can_confirm_seal(user)


def _seal(text):
    row = Seal.objects.filter(pk=int(text)).first() if is_row_number(text) else None
    if row is None:
        raise ValidationError("没有这一项封存，请回到封存页重新选。")
    return row


def _decided(verb, seal, request):
    """Take the step; gives the sentence to say. Raises ValidationError."""
    if verb == "confirm":
        seal.confirm(request.user)
        return f"{seal}已生效：公开页面现在就不再显示；锁定季度的文件正在重做，做好以前不给下载。"
    if verb == "drop":
        seal.drop(request.user)
        return f"{seal}已作废。"
    if verb == "ask_lift":
        seal.ask_lift(request.user, CleanTextField().to_python(request.POST.get("ground", ""))[:1000])
        return f"{seal}：解除已提出，要另一位确认才生效。"
    if verb == "lift":
        seal.lift(request.user)
        return f"{seal}已解除。"
    raise ValidationError("不认识这一步，请回到封存页重新点。")
