"""What waits for a member of staff: the first page of the back office.

Each part asks a fixed number of queries, and each number on it leads to a list of exactly so many rows.
"""
from calendar import monthrange
from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from guicheng.access.permissions import can_make_accounts, can_see_health, sees_everything
from guicheng.notices.inbox import InboxMessage
from guicheng.pages.street import light_counts, street
from guicheng.review.forms import DecisionForm
from partybuilding.models import PartyOrganisation
from projects import summary
from projects.admin.imports import import_links
from projects.models import ImportRow, Paper, Photo, ProgressUpdate, Project, ReviewStep, SupervisionNotice
from projects.supervision.late import RESTING
from projects.supervision.lights import lights_of

SHOWN = 10
State = ProgressUpdate.State
TO_DO = ["red", "yellow", "white", "green"]  # the lights of what is not finished, the most pressing first


@dataclass(frozen=True)
class Shown:
    """The first rows of a list, how many there are, and where all of them are."""

    rows: list
    total: int
    address: str = ""

    @property
    def is_cut(self):
        return self.total > len(self.rows)


def first_page(user, samples=False, unexplained=""):
    """Give the parts of this person's first page. `samples`: the figures of the street are of the sample data.

    `unexplained`: the key of the statement that was just to be returned without a reason.
    """
    parts = {
        "inbox": InboxMessage.objects.visible_to(user).unread()[:5],
        "account_links": account_links(user),
        "works_on_projects": user.has_perm("projects.view_project"),
        "may_record": user.has_perm("projects.add_progressupdate"),
        "may_review": user.has_perm("projects.check_progressupdate"),
        "sees_everything": sees_everything(user),
        "ways": ways(user),
    }
    if parts["works_on_projects"]:
        parts |= {"notices": _notices(user), "replied": _replied(user)}
        parts |= {"street": street(user, samples)} if parts["sees_everything"] else _own_projects(user)
    if parts["may_record"]:
        parts |= _own_statements(user)
    if parts["may_review"]:
        parts |= _to_review(user, unexplained)
    if user.has_perm("partybuilding.change_partyorganisation") and not parts["sees_everything"]:
        parts["organisations"] = _organisations(user)
    return parts


# --- links ---------------------------------------------------------------------------------------
def account_links(user):
    """For those who look after accounts or read the logs: (words, address)."""
    users, logs = reverse("admin:guicheng_user_changelist"), reverse("admin:guicheng_accessevent_changelist")
    return [link for may, link in [
        (user.has_perm("guicheng.read_audit"), ("审计记录：每一处改动，前后各是什么", reverse("admin:audit"))),
        (user.has_perm("guicheng.view_accessevent"), ("访问日志：登录、下载、账号变动", logs)),
        (user.has_perm("admin.view_logentry"), ("操作日志：谁改了什么", reverse("admin:admin_logentry_changelist"))),
        (user.has_perm("guicheng.give_roles"), ("待授权的账号", f"{users}?waiting=1")),
        (can_make_accounts(user), ("账号：新增、重置口令、停用", users)),
        (can_see_health(user), ("运行情况：数据库、磁盘、备份、后台任务", reverse("admin:health"))),
    ] if may]


def ways(user):
    """The few pages that daily work needs beside the lists: (words, address)."""
    links = []
    if user.has_perm("projects.add_progressupdate"):
        links.append(("复制本周进展成微信文字", reverse("admin:projects_progressupdate_week")))
    links += [(words, address) for address, words in import_links(user)]
    if user.has_perm("projects.view_supervisionnotice"):
        links.append(("督办台：逾期、将到期、久无进展、缺资料", reverse("admin:projects_supervisionnotice_desk")))
    if sees_everything(user) and user.has_perm("projects.view_project"):
        links.append(("季度汇总：网页和各种文件", reverse("report-index")))
    if user.has_perm("projects.view_quarterreport"):
        links.append(("季度报告：写正文、锁定、签发", reverse("admin:projects_quarterreport_changelist")))
    if user.has_perm("projects.view_reviewstep"):
        links.append(("审核记录，可按月导出", reverse("admin:projects_reviewstep_changelist")))
    return links


def _statements(**query):
    return reverse("admin:projects_progressupdate_changelist", query=query)


# --- one's own -----------------------------------------------------------------------------------
def _own_projects(user):
    """One's projects by light, and what is due this month. The most pressing first."""
    projects = Project.objects.visible_to(user).real().select_related("project_list").defer("search_text")
    projects = list(projects.order_by("moved_on", "pk"))
    lights = lights_of(projects)
    for project in projects:
        project.light = lights[project.pk]
        project.due = project.due_on or project.planned_end
    projects.sort(key=_pressing)
    tiles = light_counts(summary.lights_by_colour(lights.values()), {"is_sample__exact": 0})
    today = timezone.localdate()
    end = last_of_month(today)  # what is overdue by today is among the red
    due = [project for project in projects
           if project.status not in RESTING and project.due and today <= project.due <= end]
    return {
        "tiles": tiles, "own_total": sum(tile.count for tile in tiles),
        "due": sorted(due, key=lambda project: project.due),
        "by_light": [(tile, [project for project in projects if project.light.colour == tile.light.colour][:SHOWN])
                     for colour in TO_DO for tile in tiles if tile.light.colour == colour],
    }


def _pressing(project):
    """The latest and the furthest behind first; those that cannot be compared by why not, which is said once."""
    light = project.light
    return -light.days_late, -(light.behind or 0), light.sentence if light.colour == "white" else ""


def _own_statements(user):
    rows = ProgressUpdate.objects.visible_to(user).filter(author=user)
    counts = dict(rows.order_by().values_list("state").annotate(Count("pk")))
    rows = rows.select_related("project").order_by("created_at", "pk")
    return {
        "returned": Shown(with_reasons(rows.filter(state=State.RETURNED)), counts.get(State.RETURNED, 0),
                          _statements(for_me="own", state__exact=State.RETURNED)),
        "drafts": Shown(rows.filter(state=State.DRAFT)[:SHOWN], counts.get(State.DRAFT, 0),
                        _statements(for_me="own", state__exact=State.DRAFT)),
        "in_review": Shown(rows.waiting()[:SHOWN], sum(counts.get(state, 0) for state in ProgressUpdate.IN_REVIEW),
                           _statements(for_me="waiting")),
    }


def with_reasons(rows):
    """These returned rows, each with `why`: the last step that returned it."""
    rows = list(rows.prefetch_related("steps__by")[:SHOWN])
    for row in rows:
        row.why = next((step for step in row.steps.all() if step.verb == "returned"), None)  # the newest first
    return rows


def _notices(user):
    """What waits for one's receipt or reply, the nearest day first."""
    rows = SupervisionNotice.objects.visible_to(user).to_answer_by(user)
    return Shown(rows.with_names().order_by("reply_by", "pk")[:SHOWN], rows.count(),
                 reverse("admin:projects_supervisionnotice_changelist"))


def _replied(user):
    """What was answered and waits to be closed, for those who supervise."""
    rows = SupervisionNotice.objects.visible_to(user).open().exclude(replied_at=None)
    if not user.has_perm("projects.start_supervision"):
        rows = rows.none()
    return Shown(rows.with_names().order_by("replied_at", "pk")[:SHOWN], rows.count(),
                 reverse("admin:projects_supervisionnotice_changelist"))


def _organisations(user):
    rows = PartyOrganisation.objects.visible_to(user)
    return Shown(rows[:SHOWN], rows.count(), reverse("admin:partybuilding_partyorganisation_changelist"))


# --- to review -----------------------------------------------------------------------------------
def _to_review(user, unexplained):
    rows = ProgressUpdate.objects.visible_to(user).for_review_by(user)
    projects = Project.objects.visible_to(user).real().for_publishing_by(user)
    return {
        "queue": Shown(_queue(rows, unexplained), rows.count(), _statements(for_me="review")),
        "batches": _batches(rows) if user.has_perm("projects.view_importbatch") else [],
        "to_publish": Shown(
            projects.select_related("entered_by", "project_list").defer("search_text").order_by("pk")[:SHOWN],
            projects.count()),
    }


def _queue(rows, unexplained):
    """The longest waiting first, each with its own form of decision; the sentence stands beside the reason missed."""
    handed_in = ReviewStep.objects.filter(update=OuterRef("pk")).order_by("-pk").values("at")[:1]
    rows = rows.annotate(since=Coalesce(Subquery(handed_in), "created_at")).select_related(
        "project", "author", "amends", "source")
    queue, today = list(rows.order_by("since", "pk")[:SHOWN]), timezone.localdate()
    keys = [row.pk for row in queue]
    photos, papers = (Counter(model.objects.filter(update__in=keys).values_list("update", flat=True))
                      for model in (Photo, Paper))
    for row in queue:
        row.waited = (today - timezone.localdate(row.since)).days
        row.photo_count, row.paper_count = photos[row.pk], papers[row.pk]
        typed = {"version": row.version, "decision": "return"} if str(row.pk) == unexplained else None
        row.decision = DecisionForm(typed, initial={"version": row.version}, auto_id=f"row{row.pk}_%s")
    return queue


def _batches(rows):
    """Imports of which something waits for this reviewer, the oldest first."""
    found = ImportRow.objects.filter(update__in=rows.order_by().values("pk")).order_by()
    return list(found.values("batch", "batch__file_name", "batch__uploader__name", "batch__confirmed_at").annotate(
        count=Count("pk")).order_by("batch__confirmed_at", "batch")[:SHOWN])


def last_of_month(day):
    """Give the last day of the month of `day`."""
    return day.replace(day=monthrange(day.year, day.month)[1])
