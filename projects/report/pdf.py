"""A page of ours as PDF: by WeasyPrint, which this machine may not have. The same page makes the same bytes."""
import gc
import hashlib
import logging
import re
from functools import cache
from pathlib import Path

from PIL import ImageFile

from projects.report import Missing
from projects.report.fonts import chinese_fonts

FOLDER = Path(__file__).resolve().parents[2] / "static" / "css"
TOKEN = re.compile(r"(--[\w-]+): ([^;]+);")


def refuse(url, *args, **kwargs):
    """Nothing is fetched for a page: all of it is in the page."""
    raise ValueError(f"not fetched: {url}")


def pdf_of(html, style, picture=refuse):
    """The PDF of an HTML page with one of our style sheets. Raises Missing where something is lacking.

    `picture(url)` gives the JPEG that an address in the page stands for, or raises: then its words stand there. The
    address has to be another for other bytes.
    """
    weasyprint = library()
    chinese_fonts()
    logging.getLogger("weasyprint").setLevel(logging.ERROR)  # it warns of each property that only browsers know
    styles = weasyprint.CSS(string=_styles(style), url_fetcher=_fetcher(refuse))
    page = weasyprint.HTML(string=html, url_fetcher=_fetcher(picture))
    identifier = hashlib.sha256(html.encode()).digest()[:16]
    made = page.write_pdf(stylesheets=[styles], pdf_identifier=identifier, pdf_tags=True)
    gc.collect()  # a long page leaves some hundred MB that point at each other: what comes next would stand beside them
    return made


def _fetcher(picture):
    """What WeasyPrint asks for each address in a page: it never opens one itself."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class Pictures(URLFetcher):
        def fetch(self, url, headers=None):
            return URLFetcherResponse(url, picture(url), {"Content-Type": "image/jpeg"})

    return Pictures()


@cache
def _styles(name):
    """The style sheet with the tokens' values for paper put in: as variables they would be inherited by every cell."""
    tokens = (FOLDER / "tokens.css").read_text(encoding="utf-8")
    light, _, rest = tokens.partition("@media")
    values = dict(TOKEN.findall(light)) | dict(TOKEN.findall(rest.partition("@media print")[2]))
    page = (FOLDER / name).read_text(encoding="utf-8")
    return re.sub(r"var\((--[\w-]+)\)", lambda match: values[match[1]], page)


def library():
    """WeasyPrint, imported only here: it takes half a second and libraries of the system. Raises Missing."""
    try:
        import weasyprint
    except (ImportError, OSError) as error:
        raise Missing("这台服务器没有装 PDF 组件（WeasyPrint 和它要的系统库），不能生成 PDF。") from error
    # it tells Pillow to take half pictures, in the whole process: no uploaded photo may be one
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    return weasyprint
