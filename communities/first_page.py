"""What of needs waits for a member of staff: to accept, to answer, to take over, to read, to find a unit for."""
from django.db.models import Count, Exists, F, Min, OuterRef
from django.urls import reverse
from django.utils import timezone

from communities.admin.need_filters import held_by, units_of
from communities.models import Community, Need, NeedAnswer
from communities.models.need_moves import RESTING, TO_ACCEPT, State
from communities.models.needs import MOST_PRESSING
from communities.permissions import assigns, handles
from guicheng.office.shown import SHOWN
from guicheng.office.work import Work
from projects.models import Department


def parts(user):
    """`works`: what is to be done with needs, each with its day. One query for each role this person has in them."""
    today, works = timezone.localdate(), []
    if handles(user):
        works += _of_units(user, today)
    if user.has_perm("communities.check_needanswer"):
        works += _answers(user, today)
    if assigns(user):
        works += _nobodys(today)
    return {"works": works}


def queue(**query):
    return reverse("admin:communities_need_changelist", query=query)


def _of_units(user, today):
    """Needs that a unit of this person has, but those that rest or are with a reviewer, and those offered to one."""
    units = units_of(user)
    rows = Need.objects.open().exclude(state__in=RESTING | {State.IN_REVIEW})
    rows = rows.filter(held_by(units) | held_by(units, "offered_")).annotate(
        is_offered=Exists(Community.objects.served_by(user).filter(pk=OuterRef("offered_community")))
        | Exists(Department.objects.served_by(user).filter(pk=OuterRef("offered_department"))))
    rows = list(rows.order_by(*MOST_PRESSING)[:SHOWN + 1])
    works = [_work(need, today) for need in rows[:SHOWN]]
    if len(rows) > SHOWN:
        works.append(Work("诉求还有", queue(), "看全部诉求", f"这里是最先到期的 {SHOWN} 件。"))
    return works


def _work(need, today):
    day = need.accept_by if need.state in TO_ACCEPT else need.due_on
    doing = "接收" if need.is_offered else "签收" if need.state in TO_ACCEPT else "答复"
    said = f"{need.get_kind_display()}，{need.get_state_display()}。"
    said = "转给你的单位，接收或者退单。" if need.is_offered else said
    return Work(f"{need.number} {need.title}", need.staff_page(), f"去{doing}", said, day, today=today)


def _answers(user, today):
    """The answers that this person may take the next step with, by the day of their need."""
    rows = NeedAnswer.objects.visible_to(user).for_review_by(user).select_related("need", "author")
    rows = list(rows.order_by(F("need__due_on").asc(nulls_last=True), "pk")[:SHOWN + 1])
    works = [Work(f"{row.need.number} {row.need.title}", row.staff_page(), "去审核",
                  f"{row.author}写的答复，等你审核。", row.need.due_on, today=today) for row in rows[:SHOWN]]
    if len(rows) > SHOWN:
        address = reverse("admin:communities_needanswer_changelist", query={"for_me": "review"})
        works.append(Work("答复还有", address, "看全部答复", f"这里是最先到期的 {SHOWN} 份。"))
    return works


def _nobodys(today):
    """What no unit has yet, as one thing to do for the street."""
    found = Need.objects.open().filter(community=None, department=None, offered_community=None,
                                       offered_department=None).aggregate(number=Count("pk"), first=Min("accept_by"))
    if not found["number"]:
        return []
    return [Work("等分派的诉求", queue(mine="nobody"), "去分派", f"{found['number']} 件还没有单位办。",
                 found["first"], today=today)]
