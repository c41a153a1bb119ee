"""Real servers on loopback that speak the protocols of the systems outside."""
import json
import secrets
import ssl
import threading
import time
from base64 import b64decode, urlsafe_b64encode
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import jwt


class Server(ThreadingHTTPServer):
    """Answers by its methods `get_<path>` and `post_<path>`, each given (query or form, headers, body)."""

    daemon_threads = True

    def __init__(self, certificate=None):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked, self.silent, self.failing = [], 0, {}  # failing: path -> statuses to answer first
        scheme = "http"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self.socket, scheme = context.wrap_socket(self.socket, server_side=True), "https"
        self.url = f"{scheme}://127.0.0.1:{self.server_port}"

    def handle_error(self, request, client_address):
        """A client that goes away is what some tests are about."""

    def times(self, path):
        return sum(each == path for each in self.asked)


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):  # noqa: N802
        self._answer("get", "")

    def do_POST(self):  # noqa: N802
        self._answer("post", self.rfile.read(int(self.headers["Content-Length"] or 0)).decode())

    def _answer(self, verb, body):
        parts = urlsplit(self.path)
        self.server.asked.append(parts.path)
        if first := self.server.failing.get(parts.path):
            return self._say(first.pop(0), {}, b"")
        name = f"{verb}_{parts.path.strip('/').replace('/', '_').replace('.', '_').replace('-', '_')}"
        said = getattr(self.server, name)({key: each[0] for key, each in parse_qs(parts.query).items()},
                                          self.headers, body)
        if self.server.silent:
            time.sleep(self.server.silent)
            return None
        status, headers, answer = said if isinstance(said, tuple) else (200, {}, said)
        return self._say(status, headers, answer if isinstance(answer, bytes) else json.dumps(answer).encode())

    def _say(self, status, headers, body):
        self.send_response(status)
        for key, value in {"Content-Type": "application/json", **headers, "Content-Length": str(len(body))}.items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@contextmanager
def running(server):
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


class Messenger(Server):
    """企业微信's gettoken and message/send. `errors` are told before messages are taken."""

    corp, secret, people = "corp", "hush-hush", {"zhangsan", "lisi"}

    def __init__(self, *args):
        super().__init__(*args)
        self.tokens, self.good, self.taken, self.errors, self.lasts = 0, set(), [], [], 7200

    def get_cgi_bin_gettoken(self, query, headers, body):
        if (query.get("corpid"), query.get("corpsecret")) != (self.corp, self.secret):
            return {"errcode": 40001, "errmsg": "invalid credential"}
        self.tokens += 1
        self.good.add(token := f"token-{self.tokens}")
        return {"errcode": 0, "errmsg": "ok", "access_token": token, "expires_in": self.lasts}

    def post_cgi_bin_message_send(self, query, headers, body):
        if query.get("access_token") not in self.good:
            return {"errcode": 42001, "errmsg": "access_token expired"}
        if self.errors:
            return {"errcode": self.errors.pop(0), "errmsg": "no"}
        message = json.loads(body)
        if message["touser"] not in self.people:
            return {"errcode": 81013, "errmsg": "all invalid", "invaliduser": message["touser"]}
        self.taken.append(message)
        return {"errcode": 0, "errmsg": "ok", "invaliduser": "", "msgid": "1"}


class Provider(Server):
    """An OpenID Connect provider: authorization code with PKCE, RS256, keys that change. `person` is signed in there.

    `said` is laid over the claims, `signed` makes the token of them: a test that lies changes these.
    """

    client, secret = "guicheng", "tell-nobody & no-one:"

    def __init__(self, *args):
        super().__init__(*args)
        self.person, self.acr, self.said, self.methods, self.has_end = "sub-of-zhang", "1", {}, None, True
        self.codes, self.ended, self.keys = {}, [], []
        self.signed = self.rs256
        self.about = {}
        self.rotate()

    def rotate(self):
        """Sign with a new key from now on; the old ones are no longer published."""
        from cryptography.hazmat.primitives.asymmetric import rsa

        self.keys = [(f"key-{secrets.token_hex(4)}", rsa.generate_private_key(public_exponent=65537, key_size=2048))]

    def rs256(self, claims, **headers):
        kid, key = self.keys[-1]
        return jwt.encode(claims, key, "RS256", {"kid": kid, **headers})

    def get__well_known_openid_configuration(self, query, headers, body):
        end = {"end_session_endpoint": f"{self.url}/end"} if self.has_end else {}
        methods = {"token_endpoint_auth_methods_supported": self.methods} if self.methods else {}
        return {"issuer": self.url, "authorization_endpoint": f"{self.url}/authorize", "jwks_uri": f"{self.url}/jwks",
                "token_endpoint": f"{self.url}/token", **end, **methods, **self.about}

    def get_jwks(self, query, headers, body):
        algorithm = jwt.algorithms.RSAAlgorithm
        return {"keys": [{**algorithm.to_jwk(key.public_key(), as_dict=True), "kid": kid, "use": "sig", "alg": "RS256"}
                         for kid, key in self.keys]}

    def get_authorize(self, query, headers, body):
        """A page with one button, as a person meets it."""
        page = (f'<!doctype html><html lang="zh"><title>统一身份认证</title><h1>统一身份认证</h1>'
                f'<a id="in" href="/agree?{urlencode(query)}">登录</a></html>')
        return 200, {"Content-Type": "text/html; charset=utf-8"}, page.encode()

    def get_agree(self, query, headers, body):
        code = secrets.token_hex(8)
        self.codes[code] = query
        return 302, {"Location": f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"}, b""

    def post_token(self, query, headers, body):
        form = {key: each[0] for key, each in parse_qs(body).items()}
        if not self._is_client(form, headers):
            return 401, {}, {"error": "invalid_client"}
        asked = self.codes.pop(form.get("code"), None)
        challenge = urlsafe_b64encode(sha256(form.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
        if not asked or asked["code_challenge"] != challenge or asked["redirect_uri"] != form.get("redirect_uri"):
            return 400, {}, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {"iss": self.url, "sub": self.person, "aud": self.client, "iat": now, "exp": now + 300,
                  "nonce": asked["nonce"], "auth_time": now, "acr": self.acr, **self.said}
        claims = {key: value for key, value in claims.items() if value is not None}
        return {"access_token": "unused", "token_type": "Bearer", "id_token": self.signed(claims)}

    def _is_client(self, form, headers):
        if self.methods == ["client_secret_post"]:
            return (form.get("client_id"), form.get("client_secret")) == (self.client, self.secret)
        pair = b64decode(headers.get("Authorization", "").removeprefix("Basic ")).decode()
        return tuple(map(unquote, pair.split(":"))) == (self.client, self.secret)

    def get_end(self, query, headers, body):
        self.ended.append(query)
        return 302, {"Location": query["post_logout_redirect_uri"]}, b""
