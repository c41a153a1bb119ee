"""The units that a notice does not reach, because none of their people has an account."""
from guicheng.access.units import behind
from projects.models import Project, SupervisionNotice
from projects.supervision.late import RESTING


def unheard_units(user):
    """Those a notice would go to: they answer for something unfinished in this person's scope and have no account."""
    projects = Project.objects.visible_to(user).real().answered_for().exclude(status__in=RESTING).order_by()
    led, local = behind(Project, "lead_department"), behind(Project, "community")
    leads = projects.exclude(lead_department=None).values("lead_department")
    others = projects.filter(lead_department=None).exclude(community=None).values("community")
    return [*led.objects.filter(pk__in=leads).without_accounts(),
            *local.objects.filter(pk__in=others).without_accounts()]


def nobody_reads(notice):
    """The sentence to the sender of a notice, sent or not yet, that tells nobody; "" where somebody is told."""
    if notice.recipients:
        return ""
    unit = notice.unit or "这个项目没有责任单位，"
    return f"{unit}没有可用的账号，这一件没有人会收到。请另行告知，并请系统管理员给它开账号。"


def to_unit_of(project):
    """A notice as it would be addressed, not sent."""
    return SupervisionNotice(project=project, **SupervisionNotice.addressed(project))
