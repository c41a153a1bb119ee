"""What a page of a 报送任务 sends, taken: saved and handed in once, and told."""
from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import redirect
from django.utils import timezone

from guicheng.office.submissions import once
from projects.reporting.sending import told_to_page

BOTH = "有的格刚被别人改过，这一次都没有存；你写的还在格里，别人写的在下面。看过再存一次，就以格里的为准。"


def take(request, sendings, leads_to, handed_in=None):
    """Save what was typed, hand in what was asked; give (answer, what was typed by model of row), one of them None.

    Where one of two people who typed into a cell has to be asked, nothing is saved. `handed_in`: done in the same
    transaction, before `leads_to()` says which page is next.
    """
    with once(request) as sending:
        refused = [row for sent in sendings for row in sent.save(request.user)]
        if refused:
            sending.nothing_saved()
        else:
            for sent in sendings:
                sent.hand_in(request.user)
            if handed_in:
                handed_in()
            sending.leads_to = leads_to()
    if refused:
        messages.error(request, BOTH)
        return None, {sent.rows.model: sent.seen for sent in sendings}
    _say(request, sendings)
    return redirect(sending.leads_to), None


def _say(request, sendings):
    told = [sent.told() for sent in sendings]
    for sentence in (sentence for done, _ in told for sentence in done):
        messages.success(request, sentence)
    for sentence in (sentence for _, wrong in told for sentence in wrong):
        messages.warning(request, sentence)
    if not any(done or wrong for done, wrong in told):
        if any(sent.outcome for sent in sendings):
            messages.warning(request, "没有可以交的行。")
        else:
            messages.success(request, "草稿存好了。")


def drafts_kept(request, sendings):
    """Keep what a page sends by itself, and say so to it."""
    for sent in sendings:
        sent.save(request.user)
    return JsonResponse(told_to_page(sendings, f"{timezone.localtime():%H:%M:%S}"))
