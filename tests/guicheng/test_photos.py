"""Photos and papers from outside: cleaned, or refused with one Chinese sentence, in bounded memory."""
import io
import json
import os
import re
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from PIL import Image, ImageCms, ImageFilter

from guicheng import media_store
from guicheng.files import papers, photos
from guicheng.files.papers import clean_paper
from guicheng.files.photos import clean_photo, slots
from tests import pictures
from tests.pictures import encoded, gradient, upload

CHINESE = re.compile("[\u4e00-\u9fff]")
# APP0 JFIF, tables, frame, scan, end: nothing of what a camera or an editor writes
MARKERS = {0xE0, 0xDB, 0xC2, 0xC4, 0xDA, 0xD9}


def cleaned(content, name="IMG.jpg"):
    return clean_photo(upload(content, name))


def opened(content):
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def markers(content):
    """The kinds of segments, walked from start to end; fails when anything stands behind the end."""
    assert content[:2] == b"\xff\xd8"
    place, found = 2, set()
    while True:
        kind = content[place + 1]
        found.add(kind)
        if kind == 0xD9:
            assert place + 2 == len(content), "bytes behind the end"
            return found
        place += 2 + int.from_bytes(content[place + 2:place + 4], "big")
        if kind == 0xDA:
            place = re.compile(rb"\xff[^\x00\xd0-\xd7]").search(content, place).start()


def assert_clean(photo):
    for width, content in photo.files.items():
        image = opened(content)
        assert image.mode == "RGB" and image.width <= width
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"}
        assert not image.getexif()
        assert markers(content) <= MARKERS


def near(pixel, wanted, by=12):
    return all(abs(a - b) <= by for a, b in zip(pixel, wanted, strict=True))


def test_it_works():
    photo = cleaned(encoded(gradient(4000, 3000)))
    assert (photo.width, photo.height) == (1600, 1200)
    assert {width: opened(content).size for width, content in photo.files.items()} == {
        320: (320, 240), 800: (800, 600), 1600: (1600, 1200)}
    assert_clean(photo)


@pytest.mark.parametrize(("width", "kept"), [(120, [320]), (320, [320]), (500, [320, 800]), (1000, [320, 800, 1600])])
def test_a_small_photo_is_never_enlarged(width, kept):
    photo = cleaned(encoded(gradient(width, 300)))
    assert list(photo.files) == kept == slots(width)
    assert photo.width == width == opened(photo.files[kept[-1]]).width


def test_place_camera_comment_and_profile_are_gone():
    content = pictures.with_metadata()
    assert b"SECRET" in content and b"Exif" in content
    photo = cleaned(content)
    assert_clean(photo)
    assert not any(word in each for each in photo.files.values() for word in (b"SECRET", b"Exif", b"ICC", b"GPS"))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_it_stands_upright(orientation):
    photo = cleaned(pictures.turned(orientation))
    assert (photo.width, photo.height) == ((600, 400) if orientation < 5 else (400, 600))
    from PIL import ImageOps

    wanted = ImageOps.exif_transpose(opened(pictures.turned(orientation)))
    got = opened(photo.files[max(photo.files)])
    for x, y in ((.1, .1), (.9, .1), (.1, .9), (.9, .9)):
        where = (int(wanted.width * x), int(wanted.height * y))
        assert near(got.getpixel(where), wanted.getpixel(where))


def test_a_large_lying_photo_is_turned_and_sharp_enough():
    photo = cleaned(pictures.turned(6, 6000, 4000))
    assert (photo.width, photo.height) == (1600, 2400)


def test_another_profile_becomes_srgb():
    """Red and green swapped by a profile made for it would be seen; here LAB, whose numbers mean other colours."""
    lab = ImageCms.createProfile("LAB", 6500)
    to_lab = ImageCms.profileToProfile(Image.new("RGB", (300, 200), (200, 40, 40)), ImageCms.createProfile("sRGB"),
                                       lab, outputMode="LAB")
    assert near(photos._in_srgb(to_lab, ImageCms.ImageCmsProfile(lab).tobytes()).getpixel((5, 5)), (200, 40, 40))


ACCEPTED = {
    "PNG on white": lambda: encoded(Image.new("RGBA", (300, 200), (0, 0, 0, 0)), "PNG"),
    "palette with transparency": lambda: encoded(Image.new("P", (300, 200)), "PNG", transparency=0),
    "grey with alpha": lambda: encoded(Image.new("LA", (300, 200), (0, 0)), "PNG"),
    "16 bit": lambda: encoded(Image.new("I;16", (300, 200), 65535), "PNG"),
    "one bit": lambda: encoded(Image.new("1", (300, 200), 1), "PNG"),
    "CMYK": lambda: encoded(Image.new("CMYK", (300, 200), (0, 0, 0, 0))),
    "grey": lambda: encoded(Image.new("L", (300, 200), 255)),
    "WebP": lambda: encoded(Image.new("RGB", (300, 200), "white"), "WEBP"),
    "a damaged profile": lambda: encoded(Image.new("RGB", (300, 200), "white"), icc_profile=b"nonsense" * 50),
    "a JPEG called png": lambda: encoded(Image.new("RGB", (300, 200), "white")),
    "JPEG and ZIP": lambda: encoded(Image.new("RGB", (300, 200), "white")) + b"PK\x03\x04evil.jar" * 20,
    "JPEG and HTML": lambda: encoded(Image.new("RGB", (300, 200), "white")) + b"<script>alert(1)</script>",
    "JPEG with a script as comment": lambda: encoded(
        Image.new("RGB", (300, 200), "white"), comment=b"*/=alert(1)/*<script>"),
    "PNG with text": lambda: encoded(Image.new("RGB", (300, 200), "white"), "PNG", pnginfo=pictures.text_info()),
    "PNG and PHP": lambda: encoded(Image.new("RGB", (300, 200), "white"), "PNG") + b"<?php system(1);?>",
}


@pytest.mark.parametrize("make", ACCEPTED.values(), ids=ACCEPTED)
def test_odd_ones_are_cleaned(make):
    photo = cleaned(make(), "odd.png")
    assert_clean(photo)
    assert near(opened(photo.files[320]).getpixel((10, 10)), (255, 255, 255), 4)
    assert not any(word in photo.files[320] for word in (b"PK\x03\x04", b"<script", b"<?php", b"SECRET", b"alert"))


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "MPO"])
def test_of_an_animation_the_first_picture(kind):
    photo = cleaned(pictures.animated(kind))
    assert near(opened(photo.files[320]).getpixel((50, 50)), (254, 0, 0))
    assert_clean(photo)


REFUSED = {
    "empty": (lambda: b"", photos.EMPTY),
    "15 MB": (lambda: b"\xff\xd8" + b"\0" * photos.MAX_BYTES, photos.TOO_BIG),
    "50 MP": (lambda: encoded(Image.new("L", (8200, 6100))), photos.TOO_MANY_PIXELS),
    "PNG bomb": (pictures.png_bomb, photos.TOO_MANY_PIXELS),
    "claims 400 MP": (lambda: pictures.png_claiming(20000, 20000), photos.TOO_MANY_PIXELS),
    "claims 4 giga": (lambda: pictures.png_claiming(2**31 - 1, 2**31 - 1), photos.TOO_MANY_PIXELS),
    "truncated JPEG": (lambda: encoded(gradient())[:-4000], photos.BROKEN),
    "truncated PNG": (lambda: encoded(gradient(), "PNG")[:-4000], photos.BROKEN),
    "truncated WebP": (lambda: encoded(gradient(), "WEBP")[:-900], photos.BROKEN),
    "only a head": (lambda: encoded(gradient())[:10], None),
    "no picture in it": (lambda: encoded(gradient(), "PNG").replace(b"IDAT", b"IDAU", 1), None),
    "text bomb": (lambda: pictures.png_with_text(80_000_000), photos.BROKEN),
    "thousand scans": (pictures.many_scans, photos.BROKEN),
    "one pixel": (lambda: encoded(Image.new("RGB", (1, 1)), "PNG"), photos.TOO_SMALL),
    "a line": (lambda: encoded(Image.new("RGB", (4000, 120))), photos.TOO_LONG),
    "HEIC": (lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", photos.HEIC),
    "AVIF": (lambda: encoded(gradient(300, 200), "AVIF"), photos.HEIC),
    "SVG": (lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', None),
    "SVG with a BOM": (lambda: b"\xef\xbb\xbf\n<?xml version='1.0'?><svg/>", None),
    "HTML": (lambda: b"<!doctype html><script>alert(1)</script>", None),
    "GIF": (lambda: encoded(gradient(300, 200), "GIF"), None),
    "GIF and JavaScript": (lambda: b"GIF89a/*\0\0*/=1;alert(1)", None),
    "TIFF": (lambda: encoded(gradient(300, 200), "TIFF"), None),
    "BMP": (lambda: encoded(gradient(300, 200), "BMP"), None),
    "PDF": (pictures.pdf, None),
    "ZIP": (lambda: b"PK\x03\x04" + b"\0" * 500, photos.UNKNOWN),
    "noise": (lambda: os.urandom(5000).replace(b"BM", b"__"), photos.UNKNOWN),
    "EPS": (lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", photos.UNKNOWN),
}


@pytest.mark.parametrize(("make", "sentence"), REFUSED.values(), ids=REFUSED)
def test_the_rest_gets_one_sentence(make, sentence):
    with pytest.raises(ValidationError) as refused:
        cleaned(make(), "photo.jpg")
    assert len(refused.value.messages) == 1 and CHINESE.search(refused.value.messages[0])
    assert sentence in (None, refused.value.messages[0])


def test_a_text_of_ordinary_size_is_no_bomb():
    assert_clean(cleaned(pictures.png_with_text(5000)))
    assert_clean(cleaned(pictures.png_with_text(2_000_000, b"tEXt")))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_whatever_is_damaged_never_an_error_of_ours(kind):
    """200 copies with flipped bytes each: cleaned or refused, nothing else."""
    import random

    plain, dice = encoded(gradient(300, 200), kind), random.Random(1)  # noqa: S311
    for _ in range(200):
        spoiled = bytearray(plain)
        for _ in range(dice.randrange(1, 30)):
            spoiled[dice.randrange(len(spoiled))] = dice.randrange(256)
        try:
            assert_clean(cleaned(bytes(spoiled)))
        except ValidationError as refused:
            assert CHINESE.search(refused.messages[0])


MEASURE = """
import json, os, re, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "guicheng.settings"
from django.core.exceptions import ValidationError
from guicheng.files.photos import clean_photo
file = open(sys.argv[1], "rb")
file.size = os.path.getsize(sys.argv[1])
try:
    said = clean_photo(file).width
except ValidationError as error:
    said = error.messages[0]
# not ru_maxrss, which remembers the process this one was forked from
peak = re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]
print(json.dumps([said, int(peak) // 1024]))
"""
# the megabytes a whole Python process may reach; the numbers on the day of writing: 74, 70, 177, 395, 26
HEAVY = {
    "12 MP JPEG": (lambda: encoded(gradient(4000, 3000)), 160),
    "40 MP JPEG": (lambda: encoded(Image.new("RGB", (7300, 5470))), 160),
    "24 MP PNG with alpha": (lambda: encoded(Image.new("RGBA", (6000, 4000)), "PNG"), 260),
    "24 MP WebP": (lambda: encoded(Image.new("RGB", (6000, 4000)), "WEBP"), 480),
    "42 MP PNG": (pictures.png_bomb, 60),
    "text bomb": (lambda: pictures.png_with_text(80_000_000), 60),
}


@pytest.mark.parametrize(("make", "most"), HEAVY.values(), ids=HEAVY)
def test_memory_stays_bounded(tmp_path, make, most):
    (tmp_path / "photo").write_bytes(make())
    done = subprocess.run([sys.executable, "-c", MEASURE, tmp_path / "photo"], cwd=settings.BASE_DIR,
                          capture_output=True, text=True, check=True)
    said, peak = json.loads(done.stdout)
    assert said == 1600 or CHINESE.search(said)
    assert peak <= most


def test_shrinking_in_strips_shows_no_seam():
    """A smooth picture of many strips is as smooth as one shrunk whole."""
    image = gradient(4800, 3600).filter(ImageFilter.GaussianBlur(2))
    photo = cleaned(encoded(image, "PNG", compress_level=1))
    got, whole = opened(photo.files[800]), image.resize((800, 600), Image.Resampling.LANCZOS)
    assert all(near(got.getpixel((x, y)), whole.getpixel((x, y)), 10) for x in (3, 400, 790) for y in range(600))


# --- papers -----------------------------------------------------------------------------------------
def test_a_pdf_is_kept_as_it_is():
    content = pictures.pdf(pages=3)
    assert clean_paper(pictures.paper(content)) == (content, 3)


REFUSED_PAPERS = {
    "empty": (b"", papers.EMPTY),
    "20 MB": (b"%PDF-1.7" + b"\0" * papers.MAX_BYTES, papers.TOO_BIG),
    "a Word file": (b"PK\x03\x04word/document.xml", papers.UNKNOWN),
    "HTML called pdf": (b"<html>%PDF-1.4 %%EOF", papers.UNKNOWN),
    "polyglot with a head of its own": (b"GIF89a%PDF-1.4 %%EOF", papers.UNKNOWN),
    "cut off": (pictures.pdf()[:-20], papers.BROKEN),
    "encrypted": (pictures.pdf(b"<< /Encrypt 9 0 R >>"), papers.LOCKED),
    "JavaScript": (pictures.pdf(b"<< /S /JavaScript /JS (app.alert(1)) >>"), papers.ACTIVE),
    "JS without a space": (pictures.pdf(b"<</JS(app.alert(1))>>"), papers.ACTIVE),
    "an escaped name": (pictures.pdf(b"<< /S /Java#53cript /J#53 (app.alert(1)) >>"), papers.ACTIVE),
    "launch": (pictures.pdf(b"<< /S /Launch /F (cmd.exe) >>"), papers.ACTIVE),
    "embedded file": (pictures.pdf(b"<< /Names << /EmbeddedFiles 7 0 R >> >>"), papers.ACTIVE),
    "in an object stream": (pictures.pdf(objects=b"1 0 << /S /JavaScript /JS (x) >>"), papers.ACTIVE),
    "in a plain stream": (pictures.pdf(b"<< >>\nstream\n<< /S /JavaScript >>\nendstream"), papers.ACTIVE),
}


@pytest.mark.parametrize(("content", "sentence"), REFUSED_PAPERS.values(), ids=REFUSED_PAPERS)
def test_other_papers_get_one_sentence(content, sentence):
    with pytest.raises(ValidationError) as refused:
        clean_paper(pictures.paper(content))
    assert refused.value.messages == [sentence]


@pytest.mark.parametrize("harmless", [
    b"<< /JSON 1 /Launcher 2 /EmbeddedFileless 3 /Encryption 4 >>",
    b"<< /Length 20 >>\nstream\n\x9a\x01/JS\x20\x9f\xff/XFA(\nendstream",  # by chance, in a compressed picture
])
def test_what_only_looks_like_it_is_accepted(harmless):
    assert clean_paper(pictures.paper(pictures.pdf(harmless)))


def test_an_object_stream_is_opened_within_bounds():
    bomb = pictures.pdf(objects=b"\0" * 50_000_000)
    assert len(papers._objects(bomb)) <= papers.INFLATED
    assert clean_paper(pictures.paper(bomb))


# --- the store --------------------------------------------------------------------------------------
@pytest.fixture
def folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path / "media"


def test_a_file_is_whole_or_not_there(folder, monkeypatch):
    media_store.write("ab" * 16, "-320.jpg", b"first")
    monkeypatch.setattr(os, "replace", lambda *names: (_ for _ in ()).throw(OSError("crash")))
    with pytest.raises(OSError, match="crash"):
        media_store.write("ab" * 16, "-320.jpg", b"second")
    assert [path.name for path in folder.rglob("*.*")] == ["ab" * 16 + "-320.jpg"]
    assert media_store.path_of("ab" * 16, "-320.jpg").read_bytes() == b"first"
