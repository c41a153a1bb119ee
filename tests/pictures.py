"""Photos and papers made by code, good and hostile: no binary stands in the repository."""
import io
import struct
import zlib

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageCms, PngImagePlugin
from PIL.TiffImagePlugin import IFDRational


def gradient(width=1200, height=900, mode="RGB"):
    """A picture in which up, down, left and right differ."""
    across = Image.linear_gradient("L").rotate(90).resize((width, height))
    down = Image.linear_gradient("L").resize((width, height))
    return Image.merge("RGB", (across, down, Image.new("L", (width, height), 90))).convert(mode)


def encoded(image, kind="JPEG", **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def upload(content, name="IMG_0001.jpg"):
    return SimpleUploadedFile(name, content)


def jpeg(width=1200, height=900, *, shade=0, name="IMG_0001.jpg", **options):
    """An upload; another `shade` is another photo."""
    image = gradient(width, height)
    image.paste((shade % 256, 40, 40), (0, 0, width // 3, height // 3))
    return upload(encoded(image, **options), name)


def with_metadata():
    """What a phone writes: place, camera, comment, XMP, a preview, a profile."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "某牌", "某型手机"
    exif[0x8825] = {1: "N", 2: (IFDRational(23), IFDRational(2), IFDRational(3)), 3: "E",
                    4: (IFDRational(113), IFDRational(9), IFDRational(8))}
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return encoded(gradient(), exif=exif, icc_profile=profile, comment=b"SECRET-COMMENT",
                   xmp=b"<x:xmpmeta>SECRET-XMP</x:xmpmeta>")


def turned(orientation, width=600, height=400):
    exif = Image.Exif()
    exif[0x0112] = orientation
    return encoded(gradient(width, height), exif=exif)


def png_chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_claiming(width, height):
    """A few bytes that say they are a huge picture."""
    head = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + png_chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + png_chunk(b"IEND", b"")


def png_bomb(width=7000, height=6000):
    """Some 40 KB that decode to 42 million pixels."""
    return encoded(Image.new("1", (width, height)), "PNG")


def png_with_text(size, kind=b"zTXt"):
    plain = encoded(gradient(300, 200), "PNG")
    data = b"Comment\0\0" + zlib.compress(b"x" * size) if kind == b"zTXt" else b"Comment\0" + b"x" * size
    return plain[:33] + png_chunk(kind, data) + plain[33:]


def many_scans(number=500):
    """A progressive JPEG whose last scan is said again and again."""
    plain = encoded(gradient(300, 200), progressive=True)
    last = plain.rindex(b"\xff\xda")
    return plain[:-2] + plain[last:-2] * number + plain[-2:]


def animated(kind):
    frames = [Image.new("RGB", (300, 200), colour) for colour in ("red", "blue")]
    return encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=50)


def text_info():
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", "SECRET-AUTHOR")
    return info


def pdf(*extra, pages=1, objects=b""):
    """A small PDF; `extra` are dictionaries of its own, `objects` go into a compressed object stream."""
    body = [b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Count %d /Kids [%s] >>" % (pages, b" ".join(b"%d 0 R" % (3 + i) for i in range(pages)))]
    body += [b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>"] * pages + [*extra]
    if objects:
        packed = zlib.compress(objects)
        body.append(b"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream"
                    % (len(packed), packed))
    out = b"%PDF-1.5\n" + b"".join(b"%d 0 obj\n%s\nendobj\n" % (i, each) for i, each in enumerate(body, 1))
    return out + b"trailer\n<< /Root 1 0 R >>\nstartxref\n0\n%%EOF\n"


def paper(content=None, name="验收表.pdf"):
    return upload(pdf() if content is None else content, name)
