"""The sheet for the notice board, A4 or A3, one page: where it stands in large print, whom to call, a QR code."""
from dataclasses import dataclass, field

from django.db import models

from guicheng.public.address import address_of, whole_address
from guicheng.public.contact import contact
from guicheng.public.head import shortened
from projects.cards.steps import OFF, steps_of_project
from projects.heads import project_sentence
from projects.late_units import NOT_NAMED, leave_out
from projects.models import Status
from projects.report.page import qr_svg

TITLE, LONG_TITLE, SENTENCE, NAME = 60, 26, 110, 26  # characters: what is cut stands on the page behind the QR code
ROWS = 6
ROOMY = 90
DOT = " · "


class PosterSize(models.TextChoices):
    A4 = "a4", "A4"
    A3 = "a3", "A3"

    @classmethod
    def read(cls, text):
        """A4 where nothing is said. Raises ValueError with a sentence."""
        if not text:
            return cls.A4
        if text not in cls.values:
            raise ValueError(f"海报没有“{text[:10]}”这个大小，可以选 {'、'.join(cls.labels)}。")
        return cls(text)


@dataclass(frozen=True)
class Poster:
    """`calls`: (whom, telephone); `rows`: (name, status) of what there is, where it is of many."""

    title: str
    over: str
    sentence: str
    told: str
    back: str
    address: str
    is_known: bool  # whether the address holds elsewhere than on this machine
    calls: list
    steps: list = field(default_factory=list)
    rows: list = field(default_factory=list)
    more: list = field(default_factory=list)  # (label, text)
    is_sample: bool = False

    @classmethod
    def of(cls, path, request, title, sentence, calls, **more):
        """With whatever is too long for one page cut. `calls`: where empty, the street is called, or 12345."""
        return cls(title=shortened(title, TITLE), sentence=shortened(sentence, SENTENCE), back=path,
                   address=whole_address(path, request), is_known=bool(address_of(path)),
                   calls=calls or contact().calls[:1], **more)

    @property
    def qr(self):
        return qr_svg(self.address)

    @property
    def short(self):
        return self.address.partition("://")[2].rstrip("/")

    @property
    def is_long(self):
        return len(self.title) > LONG_TITLE

    @property
    def is_full(self):
        """Whether there is so much to say that it is set smaller."""
        return len(self.title) + len(self.sentence) > ROOMY


def poster_of_project(page, request):
    """Of a ProjectPage as it is now; who answers for what is late is named only while that public face is on."""
    project, latest = page.project, page.latest
    on = project.project_list
    over = DOT.join(filter(None, [on.title if on else "", str(project.community or "")]))
    if leave_out(project, page.judgements, page.milestones, page.moment) == NOT_NAMED:
        over = on.title if on else ""
    source = f"，据《{shortened(latest.source.title, 30)}》" if latest and latest.source.code != "own" else ""
    return Poster.of(
        project.get_absolute_url(), request, project.name, project_sentence(project, latest), over=over,
        told=f"{latest.told}{source}" if latest else "", calls=_calls(project),
        steps=steps_of_project(project, page.entries), is_sample=project.is_sample,
        more=[("现在", Status.label_of(project.status))] if project.status in OFF else [])


def _calls(project):
    """Whom to call: the unit that answers, else the community."""
    if project.office:
        return [(project.lead_department.name if project.lead_department else "办公电话", project.office)]
    if project.community and project.community.phone:
        return [(f"可以先问{project.community}", project.community.phone)]
    return []
