"""Every count of projects on lists: by status, by category, by community, by unit."""
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, DateField, F
from django.utils import timezone

from guicheng import words
from guicheng.access.units import behind
from guicheng.days.as_of import Moment
from guicheng.days.compiled import compiled
from guicheng.figures import Definition, Figure, from_iso, iso
from projects.models import Declaration, Project, ProjectList, Status
from projects.models.then import status_at
from projects.summary.tally import Tally

RECORDED = Definition(
    "recorded", "有明细", "公开资料写出名称、在清单上的项目数；项目里的分项不单独数，"
    "资料没有直说、从上下文看在清单上的也算，并标明。")
DECLARED = Definition("declared", "公布总数", "发布单位公布这张清单有多少项；以这一天以前最近一次公布的为准。")
DECLARED_DONE = Definition("declared-done", "公布完成数", "发布单位自己公布已完成多少项；只引用，不推算。")
DONE = Definition("done", "已完成", "到这一天，最近一次写明的状态是“已完成”或“已投用”的项目数。")
STANDING = Definition("standing", "长期开展", "没有完成之日、一直做下去的项目数；单列，不算已完成。")
UNKNOWN = Definition("unknown", "暂无进展信息", "已列入清单，但到这一天没有任何来源写明状态的项目数；不算筹备中。")
MISSING = Definition("missing", "明细整理中", "公布总数里还没有收到名称和进展的项目数；不是没有办。")
DECLARED_RATE = Definition(
    "declared-rate", "公布完成率",
    "公布完成数 ÷ 公布总数，按公布数计算；来源自己写明完成数是总数里的、同一天的，才算。", unit="%")
RATE = Definition(
    "rate", "完成率", "已完成 ÷ 公布总数。明细没有收齐，或者还有项目暂无进展信息，就不算完成率。", unit="%"
)
KEPT = Definition(
    "promises", "承诺兑现",
    "每条承诺按原定到期日判定：写明到期日以前已经完成，是“按期完成”（还没有到期的是“提前完成”）；"
    "写明到期日以后才完成，是“逾期完成”；到期以后有资料写明没有完成，或者已经推迟、不再实施，是“到期未完成”；"
    "公开资料没有写明的，是“到期待核”，不算没有兑现。", unit="条")
BY_STATUS = Definition(
    "by-status", "各种状态", "到这一天，最近一次写明是这种状态的项目数；条形图把相近的几种状态合在一段里。")
DEFINITIONS = [
    RECORDED, DECLARED, DECLARED_DONE, DECLARED_RATE, DONE, STANDING, UNKNOWN, MISSING, RATE, BY_STATUS, KEPT]


@dataclass(frozen=True)
class Segment:
    """One stretch of a list's bar."""

    family: str
    label: str
    count: int
    start: float  # percent of the bar
    width: float


MOST_CELLS = 120
FAMILIES = {"done": "已完成、已投用", "doing": "筹备、推进、长期开展", "stopped": "暂停、不再实施",
            "none": "已公布，暂无进展信息"}


def _families(by_status):
    """The four families of statuses, in the order of the bars, with how many projects each."""
    counts = Counter()
    for status, count in by_status.items():
        counts[Status.FAMILY[status]] += count
    return {name: counts[name] for name in FAMILIES}


def _segments(parts, total):
    """The stretches of a bar `total` long, from (family, label, count) left to right."""
    segments, start = [], 0.0
    for name, label, count in parts:
        if count > 0:
            width = count * 100 / total
            segments.append(Segment(name, label, count, round(start, 3), round(width, 3)))
            start += width
    return segments


@dataclass(frozen=True)
class Group:
    """A share of a list or of the street: one category, one community, one unit, or what has none."""

    key: str
    label: str
    by_status: Counter
    scale: int = 0  # how many projects are a whole bar: those of the largest group beside it

    @property
    def families(self):
        return _families(self.by_status)

    @property
    def segments(self):
        parts = [(name, FAMILIES[name], count) for name, count in self.families.items()]
        return _segments(parts, self.scale or self.recorded)

    @property
    def recorded(self):
        return self.by_status.total()

    @property
    def done(self):
        return sum(self.by_status[status] for status in Status.DONE)

    @property
    def unknown(self):
        return self.by_status[""]

    def frozen(self):
        return {"key": self.key, "label": self.label, "recorded": self.recorded, "done": self.done,
                "unknown": self.unknown, "families": self.families,
                "by_status": {written(key): self.by_status[key] for key in Status.possible()}}

    @classmethod
    def from_frozen(cls, row):
        return cls(row["key"], row["label"], counter_from(row["by_status"]))


def written(status):
    """A status as it is written down: that nobody said anything has a word of its own."""
    return status or "unknown"


def status_from(text):
    return "" if text == "unknown" else text


def counter_from(by_status):
    return Counter({status_from(key): count for key, count in by_status.items()})


@dataclass
class ListSummary:
    """One list by the end of a day: what was declared, what is recorded, how far it is."""

    project_list: ProjectList
    as_of: date
    declaration: Declaration | None
    done_declaration: Declaration | None
    by_status: Counter
    groups: dict  # "category" and "community" -> their Groups, where they were asked for
    is_of_a_day: bool = True  # somebody asked for that day; otherwise it is the newest of which anybody said anything

    @property
    def until(self):
        """How far these figures go, in words."""
        return f"{'截至' if self.is_of_a_day else '资料到'} {words.day(self.as_of)}"

    @property
    def by_category(self):
        return self.groups["category"]

    @property
    def by_community(self):
        return self.groups["community"]

    # the figures
    @property
    def recorded(self):
        return self._figure(RECORDED, self.by_status.total())

    @property
    def declared(self):
        return self._figure(DECLARED, self.declaration.total if self.declaration else None)

    @property
    def declared_done(self):
        return self._figure(DECLARED_DONE, self.done_declaration.done if self.done_declaration else None)

    @property
    def done(self):
        return self._figure(DONE, sum(self.by_status[status] for status in Status.DONE))

    @property
    def standing(self):
        return self._figure(STANDING, self.by_status[Status.STANDING])

    @property
    def unknown(self):
        return self._figure(UNKNOWN, self.by_status[""])

    @property
    def missing(self):
        total = self.declared.value
        return self._figure(MISSING, None if total is None else max(0, total - self.recorded.value))

    @property
    def rate(self):
        total = self.declared.value
        if total is None:
            return None
        # what nobody spoke of is as little known as what has no row: it is not “not done”
        told = self.recorded.value - self.unknown.value
        return Figure(RATE, None, self.as_of, self.done.value, total, told, total).rate

    @property
    def declared_rate(self):
        """Percent of what was declared that was declared done, where the source gives both as parts of one; or None."""
        row = self.done_declaration
        if row is None or not row.gives_rate:
            return None
        return Figure(DECLARED_RATE, None, self.as_of, row.done, row.total).rate

    def _done_told(self):
        """Of which day the number that was declared done is, in words; None where none was."""
        row = self.done_declaration
        return words.day_range(row.effective_from, row.effective_on, "截至 ") if row and row.effective_on else None

    def _figure(self, definition, value):
        return Figure(definition, value, self.as_of)

    @property
    def is_known(self):
        """Whether anything of this list was public by that day."""
        return self.declaration is not None or self.recorded.value > 0

    @property
    def status_counts(self):
        """(key, label, projects) for every status in order, "unknown" first."""
        return [("unknown", "暂无进展", self.by_status[""]), *(
            (status.value, status.label, self.by_status[status]) for status in Status)]

    @property
    def families(self):
        return _families(self.by_status)

    # in words and as a picture
    @property
    def gap_sentence(self):
        """ "公布 45 项，有明细的 12 项，其余 33 项明细整理中。" """
        unit, declared, recorded = self.project_list.unit, self.declared.value, self.recorded.value
        if declared is None:
            return f"有明细的 {recorded} {unit}，公布总数没有写明。"
        if recorded == 0:
            return f"公布 {declared} {unit}，明细整理中。"
        if recorded >= declared:
            return f"公布 {declared} {unit}，明细已收齐。"
        return f"公布 {declared} {unit}，有明细的 {recorded} {unit}，其余 {declared - recorded} {unit}明细整理中。"

    @property
    def is_long(self):
        """Whether a cell for each would be too many to count by eye: a bar tells it then."""
        return sum(part.count for part in self.segments) > MOST_CELLS

    @property
    def segments(self):
        """The stretches of the bar: their widths add up to the declared total, or the recorded one."""
        family = self.families
        recorded, declared_done = sum(family.values()), self.declared_done.value or 0
        total = max(self.declared.value or 0, declared_done, recorded)
        # of what was declared done, only what is not recorded here may lengthen the bar
        declared_only = min(max(0, declared_done - self.done.value), total - recorded)
        rest = [(name, FAMILIES[name], family[name]) for name in ("doing", "stopped", "none")]
        return _segments([
            ("done", FAMILIES["done"], family["done"]), ("declared", "公布为完成，明细整理中", declared_only), *rest,
            ("missing", "明细整理中", total - recorded - declared_only),
        ], total)

    @property
    def sentence(self):
        """The bar in words, for those who do not see it."""
        unit = self.project_list.unit
        return "，".join(f"{part.label} {part.count} {unit}" for part in self.segments) + "。"

    def as_dict(self):
        """The same figures for JSON. `null` where nothing was declared by that day."""
        def rows(groups):
            return [
                {"key": group.key, "name": group.label, "recorded": group.recorded, "done": group.done,
                 "unknown": group.unknown}
                for group in groups
            ]

        return {
            "slug": self.project_list.slug, "title": self.project_list.title, "kind": self.project_list.kind,
            "declared": self.declared.value, "declared_done": self.declared_done.value,
            "recorded": self.recorded.value, "done": self.done.value, "standing": self.standing.value,
            "unknown": self.unknown.value, "missing": self.missing.value,
            "rate": None if self.rate is None else float(self.rate),
            "by_status": {key: count for key, _, count in self.status_counts}, "by_category": rows(self.by_category),
            "by_community": rows(self.by_community),
        }

    # as a document keeps it
    def frozen(self, before=None, kinds=("category", "community")):
        """All that a page says of the list, as plain values; `before`: its summary by an earlier day.

        `kinds`: by what its groups are written too.
        """
        row = self.project_list
        return {
            "slug": row.slug, "title": row.title, "kind": row.kind, "kind_label": row.get_kind_display(),
            "is_street": row.is_street, "year": row.year, "unit": row.unit, "issuer": row.issuer,
            "announced_from": iso(row.announced_from), "announced_on": iso(row.announced_on),
            "announced": words.day_range(row.announced_from, row.announced_on, "不迟于 "),
            **self.frozen_figures(), "declared_done_told": self._done_told(),
            "gap_sentence": self.gap_sentence, "sentence": self.sentence,
            "segments": [{"family": part.family, "label": part.label, "count": part.count} for part in self.segments],
            **{f"by_{kind}": [group.frozen() for group in self.groups[kind]] for kind in kinds},
            "before": before.frozen_figures() if before and before.is_known else None,
        }

    def frozen_figures(self):
        return {
            "as_of": iso(self.as_of),
            "declared": self.declared.value, "declared_done": self.declared_done.value,
            "declared_categories": self.declaration.categories if self.declaration else None,
            "recorded": self.recorded.value, "done": self.done.value, "standing": self.standing.value,
            "unknown": self.unknown.value, "missing": self.missing.value,
            "rate": None if self.rate is None else str(self.rate),
            "declared_rate": None if self.declared_rate is None else str(self.declared_rate),
            "by_status": {key: count for key, _, count in self.status_counts},
            "families": self.families,
        }

    @classmethod
    def from_frozen(cls, row):
        """The summary that was written down. Its list and declarations are of no database."""
        project_list = ProjectList(
            slug=row["slug"], title=row["title"], kind=row["kind"], unit=row["unit"], year=row["year"],
            issuer=row["issuer"], announced_from=from_iso(row["announced_from"]),
            announced_on=from_iso(row["announced_on"]))
        declaration = None if row["declared"] is None else Declaration(total=row["declared"])
        done = None if row["declared_done"] is None else Declaration(
            done=row["declared_done"], total=row["declared"], gives_rate=row.get("declared_rate") is not None)
        groups = {kind: [Group.from_frozen(each) for each in row[f"by_{kind}"]] for kind in ("category", "community")}
        return cls(project_list, from_iso(row["as_of"]), declaration, done, counter_from(row["by_status"]), groups)


def list_summaries(day=None, known_at=None, lists=None, by=()):
    """Summaries of `lists` (default: the real published ones), by the end of `day` as known at an instant.

    Without a day it is now, read from the projections; each summary's as-of day is then the newest day
    for which anybody said anything about that list. `by`: "category", "community", for those groups too.
    A fixed number of queries.
    """
    lists = real_lists() if lists is None else list(lists)
    if day is None and "community" not in by:
        return summaries_of(lists, Tally.kept(lists, by))
    projects = Project.objects.counted().filter(project_list__in=lists)
    if day is None:
        projects = projects.annotate(status_then=F("status"))
    else:
        projects = projects.filter(project_list__announced_on__lte=day).annotate(
            status_then=status_at(day, known_at))
    return summaries_of(lists, Tally.of(projects, by), day, known_at)


@compiled()
def real_lists():
    return ProjectList.objects.published().real()


def summaries_of(lists, tally, day=None, known_at=None):
    """A ListSummary of each list, from what was counted."""
    declarations = _declarations(lists, day or timezone.localdate(), known_at)
    groups = {kind: _groups(lists, kind, counts) for kind, counts in tally.groups.items()}
    summaries = []
    for each in lists:
        known = declarations[each.pk]
        total = next((row for row in known if row.total is not None), None)
        done = next((row for row in known if row.done is not None), None)
        days = [row.effective_on for row in known] + [tally.newest.get(each.pk, each.announced_on), each.announced_on]
        own_groups = {kind: groups[kind][each.pk] for kind in groups}
        summaries.append(ListSummary(
            each, day or max(days), total, done, tally.by_list[each.pk], own_groups, is_of_a_day=day is not None))
    return summaries


def _groups(lists, kind, counts):
    """list id -> its Groups by category or community, in their order, those that have none last. One query."""
    names = {"category": _category_names, "community": _community_names}[kind](lists)
    rest = {"category": "没有分类型", "community": "不分社区"}[kind]
    return defaultdict(list, {
        list_id: [Group(*names.get(pk, ("", rest)), found[pk]) for pk in [*names, None] if pk in found]
        for list_id, found in counts.items()
    })


def _declarations(lists, day, known_at):
    grouped = defaultdict(list)
    for row in _declared(known_at and Moment(day, known_at), lists=[each.pk for each in lists], day=day):
        grouped[row.project_list_id].append(row)
    return grouped


@compiled(lists=[ProjectList._meta.pk], day=DateField())
def _declared(known, lists, day):
    """`known`: the Moment until whose instant they had been entered, or None."""
    rows = Declaration.objects.known(day, known and known.known_at).filter(project_list__in=lists)
    return rows.select_related("source").order_by("-effective_on", "-pk")


def _category_names(lists):
    rows = behind(ProjectList, "categories").objects.filter(project_list__in=lists)
    return {row.pk: (str(row.number), row.name) for row in rows.order_by("number")}


def _community_names(lists):
    community = behind(Project, "community")
    return {pk: (slug, name) for pk, slug, name in community.objects.values_list("pk", "slug", "name")}


# --- the street, for its leaders -----------------------------------------------------------------
REST = {"project_list": "不在清单上", "lead_department": "没有责任单位", "community": "不分社区"}


def groups_by(projects, kind):
    """The counted ones of `projects` by list, unit or community, in the office's order, now. Two queries.

    Every project stands in one group; the last is of those that have none. `key` is the row's number.
    """
    counts = defaultdict(Counter)
    rows = projects.counted().order_by().values_list(kind, "status").annotate(count=Count("pk"))
    for key, status, count in rows:
        counts[key][status] = count
    model = behind(Project, kind)
    found = [(str(row.pk), str(row), counts[row.pk]) for row in model.objects.filter(pk__in=[*filter(None, counts)])]
    scale = max((by_status.total() for *_, by_status in found), default=0)
    groups = [Group(*each, scale) for each in found]
    return [*groups, Group("", REST[kind], counts[None])] if None in counts else groups
