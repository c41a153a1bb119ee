"""The quarter in a few figures beside those of its lists, for its report."""
from django.db.models import BooleanField, Count, ExpressionWrapper, Q, Window

from guicheng.figures import Definition, Figure
from projects.ledger.promises import Verdict, last_ended
from projects.models import Project, Status
from projects.models.then import is_told_unfinished
from projects.summary.moves import Move
from projects.supervision.late import overdue

CHANGED = Definition(
    "changed", "状态有变动",
    "本季度末与上季度末状态不同的项目数；项目里的分项不单独数，一季内变了又变回来的不算。", unit="个")
FINISHED = Definition(
    "finished", "新完成",
    "以前写明没有完成、并且写明是在本季度内完成的项目数。只知道到季度末已经完成的，算“新见报道（完成）”。", unit="个")
HEARD_FINISHED = Definition(
    "heard-finished", "新见报道（完成）",
    "本季度的资料第一次写明已经完成、没有写明是不是在本季度内完成的项目数；不算“新完成”。", unit="个")
STARTED = Definition(
    "started", "新启动", "以前写明在筹备、并且写明是在本季度内开始推进、待验收或长期开展的项目数。", unit="个")
STOPPED = Definition(
    "stopped", "新暂停、不再实施", "以前写明不是这样、并且写明是在本季度内暂停或不再实施的项目数。", unit="个")
OVERDUE = Definition(
    "overdue", "逾期未完成",
    "到期（延期的按延期后的日期，没有计划日期的按承诺的日期）以后，有资料写明还没有完成的项目数；"
    "长期开展、暂停、不再实施的和往年资料不算。", unit="个")
PENDING = Definition(
    "pending", "到期待核",
    "到期以后，公开资料没有写明是否完成的项目数。不算逾期，也不算完成。", unit="个")
DUE = Definition(
    "due", "到期承诺", "原定到期日在这一天或以前的当年承诺数，加上往年到期、上年末还没有写明完成的；提前完成的另列。",
    unit="条")
EARLY = Definition("early", "提前完成的承诺", "到这一天还没有到期、已经写明完成的承诺数。", unit="条")
KEPT_ON_TIME = Definition(
    "kept", "按期兑现率", "按期完成的承诺 ÷ 到期承诺。有一条到期待核，就不算这个率。", unit="%")
NEXT = Definition("next-promises", "下季度到期的承诺", "到这一天已经作出、原定在下一个季度到期的承诺数。", unit="条")
CORRECTED = Definition(
    "corrected", "锁定后更正", "季度锁定以后发布的、说的是那个季度末或以前的事的更正、撤回和补录数。", unit="条")
STATEMENTS = Definition(
    "statements", "说到这个季度的进展",
    "日子在这个季度里的进展条数，日子是一段的按最后一天；分项的也算，示例和更正、撤回了的不算。", unit="条")
QUARTER_DEFINITIONS = [CHANGED, FINISHED, HEARD_FINISHED, STARTED, STOPPED, OVERDUE, PENDING, DUE, EARLY, KEPT_ON_TIME,
                       NEXT, CORRECTED]
NOT_LATE = Status.DONE | Status.NEED_REASON | {Status.STANDING}


def overdue_by(day, known_at=None):
    """The street's real counted projects that were late at the end of `day`, with what they were then."""
    return past_due(_of_street(), day, known_at)


def past_due(projects, day, known_at=None):
    """Those of `projects` that were late at the end of `day`: a statement after their day says they were not finished.

    Not what was compiled from press reports: nobody answers for it.
    """
    past = _past(projects.answered_for(), day, last_ended(day), known_at)
    return past.filter(is_told_unfinished("due_then", day, known_at))


def pending_by(day, known_at=None):
    """到期待核: the real counted projects whose day had passed by the end of `day` without a word on them since."""
    past = _past(_of_street(), day, last_ended(day), known_at)
    return past.exclude(is_told_unfinished("due_then", day, known_at))


def past_with_told(day, ended, known_at=None):
    """All of these whose day had passed, with `told`: whether a statement after it says they were not finished.

    `ended`: the last day that is over.
    """
    told = ExpressionWrapper(Q(is_told_unfinished("due_then", day, known_at)), BooleanField())
    return _past(_of_street(), day, ended, known_at).annotate(told=told)


def _of_street():
    return Project.objects.counted().real().of_street()


def _past(projects, day, ended, known_at):
    if known_at is None:  # who has been silent since is now what he was then: it spares a look into the ledger
        projects = projects.filter(Q(moved_on__gt=day) | ~Q(status__in=NOT_LATE))
    return projects.as_of(day, known_at).filter(due_then__lte=ended).exclude(status_then__in=NOT_LATE)


def corrected(corrections):
    """锁定后更正: how many there are of what `corrections_since` a close gives."""
    return len(corrections)


def late(projects, day, number=1):
    """(how many, the keys of the first) of `projects` past their day and not finished: what the 督办台 lists.

    Parts too, the longest late first.
    """
    return late_among(list(late_keys(projects, day, number)))


def late_keys(projects, day, number):
    """A queryset of (key, how many there are): what `late_among` reads. One query, for it is a reading of them all."""
    return overdue(projects, day).annotate(in_all=Window(Count("pk"))).values_list("pk", "in_all")[:number]


def late_among(found):
    return found[0][1] if found else 0, [pk for pk, _ in found]


def quarter_figures(moves, verdicts, overdue, pending, day):
    """The figures of a quarter beside those of its lists, in order.

    `moves`: Move -> number of projects; `verdicts`: Verdict -> number of the year's promises; `overdue`,
    `pending`: how many were late, and of how many nobody has said it.
    """
    due = sum(verdicts.values()) - verdicts[Verdict.NOT_DUE] - verdicts[Verdict.EARLY]
    return [
        Figure(CHANGED, sum(moves.values()), day), Figure(FINISHED, moves[Move.FINISHED], day),
        Figure(HEARD_FINISHED, moves[Move.HEARD_FINISHED], day), Figure(STARTED, moves[Move.STARTED], day),
        Figure(STOPPED, moves[Move.STOPPED], day), Figure(OVERDUE, overdue, day), Figure(PENDING, pending, day),
        Figure(DUE, due, day), Figure(EARLY, verdicts[Verdict.EARLY], day),
        Figure(KEPT_ON_TIME, None, day, numerator=verdicts[Verdict.KEPT], denominator=due,
               recorded=due - verdicts[Verdict.PENDING], declared=due),
    ]
