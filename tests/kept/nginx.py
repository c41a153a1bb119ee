"""A real nginx on loopback, by deploy/nginx.conf: its server of the pages, without TLS and with paths of its own."""
import os
import re
import socket
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

CONF = Path(__file__).parents[2] / "deploy/nginx.conf"
NGINX = "/usr/sbin/nginx"


def conf(folder, port, behind, *, holds):
    """The words of the configuration; `holds`: the second way, in which nginx holds a page for a second."""
    text = CONF.read_text()
    if holds:
        text = text.replace("#proxy_cache", "proxy_cache")
    text = re.sub(r"server \{\n    listen 80;.*?\n\}\n", "", text, flags=re.S)
    text = re.sub(r"    (listen|ssl_|server_name) ?.*\n", "", text)
    text = text.replace("    client_max_body_size", f"    listen 127.0.0.1:{port};\n    client_max_body_size", 1)
    text = text.replace("127.0.0.1:8000", f"127.0.0.1:{behind}").replace("/srv/guicheng/var", str(folder))
    text = text.replace("/var/log/nginx", str(folder)).replace("/var/cache/nginx", str(folder)).replace(
        "$host;", "127.0.0.1;")
    temporary = "".join(f"{name}_temp_path {folder}/{name};\n" for name in
                        ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    user = "user root;\n" if os.geteuid() == 0 else ""  # else nobody, who does not get to a folder of the tests
    return (f"{user}worker_processes 1;\ndaemon off;\npid {folder}/nginx.pid;\nerror_log {folder}/nginx.log;\n"
            f"events {{ worker_connections 64; }}\nhttp {{\n{temporary}{text}}}\n")


@contextmanager
def nginx(folder, behind, *, holds):
    """Its port, while it runs in front of the server at `behind`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    file = Path(folder) / "nginx.conf"
    file.write_text(conf(folder, port, behind, holds=holds))
    Path(folder).chmod(0o711)
    process = subprocess.Popen([NGINX, "-e", str(folder / "nginx.log"), "-c", str(file)], stderr=subprocess.PIPE)
    try:
        until = time.monotonic() + 10
        while time.monotonic() < until and process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        assert process.poll() is None, process.stderr.read().decode()
        yield port
    finally:
        process.terminate()
        process.wait(10)
