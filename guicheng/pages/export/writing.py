"""Writing them: from page to page as links lead, each at once to its file; nothing but addresses is remembered."""
import re
import shutil
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from django.conf import settings
from django.contrib.staticfiles import finders

from guicheng.locks import Busy, held
from guicheng.pages.export.addresses import file_of, inside, joined, relative
from guicheng.pages.export.asking import Site
from guicheng.pages.export.rewriting import Rewriter
from guicheng.pages.sitemaps import SITEMAPS

MARK = ".guicheng-export"  # a folder with it is one of ours
NOTE = "这个文件夹由桂城办实事的 export_public 写成，再写一次会整个换掉；自己的文件不要放在这里。\n"
URL = re.compile(r'(?<=href=")https?://[^"]+')
CALENDAR_URL = re.compile(r"URL:.*\r\n(?: .*\r\n)*")
STYLE_URL = re.compile(r"url\(\s*[\"']?(?!data:)([^\"')]+)")


class ExportError(Exception):
    """Why nothing was written, in one sentence."""


@dataclass
class Written:
    """What was written, and which addresses gave nothing."""

    pages: int = 0
    files: int = 0
    left_out: list = field(default_factory=list)


def export(folder):
    """Write the public site into `folder`, whole or not at all; gives what was Written. Raises ExportError.

    It is made beside it, as `folder`.new, and takes its place at the end; an earlier export goes.
    """
    folder = Path(folder).absolute()
    new, old = (folder.with_name(folder.name + ending) for ending in (".new", ".old"))
    if not folder.parent.is_dir():
        raise ExportError(f"没有 {folder.parent} 这个文件夹，请先建好。")
    for each in (folder, new, old):
        _check_ours(each)
    try:
        with held(settings.DATA_DIR / "export-public.turn", wait=False), Site() as site:
            for each in (new, old):
                shutil.rmtree(each, ignore_errors=True)
            written = _Export(new, site).write()
            if folder.exists():
                folder.rename(old)
            new.rename(folder)
            shutil.rmtree(old, ignore_errors=True)
    except Busy as error:
        raise ExportError("另一个 export_public 正在写，请等它写完。") from error
    except OSError as error:
        raise ExportError(f"没有写成：{error.strerror}（{error.filename or folder}）。") from error
    return written


def _check_ours(folder):
    """Raises ExportError for what is no folder, and for a folder in which anything else lies."""
    if folder.is_symlink() or folder.exists() and not folder.is_dir():
        raise ExportError(f"{folder} 不是文件夹，请换一个名字。")
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).exists():
        raise ExportError(f"{folder} 里有别的文件，不是 export_public 写成的，没有动它；请换一个空文件夹。")


class _Export:
    def __init__(self, folder, site):
        self.folder, self.site, self.written = folder, site, Written()
        self.waiting, self.seen = deque(), set()

    def write(self):
        self._put(MARK, [NOTE.encode()])
        for kind in SITEMAPS.values():
            section = kind()
            for page in section.paginator.page_range:
                for item in section.paginator.page(page).object_list:
                    self._ask_for(section.location(item))
        while self.waiting:
            self._write(self.waiting.popleft())
        if self.written.left_out:
            self._unlink()
        return self.written

    # addresses
    def _ask_for(self, address):
        """The file of an address, which will be written; None where it has none."""
        name = file_of(address)
        if name and name not in self.seen:
            self.seen.add(name)
            self.waiting.append(address)
        return name

    def _resolver(self, page, source):
        """What the links of a page become."""
        def resolve(link):
            if not link or link.startswith("#"):
                return link or "#"
            address = joined(page, link)
            if address is None:
                return link
            static = self._static(address)
            target = static or self._ask_for(address)
            return relative(target, source, link) if target else None

        return resolve

    # files
    def _write(self, address):
        name, response = file_of(address), self.site.get(address)
        try:
            kind = response.get("Content-Type", "").partition(";")[0]
            if response.status_code == 500:
                raise ExportError(f"{address} 打不开（500），没有写成；原来的还在。")
            if response.status_code != 200:
                self.written.left_out.append(address)
            elif kind == "text/html":
                text = Rewriter.rewritten(response.text, self._resolver(address, name))
                self._put(name, [text.encode()])
                self.written.pages += 1
            else:
                self._put(name, self._told(response, kind, address, name))
                self.written.files += 1
        finally:
            response.close()

    def _told(self, response, kind, address, name):
        """The parts of a file; a feed leads to the files, a calendar to no host."""
        if kind == "application/atom+xml":
            resolve = self._resolver(address, name)
            return [URL.sub(lambda match: resolve(_path(match[0])) or "#", response.text).encode()]
        if kind == "text/calendar":
            return [CALENDAR_URL.sub("", response.content.decode()).encode()]
        return response

    def _put(self, name, parts):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        for folder in path.relative_to(self.folder.parent).parents[:-1]:
            (self.folder.parent / folder).chmod(0o755)  # for the server that will give them
        with open(path, "wb") as file:
            file.writelines(parts)
        path.chmod(0o644)

    def _static(self, address):
        """The copy of a static file; None of any other address."""
        if not address.startswith(settings.STATIC_URL):
            return None
        name = inside(address.partition("?")[0]).removeprefix("static/")
        target = f"static/{name}"
        if target not in self.seen:
            self.seen.add(target)
            kept = Path(settings.STATIC_ROOT) / name
            found = kept if kept.is_file() else finders.find(name)
            if not found:
                raise ExportError(f"没有找到静态文件 {name}，请先运行 manage.py collectstatic。")
            content = Path(found).read_bytes()
            self._put(target, [content])
            self.written.files += 1
            if name.endswith(".css"):
                for link in STYLE_URL.findall(content.decode()):
                    self._static(joined(address, link))
        return target

    def _unlink(self):
        """Make words of the links to what gave nothing."""
        for path in sorted(self.folder.rglob("*.html")):
            def resolve(link, here=path.parent):
                there = link.partition("#")[0].partition("?")[0]
                return link if ":" in there or not there or (here / unquote(there)).exists() else None

            text = path.read_text(encoding="utf-8")
            told = Rewriter.rewritten(text, resolve)
            if told != text:
                path.write_text(told, encoding="utf-8")


def _path(address):
    """A whole address of this site without its host."""
    return "/" + address.partition("://")[2].partition("/")[2]
