"""Projects counted by list, status and what else is asked, in one query."""
from collections import Counter, defaultdict

from django.db.models import Count, F, Max

from guicheng.days.compiled import compiled
from projects.models import Project, ProjectList
from projects.models.then import status_at


class Tally:
    """Projects counted in one query: by list, and by category and community within it where that was asked for.

    `moves`: (status before, status then, happened) -> how many of the street's own real ones went that way, where the
    projects have `happened`. `rows`: as `tallied` gives them, where they are at hand.
    """

    def __init__(self, projects, by=(), moved=False, rows=None):
        self.by_list, self.newest, self.moves = defaultdict(Counter), {}, Counter()
        self.groups = {kind: defaultdict(lambda: defaultdict(Counter)) for kind in by}
        extra = ["status_before", "happened", "is_own"] if moved else []
        rows = _grouped(projects, by, extra).iterator(2000) if rows is None else rows
        for list_id, status, *keys, count, newest in rows:
            self.by_list[list_id][status] += count
            self.newest[list_id] = max(newest, self.newest.get(list_id, newest))
            for kind, key in zip(by, keys, strict=False):
                self.groups[kind][list_id][key][status] += count
            if moved:
                was, has_happened, is_own = keys[len(by):]
                if is_own and was not in (None, status):
                    self.moves[was, status, has_happened] += count


def _grouped(projects, by, extra=()):
    return projects.order_by().values_list("project_list", "status_then", *by, *extra).annotate(
        count=Count("pk"), newest=Max("moved_on"))


@compiled(lists=[ProjectList._meta.pk])
def tallied(moment, by, lists):
    """The rows of a Tally of what is counted on these lists at the moment."""
    projects = Project.objects.counted().filter(project_list__in=lists)
    if not moment:
        return _grouped(projects.annotate(status_then=F("status")), by)
    return _grouped(projects.filter(project_list__announced_on__lte=moment.day).annotate(
        status_then=status_at(moment.day, moment.known_at)), by)
