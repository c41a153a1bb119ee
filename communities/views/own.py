"""The asker's own page, by its secret address: where it stands, and what they may still do. Kept nowhere."""
from functools import wraps

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_http_methods

from communities.models.need_moves import Verb
from communities.needs import asker
from communities.needs.forms import JudgeForm, WordForm
from communities.needs.judging import judging_of
from communities.needs.own import OwnPage, own_need
from guicheng.public.address import whole_address
from guicheng.public.forms import form_key, public_form
from guicheng.public.proxies import client_network
from guicheng.public.turns import Busy, turn
from projects.report.page import qr_svg

FORM = "need-own"
AT_ONCE, SHARE = 4, 10
SHARE_TAKEN = "这个网络刚才发得太多，还没有收下。写的还在，请过 {seconds} 秒再发。"


def unseen(view):
    """A decorator: this answer is for one person. No cache keeps it, no link tells where it was, no search finds it."""
    @wraps(view)
    def answer(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return answer


def at_secret_address(view):
    """A decorator: the view gets the need whose address this is; whatever is asked at another one is 404."""
    @wraps(view)
    def answer(request, number, key):
        need = own_need(number)
        if need is None or not constant_time_compare(need.link_key, key):
            raise Http404
        return view(request, need)

    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@unseen
@at_secret_address
@public_form(FORM, at_secret_address=True)
def own(request, need):
    if request.method == "POST":
        return _done(request, need)
    return _receipt(request, need) if request.GET.get("new") else page(request, need)


def _done(request, need):
    """One move of the asker's, and their page again; where it cannot be made, why, with all that was written."""
    verb = request.POST.get("verb", "")
    if verb not in asker.LABELS:
        raise Http404
    form, status = _word_form(verb, request.POST), 400
    if form.is_valid():
        try:
            with turn("need-own", AT_ONCE, client_network(request) or "", SHARE):
                asker.do(need, verb, form.cleaned_data["text"], form.cleaned_data["version"])
            return HttpResponseRedirect(need.get_link(), status=303)
        except Busy as busy:
            form.add_error(None, SHARE_TAKEN.format(seconds=busy.seconds))
            status = 429
        except ValidationError as error:
            form.add_error("text" if hasattr(error, "error_dict") and "text" in error.error_dict else None,
                           error.messages)
            status = 409
    return page(request, own_need(need.number), form, status)


def _word_form(verb, data=None):
    return WordForm(verb, asker.LABELS[verb], data, needed=verb in asker.NEEDS_WORDS)


def page(request, need, sent=None, status=200, judged=None):
    """The page, with what was `sent` and not taken: a word, or what they `judged`."""
    own, judging = OwnPage(need), judging_of(need)
    judges_instead = judging and (judging.rating is None or judging.may_mend)
    verbs = [verb for verb in own.verbs if verb != Verb.REOPEN or not judges_instead]
    forms = {verb: sent if sent and sent.verb == verb else _word_form(verb) for verb in verbs}
    return render(request, "communities/needs/own.html", {
        "page": own, "need": need, "judging": judging, "judge_form": judged or JudgeForm(),
        "has_sample": need.is_sample, "photos": need.photos.count(),
        "supplement": forms.get(Verb.SUPPLEMENT), "withdraw": forms.get(Verb.WITHDRAW),
        "reopen": forms.get(Verb.REOPEN), "sent": sent or judged, "form_key": form_key(FORM),
    }, status=status)


def _receipt(request, need):
    address = whole_address(need.get_link(), request)
    return render(request, "communities/needs/receipt.html", {
        "page": OwnPage(need), "need": need, "has_sample": need.is_sample, "address": address, "qr": qr_svg(address),
    })
