"""A photo from outside, made harmless: decoded within bounds, put on a new sheet, encoded again.

What comes out is sRGB JPEG in at most three widths and carries nothing of the file that came in:
no place, no name of the camera, no preview, nothing behind the end.
"""
import io
from dataclasses import dataclass

from django.core.exceptions import ValidationError

MAX_BYTES = 15 * 1024 * 1024
MAX_PIXELS = {"JPEG": 40_000_000, "MPO": 40_000_000, "PNG": 24_000_000, "WEBP": 24_000_000}
MAX_SCANS = 100  # a progressive JPEG of a few KB can ask for thousands
MIN_SIDE, MAX_RATIO = 100, 4
WIDTHS = (320, 800, 1600)
QUALITY = 82
ORIENTATION = 0x0112
TURNS = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}  # EXIF orientation → Pillow's Transpose
LYING = (5, 6, 7, 8)
STRIP = 2_000_000  # pixels worked on at a time

EMPTY = "文件是空的，请重新选择。"
TOO_BIG = f"文件超过 {MAX_BYTES // 1024 // 1024} MB，请用手机“中等大小”导出，或发微信给自己后再传。"
TOO_MANY_PIXELS = "照片像素太多：JPEG 最多 4000 万，PNG 和 WebP 最多 2400 万。请缩小后再传。"
TOO_SMALL = f"照片太小，宽和高都要在 {MIN_SIDE} 像素以上。"
TOO_LONG = f"照片太长或太窄，长边不能超过短边的 {MAX_RATIO} 倍，请裁剪后再传。"
BROKEN = "照片打不开，可能没有传完整，请重新选择。"
UNKNOWN = "这不是能用的照片，请用 JPEG、PNG 或 WebP。"
HEIC = "这是 HEIC 照片，浏览器看不了。请在 iPhone“设置→相机→格式”选“兼容性最佳”，或发微信给自己后再传。"
# how a file starts → what to say to the person who chose it
OTHERS = [
    (b"%PDF", "这是 PDF，请放到“附件”里。"),
    (b"GIF8", "不能用 GIF，请用 JPEG、PNG 或 WebP。"),
    (b"II*\0", "不能用 TIFF，请用 JPEG、PNG 或 WebP。"),
    (b"MM\0*", "不能用 TIFF，请用 JPEG、PNG 或 WebP。"),
    (b"BM", "不能用 BMP，请用 JPEG、PNG 或 WebP。"),
    (b"<", "不能用 SVG 或网页，请用 JPEG、PNG 或 WebP。"),
]


@dataclass(frozen=True)
class Cleaned:
    """What is kept of a photo: its size and, for each width, the JPEG's bytes."""

    width: int
    height: int
    files: dict


def slots(width):
    """The widths a photo so wide is kept in: none is larger than it, but the last may be named so."""
    return [each for place, each in enumerate(WIDTHS) if place == 0 or WIDTHS[place - 1] < width]


def clean_photo(file):
    """The photo in this file, made anew. Raises ValidationError with one sentence."""
    from PIL import Image

    _check_start(file)
    file.seek(0)
    try:
        with Image.open(file, formats=["JPEG", "PNG", "WEBP"]) as image:
            _check_size(image.format, *image.size)
            sheet = _sheet_of(image)
    except ValidationError:
        raise
    except Image.DecompressionBombError:
        raise ValidationError(TOO_MANY_PIXELS)
    except Image.UnidentifiedImageError:
        raise ValidationError(UNKNOWN)
    except (OSError, ValueError, SyntaxError, EOFError, TypeError, IndexError, KeyError, OverflowError,
            ArithmeticError, MemoryError, AssertionError):
        raise ValidationError(BROKEN)  # what Pillow raises over a damaged file has no common name
    return _encoded(sheet)


def _check_start(file):
    """Refuse what is too large, empty or plainly no photo, before a decoder looks at it."""
    if file.size == 0:
        raise ValidationError(EMPTY)
    if file.size > MAX_BYTES:
        raise ValidationError(TOO_BIG)
    file.seek(0)
    start = file.read(64)
    if start[4:8] == b"ftyp":
        raise ValidationError(HEIC)
    for magic, sentence in OTHERS:
        if start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(magic):
            raise ValidationError(sentence)
    if start.startswith(b"\xff\xd8"):
        file.seek(0)
        if file.read().count(b"\xff\xda") > MAX_SCANS:
            raise ValidationError(BROKEN)


def _check_size(kind, width, height):
    if width * height > MAX_PIXELS[kind]:
        raise ValidationError(TOO_MANY_PIXELS)
    if min(width, height) < MIN_SIDE:
        raise ValidationError(TOO_SMALL)
    if max(width, height) > MAX_RATIO * min(width, height):
        raise ValidationError(TOO_LONG)


def _sheet_of(image):
    """An RGB image in sRGB, upright, at most three times as wide as needed, that shares nothing with `image`."""
    from PIL import Image

    profile, turn = image.info.get("icc_profile"), image.getexif().get(ORIENTATION)
    side = 1 if turn in LYING else 0  # which side will be the width
    if image.format in ("JPEG", "MPO"):  # the decoder itself skips what is not needed
        scale = max(1, image.size[side] // max(WIDTHS))
        image.draft(None, (image.width // scale, image.height // scale))
    factor = max(1, image.size[side] * 2 // (3 * max(WIDTHS)))
    sheet = _in_srgb(_reduced(image, factor), profile)
    return sheet.transpose(Image.Transpose(TURNS[turn])) if turn in TURNS else sheet


def _reduced(image, factor):
    """Shrink by a whole number, strip by strip, so that no second full copy is ever in memory."""
    from PIL import Image

    image.load()
    mode = "CMYK" if image.mode == "CMYK" else "RGB"
    width, height = image.size
    sheet = Image.new(mode, (-(-width // factor), -(-height // factor)))
    step = max(1, STRIP // width // factor) * factor
    for top in range(0, height, step):
        strip = _opaque(image.crop((0, top, width, min(top + step, height))), mode)
        sheet.paste(strip.reduce(factor) if factor > 1 else strip, (0, top // factor))
    return sheet


def _opaque(strip, mode):
    """The strip in RGB (or CMYK), on white where it was transparent, 16 bits brought to 8."""
    from PIL import Image

    if strip.mode.startswith("I") or strip.mode == "F":
        return strip.convert("I").point(lambda value: value / 256).convert("L").convert(mode)
    if strip.mode in ("LA", "PA", "RGBA", "La", "RGBa") or "transparency" in strip.info:
        strip = strip.convert("RGBA")
        white = Image.new("RGBA", strip.size, "white")
        return Image.alpha_composite(white, strip).convert(mode)
    return strip.convert(mode)


def _in_srgb(sheet, profile):
    """Turn the colours by the profile that came along; a damaged one is passed over."""
    from PIL import ImageCms

    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            turned = ImageCms.profileToProfile(sheet, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
            turned.info.clear()
            return turned
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass  # a profile for other channels, or none at all: the colours as they are
    return sheet.convert("RGB")


def _encoded(sheet):
    """Encode at each width; never larger than the photo was."""
    from PIL import Image

    files, size = {}, None
    for slot in slots(sheet.width):
        width = min(slot, sheet.width)
        size = (width, max(1, round(sheet.height * width / sheet.width)))
        clean = Image.new("RGB", size)
        clean.paste(sheet.resize(size, Image.Resampling.LANCZOS) if size != sheet.size else sheet)
        out = io.BytesIO()
        clean.save(out, "JPEG", quality=QUALITY, optimize=True, progressive=True)
        files[slot] = out.getvalue()
    return Cleaned(*size, files)
