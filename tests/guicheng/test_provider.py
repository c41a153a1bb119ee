"""Signing in through a provider, tried against a real one on loopback: who may come in, and all that may be forged."""
import datetime
import time
import urllib.request
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from axes.models import AccessAttempt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.contrib.sessions.models import Session
from django.core import signing
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from guicheng.accounts.identity import BoundIdentity
from guicheng.accounts.models import AccessEvent, SignInBrake, User
from guicheng.accounts.provider import COOKIE, SALT
from guicheng.connectors import oidc
from guicheng.connectors.http import _NoRedirects
from guicheng.connectors.models import Connection
from guicheng.notices.inbox import InboxMessage
from guicheng.upkeep.connections import _sign_in
from guicheng.upkeep.health import Level
from tests import factories, stand_in
from tests.guicheng.test_two_factor import code_of, equip

pytestmark = pytest.mark.django_db
LOGIN, INDEX, GO, BACK, BIND, LOGOUT, ASK = (reverse(f"admin:{name}") for name in (
    "login", "index", "provider", "provider_back", "provider_bind", "logout", "second_factor"))
NEXT = "/admin/projects/project/?q=a"


def forget():
    oidc._about.forget()
    oidc._keys.forget()


@pytest.fixture
def provider(settings, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    forget()
    with stand_in.running(stand_in.Provider()) as running:
        settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = (
            running.url, running.client, running.secret)
        settings.OIDC_NAME = "省统一身份认证"
        yield running


@pytest.fixture
def person(provider):
    user = factories.make_user("person", name="某经办", roles=["部门经办人"])
    BoundIdentity.bind(user, provider.url, provider.person)
    return user


def there(client, wanted=NEXT):
    """Go to the provider and agree there; give the address of ours that it sends the browser back to."""
    address = client.get(GO, {"next": wanted}).url
    assert address.startswith(oidc.settings.OIDC_ISSUER)
    opener = urllib.request.build_opener(_NoRedirects)
    try:
        opener.open(address.replace("/authorize?", "/agree?"))
    except urllib.error.HTTPError as answer:
        return answer.headers["Location"]
    raise AssertionError("not sent back")


def come_in(client, wanted=NEXT):
    back = urlsplit(there(client, wanted))
    return client.get(back.path, parse_qs(back.query))


def is_in(client):
    return "_auth_user_id" in client.session


def test_it_works(client, provider, person):
    login = client.get(LOGIN, {"next": NEXT}).content.decode()
    assert "用省统一身份认证登录" in login and f'href="{GO}?next=/admin/projects/project/%3Fq%3Da"' in login
    answer = come_in(client)
    assert answer.url == NEXT and client.get(INDEX).status_code == 200
    event = AccessEvent.objects.get(kind="signed_in")
    assert (event.account, event.by, event.note) == (person, person, "经省统一身份认证")
    assert Connection.objects.get().worked_at and not client.cookies[COOKIE].value


def test_what_the_provider_is_asked(client, provider, settings):
    settings.OIDC_SECOND_FACTOR_ACR = ["gold", "silver"]
    asked = parse_qs(urlsplit(client.get(GO).url).query)
    assert asked.pop("code_challenge")[0] and asked.pop("state")[0] and asked.pop("nonce")[0]
    assert asked == {"response_type": ["code"], "scope": ["openid"], "client_id": ["guicheng"], "max_age": ["1800"],
                     "redirect_uri": [f"http://testserver{BACK}"], "code_challenge_method": ["S256"],
                     "acr_values": ["gold silver"]}


def test_off_there_is_nothing(client, settings):
    assert not settings.OIDC_ISSUER
    for address in (GO, BACK, BIND):
        assert client.get(address).status_code in (302, 404)
    assert client.get(GO).status_code == 404 and GO not in client.get(LOGIN).content.decode()
    client.force_login(factories.make_user(roles=["部门经办人"]))
    assert client.get(BIND).status_code == client.head(BIND).status_code == client.post(BIND).status_code == 404


def test_a_client_that_sends_its_secret_in_the_body(client, provider, person):
    provider.methods = ["client_secret_post"]
    come_in(client)
    assert is_in(client)


def test_going_writes_nothing_down(client, provider):
    answer = client.get(GO)
    assert not Session.objects.exists() and not AccessEvent.objects.exists()
    cookie = answer.cookies[COOKIE]
    assert cookie["path"] == GO and cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["max-age"] == 600


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example/admin/", "/", "",
                                    "javascript:alert(1)", "/admin/" + "x" * 2000])
def test_next_leads_nowhere_else(client, provider, person, wanted):
    assert come_in(client, wanted).url == INDEX


# --- what is forged -------------------------------------------------------------------------------
def none(provider, claims):
    return jwt.encode(claims, None, "none", {"kid": provider.keys[-1][0]})


def confused(provider, claims):
    """HS256 with the public key, which everybody has, as the secret."""
    public = provider.keys[-1][1].public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    header = jwt.utils.base64url_encode(f'{{"alg":"HS256","typ":"JWT","kid":"{provider.keys[-1][0]}"}}'.encode())
    body = header + b"." + jwt.utils.base64url_encode(jwt.api_jws.json.dumps(claims).encode())
    mac = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    return (body + b"." + jwt.utils.base64url_encode(mac.sign(body, public))).decode()


def by_another(provider, claims):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return jwt.encode(claims, key, "RS256", {"kid": provider.keys[-1][0]})


def by_nobodys(provider, claims):
    return jwt.encode(claims, rsa.generate_private_key(public_exponent=65537, key_size=2048), "RS256", {"kid": "x"})


def with_its_own_key(provider, claims):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    jwk = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return jwt.encode(claims, key, "RS256", {"jwk": jwk, "kid": provider.keys[-1][0]})


def changed(provider, claims):
    head, _, rest = provider.rs256(claims).partition(".")
    body = jwt.utils.base64url_encode(jwt.api_jws.json.dumps({**claims, "sub": "another"}).encode()).decode()
    return f"{head}.{body}.{rest.partition('.')[2]}"


def short_key(provider, claims):
    key = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505
    provider.keys = [("short", key)]
    return jwt.encode(claims, key, "RS256", {"kid": "short"})


@pytest.mark.parametrize("lie", [none, confused, by_another, by_nobodys, with_its_own_key, changed, short_key])
def test_a_forged_signature_opens_nothing(client, provider, person, lie):
    provider.signed = lambda claims: lie(provider, claims)
    answer = come_in(client)
    assert answer.status_code == 502 and "请用账号和口令登录" in answer.content.decode() and not is_in(client)
    assert not AccessEvent.objects.exists() and "身份凭证" in Connection.objects.get().fault


HOUR = datetime.timedelta(hours=1)


def from_now(said):
    """Claims as they are signed: a span of time is a moment that far from now."""
    return {key: int(time.time() + value.total_seconds()) if isinstance(value, datetime.timedelta) else value
            for key, value in said.items()}


@pytest.mark.parametrize("said", [
    {"iss": "https://other.example.gov.cn"}, {"iss": None}, {"aud": "another"}, {"aud": None}, {"aud": []},
    {"aud": ["guicheng", "another"]}, {"aud": ["guicheng", "another"], "azp": "another"}, {"azp": "another"},
    {"exp": -HOUR}, {"exp": None}, {"iat": None}, {"iat": HOUR},
    {"nbf": HOUR}, {"nonce": "another"}, {"nonce": None}, {"nonce": 7}, {"sub": None}, {"sub": ""},
    {"sub": 7}, {"sub": "x" * 256}, {"sub": "a\x00"}, {"auth_time": None}, {"auth_time": -HOUR},
    {"auth_time": "now"}], ids=str)
def test_a_claim_that_does_not_hold_opens_nothing(client, provider, person, said):
    provider.said = from_now(said)
    assert come_in(client).status_code == 502 and not is_in(client)


@pytest.mark.parametrize("said", [
    {"aud": ["guicheng"]}, {"aud": ["guicheng", "another"], "azp": "guicheng"},
    {"iat": datetime.timedelta(seconds=20)}, {"exp": datetime.timedelta(seconds=-20)}], ids=str)
def test_control_what_holds_does(client, provider, person, said):
    """A clock that is 20 seconds off among them."""
    provider.said = from_now(said)
    come_in(client)
    assert is_in(client)


def test_freshness_is_a_setting(client, provider, person, settings):
    settings.OIDC_FRESH_MINUTES = 0
    provider.said = {"auth_time": None}
    assert "max_age" not in client.get(GO).url
    come_in(client)
    assert is_in(client)


def test_keys_that_changed_are_asked_for_anew(client, provider, person):
    come_in(client)
    assert provider.times("/jwks") == 1
    provider.rotate()
    other = Client()
    come_in(other)
    assert is_in(other) and provider.times("/jwks") == 2
    come_in(third := Client())
    assert is_in(third) and provider.times("/jwks") == 2


def test_a_code_opens_once(client, provider, person):
    back = there(client)
    jar = client.cookies[COOKIE].value
    assert client.get(back).status_code == 302
    assert client.get(back).status_code == 400, "the cookie is gone"
    other = Client()
    other.cookies[COOKIE] = jar
    answer = other.get(back)
    assert answer.status_code == 400 and "这次登录已经用过" in answer.content.decode() and not is_in(other)


def test_another_browsers_code_opens_nothing(client, provider, person):
    """Somebody sends their own way back to another, who would then work in their account."""
    back, other = there(client), Client()
    assert other.get(back).status_code == 400
    other.get(GO)
    assert other.get(back).status_code == 400 and not is_in(other), "the state is the browser's own"


def test_the_code_is_no_good_without_the_verifier(client, provider, person):
    back = there(client)
    going = signing.loads(client.cookies[COOKIE].value, salt=SALT)["going"]
    client.cookies[COOKIE] = signing.dumps({"going": going | {"verifier": "guessed"}}, salt=SALT, compress=True)
    assert client.get(back).status_code == 400 and not is_in(client)


@pytest.mark.parametrize("query", ["", "state=x", "code=1", "state=%00&code=1", "state=中文&code=x", "code=&state="])
def test_odd_ways_back(client, provider, query):
    assert client.get(f"{BACK}?{query}").status_code == 400
    client.get(GO)
    assert client.get(f"{BACK}?{query}").status_code == 400 and not AccessEvent.objects.exists()


@pytest.mark.parametrize("cookie", ["x", "a:b:c", "of another"])
def test_a_cookie_that_is_not_ours(client, provider, cookie):
    client.cookies[COOKIE] = signing.dumps({"going": {}}, salt="other") if cookie == "of another" else cookie
    assert client.get(BACK, {"state": "x", "code": "y"}).status_code == 400


def test_what_was_not_agreed_to(client, provider, person):
    state = parse_qs(urlsplit(client.get(GO).url).query)["state"][0]
    answer = client.get(BACK, {"state": state, "error": "access_denied", "error_description": "<script>"})
    assert answer.status_code == 400 and "在省统一身份认证那里没有同意登录" in answer.content.decode()
    assert "<script>" not in answer.content.decode().split("<h1>")[-1] and provider.times("/token") == 0


def test_another_providers_answer_is_refused(client, provider, person):
    """RFC 9207: where a provider names itself."""
    answer = client.get(there(client) + "&iss=https%3A%2F%2Fother.example")
    assert answer.status_code == 400 and provider.times("/token") == 0


@pytest.mark.parametrize("about", [
    {"issuer": "https://other.example.gov.cn"}, {"token_endpoint": "http://10.0.0.1/token"}, {"jwks_uri": None},
    {"authorization_endpoint": "javascript:alert(1)"}], ids=str)
def test_a_provider_that_says_odd_things_of_itself(client, provider, about):
    provider.about = about
    assert client.get(GO).status_code == 502


@pytest.mark.parametrize("path", ["/token", "/jwks", "/.well-known/openid-configuration"])
@pytest.mark.parametrize("status", [500, 503, 302, 404])
def test_a_provider_that_is_ill(client, provider, person, path, status):
    provider.failing[path] = [status] * 3
    address = client.get(GO)
    if path.startswith("/."):
        assert address.status_code == 502
    else:
        assert come_in(client).status_code == 502
    assert not is_in(client) and f"对方回答 {status}" in Connection.objects.get().fault


def test_a_provider_that_does_not_answer(client, provider, person, monkeypatch):
    back = there(client)
    provider.silent = 1
    monkeypatch.setattr(oidc, "_asked", lambda *args, **kw: asked(*args, **{**kw, "timeout": 0.3}))
    assert client.get(back).status_code == 502 and "没有回音" in Connection.objects.get().fault


asked = oidc._asked


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"[" * 9000, b'{"id_token": 7}', b"{}", b'{"id_token": "a.b"}'])
def test_odd_answers(client, provider, person, monkeypatch, body):
    monkeypatch.setattr(provider, "post_token", lambda *args: body)
    assert come_in(client).status_code == 502 and not is_in(client)


# --- TLS --------------------------------------------------------------------------------------------
@pytest.fixture
def certificate(tmp_path):
    """A certificate for this machine that nobody vouches for: (certificate, key)."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    import ipaddress
    made = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
            .serial_number(1).not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), True).sign(key, hashes.SHA256()))
    (tmp_path / "c.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (tmp_path / "k.pem").write_bytes(key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return tmp_path / "c.pem", tmp_path / "k.pem"


def test_a_certificate_nobody_vouches_for_is_refused(client, provider, settings, certificate, monkeypatch):
    with stand_in.running(stand_in.Provider(certificate)) as over_tls:
        settings.OIDC_ISSUER = over_tls.url
        answer = client.get(GO)
        assert answer.status_code == 502 and "证书不可信" in Connection.objects.get().fault and not over_tls.asked
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
        assert client.get(GO).url.startswith(over_tls.url), "control: with that authority known it is taken"


# --- whose account ----------------------------------------------------------------------------------
def test_nobody_is_let_in_or_made_for_an_unknown_identity(client, provider):
    """Nor for one that has a name, a telephone or an address of somebody here."""
    factories.make_user("sub-of-zhang", name="张三", email="z@example.gov.cn", phone="0757-1")
    provider.said = {"name": "张三", "email": "z@example.gov.cn", "preferred_username": "sub-of-zhang"}
    before = User.objects.count()
    answer = come_in(client)
    assert answer.status_code == 403 and "还没有绑定本站的账号" in answer.content.decode()
    assert not is_in(client) and User.objects.count() == before and not BoundIdentity.objects.exists()


def test_another_issuers_number_is_another_person(client, provider):
    user = factories.make_user(roles=["部门经办人"])
    BoundIdentity.bind(user, "https://old.example.gov.cn", provider.person)
    assert come_in(client).status_code == 403 and not is_in(client)


def test_who_left_is_refused_with_one_sentence(client, provider, person):
    person.disable()
    answer = come_in(client)
    assert answer.status_code == 403 and "已经停用" in answer.content.decode() and not is_in(client)
    assert AccessEvent.objects.get().note == "经省统一身份认证：账号已停用"


def sign_in_here(client, user, wanted=BIND):
    return client.post(LOGIN, {"username": user.username, "password": factories.PASSWORD, "next": wanted})


def test_binding(client, provider):
    """Proven there, signed in here, said to be both: from then on it opens the account."""
    user = factories.make_user("person", name="某经办", roles=["部门经办人"])
    page = come_in(client).content.decode()
    assert f'href="{LOGIN}?next={BIND}"' in page
    assert sign_in_here(client, user).url == BIND
    page = client.get(BIND).content.decode()
    assert "某经办（person）" in page and provider.person in page and not BoundIdentity.objects.exists()
    assert client.post(BIND).url == NEXT
    assert BoundIdentity.objects.get().account == user
    assert AccessEvent.objects.filter(kind="identity_bound", account=user, by=user).exists()
    assert "如果不是你本人绑定的" in InboxMessage.objects.get(recipient=user).text
    come_in(other := Client())
    assert is_in(other)


def test_binding_comes_after_the_second_factor(client, provider, settings):
    user = factories.make_user("person", roles=["部门经办人"])
    device, _ = equip(user)
    come_in(client)
    sign_in_here(client, user)
    assert client.get(BIND).url.startswith(ASK) and client.post(BIND).url.startswith(ASK)
    assert not BoundIdentity.objects.exists()
    client.post(ASK, {"code": code_of(device, 1)})
    client.post(BIND)
    assert BoundIdentity.objects.get().account == user


def test_nothing_is_bound_to_who_was_in_before(client, provider):
    """An identity proven on a machine where somebody is signed in already is not theirs by that."""
    come_in(client)
    cookie = client.cookies[COOKIE].value
    user = factories.make_user("person", roles=["部门经办人"])
    other = Client()
    other.force_login(user)
    User.objects.filter(pk=user.pk).update(last_login="2020-01-01T00:00Z")
    other.cookies[COOKIE] = cookie
    assert other.post(BIND).status_code == 400 and not BoundIdentity.objects.exists()


def test_nothing_is_bound_without_proof(client, provider):
    user = factories.make_user("person", roles=["部门经办人"])
    sign_in_here(client, user)
    assert client.post(BIND).status_code == 400 and client.get(BIND).status_code == 400
    assert Client().get(BIND).url.startswith(LOGIN)


def test_one_identity_opens_one_account(client, provider, person):
    """The one that is bound stays; also where it was bound a moment ago by somebody else."""
    second = factories.make_user("second", roles=["部门经办人"])
    with pytest.raises(ValidationError, match="这个身份已经绑定了一个账号"):
        BoundIdentity.bind(second, provider.url, provider.person)
    provider.person = "sub-of-li"
    come_in(client)
    sign_in_here(client, person)
    answer = client.post(BIND)
    assert answer.status_code == 403 and "这个账号已经绑定了一个身份" in answer.content.decode()


def test_a_reset_password_unbinds(client, provider, person):
    person.give_one_time_password()
    assert come_in(client).status_code == 403 and not is_in(client)


def test_the_giver_of_roles_unbinds(client, provider, person, sign_in):
    giver = factories.make_user("giver", roles=["安全管理员"])
    keeper = factories.make_user("keeper", roles=["系统管理员"])
    address = reverse("admin:guicheng_user_identity", args=[person.pk])
    assert sign_in(keeper).post(address).status_code == 403 and BoundIdentity.objects.exists()
    page = sign_in(giver).get(reverse("admin:guicheng_user_change", args=[person.pk])).content.decode()
    assert "已绑定：sub-of-zhang" in page and address in page
    come_in(client)
    assert client.get(INDEX).status_code == 200
    assert sign_in(giver).post(address).status_code == 302 and not BoundIdentity.objects.exists()
    assert AccessEvent.objects.get(kind="identity_unbound").by == giver
    assert client.get(INDEX).status_code == 302, "who came in by it is out"
    assert come_in(client).status_code == 403


# --- the other steps of signing in --------------------------------------------------------------------
def test_our_second_factor_is_asked_all_the_same(client, provider, person):
    device, _ = equip(person)
    come_in(client)
    answer = client.get(NEXT)
    assert answer.url.startswith(ASK)
    assert client.post(answer.url, {"code": code_of(device, 1)}).url == NEXT
    assert client.get(INDEX).status_code == 200


@pytest.mark.parametrize(("acr", "counts"), [("gold", True), ("1", False), (["gold"], False), (None, False)])
def test_the_providers_second_factor_counts_where_the_setting_says_so(client, provider, person, settings, acr, counts):
    settings.OIDC_SECOND_FACTOR_ACR = ["gold"]
    equip(person)
    provider.said = {"acr": acr}
    come_in(client)
    assert (client.get(INDEX).status_code == 200) is counts


def test_who_has_to_set_one_up_is_led_there(client, provider, settings):
    settings.REQUIRE_TOTP = "all"
    user = factories.make_user("person", roles=["审核员"])
    BoundIdentity.bind(user, provider.url, provider.person)
    come_in(client)
    assert "set-up" in client.get(INDEX).url


def test_the_limits_of_the_password_are_untouched(client, provider, person):
    for _ in range(3):
        client.post(LOGIN, {"username": person.username, "password": "falsch"}, REMOTE_ADDR="10.1.2.3")
    SignInBrake.objects.create(account=person, network="127.0.0.1", tries=7)
    before = list(AccessAttempt.objects.values_list("failures_since_start", flat=True))
    assert before
    come_in(Client(REMOTE_ADDR="10.1.2.3"))
    assert list(AccessAttempt.objects.values_list("failures_since_start", flat=True)) == before
    assert SignInBrake.objects.filter(tries=7).exists()
    assert AccessEvent.objects.filter(kind="signed_in").exists()


def test_one_session_an_account(client, provider, person):
    come_in(client)
    come_in(other := Client())
    assert client.get(INDEX).status_code == 302 and other.get(INDEX).status_code == 200
    assert AccessEvent.objects.filter(kind="superseded").exists()


def test_the_same_idle_minutes(client, provider, person, settings):
    come_in(client)
    assert client.session.get_expiry_age() == settings.SESSION_COOKIE_AGE == 1800


def test_only_from_the_staffs_addresses(client, provider, settings):
    from ipaddress import ip_network
    settings.STAFF_NETWORKS = [ip_network("10.0.0.0/8")]
    assert client.get(GO).status_code == client.get(BACK).status_code == 403


def test_a_provider_that_is_slow_does_not_take_all_workers(client, provider, person, monkeypatch):
    from guicheng.accounts import provider as pages
    monkeypatch.setattr(pages, "AT_ONCE", 0)
    assert come_in(client).status_code == 503 and provider.times("/token") == 0


# --- going out ----------------------------------------------------------------------------------------
def test_signing_out_ends_both(client, provider, person):
    come_in(client)
    page = client.post(LOGOUT)
    assert "已经退出本站，正在退出省统一身份认证" in page.content.decode() and not is_in(client)
    onward = page.context["onward"]
    asked = parse_qs(urlsplit(onward).query)
    assert onward.startswith(f"{provider.url}/end?")
    assert asked["post_logout_redirect_uri"] == [f"http://testserver{LOGIN}"]
    claims = jwt.decode(asked["id_token_hint"][0], options={"verify_signature": False})
    assert claims["sub"] == provider.person and AccessEvent.objects.filter(kind="signed_out").exists()


def test_signing_out_where_there_is_no_such_place(client, provider, person):
    provider.has_end = False
    come_in(client)
    assert "onward" not in (client.post(LOGOUT).context or {}) and not is_in(client)


def test_signing_out_of_an_ill_provider(client, provider, person):
    come_in(client)
    forget()
    provider.failing["/.well-known/openid-configuration"] = [500]
    assert client.post(LOGOUT).status_code == 200 and not is_in(client)


def test_who_came_by_password_goes_out_here_alone(client, provider, person):
    sign_in_here(client, person)
    assert "onward" not in (client.post(LOGOUT).context or {})


# --- what is said of it -------------------------------------------------------------------------------
def test_health(client, provider, person, settings, caplog):
    assert "还没有成功过" in _sign_in().said
    come_in(client)
    assert _sign_in().level == Level.OK
    provider.failing["/token"] = [500]
    come_in(Client())
    seen = _sign_in()
    assert seen.level == Level.WARN and "对方回答 500" in seen.said
    assert not [each for each in (provider.secret, provider.person, "code=") if each in seen.said + caplog.text]
    settings.OIDC_ISSUER = ""
    assert _sign_in().said == "没有设置，不用。"


def test_health_page_has_both(provider, superuser, sign_in):
    page = sign_in(superuser).get(reverse("admin:health")).content.decode()
    assert "给本人发消息" in page and "统一身份认证登录" in page


def check_in(tmp_path, **env):
    import os
    import subprocess
    import sys
    done = subprocess.run([sys.executable, "manage.py", "check"], capture_output=True, text=True,
                          env={**os.environ, "DATA_DIR": str(tmp_path), **env})
    return done.returncode, (done.stdout + done.stderr).strip().splitlines()[-1]


WHOLE = {"OIDC_ISSUER": "https://id.example.gov.cn", "OIDC_CLIENT_ID": "a", "OIDC_CLIENT_SECRET": "b",
         "MESSENGER_URL": "https://qyapi.weixin.qq.com", "MESSENGER_CORP_ID": "c", "MESSENGER_AGENT_ID": "1",
         "MESSENGER_SECRET": "d"}


@pytest.mark.parametrize(("left_out", "more", "sentence"), [
    ("OIDC_CLIENT_SECRET", {}, "统一身份认证登录只设了一半，还缺 OIDC_CLIENT_SECRET"),
    ("MESSENGER_SECRET", {}, "给本人发消息只设了一半，还缺 MESSENGER_SECRET"),
    ("", {"OIDC_ISSUER": "http://id.example.gov.cn"}, "OIDC_ISSUER 应以 https:// 开头"),
    ("", {"MESSENGER_URL": "http://10.0.0.1"}, "MESSENGER_URL 应以 https:// 开头"),
    ("", {"MESSENGER_AGENT_ID": "abc"}, "MESSENGER_AGENT_ID 应是应用的编号"),
    ("", {"OIDC_FRESH_MINUTES": "-1"}, "OIDC_FRESH_MINUTES 不能是负数"),
])
def test_half_a_setting_is_one_sentence(tmp_path, left_out, more, sentence):
    env = {key: value for key, value in (WHOLE | more).items() if key != left_out}
    code, said = check_in(tmp_path, **env)
    assert code != 0 and sentence in said


def test_control_a_whole_setting_is_taken(tmp_path):
    assert check_in(tmp_path, **WHOLE)[0] == 0
