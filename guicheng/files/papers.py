"""A PDF from outside: looked at, not rewritten, and only ever handed out as a download.

The search is plain: over the bytes, and over the compressed object streams as far as they inflate within bounds.
What is compressed twice or in another way stays hidden. So the file is never shown inside a page, but sent as an
attachment, in a sandbox, and never as anything else than a PDF.
"""
import re
import zlib

from django.core.exceptions import ValidationError

MAX_BYTES = 20 * 1024 * 1024
EMPTY = "文件是空的，请重新选择。"
TOO_BIG = f"文件超过 {MAX_BYTES // 1024 // 1024} MB，请压缩后再传。"
UNKNOWN = "这不是 PDF。请先在 Word 或 WPS 里“另存为 PDF”再传。"
BROKEN = "PDF 不完整，请重新导出后再传。"
LOCKED = "这份 PDF 加了密码或权限限制，居民打不开。请去掉密码后再传。"
ACTIVE = "这份 PDF 带有脚本、自动动作或内嵌文件。请用“打印→另存为 PDF”做一份干净的再传。"

_NAME_ENDS = rb"(?=[\s()<>\[\]{}/%]|$)"
_LOCKED = re.compile(rb"/Encrypt" + _NAME_ENDS)
_ACTIVE = re.compile(rb"/(JavaScript|Launch|EmbeddedFiles?|RichMedia|SubmitForm|ImportData)" + _NAME_ENDS)
_SHORT = re.compile(rb"/(JS|XFA)" + _NAME_ENDS)  # so short that a compressed picture holds them by chance
_STREAM = re.compile(rb"stream\r?\n.*?endstream", re.DOTALL)
_OBJECTS = re.compile(rb"/ObjStm\b.{0,400}?stream\r?\n(.*?)endstream", re.DOTALL)
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")  # a name may be written /J#53
_PAGE = re.compile(rb"/Type\s*/Page" + _NAME_ENDS)
INFLATED = 4 * 1024 * 1024  # of one object stream
INFLATED_IN_ALL = 32 * 1024 * 1024


def clean_paper(file):
    """(the bytes, the number of pages where it can be counted). Raises ValidationError with one sentence."""
    if file.size == 0:
        raise ValidationError(EMPTY)
    if file.size > MAX_BYTES:
        raise ValidationError(TOO_BIG)
    file.seek(0)
    content = file.read()
    if not content.startswith(b"%PDF-"):
        raise ValidationError(UNKNOWN)
    if b"%%EOF" not in content[-2048:]:
        raise ValidationError(BROKEN)
    objects = _objects(content)
    outside = _unescaped(_STREAM.sub(b"", content) + objects)
    if _LOCKED.search(outside):
        raise ValidationError(LOCKED)
    if _SHORT.search(outside) or _ACTIVE.search(outside) or _ACTIVE.search(content):
        raise ValidationError(ACTIVE)
    return content, len(_PAGE.findall(outside)) or None


def _unescaped(content):
    return _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), content)


def _objects(content):
    """What the compressed object streams hold, within bounds; what does not inflate is passed over."""
    found, left = [], INFLATED_IN_ALL
    for match in _OBJECTS.finditer(content):
        try:
            found.append(zlib.decompressobj().decompress(match[1], min(INFLATED, left) or 1))
        except zlib.error:
            continue
        left = max(0, left - len(found[-1]))
    return b"\n".join(found)
