"""Random histories against an oracle in plain Python: what held on a day, and what was known at an instant."""
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule
from hypothesis.stateful import run_state_machine_as_test as run

from guicheng.days.as_of import Moment
from projects.ledger.promises import judgements, project_judgements
from projects.ledger.timeline import timeline_at
from projects.models import ProgressUpdate, Project, ProjectList, Promise
from projects.models.then import NEVER
from projects.summary import changes_between, list_summaries, overdue_by, pending_by, verdicts
from tests import factories

pytestmark = pytest.mark.django_db
FIRST = date(2021, 1, 1)
DONE = ("completed", "in_use")
BOUNDED = settings(
    max_examples=16, stateful_step_count=24, derandomize=True, deadline=None, database=None,
    suppress_health_check=list(HealthCheck), print_blob=False, phases=[Phase.generate])

days = st.integers(0, 59).map(lambda step: FIRST + timedelta(days=step * 6))
statuses = st.sampled_from(["", "planned", "in_progress", "acceptance", "completed", "in_use", "standing"])
reaches = st.sampled_from([None, None, 0, 12, 90])  # days before a statement's day on which it may first have been so
percents = st.sampled_from([None, 0, 10, 50, 100])
# a day, how many statements back one looks (None: as known now), and how many days before it one compares with
views = st.tuples(days, st.one_of(st.none(), st.integers(0, 5)), st.integers(0, 120))


# --- the oracle: nothing of the portal is used here ----------------------------------------------
@dataclass
class Said:
    """A published statement as the oracle keeps it."""

    key: int
    project: int
    kind: str
    day: date
    recorded: datetime
    status: str = ""
    percent: int | None = None
    put_off: date | None = None
    proof: str = ""
    amends: int | None = None
    first: date | None = None

    @property
    def surely(self):
        """The first day of which an unfinished state is told for certain."""
        return self.first or self.day

    def is_of(self, status):
        """Whether it tells this state; of what is done the two words are one."""
        return self.status == status or self.status in DONE and status in DONE


class Oracle:
    def __init__(self):
        self.said, self.lists, self.projects, self.declared, self.promised = [], {}, {}, [], []
        self.told = {}  # of a project the day on which its source was out

    def standing(self, project, day, instant):
        """The statements that hold, oldest first: the ledger is kept in the order of publication."""
        known = [each for each in self.said if instant is None or each.recorded <= instant]
        gone = [each.amends for each in known if each.amends]
        hold = [each for each in known if each.project == project and each.kind != "withdrawal"
                and each.key not in gone and each.day <= day]
        return sorted(hold, key=lambda each: each.day)  # stable: of one day the later published comes last

    def state(self, project, day, instant):
        state = {"status": "", "percent": None, "moved": NEVER, "due": self.projects[project][1], "closed": None,
                 "latest": None}
        for each in self.standing(project, day, instant):
            state["moved"], state["latest"] = each.day, each.key
            state["status"] = each.status or state["status"]
            state["percent"] = state["percent"] if each.percent is None else each.percent
            state["due"] = each.put_off or state["due"]
            state["closed"] = each.day if each.proof else state["closed"]
        state["due"] = state["due"] or max(
            (due for its, due, made in self.promised if its == project and made <= day), default=None)
        return state

    def is_there(self, project, day):
        on = self.projects[project][0]
        return (self.told[project] if on is None else self.lists[on]) <= day

    def counts(self, on, day, instant):
        return Counter(self.state(key, day, instant)["status"] for key, (its, _) in self.projects.items()
                       if its == on and self.lists[on] <= day)

    def total(self, on, day, instant):
        known = [each for each in self.declared if each[0] == on and each[1] <= day
                 and (instant is None or each[2] <= instant)]
        return max(known, key=lambda each: (each[1], each[4]))[3] if known else None

    def verdict(self, project, due, day, instant):
        hold = self.standing(project, day, instant)
        stated = [each.status for each in hold if each.status and each.day <= due]
        is_over = due <= min(day, timezone.localdate() - timedelta(days=1))
        if stated and stated[-1] in DONE:
            return "kept" if is_over else "early"
        if not is_over:
            return "not_due"
        still_open = self.is_open_after(hold, due)
        last = next((each.status for each in reversed(hold) if each.status), "")
        if last in DONE:
            perhaps_in_time = any(each.status in DONE and each.day > due and not (each.first and each.first > due)
                                  for each in hold)
            return "late" if still_open or not perhaps_in_time else "unreported"
        put_off = any(each.put_off and each.put_off > due for each in hold)
        return "unkept" if still_open or put_off or last == "cancelled" else "unreported"

    def is_open_after(self, hold, due):
        return any(each.status not in ("", "standing", *DONE) and each.surely > due for each in hold)

    def happened(self, project, before, day, instant):
        """Whether the change between two days is told to have come in between."""
        hold = self.standing(project, day, instant)
        was, now = (self.state(project, each, instant)["status"] for each in (before, day))
        still = any(each.status == was and each.surely >= before for each in hold)
        perhaps_before = any(each.is_of(now) and each.day > before and not (each.first and each.first > before)
                             for each in hold)
        return was != "" and (still or not perhaps_before)

    def late(self, day, instant):
        """(those late, those of which nobody has said) at the end of a day."""
        late, silent = set(), set()
        for project in self.projects:
            state = self.state(project, day, instant)
            over = min(day, timezone.localdate() - timedelta(days=1))
            if self.is_there(project, day) and state["due"] and state["due"] <= over \
                    and state["status"] not in ("standing", "paused", "cancelled", *DONE):
                spoken = self.is_open_after(self.standing(project, day, instant), state["due"])
                (late if spoken else silent).add(project)
        return late, silent


# --- the machine ---------------------------------------------------------------------------------
class TimeMachine(RuleBasedStateMachine):
    projects, statements = Bundle("projects"), Bundle("statements")

    def __init__(self):
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.oracle, self.remembered = Oracle(), []
        self.now = timezone.make_aware(datetime(2022, 3, 1, 9))  # after all the days: statements come late
        self.user, self.source = factories.make_user(), factories.make_source()

    def teardown(self):
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)

    def say(self, project, day, **kw):
        """Publish a statement now, in the portal and in the oracle."""
        self.now += timedelta(seconds=1)
        amends = kw.pop("amends", None)
        row = factories.make_update(
            Project.objects.get(pk=project), by=self.user, source=self.source, recorded_at=self.now, effective_on=day,
            amends=amends and ProgressUpdate.objects.get(pk=amends), **({"text": "说了一句。"} | kw))
        self.oracle.said.append(Said(
            row.pk, project, row.kind, day, self.now, row.status, row.percent, row.postponed_to, row.proof, amends,
            row.effective_from))
        return row.pk

    @initialize(target=projects, announced=days, told=days, ends=st.one_of(st.none(), days))
    def a_list_and_two_projects(self, announced, told, ends):
        return multiple(*(self.make_project(on, told, ends) for on in [self.make_list(announced), None]))

    def make_list(self, day):
        row = factories.make_list(announced_on=day, source=self.source)
        self.oracle.lists[row.pk] = day
        return row.pk

    def make_project(self, on, told, ends):
        """On a list, else on none: then it is there once its source is out."""
        row = factories.make_project(on and ProjectList.objects.get(pk=on), planned_end=ends,
                                     source=factories.make_source(published_on=told))
        row.refresh_projections()
        self.oracle.told[row.pk] = told
        self.oracle.projects[row.pk] = (on, ends)
        return row.pk

    @rule(target=projects, announced=st.one_of(st.none(), days), told=days, ends=st.one_of(st.none(), days))
    def another(self, announced, told, ends):
        return self.make_project(announced and self.make_list(announced), told, ends)

    @rule(nth=st.integers(0, 9), day=days, total=st.integers(0, 9))
    def declare(self, nth, day, total):
        on = [*self.oracle.lists][nth % len(self.oracle.lists)]
        self.now += timedelta(seconds=1)
        row = factories.make_declaration(ProjectList.objects.get(pk=on), total=total, effective_on=day,
                                         recorded_at=self.now)
        self.oracle.declared.append((on, day, self.now, total, row.pk))

    @rule(project=projects, made=days, length=st.integers(0, 90))
    def promise(self, project, made, length):
        due = made + timedelta(days=length)
        if not any(each[:2] == (project, due) for each in self.oracle.promised):
            factories.make_promise(Project.objects.get(pk=project), promised_on=made, due_on=due, source=self.source)
            self.oracle.promised.append((project, due, made))

    @rule(target=statements, project=projects, day=days, status=statuses, percent=percents, reach=reaches, where=views)
    def progress(self, project, day, status, percent, reach, where):
        """Of any day: often of one long past, entered late; often of some day of a stretch."""
        first = None if reach is None else day - timedelta(days=reach)
        row = self.say(project, day, status=status, percent=percent, effective_from=first)
        self.look(where)
        return row

    @rule(target=statements, project=projects, day=days, to=days,
          status=st.sampled_from(["", "paused", "cancelled", *DONE]))
    def change_course(self, project, day, to, status):
        """Put off, stopped or closed."""
        if status in DONE:
            return self.say(project, day, kind="closure", status=status, proof="验收表。")
        put_off = {} if status else {"kind": "postponement", "postponed_to": to}
        return self.say(project, day, status=status, reason="让路。", **put_off)

    @rule(target=statements, old=consumes(statements), day=days, status=statuses, percent=percents, where=views)
    def correct(self, old, day, status, percent, where):
        project = next(each.project for each in self.oracle.said if each.key == old)
        row = self.say(project, day, kind="correction", amends=old, reason="写错了。", status=status, percent=percent)
        self.look(where)
        return row

    @rule(old=consumes(statements), later=st.integers(0, 40), where=views)
    def withdraw(self, old, later, where):
        said = next(each for each in self.oracle.said if each.key == old)
        self.say(said.project, said.day + timedelta(days=later), kind="withdrawal", amends=old, text="",
                 reason="发错了。")
        self.look(where)

    def instants(self, back):
        """None, or the instant at which one of the newest statements was recorded: between it and the next one."""
        said = self.oracle.said
        return said[-1 - back % len(said)].recorded if said and back is not None else None

    @rule(where=views)
    def look(self, where):
        """Ask for any day as known at any instant: projects, lists, promises, and what moved before it."""
        day, back, earlier = where
        instant = self.instants(back)
        states = self.compare_states(day, instant)
        self.compare_lists(day, instant)
        self.compare_promises(day, instant)
        before, oracle = day - timedelta(days=earlier), self.oracle
        moved = {}
        for key in oracle.projects:
            was, now = (oracle.state(key, each, instant)["status"] for each in (before, day))
            if was != now and oracle.is_there(key, day):
                moved[key] = (was, now)
        codes = dict(Project.objects.values_list("code", "pk"))
        changes = changes_between(before, day, instant)
        assert {codes[row.code]: (row.before, row.after) for row in changes} == moved
        assert len(changes) == len(moved)
        assert {codes[row.code]: row.happened for row in changes} == {
            key: oracle.happened(key, before, day, instant) for key in moved}
        found = ({row.pk for row in by(day, instant)} for by in (overdue_by, pending_by))
        assert tuple(found) == oracle.late(day, instant)
        if instant is not None:
            self.remembered.append((day, instant, states))

    def compare_states(self, day, instant):
        rows = Project.objects.as_of(day, instant).values_list(
            "pk", "status_then", "percent_then", "moved_then", "due_then", "closed_then", "latest_then")
        states = {key: dict(zip(["status", "percent", "moved", "due", "closed", "latest"], values, strict=True))
                  for key, *values in rows}
        assert states == {key: self.oracle.state(key, day, instant) for key in self.oracle.projects
                          if self.oracle.is_there(key, day)}
        return states

    def compare_lists(self, day, instant):
        for row in list_summaries(day, instant, by=["community"]):
            on = row.project_list.pk
            expected = self.oracle.counts(on, day, instant)
            assert (+row.by_status, row.declared.value) == (expected, self.oracle.total(on, day, instant))
            assert sum(group.recorded for group in row.by_community) == expected.total()

    def compare_promises(self, day, instant):
        expected = {(project, due): self.oracle.verdict(project, due, day, instant)
                    for project, due, made in self.oracle.promised if made <= day}
        judged = judgements(Promise.objects.all(), day, instant)
        assert {(row.promise.project_id, row.promise.due_on): row.verdict for row in judged} == expected
        counted = verdicts(Promise.objects.all(), day, instant)
        assert {key.value: count for key, count in counted.items() if count} == Counter(expected.values())

    @rule(project=projects, day=days, back=st.one_of(st.none(), st.integers(0, 5)))
    def look_at_one(self, project, day, back):
        """The page of one project: its timeline and its promises."""
        moment = Moment(day, self.instants(back))
        row = Project.objects.get(pk=project)
        updates = list(row.updates.published())
        standing = [each.key for each in self.oracle.standing(project, day, moment.known_at)]
        entries = timeline_at(updates, moment)
        assert [entry.row.pk for entry in entries if not entry.is_withdrawn] == standing[::-1]
        for judged in project_judgements(row, updates, moment):
            due = judged.promise.due_on
            assert judged.verdict == self.oracle.verdict(project, due, day, moment.known_at)

    @rule()
    def ask_again(self):
        """What was known of a day at an instant is what was known of it then, whatever was published since."""
        for day, instant, states in self.remembered[-3:]:
            again = self.compare_states(day, instant)
            assert {key: again[key] for key in states if key in again} == states

    @invariant()
    def the_projections_are_what_holds(self):
        if len(self.oracle.said) % 4:
            return
        far = date(2099, 1, 1)
        for row in Project.objects.all():
            state = self.oracle.state(row.pk, far, None)
            assert (row.status, row.percent, row.moved_on, row.due_on, row.closed_on, row.latest_update_id) == (
                state["status"], state["percent"], state["moved"], state["due"], state["closed"], state["latest"])


def test_no_history_is_told_differently(db):
    examples = BOUNDED.max_examples if connection.vendor == "sqlite" else 8  # the first half of the same histories
    run(TimeMachine, settings=settings(BOUNDED, max_examples=examples))
