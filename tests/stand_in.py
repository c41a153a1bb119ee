"""Real servers on loopback that speak the protocols of the systems outside."""
import json
import ssl
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


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
