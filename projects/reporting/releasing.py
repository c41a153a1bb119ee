"""审签: the unit's own reviewer lets its whole table go, with a scan where the task asks for one."""
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse

from guicheng.notices.inbox import tell
from projects.models import ReportingRelease
from projects.reporting.kinds import beside, kinds, marks_of

NOT_WHOLE = "还有没交齐或退回的行，交齐了才能审签。"
CHANGED = "这张表刚被重报过，请看过再审签。"
OWN = "这张表里有你自己交的行，要由本单位另一位审核人审签。"
NO_SCAN = "这次任务要盖章扫描件，请选一份 PDF。"
ALREADY = "这张表这样已经审签过了。"


def newest_answer(unit):
    """The key of the newest answer about a project that stands in this table; 0 where there is none."""
    return kinds()[0].newest(unit)


def release_of(unit):
    """The release that holds for the table as it stands; None where it waits for one."""
    if waits(unit):
        return None
    return unit.releases.filter(up_to=newest_answer(unit) or None, beside=newest_beside(unit)).select_related(
        "by", "scan").order_by("-pk").first()


def newest_beside(unit):
    """The mark of the newest answers of the other kinds that stand in this table; "" where there is none."""
    return marks_of({kind.name: kind.newest(unit) for kind in beside()})


def waits(unit):
    """Whether a row of this table, of whatever kind, is not answered or returned."""
    return any(kind.of_unit(unit).to_fill().exists() for kind in kinds())


def has_own_rows(unit, user):
    """Whether this person handed in a row as it stands."""
    return any(kind.of_unit(unit).filter(latest__by=user).exists() for kind in kinds())


def ask_for_release(unit):
    """Tell the unit's reviewers that its table is whole and waits for them: once for each newest answer."""
    reviewers = list(unit.unit.reviewers.filter(is_active=True))
    if not reviewers or waits(unit):
        return
    others = newest_beside(unit)
    tell(reviewers, f"reporting-release:{unit.pk}:{newest_answer(unit)}{others and f'+{others}'}",
         f"请审签：{unit.task}", f"{unit}的表交齐了，请看过审签。",
         reverse("admin:projects_reportingtask_release", args=[unit.pk]))


@transaction.atomic
def release(unit, by, up_to, *, beside="", filler="", phone="", scan=None):
    """Release the table as it was seen, with its newest answer `up_to` (0 for none) and the mark of the other kinds'.

    `scan`: an unsaved row. Raises ValidationError.
    """
    for kind in kinds():
        kind.of_unit(unit).lock()
    if waits(unit):
        raise ValidationError(NOT_WHOLE)
    if (newest_answer(unit), newest_beside(unit)) != (up_to, beside):
        raise ValidationError(CHANGED)
    if has_own_rows(unit, by):
        raise ValidationError(OWN)
    if unit.releases.filter(up_to=up_to or None, beside=beside).exists():
        raise ValidationError(ALREADY)
    if unit.task.needs_scan and scan is None:
        raise ValidationError(NO_SCAN)
    if scan:
        scan.unit = unit
        scan.full_clean()
        scan.save()
    made = ReportingRelease(unit=unit, up_to_id=up_to or None, beside=beside, filler=filler, phone=phone, scan=scan,
                            by=by, is_sample=unit.task.is_sample)
    made.full_clean()
    made.save()
    return made
