"""The words for how far a project is."""
from django.db import models


class Status(models.TextChoices):
    """How far a project is. No statement at all is the empty value: 已公布，暂无进展信息."""

    PLANNED = "planned", "筹备中"
    IN_PROGRESS = "in_progress", "推进中"
    ACCEPTANCE = "acceptance", "完工待验收"
    COMPLETED = "completed", "已完成"
    IN_USE = "in_use", "已投用"
    STANDING = "standing", "长期开展"
    PAUSED = "paused", "暂停"
    CANCELLED = "cancelled", "不再实施"

    @classmethod
    def label_of(cls, status):
        return cls(status).label if status else "已公布，暂无进展信息"

    @classmethod
    def alone(cls, status):
        """What a statement's day says where nobody knows a first one: a finish came by then, anything else was so."""
        return "不迟于 " if status in cls.DONE else "截至 "

    @classmethod
    def in_menu_order(cls, column):
        """An expression to order by: as the menus list them, what nobody has told of last.

        Its values are written into the SQL: of a parameter SQLite does not know that an index is of it.
        """
        places = " ".join(f"WHEN '{status}' THEN {place}" for place, status in enumerate(cls.values))
        last = len(cls.values)
        return models.Func(models.F(column), template=f"CASE %(expressions)s {places} ELSE {last} END",
                           output_field=models.IntegerField())

    @classmethod
    def possible(cls):
        """Every value a project can have: "" first, for no statement."""
        return ["", *cls.values]


Status.DONE = frozenset({"completed", "in_use"})
Status.NEED_REASON = frozenset({"paused", "cancelled"})
# what says that it was not finished; of what has no end nobody can say it
Status.UNFINISHED = frozenset({"planned", "in_progress", "acceptance", "paused", "cancelled"})
# the family that gives a status its colour, on tags and in bars
Status.FAMILY = {
    "": "none", "planned": "doing", "in_progress": "doing", "acceptance": "doing",
    "completed": "done", "in_use": "done", "standing": "doing", "paused": "stopped", "cancelled": "stopped",
}
# the steps of the stair from announced to done, and on which one each status stands; what is not named has left it
Status.STEPS = ("公布", "筹备", "推进", "待验收", "办成")
Status.STEP = {"": 1, "planned": 2, "in_progress": 3, "acceptance": 4, "completed": 5, "in_use": 5}
