"""How far it is to the day of a need, in words: for the queue, the page of one and the first page."""
from dataclasses import dataclass
from datetime import date

from communities.models.need_moves import TO_ACCEPT
from guicheng.days.workdays import UnknownYear


@dataclass(frozen=True)
class Due:
    """The next day of a need, what is to be done by it, and how far it is."""

    day: date | None
    words: str
    is_late: bool = False
    what: str = ""


def due_of(need, today, calendar):
    """The Due of a need as it stands; of one that has ended without words."""
    if need.has_ended:
        return Due(None, "")
    if need.rests:
        return Due(None, f"{need.get_state_display()}，日子不往下数")
    to_accept = need.state in TO_ACCEPT
    day = need.accept_by if to_accept else need.due_on
    if day is None:
        return Due(None, "放假安排没有录入，算不出哪天到期")
    return Due(day, ("签收" if to_accept else "") + _far(day, today, calendar), day < today,
               "签收" if to_accept else "答复")


def _far(day, today, calendar):
    if day < today:
        return f"超 {(today - day).days} 天"
    if day == today:
        return "今天到期"
    try:
        return f"还有 {calendar.between(today, day)} 个工作日"
    except UnknownYear:
        return f"还有 {(day - today).days} 天"


def sum_in_words(found):
    """A Reckoned as one sentence."""
    sentence = f"{_short(found.accepted_on)}签收（这天不算），限 {found.allowed} 个工作日"
    sentence += f"，延期 {found.extended} 个工作日" if found.extended else ""
    left_out = [f"{found.off} 天周末或放假"] * bool(found.off) + [f"{found.rested} 个工作日暂停"] * bool(found.rested)
    sentence += f"，中间有 {'、'.join(left_out)}不算" if left_out else ""
    return f"{sentence}：最晚 {_short(found.due_on)}答复。" if found.due_on else f"{sentence}。{found.why_unknown}"


def _short(day):
    return f"{day.month} 月 {day.day} 日"
