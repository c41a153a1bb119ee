"""A resident's telephone number: encrypted in the database, with keys that lie neither in it nor in its backups.

What is kept begins with one byte that says how it was made and one that says with which key; then a nonce, and the
ciphertext with its tag. The row it belongs to is associated data: copied to another row it cannot be read there.
To find a number again there is a fingerprint, HMAC-SHA256 under a key of its own.
"""
import hashlib
import hmac
import json
import os
import secrets
from base64 import b64decode, b64encode
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

NONCE, TAG = 12, 16  # bytes: NIST SP 800-38D
# version byte -> (algorithm, bytes of its key): GB/T 32907-2016 for SM4
WAYS = {1: (algorithms.AES, 32), 2: (algorithms.SM4, 16)}
VERSION_OF = {"aes": 1, "sm4": 2}
MOST_KEYS = 255


class Unreadable(Exception):
    """What is kept cannot be read with the keys of this machine, or was kept for another row."""


def encrypted(text, row):
    """`text` as it is kept for `row`, a name such as "needoriginal:12". "" stays empty."""
    if not text:
        return b""
    keys = _keys()
    head = bytes([VERSION_OF[settings.PERSONAL_CIPHER], keys["current"]])
    nonce = secrets.token_bytes(NONCE)
    maker = _cipher(head, nonce).encryptor()
    maker.authenticate_additional_data(head + row.encode())
    return head + nonce + maker.update(text.encode()) + maker.finalize() + maker.tag


def decrypted(kept, row):
    """The text that was kept for `row`. Raises Unreadable."""
    kept = bytes(kept or b"")
    if not kept:
        return ""
    head, nonce, body, tag = kept[:2], kept[2:2 + NONCE], kept[2 + NONCE:-TAG], kept[-TAG:]
    try:
        reader = _cipher(head, nonce, tag).decryptor()
        reader.authenticate_additional_data(head + row.encode())
        return (reader.update(body) + reader.finalize()).decode()
    except (InvalidTag, KeyError, IndexError, ValueError) as error:
        raise Unreadable(row) from error


def fingerprint(text):
    """What a number is found by, without its being readable; "" of an empty one. 64 hexadecimal digits."""
    return hmac.new(b64decode(_keys()["index"]), text.encode(), hashlib.sha256).hexdigest() if text else ""


def link_secret(text, signs=16):
    """A secret of so many letters and digits that follows from `text` under a key of its own: nobody keeps it."""
    digest = int.from_bytes(hmac.new(b64decode(_keys()["link"]), text.encode(), hashlib.sha256).digest(), "big")
    found = []
    for _ in range(signs):
        digest, place = divmod(digest, len(READABLE))
        found.append(READABLE[place])
    return "".join(found)


READABLE = "23456789abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"  # without what looks like something else


def is_current(kept):
    """Whether it was made as it would be made now: the same way, the newest key."""
    return not kept or bytes(kept)[:2] == bytes([VERSION_OF[settings.PERSONAL_CIPHER], _keys()["current"]])


def _cipher(head, nonce, tag=None):
    algorithm, size = WAYS[head[0]]
    key = b64decode(_keys()["keys"][str(head[1])])[:size]
    return Cipher(algorithm(key), modes.GCM(nonce, tag))


# --- the keys --------------------------------------------------------------------------------------
def add_key():
    """Make a new key that is used from now on; the older ones go on reading. Gives its number."""
    keys = _keys()
    number = max(map(int, keys["keys"])) + 1
    if number > MOST_KEYS:
        raise ImproperlyConfigured("个人信息的密钥已经换过 255 次，不能再换。")
    keys["keys"][str(number)], keys["current"] = _new(), number
    _write(keys)
    return number


def drop_old_keys():
    """Forget the keys that nothing is kept under any more; gives how many. Whoever calls has looked."""
    keys = _keys()
    old = [number for number in keys["keys"] if int(number) != keys["current"]]
    for number in old:
        del keys["keys"][number]
    _write(keys)
    return len(old)


def _new():
    return b64encode(secrets.token_bytes(32)).decode()


def _keys():
    path = settings.PERSONAL_KEYS
    try:
        return _read(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        _make(path)
        return _read(path, path.stat().st_mtime_ns)


@cache
def _read(path, changed):
    """The keys in the file as it was at `changed`; another process may write a new one at any time."""
    try:
        return json.loads(path.read_text())
    except ValueError as error:
        raise ImproperlyConfigured(f"个人信息的密钥文件 {path} 读不出来，请从备份的密钥恢复。") from error


def _make(path):
    """Make the file once. Of two processes that start together the first one's keys are everybody's."""
    part = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    _fill(part, {"current": 1, "keys": {"1": _new()}, "index": _new(), "link": _new()})
    try:
        os.link(part, path)  # refuses where another was faster
    except FileExistsError:
        pass
    finally:
        part.unlink()


def _write(keys):
    path = settings.PERSONAL_KEYS
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    _fill(part, keys)
    part.replace(path)


def _fill(path, keys):
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(json.dumps(keys))
        file.flush()
        os.fsync(file.fileno())
