"""How many projects stand on lists: kept for now, counted from the ledger for the end of a day."""
from collections import Counter, defaultdict

from django.db.models import Count, Max, OuterRef, Subquery

from guicheng.days.compiled import compiled
from projects.models import Project, ProjectList, ProjectsByList, ProjectsByPlace

OF_MOVE = ("status_before", "happened", "is_own")


def rows_of(projects, by=(), moved=False):
    """A queryset of what a Tally adds up of these: they have `status_then`, and OF_MOVE where the moves count too."""
    return projects.order_by().values_list("project_list", "status_then", *OF_MOVE * moved, *by).annotate(
        count=Count("pk"), newest=Max("moved_on"))


class Tally:
    """How many projects there are: by list, and by category and community within it where that was asked for.

    `newest`: list -> the newest day anybody said anything of one. `moves`: (status before, status then, happened) ->
    how many of the street's own real ones went that way, where the projects have `happened`.
    """

    def __init__(self, by=()):
        self.by_list, self.newest, self.moves, self.by = defaultdict(Counter), {}, Counter(), by
        self.groups = {kind: defaultdict(lambda: defaultdict(Counter)) for kind in by}

    def _add(self, list_id, status, keys, count):
        self.by_list[list_id][status] += count
        for kind, key in zip(self.by, keys, strict=True):
            self.groups[kind][list_id][key][status] += count

    @classmethod
    def of(cls, projects, by=()):
        """Of these, counted: they have `status_then`. One query."""
        return cls.of_rows(rows_of(projects, by).iterator(2000), by)

    @classmethod
    def of_rows(cls, rows, by=(), moved=False):
        """Of what `rows_of` gives."""
        tally = cls(by)
        for list_id, status, *keys, count, newest in rows:
            tally._add(list_id, status, keys[-len(by):] if by else [], count)
            tally.newest[list_id] = max(newest, tally.newest.get(list_id, newest))
            if moved:
                was, has_happened, is_own = keys[:len(OF_MOVE)]
                if is_own and was not in (None, status):
                    tally.moves[was, status, has_happened] += count
        return tally

    @classmethod
    def kept_by_place(cls, day, since, moves):
        """Of all on real lists that were announced by `day`, by category and community; what moved after it is undone.

        `since`: (list, status now, category, community, status by `day`, how many) of that; `moves`: (status before,
        then, happened, how many).
        """
        tally = cls(("category", "community"))
        rows = ProjectsByPlace.objects.published().filter(
            project_list__is_sample=False, project_list__announced_on__lte=day)
        for list_id, status, *keys, count in rows.counts("project_list", "status", *tally.by):
            tally._add(list_id, status, keys, count)
        for list_id, status, *keys, then, count in since:
            tally._add(list_id, status, keys, -count)
            tally._add(list_id, then, keys, count)
        tally.moves = Counter({tuple(move): count for *move, count in moves})
        return tally

    @classmethod
    def kept(cls, lists, by=()):
        """Of all that stand on these lists now: their number is kept, the newest is found by its index. Two queries.

        `by`: "category".
        """
        tally = cls(by)
        rows = ProjectsByList.objects.published().filter(project_list__in=lists)
        for list_id, status, *keys, count in rows.counts("project_list", "status", *by):
            tally._add(list_id, status, keys, count)
        tally.newest = dict(_newest(lists=list(tally.by_list)))
        return tally


@compiled(lists=[ProjectList._meta.pk])
def _newest(lists):
    moved = Project.objects.counted().filter(project_list=OuterRef("pk")).newest_first()
    return ProjectList.objects.filter(pk__in=lists).order_by().values_list(
        "pk", Subquery(moved.values("moved_on")[:1]))
