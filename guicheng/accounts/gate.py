"""The gate of the back office: who signed in is let in only when every step of signing in is done.

A session that is not the account's newest, a one-time password not yet changed, a second factor not yet
given: each leads to the one page that mends it, and nothing else below /admin/ answers. Downloads are
written down on their way out.
"""
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth import logout
from django.shortcuts import redirect
from django.urls import reverse

from guicheng.access.permissions import needs_second_factor
from guicheng.accounts.access_log import record
from guicheng.accounts.models import AccessEvent
from guicheng.public.given_back import signed_out

SUPERSEDED = "这个账号刚在别处登录，这里已经退出。账号只供本人使用；如果不是你本人登录，请马上改口令并告诉管理员。"
ENDED = "管理员结束了你的登录，请重新登录。"
OLD_PASSWORD = "password_is_old"  # noqa: S105, of a session: told when signing in, so that nobody's page is cut off
BY_PROVIDER = "by_provider"  # of a session that began elsewhere: its token, and whether that was two factors
ALWAYS_OPEN = ("admin:login", "admin:logout")


def missing_step(request):
    """The name of the page this person has to pass first, or None."""
    user = request.user
    is_verified = user.is_verified() or request.session.get(BY_PROVIDER, {}).get("is_second_factor", False)
    if user.second_factor_since and not is_verified:
        return "admin:second_factor"
    if user.must_change_password or request.session.get(OLD_PASSWORD):
        return "admin:password_change"
    if not is_verified and needs_second_factor(user):
        return "admin:second_factor_set_up"
    return None


def staff_gate(get_response):
    def middleware(request):
        if not request.path_info.startswith("/admin/") or not request.user.is_authenticated:
            return get_response(request)
        token = request.user.sign_in_token
        if not token or request.session.get("sign_in_token") != token:
            return _send_away(request, get_response)
        step = missing_step(request)
        if step and request.path not in [reverse(name) for name in (step, *ALWAYS_OPEN)]:
            return redirect(f"{reverse(step)}?{urlencode({'next': request.get_full_path()})}")
        response = get_response(request)
        if response.headers.get("Content-Disposition", "").startswith("attachment"):
            record(AccessEvent.Kind.DOWNLOADED, request, note=request.get_full_path()[:300])
        return response

    return middleware


def _send_away(request, get_response):
    """End a session that is not the account's newest, with a sentence at the sign-in page; from there it goes on."""
    sentence = SUPERSEDED if request.user.sign_in_token else ENDED
    record(AccessEvent.Kind.SUPERSEDED, request, account=request.user)
    request.user.sign_in_token = ""  # so that going out is not written down as the newest session's
    logout(request)
    messages.warning(request, sentence)
    here = request.path == reverse("admin:login")
    return get_response(request) if here else signed_out(request)
