"""Words that could not be taken are given back: a page whose token is no longer good, a session that ended meanwhile.

The page shows them to whoever sent them, in boxes to be copied: no password, no key, no file.
"""
import re

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import SuspiciousOperation
from django.http import UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme

from guicheng.public.errors import error_page, page_of

MOST = 50_000  # characters on one page
CODE = re.compile(r"[\x00-\x7f]{0,80}")  # numbers, days, choices, tokens: nothing that one would copy
SECRET = re.compile(r"pass|pwd|secret|token|otp|code|csrf|username", re.IGNORECASE)
STAFF = "/admin/"
KEPT = "_keep"  # the number under which the tab keeps what is in the form: static/js/keep.js
TOO_OLD = "页面停留太久，或者浏览器没有保存登录信息。请回到上一页刷新后再提交。"
SIGNED_OUT = "登录已经过期，刚才的没有保存。"
COPY = "刚才填的在下面，先抄走或复制，再回到那一页；选的文件要重新选。"


def words_of(posted):
    """(the words that somebody typed, whether some were left off): with a password in the form, none."""
    if any("pass" in name.lower() for name in posted):
        return [], False
    said, room = [], MOST
    for name, values in posted.lists():
        if name.startswith("_") or SECRET.search(name):
            continue
        for value in values:
            if not CODE.fullmatch(value):
                said.append(value[:room])
                room -= len(value)
                if room < 0:
                    return [each for each in said if each], True
    return said, False


def posted_words(request):
    """`words_of` what came, where it could be read."""
    try:
        return words_of(request.POST)
    except (SuspiciousOperation, UnreadablePostError, MultiPartParserError):
        return [], False


def came_from(request):
    """The page of ours below /admin/ that held the form, else the address it was sent to."""
    referer = request.headers.get("referer", "")
    root = f"{request.scheme}://{request.get_host()}"
    place = referer.removeprefix(root)
    ours = referer.startswith(f"{root}/") and url_has_allowed_host_and_scheme(place, allowed_hosts=None)
    if request.method == "POST" and ours and place.startswith(reverse("admin:index")):
        return place
    return request.get_full_path()


def csrf_failure(request, reason=""):
    """For CSRF_FAILURE_VIEW: 403, and what was typed."""
    said, is_cut = posted_words(request)
    if not said:
        return error_page(request, 403, TOO_OLD)
    return _given_back(request, "页面停留太久，刚才的没有保存。", said, is_cut)


def signed_out(request):
    """The answer to who is not signed in, or no longer: to the sign-in page, and from there back to the form.

    Where the browser does not keep the words itself they stand on a page of their own first.
    """
    back = came_from(request)
    if request.method == "POST" and not request.POST.get(KEPT):
        said, is_cut = posted_words(request)
        if said:
            return _given_back(request, SIGNED_OUT, said, is_cut)
    return redirect_to_login(back, reverse("admin:login"))


def _given_back(request, sentence, said, is_cut):
    is_staffs = request.path_info.startswith(STAFF)
    response = page_of(request, 403, sentence, ("没有保存", COPY), "given_back.html", said=said, is_cut=is_cut,
                       most=MOST, back=came_from(request) if is_staffs else request.path)
    add_never_cache_headers(response)
    return response
