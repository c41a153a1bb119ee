"""The 使用手册: five chapters in `docs/manual`, each a file in one simple form, read as they stand.

`# chapter`, `## heading {#key}`, `- item`, `![caption](images/name.png)`, and paragraphs apart by an empty line. A key
is that of a section of the menu or of a kind of page, so that a page can point at the heading that tells about it.
The pictures are taken by `tests/test_manual_in_browser.py`; whatever a caption quotes stands in its picture.
"""
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "manual"
HEADING = re.compile(r"## (.+?) \{#([a-z-]+)\}$")
PICTURE = re.compile(r"!\[(.+)\]\(images/([a-z-]+\.png)\)$")


@dataclass(frozen=True)
class Picture:
    caption: str
    name: str  # of the file in `docs/manual/images`, which static files give under `manual/`


@dataclass
class Heading:
    title: str
    key: str
    parts: list = field(default_factory=list)  # ("list", [items]), ("picture", Picture) or ("text", words)


@dataclass
class Chapter:
    slug: str
    title: str
    headings: list = field(default_factory=list)

    @property
    def pictures(self):
        return [said for heading in self.headings for kind, said in heading.parts if kind == "picture"]


def read(path):
    """The Chapter in this file. Raises ValueError for a line that stands nowhere."""
    lines = path.read_text(encoding="utf-8").splitlines()
    chapter = Chapter(path.stem.partition("-")[2], lines[0].removeprefix("# "))
    for line in filter(None, lines[1:]):
        if found := HEADING.match(line):
            chapter.headings.append(Heading(*found.groups()))
        elif not chapter.headings:
            raise ValueError(f"{path.name}: “{line}” stands before the first heading")
        elif line.startswith("- "):
            _add_item(chapter.headings[-1].parts, line.removeprefix("- "))
        elif found := PICTURE.match(line):
            chapter.headings[-1].parts.append(("picture", Picture(*found.groups())))
        else:
            chapter.headings[-1].parts.append(("text", line))
    return chapter


def _add_item(parts, words):
    if not parts or parts[-1][0] != "list":
        parts.append(("list", []))
    parts[-1][1].append(words)


@cache
def chapters():
    """All chapters, in their order."""
    return [read(path) for path in sorted(FOLDER.glob("*.md"))]


def chapter_for(user):
    """The slug of the chapter that tells about this person's work."""
    if user.has_perm("guicheng.change_user") or user.has_perm("guicheng.give_roles") \
            or user.has_perm("guicheng.read_audit") or user.has_perm("guicheng.reset_unit_accounts"):
        return "administrator"
    if user.has_perm("projects.add_projectlist"):
        return "administrator"
    if user.has_perm("guicheng.see_everything"):
        return "leader"
    return "reviewer" if user.has_perm("projects.check_progressupdate") else "clerk"


def address_of(user, key):
    """"clerk#record": the heading with this key, in one's own chapter before the others; else one's chapter."""
    own = chapter_for(user)
    for chapter in sorted(chapters(), key=lambda chapter: chapter.slug != own):
        if any(heading.key == key for heading in chapter.headings):
            return chapter.slug, key
    return own, ""
