"""What is kept as a rollup is what would be counted, whoever changes the rows, and however many at once."""
import io
import random
import threading
from collections import Counter
from datetime import date

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import CharField, F
from django.db.models.functions import Cast, Substr

from communities.models import Community
from guicheng.kept import rollup, rollup_triggers
from guicheng.kept.rollup import all_rollups, columns_of
from guicheng.trail.append_only import drop_triggers
from projects.models import (
    Category,
    ProgressUpdate,
    Project,
    ProjectList,
    ProjectsByCommunity,
    ProjectsByList,
    ProjectsByPlace,
    Status,
    UpdatesByMonth,
    UpdatesBySource,
)
from projects.summary import list_summaries
from tests import factories

pytestmark = pytest.mark.django_db
EACH = pytest.mark.parametrize("model", all_rollups(), ids=lambda model: model.__name__)


def kept(model):
    return Counter({row[:-1]: row[-1] for row in model.objects.counts(*columns_of(model))})


# model -> (its columns, the rows they are of), written anew by the rules that pages had when they counted
def counted(model):
    real = Project.objects.filter(is_published=True).real()
    in_force = ProgressUpdate.objects.in_force()
    return {
        ProjectsByList: (["project_list_id", "status", "category_id"],
                         Project.objects.filter(is_published=True).top_level()),
        ProjectsByPlace: (["project_list_id", "status", "category_id", "community_id"],
                          Project.objects.filter(is_published=True).exclude(project_list=None).top_level()),
        ProjectsByCommunity: (["project_list_id", "status", "community_id"], real.exclude(community=None)),
        UpdatesBySource: (["source_id"], in_force.filter(is_sample=False)),
        UpdatesByMonth: (["project_list_id", "month"], in_force.filter(project__in=real, is_sample=False).annotate(
            project_list_id=F("project__project_list_id"),
            month=Substr(Cast("effective_on", CharField()), 1, 7))),
    }[model]


def is_right(model):
    """Whether what is kept is what is counted."""
    order, rows = counted(model)
    found = Counter({row[:-1]: row[-1] for row in model.objects.counts(*order)})
    return found == Counter(rows.order_by().values_list(*order)) and found.total() > 0


@pytest.fixture
def street():
    """Lists, categories and communities that projects move among."""
    drop_triggers(connection, [ProgressUpdate])  # what is published may go, as samples do
    lists = [factories.make_list(slug=f"list-{n}", title=f"清单{n}") for n in range(2)]
    categories = [Category.objects.create(project_list=each, number=1, name="出行") for each in lists]
    communities = [factories.make_community(slug=f"place{n}", name=f"示例{n}") for n in range(3)]
    return lists, categories, communities


def moves(street, seed):
    """Changes by the ORM, by whole tables and by hand, drawn by chance: functions of nothing."""
    lists, categories, communities = street
    sources = [factories.make_source(title=f"来源{seed}-{n}") for n in range(3)]
    chance = random.Random(seed)  # noqa: S311 no secret

    def some():
        keys = sorted(Project.objects.values_list("pk", flat=True))
        return Project.objects.filter(pk__in=chance.sample(keys, min(len(keys), chance.randint(1, 4))))

    def make():
        place = chance.randrange(2)
        on = {"project_list": lists[place], "category": chance.choice([None, categories[place]])}
        if chance.random() < 0.2:
            on = {"project_list": None}
        factories.make_project(
            on.pop("project_list"), code=f"p{chance.getrandbits(60)}", name="示例", status=chance.choice(
                Status.possible()), community=chance.choice([None, *communities]),
            is_published=chance.random() < 0.8, **on)

    def say():
        """A statement, or a correction or withdrawal of one."""
        before = list(ProgressUpdate.objects.in_force().filter(amended_by=None)) if chance.random() < 0.5 else []
        if before:
            change = chance.choice([factories.make_correction, factories.make_withdrawal])
            change(chance.choice(before), source=chance.choice(sources))
        elif keys := sorted(Project.objects.values_list("pk", flat=True)):
            factories.make_update(
                Project.objects.get(pk=chance.choice(keys)), source=chance.choice(sources),
                published=chance.random() < 0.8, effective_on=date(2021, chance.randint(1, 12), 1))

    def publish():
        if draft := ProgressUpdate.objects.filter(recorded_at=None).order_by("pk").first():
            draft.publish(factories.make_user(), factories.CHECKED)

    def by_hand():
        with connection.cursor() as cursor:
            cursor.execute("UPDATE projects_project SET status = %s WHERE id IN (SELECT id FROM projects_project "
                           "ORDER BY code LIMIT 3)", [chance.choice(Status.possible())])

    return [chance.choice([
        make, make, by_hand, say, say, say, publish,
        lambda: some().update(status=chance.choice(Status.possible())),
        lambda: some().update(is_published=chance.random() < 0.5),
        lambda: some().update(community=chance.choice([None, *communities])),
        lambda: some().update(is_sample=chance.random() < 0.5),
        lambda: some().update(name="改了名"),
        lambda: some().filter(updates=None).delete(),
        lambda: ProgressUpdate.objects.filter(project__in=some(), amended_by=None).delete(),
        lambda: chance.choice(all_rollups()).objects.fold(),
    ]) for _ in range(40)]


@pytest.mark.parametrize("seed", range(8))
def test_it_is_what_would_be_counted(street, seed):
    for move in [lambda: factories.make_project(street[0][0], code="one", name="一", community=street[2][0]),
                 *moves(street, seed)]:
        move()
    factories.make_update(factories.make_project(street[0][0], code="last", name="末", community=street[2][0]))
    for model in all_rollups():
        assert is_right(model)
        assert model.objects.rebuild()[1] == 0


@pytest.mark.parametrize("trigger", sorted(
    name for model in all_rollups() for name in rollup_triggers._names(model, False)))
def test_control_each_trigger_is_needed(street, trigger):
    on = next(table for model in all_rollups() for name, (table, _) in rollup_triggers._names(model, False).items()
              if name == trigger)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {trigger}" + f" ON {on}" * (connection.vendor == "postgresql"))

    def is_missed(seed):
        for move in moves(street, seed):
            move()
        return any(model.objects.rebuild()[1] for model in all_rollups())

    assert any(is_missed(seed) for seed in range(8))


def test_what_is_taken_back_is_not_counted(project):
    before = kept(ProjectsByList)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        factories.make_project(project.project_list, code="gone", name="不会有的")
        1 / 0  # noqa: B018
    assert kept(ProjectsByList) == before


@EACH
def test_control_without_its_triggers_it_differs_and_is_mended(project, model):
    community = factories.make_community(slug="place", name="示例")
    rollup_triggers.drop_triggers(connection)
    assert len(rollup_triggers.missing_triggers()) >= len(all_rollups()) * 3
    with pytest.raises(Exception, match="缺少记数的触发器"):
        rollup_triggers.assert_triggers()
    factories.make_update(
        factories.make_project(project.project_list, code="unseen", name="没数到", community=community))
    assert not is_right(model)
    assert model.objects.rebuild()[1] == 1 and is_right(model)
    rollup_triggers.install_triggers()
    assert rollup_triggers.missing_triggers() == []


def test_the_command_compares_and_says_so(project):
    out = io.StringIO()
    ProjectsByList.objects.create(project_list=project.project_list, weight=5)
    call_command("rebuild_projections", stdout=out)
    assert "核对记着的数 2 个，1 个有出入，已改正。" in out.getvalue()
    out = io.StringIO()
    call_command("rebuild_projections", stdout=out)
    assert "核对记着的数 2 个，0 个有出入，已改正。" in out.getvalue()


def test_readers_fold_what_is_many(project, monkeypatch):
    monkeypatch.setattr(rollup, "MANY", 1)
    monkeypatch.setattr(rollup, "ONE_IN", 1)
    for status in (Status.PLANNED, Status.IN_PROGRESS, Status.COMPLETED):
        Project.objects.filter(pk=project.pk).update(status=status)
    assert ProjectsByList.objects.count() > 1
    assert kept(ProjectsByList).total() == 1
    assert ProjectsByList.objects.count() == 1 and is_right(ProjectsByList)


def test_a_list_that_is_gone_leaves_nothing(project):
    Project.objects.all().delete()
    ProjectList.objects.all().delete()
    assert kept(ProjectsByList) == Counter()
    ProjectsByList.objects.fold()
    assert not ProjectsByList.objects.exists()


def test_a_hidden_list_counts_nowhere(project):
    place = factories.make_community(slug="place", name="示例")
    Project.objects.filter(pk=project.pk).update(community=place)
    assert ProjectsByCommunity.objects.published().counts("community") == [(place.pk, 1)]
    ProjectList.objects.update(is_published=False)
    assert ProjectsByCommunity.objects.published().counts("community") == []
    assert [row.recorded.value for row in list_summaries(lists=ProjectList.objects.all())] == [0]


def test_truncating_the_table_counts_as_well(project):
    if connection.vendor == "postgresql":  # SQLite knows no such word: its DELETE counts row by row
        drop_triggers(connection)  # of the ledger, which refuses
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE projects_project CASCADE")
    else:
        Project.objects.all().delete()
    assert kept(ProjectsByList) == Counter()


@pytest.mark.django_db(transaction=True)
def test_many_write_and_fold_at_once(key_list):
    """Three change rows of their own, one publishes what another hides, two fold: nothing is lost or doubled."""
    rows = [factories.make_project(key_list, code=f"p{n}", name=f"示例{n}") for n in range(9)]
    community = Community.objects.first() or factories.make_community(slug="place", name="示例")
    faults = []

    def at_work(work):
        def run():
            try:
                work()
            except Exception as error:
                faults.append(error)
            finally:
                connection.close()
        return threading.Thread(target=run)

    def write(number):
        chance = random.Random(number)  # noqa: S311 no secret
        for _ in range(20):
            Project.objects.filter(pk=rows[number * 3 + chance.randrange(3)].pk).update(
                status=chance.choice(Status.possible()), community=chance.choice([None, community]))

    def fold():
        for _ in range(20):
            for model in all_rollups():
                model.objects.fold()

    def publish():
        for _ in range(8):
            factories.make_update(rows[0])

    def hide():
        for number in range(24):
            Project.objects.filter(pk=rows[0].pk).update(is_published=number % 2 == 1)

    threads = [at_work(lambda number=number: write(number)) for number in range(3)]
    threads += [at_work(work) for work in (fold, fold, publish, hide)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    Project.objects.filter(pk=rows[0].pk).update(community=community)
    assert ProgressUpdate.objects.count() == 8
    assert all(is_right(model) for model in all_rollups())
