"""The daily supervision: what is due gets a reminder, what is late a notice, what stays late a louder one.

Each project is its own transaction under its row's lock: killed in the middle nothing is half done, run again
nothing is done twice. `cause_key` is unique, so even without the lock the database takes no second one.
"""
from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from guicheng import words
from guicheng.days.workdays import UnknownYear, WorkCalendar, keepers_of_calendar, missing_year
from guicheng.notices.direct import channels_of
from guicheng.notices.inbox import InboxMessage, tell
from projects.models import LightRule, Project, SupervisionNotice
from projects.supervision.subjects import Projects

Level, Cause = SupervisionNotice.Level, SupervisionNotice.Cause
LADDER = [Level.REMINDER, Level.URGE, Level.ORDER, Level.BULLETIN]
# where each cause begins, and the loudest it gets without a person
FIRST = {Cause.DUE_SOON: Level.REMINDER, Cause.OVERDUE: Level.URGE, Cause.BEHIND: Level.REMINDER,
         Cause.PENDING: Level.REMINDER, Cause.STALE: Level.REMINDER}
LAST = {Cause.DUE_SOON: Level.REMINDER, Cause.OVERDUE: Level.BULLETIN, Cause.BEHIND: Level.ORDER,
        Cause.PENDING: Level.URGE, Cause.STALE: Level.URGE}
LATE_NOW = "已经逾期，改按逾期督办"
BATCH = 500


@dataclass(frozen=True)
class Close:
    """A step: settle a notice."""

    notice: SupervisionNotice
    reason: str

    def do(self, run, project):
        self.notice.close(self.reason, day=run.day)

    def line(self, project):
        return f"办结　{self.notice.get_level_display()}：{project}（{self.reason}）"


@dataclass(frozen=True)
class Issue:
    """A step: send a notice. `previous` is the one it is louder than, or was made of."""

    level: str
    cause: str
    key: str
    text: str
    previous: SupervisionNotice | None = None

    @property
    def escalates(self):
        return self.previous is not None

    def do(self, run, project):
        SupervisionNotice.issue(project, self.level, self.cause, self.key, self.text, day=run.day,
                                reply_by=run.reply_by, previous=self.previous)

    def line(self, project):
        """What would be sent to which unit, and who of it would be told."""
        notice = SupervisionNotice(project=project, level=self.level, cause=self.cause, is_sample=project.is_sample,
                                   **SupervisionNotice.addressed(project))
        names = reached(notice.recipients, not notice.is_sample) or "没有可用的账号，没有人会收到"
        group = "，并发到群里" if notice.is_loud and settings.WEBHOOK_URL else ""
        return f"发出　{notice}（{notice.get_cause_display()}），发给{notice.unit or '没有责任单位'}（{names}）{group}"


def reached(users, direct=True):
    """Whom a message goes to and on which ways: "张三：站内、企业微信；李四：站内"."""
    return "；".join(f"{user}：{'、'.join(channels_of(user, direct))}" for user in users)


@dataclass
class Outcome:
    """What a run did, or would do."""

    day: date
    raised: Counter = field(default_factory=Counter)
    escalated: int = 0
    closed: int = 0
    lines: list = field(default_factory=list)  # of a dry run: each thing it would do, and whom it would tell

    def __str__(self):
        by_level = "、".join(f"{level.label} {self.raised[level]}" for level in LADDER if self.raised[level])
        detail = f"（{by_level}）" if by_level else ""
        return f"{words.day(self.day)}：新发督办 {self.raised.total()} 件{detail}，其中升级 {self.escalated} 件；" \
               f"办结 {self.closed} 件。"


def supervise(day=None, *, samples=False, dry_run=False):
    """Bring the supervision of all projects to `day`; give the Outcome. Raises UnknownYear, having done nothing.

    Demonstration rows are left out unless `samples` asks for them, and them alone.
    """
    day = day or timezone.localdate()
    run = _Run(day, dry_run)
    run.check_calendar()
    keys = list(run.subject.rows(samples).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH):
        run.look_at(keys[start:start + BATCH])
    return run.outcome


def remind_of_calendar(day=None, dry_run=False):
    """Tell those who keep the calendar that a year's days off are missing, once for each year; give the year."""
    year = missing_year(day)
    if year and not dry_run:
        tell(keepers_of_calendar(), f"calendar:{year}", f"请录入 {year} 年的放假安排",
             f"{year} 年的放假安排还没有录入，到时不能推算工作日，提醒和督办也发不出。",
             reverse("admin:guicheng_calendaryear_changelist"), matter="工作日历")
    return year


def calendar_line(year):
    """Who would be told that the days off of this year are missing; "" where all know it."""
    told = InboxMessage.objects.filter(cause_key=f"calendar:{year}").values("recipient")
    people = [each for each in keepers_of_calendar() if not told.filter(recipient=each).exists()]
    return f"消息　请录入 {year} 年的放假安排，发给{reached(people)}" if people else ""


class _Run:
    def __init__(self, day, dry_run):
        self.day, self.dry_run = day, dry_run
        self.rule, self.calendar = LightRule.objects.in_force(day), WorkCalendar.load()
        self.subject = Projects(day, self.rule)
        self.outcome = Outcome(day)

    def check_calendar(self):
        """Refuse before the first change where a term would have to be guessed."""
        rule = self.rule
        self.reply_by = self.calendar.add(self.day, rule.reply_within)
        self.calendar.add(self.day, max(rule.due_within, rule.escalate_after))
        oldest = SupervisionNotice.objects.open().exclude(cause=Cause.MANUAL).order_by("raised_on").first()
        for year in range(oldest.raised_on.year if oldest else self.day.year, self.day.year + 1):
            if year not in self.calendar.years:
                raise UnknownYear(year)

    def look_at(self, keys):
        notices = self._open(keys)
        for project, light, causes in self.subject.asked(keys):
            mine = [notice for notice in notices if notice.project_id == project.pk]
            steps = self._steps(project, light, causes, mine)
            if self.dry_run:
                self._count(steps)
                self.outcome.lines += [step.line(project) for step in steps]
            elif steps:
                self._settle(project, light, causes)

    def _open(self, keys):
        rows = SupervisionNotice.objects.open().exclude(cause=Cause.MANUAL).select_related("department", "community")
        return list(rows.filter(project__in=keys).order_by("pk"))

    def _settle(self, project, light, causes):
        """Take the project's lock, look again, and do all of it or nothing."""
        with transaction.atomic():
            Project.objects.select_for_update(no_key=True).only("pk").get(pk=project.pk)
            steps = self._steps(project, light, causes, self._open([project.pk]))
            try:
                with transaction.atomic():
                    for step in steps:
                        step.do(self, project)
            except ValidationError:  # somebody settled it meanwhile: the next run sees what is left
                return
        self._count(steps)

    # what should be: pure, so that the dry run says what the real one does
    def _steps(self, project, light, causes, notices):
        """The steps, `Close` and `Issue`, in the order they are taken."""
        if light.override and not light.is_calm:
            return []  # a person holds the light: nothing new, and nothing is over
        steps, standing, before = [], set(), None
        for notice in notices:
            if notice.cause == Cause.BEHIND and "overdue" not in light.causes and light.colour == "yellow":
                standing.add(notice.cause)  # less behind than red, not yet caught up
            elif notice.cause in causes and self._hangs_on(notice, causes):
                standing.add(notice.cause)
                steps += self._escalation(notice, causes[notice.cause][1])
            elif Cause.OVERDUE in causes and notice.cause != Cause.OVERDUE:
                steps.append(Close(notice, LATE_NOW))
                before = notice if notice.cause == Cause.DUE_SOON else before
            else:
                steps.append(Close(notice, f"{self._over(light)}：{light.sentence}"))
        for cause, (anchor, text) in causes.items():
            if cause in standing:
                continue
            key = self._free_key(project, cause, anchor)
            if key:
                steps.append(Issue(FIRST[cause], cause, key, text, before))
        return steps

    @staticmethod
    def _over(light):
        return "不再督办" if light.override else "已赶上" if light.is_calm else "情况已变"

    @staticmethod
    def _hangs_on(notice, causes):
        """Whether the notice is about the same day: a postponement or a new statement ends the old one."""
        return notice.cause == Cause.BEHIND or f":{causes[notice.cause][0]}:" in notice.cause_key

    def _escalation(self, notice, text):
        """One step louder, once the time is over that began with the notice, or again with its reply."""
        level = LADDER.index(notice.level)
        if level >= LADDER.index(LAST[notice.cause]):
            return []
        since = timezone.localdate(notice.replied_at) if notice.replied_at else notice.raised_on
        if self.day <= self.calendar.add(since, self.rule.escalate_after):
            return []
        louder = LADDER[level + 1]
        head, _, tail = notice.cause_key.rpartition(":")
        key = f"{head.rpartition(':')[0]}:{louder}:{tail}"
        said = "已回复，但还没有赶上" if notice.replied_at else "没有回复"
        text = f"{words.day(notice.raised_on)}发出的{notice.get_level_display()}{said}。{text}"
        return [Close(notice, f"升级为{louder.label}"), Issue(louder, notice.cause, key, text, notice)]

    def _free_key(self, project, cause, anchor):
        """The key of a new episode; None where a person settled this very cause, which then stays settled."""
        head = f"{cause}:{project.pk}:{anchor}:{FIRST[cause]}"
        rows = SupervisionNotice.objects.filter(cause=cause, project=project, cause_key__contains=f":{anchor}:")
        if rows.exclude(closed_by=None).exists():
            return None
        return f"{head}:{rows.filter(level=FIRST[cause]).count()}"

    def _count(self, steps):
        issued = [step for step in steps if isinstance(step, Issue)]
        self.outcome.raised.update(step.level for step in issued)
        escalated = sum(step.escalates for step in issued)
        self.outcome.escalated += escalated
        self.outcome.closed += len(steps) - len(issued) - escalated
