"""我要反映: what cannot wait, which kind it is, and the form. While the face is off, whom to call instead."""
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from communities import heads
from communities.faces import NEEDS
from communities.models import Community, NeedKind, NeedTerm
from communities.models.need_terms import FIRST_TERMS
from communities.needs.forms import AskForm
from guicheng.public.forms import form_key, is_hasty, public_form
from guicheng.public.proxies import client_network
from guicheng.public.turns import Busy, turn

FORM = "need"
LEAST_SECONDS = 3
AT_ONCE, SHARE = 4, 10  # forms looked at at once; of one address in a minute
TOO_BIG = "照片加起来超过 25 MB，没有收下。请按浏览器的返回键，写的字还在，少选几张再发。"
HASTY = "发得太快，还没有收下。写的都在，请过几秒再按一次“发出”。"
SHARE_TAKEN = "从这个网络反映得太多了，还没有收下。写的字都在，请过 {seconds} 秒再按一次“发出”。"
BUSY = "现在反映的人很多，还没有收下。写的字都在，请过 {seconds} 秒再按一次“发出”。"
ORDER = [NeedKind.COMPLAINT, NeedKind.HELP, NeedKind.QUESTION, NeedKind.SUGGESTION, NeedKind.PRAISE, NeedKind.MISTAKE]


@require_safe
def choose(request):
    return _chooser(request)


def _chooser(request, status=200):
    """The kinds with their terms; while intake is off, whom to call, and the one kind that is always taken."""
    terms = dict(NeedTerm.objects.values_list("kind", "answer_days"))
    asked = urlencode({"project": request.GET["project"][:80]}) if request.GET.get("project") else ""
    kinds = [(kind, terms.get(kind, FIRST_TERMS[kind][1])) for kind in ORDER
             if NEEDS.is_on or kind == NeedKind.MISTAKE]
    return render(request, "communities/needs/choose.html", {
        "head": heads.of_asking(), "is_on": NEEDS.is_on, "kinds": kinds, "asked": asked,
        "communities": [] if NEEDS.is_on else Community.objects.published().order_by("slug").only(
            "slug", "name", "phone", "hours").exclude(phone=""),
    }, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@public_form(FORM, TOO_BIG)
def ask(request, kind):
    if kind not in NeedKind.values:
        raise Http404
    if not (NEEDS.is_on or kind == NeedKind.MISTAKE):
        return _chooser(request, 403) if request.method == "POST" else redirect("need-new")
    if request.method == "POST":
        return _sent(request, kind)
    asked = {name: request.GET[name] for name in ("project", "page") if request.GET.get(name)}
    return _form(request, AskForm(kind, initial=asked))


def _sent(request, kind):
    """What was sent: kept, or shown again with what is to be mended."""
    refused = None
    try:
        with turn("need", AT_ONCE, client_network(request) or "", SHARE):
            form = AskForm(kind, request.POST, request.FILES, too_large=getattr(request, "too_large_uploads", ()))
            form.is_valid()
            if is_hasty(request.POST["form_key"], LEAST_SECONDS):
                form.add_error(None, HASTY)
            need = _taken(form)
    except Busy as busy:
        refused, need = busy, None
        form = AskForm(kind, request.POST)  # without its new photos: to look at them is what is dear
        form.is_valid()
        said = (SHARE_TAKEN if busy.own_share else BUSY).format(seconds=busy.seconds)
        form.add_error(None, said + ("新选的照片要重新选。" if request.FILES else ""))
    if need:
        # 303: a browser that is asked to load the page again asks for it, and does not send the form once more
        return HttpResponseRedirect(f"{need.get_link()}?new=1", status=303)
    response = _form(request, form, status=_status_of(refused))
    if refused:
        response["Retry-After"] = str(refused.seconds)
    return response


def _status_of(refused):
    if refused is None:
        return 400
    return 429 if refused.own_share else 503


def _taken(form):
    """The need, or None where something is to be mended."""
    if form.errors:
        return None
    try:
        return form.send()
    except ValidationError as error:  # what only the whole row shows
        for name, sentences in (error.message_dict if hasattr(error, "error_dict") else {"": error.messages}).items():
            for sentence in sentences:
                form.add_error(name if name in form.fields else None, sentence)
    return None


def _form(request, form, status=200):
    return render(request, "communities/needs/ask.html", {
        "form": form, "kind": form.kind, "form_key": request.POST.get("form_key") or form_key(FORM),
        "term": NeedTerm.objects.of(form.kind), "personal_days": settings.PERSONAL_DAYS,
    }, status=status)
