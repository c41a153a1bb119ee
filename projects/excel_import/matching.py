"""Which project a row speaks of, and which list, office, community and heading it names. Looked up in batches."""
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Max

from guicheng.access.permissions import sees_everything
from guicheng.access.units import behind
from guicheng.excel_import.names import Names, NotFound, is_like, key_of
from guicheng.excel_import.values import Choice
from projects.excel_import.fields import KEPT, SAID
from projects.models import Category, Department, ProgressUpdate, Project, ProjectList

SAY_WHICH = 5


@dataclass
class Known:
    """A project as it is: its plan, and what was last said of it, published or waiting for review."""

    pk: int
    code: str
    version: int
    plan: dict
    is_dropped: bool
    is_own_draft: bool
    due: str = ""  # the day that is promised now: the plan's, or that of the last postponement
    waiting_due: str = ""  # the day of a postponement that waits for review
    said: dict = field(default_factory=dict)
    stated: set = field(default_factory=set)  # (day, field, value): what was said for which day
    last_day: str = ""
    last_update: int = 0

    @property
    def stamp(self):
        """Changes whenever somebody edits the project or says something of it."""
        return f"{self.version}-{self.last_update}"


class Finder:
    """All that the rows of one batch are compared with, for one person."""

    def __init__(self, user):
        self.user, self.everything = user, sees_everything(user)
        self.may_change = user.has_perm("projects.change_project")
        community = behind(Project, "community")
        self.communities = Names([(pk, f"{name}社区", "") for pk, name in community.objects.values_list("pk", "name")],
                                 "社区", strip="社区")
        self.departments = Names(Department.objects.values_list("pk", "name", "short_name"), "单位")
        self.lists = Names([(pk, title, slug) for pk, title, slug in
                            ProjectList.objects.visible_to(user).values_list("pk", "title", "slug")], "清单")
        self.years = dict(ProjectList.objects.values_list("pk", "year"))
        self.slugs = dict(ProjectList.objects.values_list("pk", "slug"))
        self.own_departments = [] if self.everything else list(
            Department.objects.served_by(user).values_list("pk", flat=True))
        self.own_communities = [] if self.everything else list(
            community.objects.served_by(user).values_list("pk", flat=True))
        self._categories, self._lists_read = {}, set()
        self.by_code, self.by_number, self.by_name = {}, {}, defaultdict(list)
        self.taken_numbers = set()
        self.codes = set(Project.objects.values_list("code", flat=True)) if self.everything else set()

    def is_own(self, plan):
        """Whether a project with this plan would be this person's: led by their department or in their community."""
        return self.everything or (plan.get("lead_department") in self.own_departments
                                   or plan.get("community") in self.own_communities)

    def categories(self, project_list):
        if project_list not in self._categories:
            rows = Category.objects.filter(project_list=project_list).values_list("pk", "name", "number")
            self._categories[project_list] = Names([(pk, name, str(number)) for pk, name, number in rows], "类型")
        return self._categories[project_list]

    def names(self, link, project_list):
        """The names that a cell of this kind may say, on a list. Raises NotFound where it may say none."""
        if link != "categories":
            return getattr(self, link)
        if not project_list:
            raise NotFound("不在清单上的项目没有类型")
        return self.categories(project_list)

    def options(self, link):
        """The names that the workbook to fill in offers for a link."""
        if link == "categories":
            return list(dict.fromkeys(Category.objects.filter(is_sample=False).values_list("name", flat=True)))
        if link == "lists":
            return list(ProjectList.objects.real().values_list("title", flat=True))
        own = {"departments": self.own_departments, "communities": self.own_communities}[link]
        return [name for pk, name in getattr(self, link).names.items() if self.everything or pk in own]

    def called(self, link, pk):
        """The name of what a link points at."""
        return (self._category_names if link == "categories" else getattr(self, link).names).get(pk, "")

    @cached_property
    def _category_names(self):
        return dict(Category.objects.values_list("pk", "name"))

    # reading, a chunk of rows at a time
    def read_lists(self, lists):
        """Read the projects of these lists (None: those on no list) that were not read yet."""
        missing = set(lists) - self._lists_read
        for project_list in missing:
            rows = Project.objects.filter(project_list=project_list)
            self._keep(rows.in_scope_of(self.user))
            if project_list:
                self.taken_numbers |= {(project_list, number) for number in rows.filter(
                    parent=None).exclude(number=None).values_list("number", flat=True)}
        self._lists_read |= missing

    def read_codes(self, codes):
        missing = {code for code in codes if code not in self.by_code}
        if missing:
            self._keep(Project.objects.in_scope_of(self.user).filter(code__in=missing))

    @cached_property
    def namesakes(self):
        """Every real project in this person's scope by its name, whatever list it is on: {key: [(code, words)]}."""
        found = defaultdict(list)
        rows = Project.objects.visible_to(self.user).real().order_by("pk")
        for code, name, title in rows.values_list("code", "name", "project_list__title"):
            found[key_of(name)].append((code, f"{name}（{title or '不在清单上'}，编号 {code}）"))
        return found

    def read(self, rows):
        """Read these projects with what was last said of them, and give them."""
        known = self._keep(rows)
        self.read_said(known)
        return known

    def _keep(self, rows):
        kept = []
        for row in rows.order_by("pk").values("pk", "code", "version", "parent_id", "dropped_at", "is_published",
                                              "entered_by_id", "due_on",
                                              *[each.column for each in KEPT]).iterator(2000):
            if row["code"] in self.by_code:
                continue
            own_draft = row["entered_by_id"] == self.user.pk is not None and not row["is_published"]
            plan = {each.key: each.stored(row[each.column]) for each in KEPT}
            plan["supporting_departments"] = []
            due = (row["due_on"] or row["planned_end"])
            known = Known(row["pk"], row["code"], row["version"], plan, bool(row["dropped_at"]), own_draft,
                          due.isoformat() if due else "")
            self.by_code[known.code] = known
            self.by_name[row["project_list_id"], key_of(row["name"])].append(known)
            if row["number"] is not None and row["parent_id"] is None:
                self.by_number[row["project_list_id"], row["number"]] = known
            kept.append(known)
        self._read_supporting({known.pk: known for known in kept})
        return kept

    @staticmethod
    def _read_supporting(by_pk):
        through = Project.supporting_departments.through.objects
        rows = through.filter(project__in=by_pk) if len(by_pk) < 900 else through.all()
        for project, department in rows.order_by("department").values_list("project", "department"):
            if project in by_pk:
                by_pk[project].plan["supporting_departments"].append(department)

    def read_said(self, projects):
        """What was last said of these projects; what waits for review counts, so the same file says it once."""
        by_pk = {known.pk: known for known in projects}
        rows = ProgressUpdate.objects.filter(project__in=by_pk)
        for pk, last in rows.order_by().values("project").annotate(last=Max("pk")).values_list("project", "last"):
            by_pk[pk].last_update = last
        for pk, day in rows.waiting().filter(kind=ProgressUpdate.Kind.POSTPONEMENT).values_list(
                "project", "postponed_to"):
            by_pk[pk].waiting_due = day.isoformat()
        kinds = [ProgressUpdate.Kind.PROGRESS, ProgressUpdate.Kind.CLOSURE]
        waiting = rows.waiting().filter(kind__in=kinds).order_by("effective_on", "pk")
        for source in (rows.in_force().order_by("effective_on", "seq"), waiting):
            for pk, on, *values in source.values_list("project", "effective_on", *SAID):
                known, day = by_pk[pk], on.isoformat()
                known.last_day = max(known.last_day, day)
                for name, value in zip(SAID, values, strict=True):
                    if value not in ("", None):
                        known.said[name] = value
                        known.stated.add((day, name, value))

    # finding
    def find(self, project_list, code, number, name):
        """The project that a row speaks of, or None for a new one. Raises NotFound where that cannot be said."""
        if code:
            known = self.by_code.get(code)
            if known:
                return known
            if not self.everything:
                raise NotFound(f"没有找到编号“{code[:40]}”的项目，或者它不由你负责；新项目请把编号空着")
        named = self.by_name.get((project_list, key_of(name)), []) if name else []
        if number and project_list:
            known = self.by_number.get((project_list, number))
            if known and name and known not in named and not is_like(known.plan["name"], name):
                if len(named) == 1:
                    return named[0]
                raise NotFound(f"清单上的第 {number} 项是“{known.plan['name']}”，和这一行的名称对不上；"
                               "如果这一列只是行号，请在“对应关系”里把它改为不导入",
                               [Choice("line", "序号只是行号，按名称认")], "number_means")
            if known:
                return known
        if len(named) > 1:
            raise NotFound(f"有 {len(named)} 个项目都叫这个名称，请填编号",
                           [Choice(each.code, f"是{self.told(each)}") for each in named[:SAY_WHICH]], "which")
        if named:
            return named[0]
        if number and (project_list, number) in self.taken_numbers:
            raise NotFound(f"清单上的第 {number} 项不由你负责；如果这一列只是行号，请在“对应关系”里把它改为不导入",
                           [Choice("line", "序号只是行号，是新的项目")], "number_means")
        return None

    def told(self, known):
        """A project beside its namesakes: its number, who answers for it, and its code."""
        plan = known.plan
        said = [f"第 {plan['number']} 项" if plan["number"] else "", self.called("communities", plan["community"]),
                self.called("departments", plan["lead_department"]), f"编号 {known.code}"]
        return f"{plan['name']}（{'，'.join(filter(None, said))}）"
