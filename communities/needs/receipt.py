"""受理回执: what somebody who came to the counter takes home, one A5 sheet."""
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from communities.models import NeedTerm
from guicheng import words
from guicheng.public.address import whole_address
from guicheng.public.contact import contact
from projects.report.page import qr_svg


@dataclass(frozen=True)
class Receipt:
    """`steps`: what happens next, a sentence each; `calls`: (whom, telephone)."""

    number: str
    title: str
    kind: str
    asked_at: datetime
    unit: str
    address: str
    back: str
    steps: list
    calls: list
    office: str
    is_sample: bool

    @property
    def qr(self):
        return qr_svg(self.address)


def receipt_of(need, request):
    """The receipt of a need as it stands."""
    office, unit = contact(), need.holder
    calls = [(str(unit), unit.phone)] if unit and unit.phone else []
    return Receipt(
        number=need.number, title=need.title, kind=need.get_kind_display(), asked_at=need.asked_at,
        unit=str(unit) if unit else "街道分派办理单位", address=whole_address(need.get_link(), request),
        back=need.staff_page(), steps=_steps(need), calls=[*calls, *office.calls], office=office.name,
        is_sample=need.is_sample)


def _steps(need):
    """What happens next and by when, as far as it is known today."""
    days = need.answer_days or NeedTerm.objects.of(need.kind)[1]
    accept = f"{words.day(need.accept_by)}前签收，" if need.accept_by and need.accepted_on is None else ""
    answer = f"最晚 {words.day(need.due_on)}答复。" if need.due_on else f"签收后 {days} 个工作日内答复。"
    if need.has_ended:
        return [f"{words.day(timezone.localdate(need.answered_at))}已答复，扫码看答复。" if need.answered_at
                else f"现在是“{need.get_state_display()}”，扫码看说明。"]
    return [f"{accept}{answer}", "要您补充、转给别的单位、延期，都会写在这个网页上。",
            "答复也写在这个网页上，扫码就能看。"]
