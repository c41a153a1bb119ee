"""已解决, 部分解决, 未解决: one tap by the secret link. POST only: a messenger fetches every link it sees."""
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.views.decorators.http import require_http_methods

from communities.needs import judging
from communities.needs.forms import JudgeForm
from communities.needs.own import own_need
from communities.views.own import AT_ONCE, FORM, SHARE, SHARE_TAKEN, at_secret_address, page, unseen
from guicheng.public.forms import public_form
from guicheng.public.proxies import client_network
from guicheng.public.turns import Busy, turn


@require_http_methods(["GET", "HEAD", "POST"])
@unseen
@at_secret_address
@public_form(FORM, at_secret_address=True)
def judge(request, need):
    if request.method != "POST":
        return HttpResponseRedirect(need.get_link())
    form, status = JudgeForm(request.POST), 400
    if form.is_valid():
        try:
            with turn("need-own", AT_ONCE, client_network(request) or "", SHARE):
                _done(need, **form.cleaned_data)
            return HttpResponseRedirect(f"{need.get_link()}#judge", status=303)
        except Busy as busy:
            form.add_error(None, SHARE_TAKEN.format(seconds=busy.seconds))
            status = 429
        except ValidationError as error:
            form.add_error(None, error.messages)
            status = 409
    return page(request, own_need(need.number), judged=form, status=status)


def _done(need, verdict, lacking, words):
    """A verdict; or, without one, more about the verdict that stands. The same tap twice is one."""
    if not verdict:
        judging.add_words(need, lacking, words)
        return
    before = judging.verdict_on(judging.answer_to_judge(need))
    if before is None or (before.verdict, before.words) != (verdict, words) and before.verdict != verdict:
        judging.judge(need, verdict, lacking, words)
