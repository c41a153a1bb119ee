"""How far something is, as five steps: 公布, 筹备, 推进, 待验收, 办成. What has no end or was given up is on none."""
from dataclasses import dataclass

from guicheng import words
from projects.models import Status

# label, the statuses that stand there, the family that gives its colour
STEPS = [
    ("公布", ("",), "none"),
    ("筹备", (Status.PLANNED,), "doing"),
    ("推进", (Status.IN_PROGRESS,), "doing"),
    ("待验收", (Status.ACCEPTANCE,), "doing"),
    ("办成", tuple(sorted(Status.DONE)), "done"),
]
OFF = (Status.STANDING, Status.PAUSED, Status.CANCELLED)


@dataclass(frozen=True)
class Step:
    """One step of a drawing: `note` is told below its name; `count` stands above it where the stair is of many.

    `is_told`: somebody said that it stood there once; `is_here`: it stands there.
    """

    label: str
    family: str
    note: str = ""
    count: int | None = None
    is_told: bool = False
    is_here: bool = False


def steps_of_project(project, entries):
    """Where one project stands, with the day of each step that somebody told. `entries`: its timeline, newest first."""
    told = {}
    for entry in entries:
        if not entry.is_withdrawn and entry.row.status:
            told.setdefault(entry.row.status, entry.row.told)
    project_list = project.project_list
    if project_list:
        told[""] = words.day_range(project_list.announced_from, project_list.announced_on)
    steps = []
    for label, statuses, family in STEPS:
        note = next((told[status] for status in statuses if status in told), "")
        steps.append(Step(label, family, note, is_told=any(status in told for status in statuses),
                          is_here=project.status in statuses and (bool(project.status) or bool(project_list))))
    return steps


def steps_of_many(by_status):
    """How many of them stand on each step. `by_status`: status -> number, "" for what nobody spoke of."""
    counted = [("暂无进展" if statuses == ("",) else label, family, sum(by_status.get(each, 0) for each in statuses))
               for label, statuses, family in STEPS]
    return [Step(label, family, count=count, is_told=bool(count), is_here=bool(count))
            for label, family, count in counted]


def off_the_stair(by_status):
    """In words those that stand on no step; "" for none."""
    return "，".join(f"{status.label} {by_status[status]} 个" for status in OFF if by_status.get(status))
