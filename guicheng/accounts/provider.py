"""Signing in through the provider of OIDC_ISSUER: the way there, the way back, and binding an account to it.

What has to be remembered between going and coming back is in one signed cookie of these pages, for ten minutes: nothing
is written down for a stranger who only clicks. No account is ever made or guessed. A first time the person signs in
here with their own password as well (and second factor), and says that both are theirs; from then on either way opens
the account.
"""
import logging
import secrets
from hmac import compare_digest

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth import login
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_safe

from guicheng.accounts.access_log import record
from guicheng.accounts.gate import BY_PROVIDER
from guicheng.accounts.identity import BoundIdentity
from guicheng.accounts.models import AccessEvent
from guicheng.connectors import oidc
from guicheng.connectors.http import NotSent
from guicheng.connectors.models import Connection
from guicheng.notices.inbox import tell
from guicheng.office.submissions import once
from guicheng.public.address import whole_address
from guicheng.public.turns import Busy, turn

logger = logging.getLogger(__name__)
COOKIE, SALT, MINUTES = "guicheng_provider", "guicheng.accounts.provider", 10
AT_ONCE = 3  # that wait for the provider: a slow one must not take all of our workers
AGAIN = "请回到登录页重新开始。"
NOT_HERE = "现在不能用{name}登录，请用账号和口令登录。"
WHY = {  # what the provider says when it sends somebody back without a code
    "access_denied": "在{name}那里没有同意登录，或者没有登录成。",
    "login_required": "在{name}那里没有登录成。",
}


class Refused(Exception):
    """A sentence for who came, and the status of the page."""

    def __init__(self, sentence, status=403):
        super().__init__(sentence.format(name=settings.OIDC_NAME))
        self.status = status


def only_when_on(view):
    """404 where no provider is set. What is refused is told on a page; nothing of it is kept by a cache."""

    def wrapper(request):
        if not oidc.is_on():
            raise Http404
        try:
            response = view(request)
        except Refused as refused:
            response = _page(request, str(refused), status=refused.status)
            response.delete_cookie(COOKIE, path=_place())
        add_never_cache_headers(response)
        return response

    return wrapper


def _page(request, sentence, status=200, **context):
    context = {**admin.site.each_context(request), "title": f"用{settings.OIDC_NAME}登录", "is_popup": False,
               "sentence": sentence, "provider": settings.OIDC_NAME, **context}
    return TemplateResponse(request, "admin/provider.html", context, status=status)


# --- the cookie -----------------------------------------------------------------------------------------
def _place():
    return reverse("admin:provider")


def _remember(response, said):
    response.set_cookie(COOKIE, signing.dumps(said, salt=SALT, compress=True), max_age=MINUTES * 60, path=_place(),
                        secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax")


def _remembered(request, key):
    """What the cookie holds under this key; {} where there is none, it is not ours, or too old."""
    try:
        said = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=MINUTES * 60)
    except signing.BadSignature:
        return {}
    return said.get(key, {})


def _wanted(request):
    """Where the person wanted to go: a page of ours below /admin/, else the first page."""
    wanted, index = request.GET.get("next", ""), reverse("admin:index")
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith(index)
    return wanted if safe and len(wanted) <= 1000 else index


# --- there and back -------------------------------------------------------------------------------------
@require_safe
@only_when_on
def go(request):
    """To the provider. A link and no form: a form that leads to another host is what the CSP forbids."""
    if request.user.is_authenticated:
        return redirect(_wanted(request))
    going = {"state": secrets.token_urlsafe(24), "nonce": secrets.token_urlsafe(24),
             "verifier": secrets.token_urlsafe(48), "next": _wanted(request)}
    try:
        address = oidc.address(_back(request), going["state"], going["nonce"], going["verifier"])
    except (NotSent, oidc.Untrusted) as error:
        raise _failed(error)
    response = redirect(address)
    _remember(response, {"going": going})
    return response


def _back(request):
    return whole_address(reverse("admin:provider_back"), request)


def _failed(error):
    """The refusal where the provider, and not the person, is the reason."""
    Connection.failed(Connection.Key.SIGN_IN, error)
    logger.warning("统一身份认证登录没有成（%s）。", error)
    return Refused(NOT_HERE, 502)


@require_safe
@only_when_on
def back(request):
    """From the provider: whose account it is, and in."""
    going = _remembered(request, "going")
    state = request.GET.get("state", "")
    if not going or not compare_digest(state.encode(), going["state"].encode()):
        raise Refused(f"这次登录隔得太久，或者不是从这个浏览器开始的。{AGAIN}", 400)
    identity = _identity(request, going)
    bound = BoundIdentity.of(identity)
    if bound is None:
        return _ask_to_bind(request, identity, going["next"])
    account = bound.account
    if not account.is_active:
        record(AccessEvent.Kind.SIGN_IN_FAILED, request, account=account, note=f"经{settings.OIDC_NAME}：账号已停用")
        raise Refused("这个身份绑定的账号已经停用，请找本单位的管理员或系统管理员。")
    request.signs_in_by = settings.OIDC_NAME
    login(request, account, backend="django.contrib.auth.backends.ModelBackend")
    request.session[BY_PROVIDER] = {"token": identity.token, "is_second_factor": identity.is_second_factor}
    response = redirect(going["next"])
    response.delete_cookie(COOKIE, path=_place())
    return response


def _identity(request, going):
    """Who came back, as the provider says. Raises Refused."""
    asked = request.GET
    if asked.get("iss", settings.OIDC_ISSUER) != settings.OIDC_ISSUER:  # RFC 9207: another provider's answer
        raise Refused(f"回来的不是{{name}}。{AGAIN}", 400)
    if "error" in asked or not asked.get("code"):
        raise Refused(f"{WHY.get(asked.get('error'), '在{name}那里没有登录成。')}{AGAIN}", 400)
    try:
        with turn("provider", AT_ONCE):
            identity = oidc.identity(asked["code"][:2000], _back(request), going["nonce"], going["verifier"])
    except Busy:
        raise Refused("正在登录的人多，请过几秒再试。", 503)
    except oidc.NotGiven as error:
        logger.warning("统一身份认证不认回来的码（%s）。", error)
        raise Refused(f"这次登录已经用过，或者隔得太久。{AGAIN}", 400)
    except (NotSent, oidc.Untrusted) as error:
        raise _failed(error)
    Connection.worked(Connection.Key.SIGN_IN)
    return identity


# --- binding --------------------------------------------------------------------------------------------
def _ask_to_bind(request, identity, wanted):
    """An identity that opens no account yet: sign in here once, and say that it is yours."""
    response = _page(request, f"{settings.OIDC_NAME}认得你，但这个身份还没有绑定本站的账号。", status=403, unbound=True)
    _remember(response, {"proven": {"issuer": identity.issuer, "sub": identity.sub, "next": wanted,
                                    "at": timezone.now().timestamp()}})
    return response


def _proven(request):
    """The identity that this browser proved a moment ago, before its person signed in here; {} where none."""
    proven, last = _remembered(request, "proven"), request.user.last_login
    is_after = proven and last and last.timestamp() >= proven["at"]
    return proven if is_after and proven["issuer"] == settings.OIDC_ISSUER else {}


@require_http_methods(["GET", "HEAD", "POST"])
@only_when_on
def bind(request):
    """Both are mine: for who is wholly signed in, password and second factor (gate.py)."""
    proven = _proven(request)
    if not proven:
        raise Refused("没有等着绑定的身份，或者隔得太久。要绑定，请先退出，再在登录页用{name}登录。", 400)
    if request.method != "POST":
        return _page(request, "", title=f"绑定{settings.OIDC_NAME}", proven=proven)
    account = request.user
    try:
        with once(request) as sending:
            BoundIdentity.bind(account, proven["issuer"], proven["sub"])
            record(AccessEvent.Kind.IDENTITY_BOUND, request, account=account, note=settings.OIDC_NAME)
            tell([account], f"identity:{account.pk}:{proven['at']}", f"账号已绑定{settings.OIDC_NAME}",
                 "以后可以用它登录。如果不是你本人绑定的，请马上改口令并告诉安全管理员。", matter="账号安全")
            sending.leads_to = proven["next"]
    except ValidationError as error:
        raise Refused(f"{''.join(error.messages)}请安全管理员先解除，再来绑定。")
    messages.success(request, f"已绑定，以后可以用{settings.OIDC_NAME}登录。")
    response = redirect(proven["next"])
    response.delete_cookie(COOKIE, path=_place())
    return response


# --- going out ------------------------------------------------------------------------------------------
def token_of(request):
    """What the provider needs to hear when this session ends; "" where it did not begin there."""
    return request.session.get(BY_PROVIDER, {}).get("token", "") if oidc.is_on() else ""


def end_there(request, token, response):
    """After signing out here: a page that leads on and ends it there too; `response` where there is no such place."""
    address = oidc.end_address(token, whole_address(reverse("admin:login"), request)) if token else ""
    if not address:
        return response
    page = _page(request, f"已经退出本站，正在退出{settings.OIDC_NAME}。", title="已退出", onward=address)
    add_never_cache_headers(page)
    return page
