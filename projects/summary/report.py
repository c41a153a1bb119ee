"""The quarter in a few figures beside those of its lists, for its report."""
from guicheng.figures import Definition, Figure
from projects.ledger.promises import Verdict
from projects.models import Project, Status
from projects.summary.moves import Move
from projects.supervision.late import overdue

CHANGED = Definition(
    "changed", "状态有变动", "本季度末与上季度末状态不同的项目数；分项不另计，一季内变了又变回来的不算。", unit="个")
FINISHED = Definition(
    "finished", "新完成", "上季度末没有完成、本季度末状态是“已完成”或“已投用”的项目数。", unit="个")
STARTED = Definition(
    "started", "新启动", "上季度末没有进展信息或在筹备、本季度末已在推进、待验收或长期开展的项目数。", unit="个")
STOPPED = Definition("stopped", "新暂停、不再实施", "本季度末暂停或不再实施、上季度末不是这样的项目数。", unit="个")
OVERDUE = Definition(
    "overdue", "逾期未完成",
    "应于截至日以前完成（延期的按延期后的日期）、到截至日还没有完成的项目数；长期开展、暂停和不再实施的不算。",
    unit="个")
DUE = Definition("due", "到期承诺", "原定到期日在截至日或以前、当年到期的承诺数，没有兑现的也算在内。", unit="条")
KEPT_ON_TIME = Definition(
    "kept", "按期兑现率", "按期完成的承诺 ÷ 到期承诺；到期没有完成、没有来源再提起的都在分母里。", unit="%")
NEXT = Definition("next-promises", "下季度到期的承诺", "到截至日已经作出、原定在下一个季度到期的承诺数。", unit="条")
CORRECTED = Definition(
    "corrected", "锁定后更正", "季度锁定以后发布的、说的是那个季度末或以前的事的更正、撤回和补录数。", unit="条")
QUARTER_DEFINITIONS = [CHANGED, FINISHED, STARTED, STOPPED, OVERDUE, DUE, KEPT_ON_TIME, NEXT, CORRECTED]
NOT_LATE = Status.DONE | Status.NEED_REASON | {Status.STANDING}


def past_due(projects, day, known_at=None):
    """Those of `projects` that were late at the end of `day`, parts too, with what they were then."""
    return projects.as_of(day, known_at).filter(due_then__lt=day).exclude(status_then__in=NOT_LATE)


def overdue_by(day, known_at=None):
    """The real counted projects that were late at the end of `day`, with what they were then."""
    return past_due(Project.objects.counted().real(), day, known_at)


def corrected(corrections):
    """锁定后更正: how many there are of what `corrections_since` a close gives."""
    return len(corrections)


def late(projects, day):
    """How many of `projects` are past their day and not finished, parts too: what the 督办台 lists."""
    return overdue(projects, day).count()


def quarter_figures(moves, verdicts, overdue, day):
    """The figures of a quarter beside those of its lists, in order.

    `moves`: Move -> number of projects; `verdicts`: Verdict -> number of the year's promises; `overdue`: how many
    were late.
    """
    due = sum(verdicts.values()) - verdicts[Verdict.NOT_DUE]
    return [
        Figure(CHANGED, sum(moves.values()), day), Figure(FINISHED, moves[Move.FINISHED], day),
        Figure(STARTED, moves[Move.STARTED], day), Figure(STOPPED, moves[Move.STOPPED], day),
        Figure(OVERDUE, overdue, day), Figure(DUE, due, day),
        Figure(KEPT_ON_TIME, None, day, numerator=verdicts[Verdict.KEPT], denominator=due),
    ]
