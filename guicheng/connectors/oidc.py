"""Sign-in elsewhere: OpenID Connect, authorization code with PKCE. Gives who it was, or why that is not known.

Only `openid` is asked for: of the person we learn a number (`sub`) and nothing else. The code is exchanged from here,
over verified TLS; the token's signature, issuer, audience, nonce, times and freshness are checked nevertheless.
"""
import json
import time
from base64 import b64encode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from threading import Lock
from urllib.parse import quote, urlencode

from django.conf import settings

from guicheng.connectors.configured import is_safe
from guicheng.connectors.http import NobodyKnows, NotSent, ask

ALGORITHMS = ("RS256", "PS256", "ES256")  # with a public key each: no "none", and no secret that is a public key
KEPT = 3600  # seconds: what the provider says of itself, and its keys
LEEWAY = 60  # seconds between two clocks
LONGEST = 255  # characters of a `sub`, as the standard says
TIMEOUT = 8  # seconds


class Untrusted(Exception):
    """What the provider says does not hold; in words for the log, never with the token."""


class NotGiven(Exception):
    """The provider does not take this code: used already, too old, or never its own."""


@dataclass(frozen=True)
class Identity:
    """Who signed in there. `token` is needed to sign out there again."""

    issuer: str
    sub: str
    is_second_factor: bool
    token: str


def is_on():
    return bool(settings.OIDC_ISSUER)


class _Kept:
    """One document of the provider's, asked for once an hour in a process."""

    def __init__(self):
        self.of, self.said, self.until, self.lock = None, None, 0.0, Lock()

    def give(self, url, anew=False, timeout=TIMEOUT):
        with self.lock:
            if anew or self.of != url or time.monotonic() >= self.until:
                self.said = _asked(url, timeout=timeout)
                self.of, self.until = url, time.monotonic() + KEPT
            return self.said

    def forget(self):
        self.of = None


_about, _keys = _Kept(), _Kept()


def _asked(url, data=None, headers=None, timeout=TIMEOUT):
    """The object that a good answer holds. Raises NotSent, also where no answer came: asking again does no harm."""
    try:
        status, body = ask(url, data, {"Accept": "application/json", **(headers or {})}, timeout=timeout)
    except NobodyKnows as error:
        raise NotSent("对方没有回音") from error
    if status in (400, 401) and data:
        raise NotGiven(_error_of(body))
    if status != 200:
        raise NotSent(f"对方回答 {status}")
    return _object(body)


def _object(body):
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise NotSent("对方答的看不懂")
    return said


def _error_of(body):
    """The provider's short word for what was wrong, as "invalid_grant"."""
    try:
        word = _object(body).get("error")
    except NotSent:
        word = ""
    return word if isinstance(word, str) and word.isascii() and word.isidentifier() else "没有说明"


def about(timeout=TIMEOUT):
    """What the provider says of itself. Raises NotSent, Untrusted."""
    said = _about.give(f"{settings.OIDC_ISSUER.rstrip('/')}/.well-known/openid-configuration", timeout=timeout)
    if said.get("issuer") != settings.OIDC_ISSUER:
        _about.forget()
        raise Untrusted("对方说的 issuer 和 OIDC_ISSUER 不一样")
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        _safe(said, name)
    return said


def _safe(said, name):
    url = said.get(name)
    if not isinstance(url, str) or not is_safe(url):
        raise Untrusted(f"对方的 {name} 不是 https 地址")
    return url


# --- the way there -----------------------------------------------------------------------------------
def address(back, state, nonce, verifier):
    """Where the person signs in. `back` is our own address, `verifier` what only we know. Raises NotSent, Untrusted."""
    challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {"response_type": "code", "scope": "openid", "client_id": settings.OIDC_CLIENT_ID, "redirect_uri": back,
             "state": state, "nonce": nonce, "code_challenge": challenge, "code_challenge_method": "S256"}
    if settings.OIDC_FRESH_MINUTES:
        asked["max_age"] = settings.OIDC_FRESH_MINUTES * 60
    if settings.OIDC_SECOND_FACTOR_ACR:
        asked["acr_values"] = " ".join(settings.OIDC_SECOND_FACTOR_ACR)
    return _with(about()["authorization_endpoint"], asked)


def _with(url, query):
    return f"{url}{'&' if '?' in url else '?'}{urlencode(query)}"


def end_address(token, back):
    """Where one signs out there as well; "" where the provider has no such place or does not say. Never raises."""
    try:
        said = about(timeout=3)
    except (NotSent, Untrusted):
        return ""
    url = said.get("end_session_endpoint")
    if not isinstance(url, str) or not is_safe(url):
        return ""
    return _with(url, {"id_token_hint": token, "client_id": settings.OIDC_CLIENT_ID, "post_logout_redirect_uri": back})


# --- and back ------------------------------------------------------------------------------------------
def identity(code, back, nonce, verifier):
    """Who it was that came back with this code. Raises NotGiven, NotSent, Untrusted."""
    said = about()
    body = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": verifier}
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    methods = said.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    if "client_secret_basic" in methods:
        pair = f"{quote(settings.OIDC_CLIENT_ID, safe='')}:{quote(settings.OIDC_CLIENT_SECRET, safe='')}"
        headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
    else:
        body |= {"client_id": settings.OIDC_CLIENT_ID, "client_secret": settings.OIDC_CLIENT_SECRET}
    token = _asked(said["token_endpoint"], urlencode(body).encode(), headers).get("id_token")
    if not isinstance(token, str):
        raise Untrusted("对方没有给身份凭证")
    claims = _claims(token, said["jwks_uri"])
    _check_claims(claims, nonce)
    return Identity(settings.OIDC_ISSUER, claims["sub"], claims.get("acr") in settings.OIDC_SECOND_FACTOR_ACR, token)


def _claims(token, keys_at):
    """What the token says, signed by a key of the provider's. Raises Untrusted, NotSent."""
    import jwt  # brings cryptography: only who signs in elsewhere pays

    try:
        header = jwt.get_unverified_header(token)
        key = _key(header, keys_at)
        return jwt.PyJWT(options={"enforce_minimum_key_length": True}).decode(
            token, key, algorithms=ALGORITHMS, audience=settings.OIDC_CLIENT_ID, issuer=settings.OIDC_ISSUER,
            leeway=LEEWAY, options={"require": ["iss", "sub", "aud", "exp", "iat"]})
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        raise Untrusted(f"身份凭证核对不过（{type(error).__name__}）") from error


def _key(header, keys_at):
    """The provider's key that the token names; asked for anew where it is not known: keys change from time to time."""
    from jwt import PyJWK

    algorithm = header.get("alg")
    if algorithm not in ALGORITHMS:
        raise Untrusted(f"身份凭证的签名方式不是 {'、'.join(ALGORITHMS)}")
    for anew in (False, True):
        found = [each for each in _signing_keys(_keys.give(keys_at, anew)) if _fits(each, header)]
        if len(found) == 1:
            return PyJWK(found[0], found[0].get("alg") or algorithm)
    raise Untrusted("身份凭证的密钥不是对方公布的")


def _signing_keys(said):
    keys = said.get("keys")
    return [each for each in keys if isinstance(each, dict) and each.get("kty") in ("RSA", "EC")
            and each.get("use", "sig") == "sig"] if isinstance(keys, list) else []


def _fits(key, header):
    """Whether the token may be signed with this key; one that names none is good where there is only one."""
    kind = "EC" if header["alg"] == "ES256" else "RSA"
    return key["kty"] == kind and key.get("alg", header["alg"]) == header["alg"] and (
        "kid" not in header or key.get("kid") == header["kid"])


def _check_claims(claims, nonce):
    """What the signature does not say: that it was made for this very sign-in, and not long ago. Raises Untrusted."""
    sub, said, several = claims["sub"], claims.get("nonce"), claims["aud"]
    if not isinstance(said, str) or not compare_digest(said.encode(), nonce.encode()):
        raise Untrusted("身份凭证不是给这一次登录的（nonce）")
    if isinstance(several, list) and len(several) > 1 and "azp" not in claims:
        raise Untrusted("身份凭证给了几个系统，没有写明给谁（azp）")
    if claims.get("azp", settings.OIDC_CLIENT_ID) != settings.OIDC_CLIENT_ID:
        raise Untrusted("身份凭证是给别的系统的（azp）")
    if not sub or len(sub) > LONGEST or not sub.isprintable():
        raise Untrusted("身份凭证里的编号没法用（sub）")
    if settings.OIDC_FRESH_MINUTES:
        at = claims.get("auth_time")
        if not isinstance(at, int) or at < time.time() - settings.OIDC_FRESH_MINUTES * 60 - LEEWAY:
            raise Untrusted("在对方登录的时间太久，或者没有写明（auth_time）")
