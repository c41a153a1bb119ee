"""The page on which the last reviewer ticks once for all rows of an action."""
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.shortcuts import render

from guicheng.review.forms import CheckedForm

NAMED = 50
SENT = (ACTION_CHECKBOX_NAME, "action", "select_across", "seen")  # what an action comes with


def ticks_for(model_admin, request, rows, title):
    """(what was ticked, None), or (None, the page that asks for it): for `rows`, those that would be public.

    Where nothing would be public nothing is asked.
    """
    form = CheckedForm(request.POST if "ticked" in request.POST else None)
    checked = form.checked()
    if not rows or form.is_bound and not checked.refusal:
        return checked, None
    return None, render(request, "admin/review/confirm.html", {
        **model_admin.admin_site.each_context(request), "opts": model_admin.opts, "title": title, "form": form,
        "rows": rows[:NAMED], "more": max(len(rows) - NAMED, 0), "total": len(rows), "back": request.get_full_path(),
        "sent": [(name, value) for name in SENT for value in request.POST.getlist(name)],
        "refusal": checked.refusal if form.is_bound else "",
    }, status=400 if form.is_bound else 200)
