"""WordprocessingML by hand: runs, paragraphs, tables, styles and a package with the same bytes on any machine.

GB/T 9704-2012: A4, 156 × 225 mm of text, 22 lines of 28 characters, fonts named and never embedded.
"""
import io
import zipfile
from xml.sax.saxutils import escape, quoteattr

LINE = 579  # twips (1/20 pt): 22 lines in 225 mm
CHAR = 315  # 16 pt less a quarter of a point: 28 characters in 156 mm
WIDTH, HEIGHT = 8844, 12756  # of the text; turned round on a sheet that lies
RED = "FF0000"

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SPACES = f'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="{_OFFICE}/relationships"'
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"

FONTS = {  # name: where a machine does not have it
    "方正小标宋简体": "华文中宋", "仿宋_GB2312": "仿宋", "楷体_GB2312": "楷体", "黑体": "SimHei", "宋体": "SimSun",
}


# --- pieces --------------------------------------------------------------------------------------
class Xml(str):
    """Markup, where other text is somebody's words."""

    __slots__ = ()


def fonts(east_asia, latin="Times New Roman"):
    """The fonts of Chinese and of everything else: Word needs all four said."""
    return (f'<w:rFonts w:ascii="{latin}" w:eastAsia="{east_asia}" w:hAnsi="{latin}" w:cs="{latin}" '
            f'w:hint="eastAsia"/>')


def run(text, style="", properties=""):
    """A piece of text. The hint sets “ ” — … in the Chinese font; a tab in it is a tab."""
    named = f'<w:rStyle w:val="{style}"/>' if style else ""
    first = "" if properties.startswith("<w:rFonts") else '<w:rFonts w:hint="eastAsia"/>'
    pieces = "<w:tab/>".join(f'<w:t xml:space="preserve">{escape(piece)}</w:t>' for piece in text.split("\t"))
    return Xml(f"<w:r><w:rPr>{named}{first}{properties}</w:rPr>{pieces}</w:r>")


LINE_BREAK = Xml("<w:r><w:br/></w:r>")


def paragraph(style, *runs, properties=""):
    """A paragraph; a run given as plain text has no style of its own."""
    inside = "".join(each if isinstance(each, Xml) else run(each) for each in runs)
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{properties}</w:pPr>{inside}</w:p>'


def with_next(made):
    """The same paragraph, its end on one page with the next."""
    return made.replace("/>", "/><w:keepNext/>", 1)  # behind w:pStyle


def cell(width, content, span=1, borders="", align="center"):
    """A cell of paragraphs; `borders` is the inside of w:tcBorders."""
    spanned = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    bordered = f"<w:tcBorders>{borders}</w:tcBorders>" if borders else ""
    return (f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{spanned}{bordered}<w:vAlign w:val="{align}"/></w:tcPr>'
            f"{content}</w:tc>")


def row(cells, is_header=False, height=0):
    """A row that is never split; a header row stands again on every page."""
    tall = f'<w:trHeight w:val="{height}" w:hRule="exact"/>' if height else ""
    header = "<w:tblHeader/>" if is_header else ""
    return f'<w:tr><w:trPr><w:cantSplit/>{tall}{header}</w:trPr>{"".join(cells)}</w:tr>'


def table(widths, rows, lines=True, margin=57):
    """A table of fixed columns."""
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    borders = "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>' for side in sides)
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        f'{f"<w:tblBorders>{borders}</w:tblBorders>" if lines else ""}<w:tblLayout w:type="fixed"/>'
        f'<w:tblCellMar><w:left w:w="{margin}" w:type="dxa"/><w:right w:w="{margin}" w:type="dxa"/></w:tblCellMar>'
        f'</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{"".join(rows)}</w:tbl>')


def at_the_foot(content):
    """A page of nothing but this table, at its foot: in a cell as high as the page, which needs no floating."""
    thin = paragraph("Normal", properties='<w:snapToGrid w:val="0"/>' + exact(20))
    page = row([cell(WIDTH, content + thin, align="bottom")], height=HEIGHT - 80)
    return [thin, table([WIDTH], [page], lines=False, margin=0), thin]  # LibreOffice begins no section with a table


def border(side, eighths, color="auto", space=0):
    return f'<w:{side} w:val="single" w:sz="{eighths}" w:space="{space}" w:color="{color}"/>'


def exact(twips, before=0, after=0):
    """Lines of a fixed height, with this much above the first and below the last."""
    return f'<w:spacing w:before="{before}" w:after="{after}" w:line="{twips}" w:lineRule="exact"/>'


# --- styles --------------------------------------------------------------------------------------
def _size(points):
    return f'<w:sz w:val="{points * 2}"/><w:szCs w:val="{points * 2}"/>'


_FREE = '<w:snapToGrid w:val="0"/>'  # lines of another height than the grid's
_EVEN = '<w:spacing w:val="0"/>'  # between characters
_CENTRED = '<w:jc w:val="center"/>'
_INDENTED = f'<w:ind w:firstLineChars="200" w:firstLine="{CHAR * 2}"/>'
_BIG = fonts("方正小标宋简体")
_HEI = fonts("黑体")
_KAI = fonts("楷体_GB2312")
_SONG = fonts("宋体", "宋体")

STYLES = [  # id, name in Word, based on, of the paragraph, of the characters
    ("Body", "公文正文", "Normal", _INDENTED, ""),
    ("Heading1", "heading 1", "Body", "<w:keepNext/>" + exact(LINE) + '<w:outlineLvl w:val="0"/>', _HEI),
    ("Heading2", "heading 2", "Body", "<w:keepNext/>" + exact(LINE) + '<w:outlineLvl w:val="1"/>', _KAI),
    ("Title", "Title", "Normal", "<w:keepNext/>" + _FREE + exact(660) + _CENTRED,
     _BIG + _EVEN + _size(22)),
    ("RedHead", "发文机关标志", "Normal", _FREE + _CENTRED, _BIG + f'<w:color w:val="{RED}"/>' + _EVEN),
    ("Number", "发文字号", "Normal", f'<w:tabs><w:tab w:val="right" w:pos="{CHAR * 27}"/></w:tabs>', ""),
    ("Signature", "落款", "Normal", '<w:jc w:val="right"/>', ""),
    ("Attachment", "附件标识", "Normal", "", _HEI),
    ("Caption", "表题", "Normal", "<w:keepNext/>" + _FREE + exact(440, before=200, after=80), _EVEN + _size(14)),
    ("Cell", "表格文字", "Normal", _FREE + exact(340) + '<w:jc w:val="left"/>', _EVEN + _size(12)),
    ("CellCentred", "表格文字居中", "Cell", _CENTRED, ""),
    ("CellHead", "表头", "CellCentred", "<w:keepNext/>", _HEI),
    ("Imprint", "版记", "Normal", _FREE + exact(500) + '<w:jc w:val="left"/>', _EVEN + _size(14)),
    ("Note", "表注", "Normal", _FREE + exact(300, before=60) + '<w:jc w:val="left"/>', _EVEN + _size(9)),
    ("Header", "header", "Normal", _FREE + exact(400) + '<w:jc w:val="right"/>', _HEI + _EVEN + _size(16)),
    ("Footer", "footer", "Normal", _FREE + exact(360), _SONG + _EVEN + _size(14)),
]
CHARACTER_STYLES = [("Hei", "黑体字", _HEI), ("Kai", "楷体字", _KAI)]


def _styles():
    normal = ('<w:widowControl w:val="0"/><w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/>'
              + exact(LINE) + '<w:jc w:val="both"/>')
    paragraphs = "".join(
        f'<w:style w:type="paragraph" w:customStyle="{int(not name.isascii())}" w:styleId="{key}">'
        f'<w:name w:val="{name}"/><w:basedOn w:val="{base}"/><w:qFormat/><w:pPr>{of_paragraph}</w:pPr>'
        f"<w:rPr>{of_characters}</w:rPr></w:style>"
        for key, name, base, of_paragraph, of_characters in STYLES)
    characters = "".join(
        f'<w:style w:type="character" w:customStyle="1" w:styleId="{key}"><w:name w:val="{name}"/><w:qFormat/>'
        f"<w:rPr>{look}</w:rPr></w:style>" for key, name, look in CHARACTER_STYLES)
    return (
        f'{_HEAD}<w:styles {_SPACES}><w:docDefaults><w:rPrDefault><w:rPr>{fonts("仿宋_GB2312")}'
        '<w:kern w:val="0"/>' + _size(16) + '<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr>'
        '</w:rPrDefault><w:pPrDefault/></w:docDefaults>'
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/>'
        f'<w:pPr>{normal}</w:pPr><w:rPr><w:spacing w:val="-5"/>{_size(16)}</w:rPr></w:style>'
        f"{paragraphs}{characters}</w:styles>")


# --- the other parts of the package --------------------------------------------------------------
_SETTINGS = (
    f'{_HEAD}<w:settings {_SPACES}><w:zoom w:percent="100"/><w:bordersDoNotSurroundHeader/>'
    '<w:bordersDoNotSurroundFooter/><w:defaultTabStop w:val="420"/><w:evenAndOddHeaders/>'
    '<w:characterSpacingControl w:val="doNotCompress"/><w:compat><w:spaceForUL/><w:balanceSingleByteDoubleByteWidth/>'
    '<w:doNotLeaveBackslashAlone/><w:ulTrailSpace/><w:doNotExpandShiftReturn/><w:adjustLineHeightInTable/>'
    '<w:useFELayout/><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" '
    'w:val="15"/></w:compat><w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/></w:settings>')


def _font_table():
    each = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/><w:family w:val="auto"/>'
        f'<w:pitch w:val="variable"/></w:font>' for name, other in FONTS.items())
    return f"{_HEAD}<w:fonts {_SPACES}>{each}</w:fonts>"


def _core(title, creator, day, note):
    """The day is the document's; nobody's name and no machine's clock."""
    stamp = f'<dcterms:{{0}} xsi:type="dcterms:W3CDTF">{day.isoformat()}T00:00:00Z</dcterms:{{0}}>'
    return (
        f'{_HEAD}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(title)}</dc:title><dc:creator>{escape(creator)}</dc:creator>"
        f"<dc:description>{escape(note)}</dc:description>"
        f'{stamp.format("created")}{stamp.format("modified")}</cp:coreProperties>')


def _number(properties):
    number = Xml('<w:fldSimple w:instr=" PAGE ">' + run("1") + "</w:fldSimple>")
    return paragraph("Footer", run("— "), number, run(" —"), properties=properties)


def _page_number(side):
    """— 1 — on one side of the page, one character from the edge."""
    return _number(f'<w:ind w:{side}Chars="100" w:{side}="280"/><w:jc w:val="{side}"/>')


def _turned_page_number(side):
    """The same place on the same sheet when it is turned to be read: the left margin, with turned figures."""
    tall = 1500
    top = {"left": 1588 + 280, "right": 1588 + WIDTH - 280 - tall}[side]
    return (
        f'<w:tbl><w:tblPr><w:tblpPr w:vertAnchor="page" w:horzAnchor="page" w:tblpX="1417" w:tblpY="{top}"/>'
        '<w:tblOverlap w:val="never"/><w:tblW w:w="360" w:type="dxa"/><w:tblLayout w:type="fixed"/><w:tblCellMar>'
        '<w:left w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        '<w:tblGrid><w:gridCol w:w="360"/></w:tblGrid>'
        f'<w:tr><w:trPr><w:trHeight w:val="{tall}" w:hRule="exact"/></w:trPr><w:tc><w:tcPr>'
        '<w:tcW w:w="360" w:type="dxa"/><w:textDirection w:val="tbRl"/></w:tcPr>'
        f'{_number(f"""<w:jc w:val="{side}"/>""")}</w:tc></w:tr></w:tbl>{paragraph("Footer")}')


def _part(tag, content):
    return f"{_HEAD}<w:{tag} {_SPACES}>{content}</w:{tag}>"


def _relationships(rows):
    each = "".join(f'<Relationship Id="{key}" Type={quoteattr(kind)} Target="{target}"/>' for key, kind, target in rows)
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{each}</Relationships>'


def _content_types(parts):
    each = "".join(f'<Override PartName="/word/{name}.xml" ContentType="{_TYPE}.{kind}+xml"/>' for name, kind in parts)
    return (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Override PartName="/docProps/core.xml" '
        f'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>{each}</Types>')


_FOOTERS = {
    "footer1": _page_number("right"), "footer2": _page_number("left"),
    "footer3": _turned_page_number("right"), "footer4": _turned_page_number("left"), "footer5": paragraph("Footer"),
}
_UPRIGHT = ('<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="2098" w:right="1474" w:bottom="1984" w:left="1588" '
            'w:header="1134" w:footer="1417" w:gutter="0"/>')
_TURNED = ('<w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/><w:pgMar w:top="1588" w:right="2098" w:bottom="1474" '
           'w:left="1984" w:header="850" w:footer="567" w:gutter="0"/>')
SECTIONS = {  # kind of its first page, page, footers of odd and even pages
    "text": ("nextPage", _UPRIGHT, "footer1", "footer2"),
    "attachment": ("nextPage", _TURNED, "footer3", "footer4"),
    "imprint": ("evenPage", _UPRIGHT, "footer5", "footer5"),  # a page with nothing else has no number
}


def _section(name, has_header):
    starts, page, odd, even = SECTIONS[name]
    headers = '<w:headerReference w:type="{0}" r:id="header1"/>' if has_header else ""
    footers = f'<w:footerReference w:type="default" r:id="{odd}"/><w:footerReference w:type="even" r:id="{even}"/>'
    return (f'<w:sectPr>{headers.format("default")}{headers.format("even")}{footers}<w:type w:val="{starts}"/>{page}'
            f'<w:cols w:space="425"/><w:docGrid w:type="lines" w:linePitch="{LINE}"/></w:sectPr>')


def _body(sections, has_header):
    """The sections' paragraphs and tables. The layout of all but the last stands in their last paragraph."""
    found = []
    for name, blocks in sections:
        *before, last = blocks
        found += [*before, last.replace("</w:pPr>", _section(name, has_header) + "</w:pPr>", 1)]
    name, blocks = sections[-1]
    return "".join([*found[:-1], blocks[-1], _section(name, has_header)])


def package(sections, title, creator, day, header="", note=""):
    """The .docx of these sections: (name in SECTIONS, blocks), the last block of each a paragraph.

    `header` stands above every page, `note` in the file's properties. The entries are stored and not deflated: how a
    machine's zlib packs is not the same everywhere.
    """
    parts = [("document", "document.main", "officeDocument"), *[(name, name, name) for name in
             ("styles", "settings", "fontTable")], *[(name, "footer", "footer") for name in _FOOTERS]]
    parts += [("header1", "header", "header")] if header else []
    files = {
        "[Content_Types].xml": _content_types([(name, kind) for name, kind, _ in parts]),
        "_rels/.rels": _relationships([
            ("document", f"{_OFFICE}/relationships/officeDocument", "word/document.xml"),
            ("core", f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml")]),
        "docProps/core.xml": _core(title, creator, day, note),
        "word/document.xml": _part("document", f"<w:body>{_body(sections, bool(header))}</w:body>"),
        "word/_rels/document.xml.rels": _relationships(
            [(name, f"{_OFFICE}/relationships/{relation}", f"{name}.xml") for name, _, relation in parts[1:]]),
        "word/styles.xml": _styles(), "word/settings.xml": _SETTINGS, "word/fontTable.xml": _font_table(),
        **{f"word/{name}.xml": _part("ftr", content) for name, content in _FOOTERS.items()},
        **({"word/header1.xml": _part("hdr", header)} if header else {}),
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as file:
        for name, text in files.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr = 0, 0  # ZipInfo asks the machine
            file.writestr(entry, text.encode())
    return made.getvalue()
