"""一图读懂: the quarter as one tall picture to forward, and the same in words.

1080 px wide and read at 360 to 390, so nothing is set smaller than 36 px but the fingerprint and the address.
"""
import struct
import zlib

from guicheng import words
from projects.report import digest
from projects.report.canvas import Canvas
from projects.report.raster import png_of

WIDTH, SIDE = 1080, 60
BODY, SMALL, TINY = 42, 36, 30
# how many of each kind of change are named
NAMES = {"finished": 6, "started": 4, "stopped": 4, "other": 3, "heard_finished": 6, "heard": 3}
PROMISES, NEXT = 6, 4
VERDICT_COLOURS = {"kept": "done", "early": "done", "late": "doing", "unkept": "doing"}
HOW = "“已完成”只算有来源写明已完成、已投用的；没有来源写明的算“暂无进展”，不猜。"
GAPS = "有的清单只公布了总数，明细整理中。"


def title_of(document):
    return f"桂城办实事 {document.title}一图读懂"


def alternative_text(document):
    """Everything the picture says but its fingerprint and address, one sentence a line."""
    figures = document.figures
    lines = [f"{title_of(document)}。截至 {words.day(document.as_of)}，{digest.lock_words(document)}。"]
    if digest.is_sample(document):
        lines.append("图里有示例数据，不是真实事项。")
    lines.append(digest.lead(figures))
    lines += [digest.list_sentence(row) for _, rows in digest.list_groups(figures) for row in rows]
    lines.append(digest.change_sentence(figures))
    for kind, label, count, rows in digest.change_groups(figures, NAMES):
        names = "；".join(f"{row['name']}（{row['after_label']}）" for row in rows)
        lines += [f"{label} {count} 个：{names}。", *_more_words(count, NAMES[kind], "个")]
    lines.append(digest.promise_sentence(figures))
    lines += [f"{row['name']}：{row['text']}，{row['verdict_label']}。"
              for row in digest.promises_to_show(figures, PROMISES)]
    lines += _more_words(sum(row["count"] for row in figures["verdicts"]), PROMISES)
    if figures["next_promises"]:
        lines.append(f"{figures['after']['title']}到期的承诺 {len(figures['next_promises'])} 条。")
    lines += [f"{row['name']}：{row['text']}，{digest.day(row['due_on'])}到期。"
              for row in figures["next_promises"][:NEXT]]
    lines += _more_words(len(figures["next_promises"]), NEXT)
    return "\n".join([*lines, HOW, *_gaps(figures)])


def _more_words(count, shown, unit="条"):
    """Where not all are shown, how many more, and where: who gets the picture alone may have no address to it."""
    return [f"还有 {words.number(count - shown)} {unit}，见网站“数据与报告”。"] if count > shown else []


def _gaps(figures):
    return [GAPS] if any(row["missing"] for row in figures["lists"]) else []


# --- the drawing ---------------------------------------------------------------------------------
def render_svg(document, address):
    """The picture as SVG. `address` is the public page of the quarter, for the QR code; "" leaves it out."""
    canvas = Canvas(WIDTH, SIDE)
    _head(canvas, document)
    for title, rows in digest.list_groups(document.figures):
        _lists(canvas, title or "各张清单", rows)
    _changes(canvas, document.figures)
    _promises(canvas, document.figures)
    _next_promises(canvas, document.figures)
    _foot(canvas, document, address)
    return canvas.svg(title_of(document), alternative_text(document), document.fingerprint).encode()


def render_png(document, address):
    """The picture as PNG. Raises Missing where it cannot be drawn: no library, no Chinese font."""
    return _noted(png_of(render_svg(document, address).decode()), f"SHA-256 {document.fingerprint}")


def _noted(png, text):
    """The PNG with a comment before its last chunk (ISO/IEC 15948, tEXt): so a changed copy still names its close."""
    chunk = b"tEXtComment\0" + text.encode("latin-1")
    end = png.rindex(b"IEND") - 4
    return png[:end] + struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk)) + png[end:]


def _head(canvas, document):
    canvas.gap(56)
    canvas.text("桂城办实事", 56, "red", bold=True)
    canvas.text("佛山市南海区桂城街道", SMALL, "second")
    canvas.gap(28)
    canvas.rect(SIDE, canvas.y, WIDTH - 2 * SIDE, 8, "red")
    canvas.gap(48)
    canvas.text("办实事，一图读懂", 48, "second")
    canvas.text(document.title, 104, bold=True)
    canvas.gap(8)
    as_of = "" if document.figures["is_over"] else "（本季度还没有结束）"
    canvas.text(f"截至 {words.day(document.as_of)}{as_of}", BODY, "second")
    canvas.gap(12)
    canvas.tag(SIDE, digest.lock_words(document), "done" if document.is_closed else "doing")
    canvas.gap(SMALL * 1.45 + 36)
    for sentence in digest.lead(document.figures).split("。")[:-1]:
        canvas.text(f"{sentence}。", 48, bold=True)
    if digest.is_sample(document):
        canvas.gap(24)
        with canvas.box(pad=32, fill="notice", stroke="edge"):
            canvas.text("示例数据：标着“示例”的清单和项目是编造的，不是真实事项。", BODY, bold=True)


def _section(canvas, title):
    canvas.gap(72)
    canvas.text(title, 60, bold=True)
    canvas.gap(16)


def _lists(canvas, title, rows):
    _section(canvas, title)
    known = [row for row in rows if digest.has_rows(row)]
    for row in known:
        with canvas.box():
            _list(canvas, row)
        canvas.gap(28)
    bare = [row for row in rows if not digest.has_rows(row)]
    if bare:
        with canvas.box():
            canvas.text("公布了总数，明细整理中" if known else "只公布了总数，明细整理中", SMALL, "second")
            for row in bare:
                _bare_list(canvas, row)


def _list(canvas, row):
    canvas.text(row["title"], 50, bold=True)
    canvas.gap(20)
    shown = digest.main_figures(row)
    across = 2 if len(shown) in (2, 4) else 3
    width = canvas.room / across
    for start in range(0, len(shown), across):
        heights = [
            canvas.figure(canvas.left + place * width, width, words.number(row[key]), row["unit"], label,
                          data_list=row["slug"], data_figure=key)
            for place, (key, label) in enumerate(shown[start:start + across])]
        canvas.gap(max(heights) + 8)
    canvas.gap(16)
    canvas.bar(row["segments"])
    canvas.gap(20)
    for part in row["segments"]:
        canvas.rect(canvas.left, canvas.y + 9, 34, 34, f"fill-{part['family']}", stroke="edge", stroke_width=2, rx=4)
        canvas.text(f"{part['label']} {words.number(part['count'])} {row['unit']}", SMALL, indent=54,
                    data_list=row["slug"], data_segment=part["family"])
    canvas.gap(16)
    canvas.text(row["gap_sentence"] + digest.rate_sentence(row), SMALL, "second")


def _bare_list(canvas, row):
    figure = f"公布 {words.number(row['declared'])} {row['unit']}"
    canvas.gap(18)
    canvas.rule()
    canvas.gap(18)
    canvas.text(row["title"], BODY, bold=True)
    canvas.text(figure, BODY, data_list=row["slug"], data_figure="declared")


def _changes(canvas, figures):
    _section(canvas, "这个季度变动了什么")
    canvas.text(digest.change_sentence(figures), BODY)
    for kind, label, count, rows in digest.change_groups(figures, NAMES):
        canvas.gap(28)
        with canvas.box():
            canvas.count(words.number(count), f"个{label}", data_figure="changed", data_change=kind,
                         data_quarter=figures["quarter"])
            for row in rows:
                _item(canvas, row["name"], row["after_label"],
                      {"finished": "done", "heard_finished": "done", "started": "doing"}.get(kind, "none"))
            _more(canvas, count, NAMES[kind], "个")


def _promises(canvas, figures):
    _section(canvas, f"{figures['year']} 年应兑现的承诺")
    if not figures["promises"]:
        canvas.text(digest.promise_sentence(figures), BODY)
        return
    with canvas.box():
        counts = digest.verdict_counts(figures)
        across = min(3, max(2, len(counts)))
        width = canvas.room / across
        canvas.gap(-20)
        for start in range(0, len(counts), across):
            canvas.gap(max(
                canvas.figure(canvas.left + place * width, width, words.number(count), "条", label,
                              data_figure="promises", data_quarter=figures["quarter"], data_verdict=verdict)
                for place, (verdict, label, count) in enumerate(counts[start:start + across])))
        for row in digest.promises_to_show(figures, PROMISES):
            _item(canvas, row["name"], row["verdict_label"], VERDICT_COLOURS.get(row["verdict"], "none"), row["text"])
        _more(canvas, sum(count for *_, count in counts), PROMISES, "条")


def _next_promises(canvas, figures):
    rows = figures["next_promises"]
    if not rows:
        return
    _section(canvas, "下个季度到期的承诺")
    with canvas.box():
        canvas.count(words.number(len(rows)), f"条，{figures['after']['title']}到期", data_figure="next_promises",
                     data_quarter=figures["quarter"])
        for row in rows[:NEXT]:
            _item(canvas, row["name"], "", "", f"{row['text']}，{digest.day(row['due_on'])}到期")
        _more(canvas, len(rows), NEXT, "条")


def _item(canvas, name, word, colour, text=""):
    """A project's name, a word on its wash behind it, and below what was said."""
    canvas.gap(18)
    canvas.rule()
    canvas.gap(18)
    if word:
        canvas.tagged(name, BODY, word, colour)
    else:
        canvas.text(name, BODY, bold=True, most=4)
    if text:
        canvas.text(text, SMALL, "second", most=4)


def _more(canvas, count, shown, unit):
    for sentence in _more_words(count, shown, unit):
        canvas.gap(18)
        canvas.rule()
        canvas.gap(18)
        canvas.text(sentence, BODY, "second")


def _foot(canvas, document, address):
    _section(canvas, "这些数怎么来的")
    for sentence in [HOW, *_gaps(document.figures), "每个数都有出处，写在网页上。"]:
        canvas.text(sentence, BODY)
        canvas.gap(14)
    if address:
        canvas.gap(36)
        with canvas.box(pad=40):
            _qr(canvas, address)
    canvas.gap(44)
    canvas.rect(SIDE, canvas.y, WIDTH - 2 * SIDE, 4, "red")
    canvas.gap(28)
    for line in (f"数据指纹 {digest.short_fingerprint(document)}", digest.lock_words(document)):
        canvas.text(line, TINY, "second")
    canvas.gap(56)


def _qr(canvas, address):
    """The QR code at the left, what it opens at the right."""
    size = 340
    canvas.qr(canvas.left, canvas.y, size, address)
    bottom, left = canvas.y + size, canvas.left
    canvas.left += size + 40
    canvas.gap(36)
    canvas.text("扫码看全文", 60, bold=True)
    canvas.gap(8)
    canvas.text("每一项的进展、出处和可下载的表格都在网页上。", BODY)
    canvas.gap(8)
    canvas.text(address.partition("://")[2].rstrip("/"), SMALL, bold=True, most=3)
    canvas.left, canvas.y = left, max(bottom, canvas.y)
