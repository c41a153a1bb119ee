"""What is held of the asker: by the secret link they see it, put it right, have it erased."""
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from communities.needs import my_data
from communities.needs.erasing import erase_at_wish
from communities.needs.forms import MyDataForm
from communities.views.own import AT_ONCE, FORM, SHARE, SHARE_TAKEN, at_secret_address, unseen
from guicheng.public.elder import in_its_edition
from guicheng.public.forms import form_key, public_form
from guicheng.public.proxies import client_network
from guicheng.public.turns import Busy, turn

SURE = "请先勾选“我知道清除以后找不回来”。"


@require_http_methods(["GET", "HEAD", "POST"])
@unseen
@at_secret_address
@public_form(FORM, at_secret_address=True)
@in_its_edition
def show_my_data(request, need):
    original, form, status = need.original, None, 200
    if request.method == "POST" and not original.is_erased:
        form, status = MyDataForm(request.POST), 400
        try:
            with turn("need-own", AT_ONCE, client_network(request) or "", SHARE):
                if _done(need, form, request.POST):
                    return HttpResponseRedirect(reverse("need-my-data", args=[need.number, need.link_key]), status=303)
        except Busy as busy:
            form.add_error(None, SHARE_TAKEN.format(seconds=busy.seconds))
            status = 429
    return render(request, "communities/needs/my_data.html", {
        "need": need, "original": original, "photos": need.photos.count(), "has_sample": need.is_sample,
        "form": form or MyDataForm(initial={"name": original.name}), "days": my_data.DAYS, "form_key": form_key(FORM),
    }, status=status)


def _done(need, form, posted):
    """Whether something was written."""
    if "erase" in posted:
        if posted.get("sure") == "on":
            erase_at_wish(need)
            return True
        form.is_valid()
        form.add_error(None, SURE)
        return False
    if not form.is_valid():
        return False
    try:
        my_data.put_right(need, **form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error.messages)
        return False
    return True
