"""Read the whole public site as a stranger would, and tell in which answers a marker stands, whatever hides it."""
import io
import json
import re
import subprocess
import zipfile
from html import unescape
from urllib.parse import unquote, urljoin, urlsplit

from guicheng.seal.words import folded

LINK = re.compile(r'(?:href|src|action)="([^"#]+)')
SRCSET = re.compile(r'srcset="([^"]+)"')
TAG = re.compile(r"<[^<>]*>")
ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
FORMATS = ("xlsx", "csv", "json", "pdf", "svg", "png", "docx")
STARTS = ["/", "/about/", "/sources/", "/party/", "/party/730/", "/party/stories/others/", "/secretary-projects/",
          "/reports/",
          "/reports/compare/?a=2021Q3&b=2021Q4",
          "/reports/compare.xlsx?a=2021Q3&b=2021Q4", "/api/projects/", "/api/summary/2021Q4/", "/api/summary/2021Q3/",
          "/search/?q=%E9%99%88%E5%A4%A7%E6%96%87", "/search/?q=%E6%94%B9%E9%80%A0",
          "/projects/?asof=2021-12-31", "/reports/2021Q4/?close=1",
          "/reports/2021Q4/print/", "/reports/2021Q3/print/"]
STARTS += ["/feed.xml", "/lists/key-test/feed.xml", "/lists/key-test/planned.ics", "/communities/here/feed.xml",
           "/projects/park/card.png", "/communities/here/card.png", "/reports/2021Q4/card.png",
           "/projects/park/poster/", "/communities/here/poster/?size=a3",
           "/robots.txt", "/sitemap.xml", "/sitemap-projects.xml", "/favicon.ico"]
STARTS += [f"/reports/{quarter}.{name}" for quarter in ("2021Q4", "2021Q3") for name in FORMATS]
# an elder page is the plain one in other clothes: of each its plain address, and not every choice of a filter
NOT_FOLLOWED = re.compile(r"/admin/|/static/|[?&](?:after|before|page|order|known_at)=|/elder/.*\?|"
                          r"/reports/(?!$|2021Q[34]|compare|verify)")
NARROWED = re.compile(r'rel="nofollow" href="([^"#]+)')  # one more choice of a filter


def answers(client, starts=()):
    """{address: response} of every public address that links lead to, from these and the known ones."""
    seen, waiting = {}, [*STARTS, *starts]
    while waiting:
        address = waiting.pop()
        if address in seen or NOT_FOLLOWED.search(address):
            continue
        response = seen[address] = client.get(address)
        response.body = b"".join(response.streaming_content) if response.streaming else response.content
        if response.get("Content-Type", "").startswith("text/html"):
            waiting += links(address, response.body.decode())
    return seen


def links(address, html):
    if "?" in address:  # each choice is read once, and not each mixture of two
        html = NARROWED.sub("", html)
    found = LINK.findall(html) + [each.split()[0] for text in SRCSET.findall(html) for each in text.split(",")]
    for link in map(unescape, found):
        if not (urlsplit(link).scheme or urlsplit(link).netloc):
            yield urljoin(address, link)


def says(response, marker):
    """Whether the marker stands in an answer: its body however it is written, and its headers."""
    texts = [text_of(response.body, response.get("Content-Type", "")), *map(str, response.headers.values())]
    return any(folded(marker) in plain(text) for text in texts)


def plain(text):
    """Without tags, escapes and spaces."""
    text = ESCAPED.sub(lambda match: chr(int(match[1], 16)), unescape(unquote(TAG.sub("", text))))
    return folded(text) + folded(unescape(unquote(text)))


def text_of(body, kind):
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    if body.startswith(b"%PDF"):
        read = subprocess.run(["pdftotext", "-raw", "-", "-"], input=body, capture_output=True, check=True)
        info = subprocess.run(["pdfinfo", "-"], input=body, capture_output=True)
        return (read.stdout + info.stdout).decode()
    if kind.startswith("application/json"):
        return json.dumps(json.loads(body), ensure_ascii=False)
    return body.decode("utf-8", "replace")


def saying(seen, marker):
    """The addresses at which it stands, sorted. An address that itself says it is what was asked, not an answer."""
    return sorted(address for address, response in seen.items() if says(response, marker))
