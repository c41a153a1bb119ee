"""What stands in a dossier: read once into plain values, so that the page, the PDF and the zip say the same.

The public one is made of what the project's public page is made of and of nothing else. The internal one adds what
staff see; all that is internal is marked so. Whatever is sealed is covered in both: a paper goes from hand to hand.
"""
from dataclasses import dataclass, field
from datetime import date

from django.db import models
from django.db.models import Q
from django.utils import timezone

from guicheng import words
from guicheng.days.as_of import NOW
from guicheng.seal.models import Seal
from guicheng.seal.words import MARK
from projects import heads
from projects.dossier import facts, office
from projects.models import Project, Status
from projects.order_sheet import Part, sheet_of
from projects.project_page import ProjectPage


class Audience(models.TextChoices):
    """Whom a dossier is for."""

    INTERNAL = "internal", "内部"
    PUBLIC = "public", "公开"

    @classmethod
    def read(cls, text):
        """The internal one where nothing is said. Raises ValueError with a sentence."""
        if text and text not in cls.values:
            raise ValueError(f"一项一档没有“{text[:10]}”这一种，可以选 internal（内部）或 public（公开）。")
        return cls(text or cls.INTERNAL)


@dataclass(frozen=True)
class File:
    """A photo or paper in the dossier. `key` names it in the content; it may be missing on the disk."""

    key: str
    kind: str
    code: str
    store: str
    shown: str  # the ending of the picture that is printed
    original: str  # that of the one that goes into the zip
    day: str
    title: str


@dataclass(frozen=True)
class Dossier:
    """One project for one audience: `content` is plain and covered, `files` are what it shows."""

    audience: Audience
    on: date
    content: dict
    files: list = field(default_factory=list)
    orders: list = field(default_factory=list)  # the Sheets of its 督办单

    @property
    def is_internal(self):
        return self.audience == Audience.INTERNAL

    @property
    def title(self):
        return f"{self.content['name']} 一项一档（{self.audience.label}）"


def dossier_of(code, audience, user, day=None):
    """The dossier of the project with this code as this member of staff may have it. Raises Http404.

    The public one of a project that is not public is none.
    """
    public = audience == Audience.PUBLIC
    day = day or timezone.localdate()
    visible = Project.objects.visible_to(user)
    page = ProjectPage(code, NOW, visible.filter(pk__in=Project.objects.published()) if public else visible)
    no_unit = page.context()["no_unit"] if public else ""  # it also takes off who answers for what is late
    files, notices = _Files(), []
    if not public:
        models.prefetch_related_objects(page.updates, "author", "checker", "reviewer")
    content = {
        "code": page.project.code, "name": page.project.name, "is_sample": page.project.is_sample,
        "day": words.day(day), "is_internal": not public,
        "status": Status.label_of(page.project.status), "lead": heads.project_sentence(page.project, page.latest),
        "facts": facts.basics(page, no_unit), "unknown": page.unknown(no_unit), "plan": facts.plan(page),
        "parts": facts.parts(page),
        "statements": [_statement(entry, page.project, files, public) for entry in reversed(page.entries)],
        "told": facts.told(page), "differences": facts.differences(page),
        "reports": facts.reports(page.project, None if public else user),
    }
    if not public:
        notices = office.notices_seen(page.project, user)
        content |= office.parts(page.project, user, notices)
    content["counts"] = files.counts
    cover = Seal.objects.cover()
    found = [File(**vars(each) | {"title": cover.text(each.title)}) for each in files.found]
    orders = [sheet_of(notice, part, cover) for notice in notices if notice.is_order for part in _parts_of(notice)]
    return Dossier(audience, day, cover.value(content), found, orders)


def _parts_of(notice):
    return Part if notice.replied_at else [Part.ORDER]


def how_many_files(project):
    """How many photos and papers a dossier of it may hold: by that it is made at once or in the background."""
    rows = project.updates.published().aggregate(
        photos=models.Count("photos", Q(photos__frozen_at__isnull=False), distinct=True),
        papers=models.Count("papers", Q(papers__frozen_at__isnull=False), distinct=True))
    return rows["photos"] + rows["papers"]


# --- what was said ---------------------------------------------------------------------------------
class _Files:
    """The photos and papers met while reading, in their order."""

    def __init__(self):
        self.found, self.sealed = [], 0

    @property
    def counts(self):
        photos = sum(each.kind == "photo" for each in self.found)
        return {"photos": photos, "papers": len(self.found) - photos, "sealed": self.sealed}

    def photo(self, row, update):
        said = {"role": "" if row.pair is None else row.get_role_display()}
        if row.is_sealed:
            self.sealed += 1
            return said | {"alt": MARK, "caption": "", "credit": ""}
        title = " ".join(filter(None, [said["role"], row.caption or row.alt]))
        key = self._add(row, update, title, shown=f"-{row.widths[:2][-1]}.jpg", original=f"-{max(row.widths)}.jpg")
        return said | {"key": key, "alt": row.alt, "caption": row.caption, "credit": row.credit}

    def paper(self, row, update):
        if row.is_sealed:
            self.sealed += 1
            return {"title": MARK}
        key = self._add(row, update, row.title, shown=".pdf", original=".pdf")
        return {"key": key, "title": row.title, "pages": row.pages}

    def _add(self, row, update, title, **endings):
        key = f"{row.kind}-{len(self.found) + 1}"
        self.found.append(File(key, row.kind, row.code, row.file, day=update.effective_on.isoformat(),
                               title=f"第{update.seq}条 {title}", **endings))
        return key


def _statement(entry, project, files, public):
    """One place of the timeline; of what was withdrawn only that it was."""
    row = entry.row
    said = {"seq": row.seq, "when": row.told, "kind": row.get_kind_display()}
    if not public:
        said["recorded"] = office.recorded(row)
    if entry.is_withdrawn:
        taken = entry.withdrawal
        return said | {"withdrawn": f"已撤回。原因：{taken.reason}（{words.day(taken.effective_on)}）"}
    said |= {
        "headline": row.headline, "text": row.text, "amounts": facts.amounts(row), "proof": row.proof,
        "reason": row.reason, "reason_label": "更正原因" if row.amends_id else "原因",
        "source": facts.source_of(row, project),
        "figures": [[files.photo(photo, row) for photo in figure] for figure in entry.figures],
        "papers": [files.paper(paper, row) for paper in entry.papers],
        "before": [{"when": old.told, "text": f"{old.headline + '。' if old.headline else ''}{old.text}"}
                   for old in entry.replaced],
    }
    return said if public else said | {"inside": office.inside(row)}
