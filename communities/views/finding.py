"""找回我的链接: by the number and the last four digits of the telephone number that was left.

What is wrong, the number or the digits, whether a number was left at all, whether the door is closed: the answer is
the same.
"""
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from communities import heads
from communities.needs import asking
from communities.needs.forms import FindForm
from communities.views.own import unseen
from guicheng.public.forms import form_key, public_form
from guicheng.public.proxies import client_network
from guicheng.public.turns import Busy, turn

FORM = "need-find"
AT_ONCE, SHARE = 4, 8
NOT_FOUND = (f"编号和电话后四位对不上。同一个编号错 {asking.MOST_TRIES} 次，就不能再在这里找，"
             "请带编号到社区党群服务中心柜台查。")
SHARE_TAKEN = "这个网络试得太多了，请过 {seconds} 秒再试。"


@require_http_methods(["GET", "HEAD", "POST"])
@unseen
@public_form(FORM)
def find(request):
    form, status = FindForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                with turn("need-find", AT_ONCE, client_network(request) or "", SHARE):
                    need = asking.found_again(form.cleaned_data["number"], form.cleaned_data["digits"])
            except Busy as busy:
                form.add_error(None, SHARE_TAKEN.format(seconds=busy.seconds))
                status = 429
            else:
                if need:
                    return HttpResponseRedirect(need.get_link(), status=303)
                form.add_error(None, NOT_FOUND)
    return render(request, "communities/needs/find.html", {
        "head": heads.of_finding(), "form": form, "form_key": form_key(FORM)}, status=status)
