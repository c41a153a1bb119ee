"""Every count about communities. The tile grid, the table and the community page call this."""
from collections import Counter
from dataclasses import dataclass, replace

from django.db.models import Count

from communities.models import Community, SecretaryProject
from guicheng.days.as_of import NOW
from guicheng.days.compiled import compiled
from guicheng.figures import Definition
from projects.models import Fact, Project, ProjectsByCommunity
from projects.models.then import announced_by
from projects.summary import by_source

ITEMS = Definition(
    "community-items", "事项",
    "公开资料写明属于这个社区的项目和分项数，加上不属于哪个项目、专门讲它的记述数。")
COMMUNITIES = Definition(
    "communities", "社区数",
    "国家统计局 2021 年名单（统计用区划代码）里桂城街道的社区；"
    "2023 年报道提到的同心社区不在名单里，不计入 45 个。", unit="个")
DESCRIBED = Definition(
    "secretary-described", "有介绍的书记工程",
    "来源介绍了内容的书记工程数；公布总数另列。", unit="个")
WITH_ITEMS = Definition(
    "communities-with-items", "有事项的社区", "上面名单里的社区中，至少有一件“事项”的社区数。", unit="个")
PROJECTS = Definition(
    "community-projects", "社区的项目和分项",
    "公开资料写明属于这个社区的真实项目和分项数，分项也单独计；示例不算。", unit="个")
DEFINITIONS = [COMMUNITIES, WITH_ITEMS, ITEMS, PROJECTS, DESCRIBED]

@dataclass(frozen=True)
class Tile:
    """A community and how much of it is recorded. `letter`: the first of its pinyin, on the first that has it."""

    community: Community
    items: int
    letter: str = ""


@dataclass(frozen=True)
class TileGrid:
    """`tiles` in the order of the list of 2021; those that are not on it last."""

    tiles: list

    @property
    def by_pinyin(self):
        """Those on the list by pinyin, to be found: an order is no rank."""
        letter = ""
        for tile in sorted(self.on_list, key=lambda tile: tile.community.slug):
            first = tile.community.slug[0].upper()
            yield replace(tile, letter="" if first == letter else first)
            letter = first

    @property
    def on_list(self):
        return [tile for tile in self.tiles if tile.community.code]

    @property
    def beside(self):
        """Those that are not among the 45 of 2021."""
        return [tile for tile in self.tiles if not tile.community.code]

    @property
    def listed(self):
        """How many of them are among the 45 of 2021."""
        return len(self.on_list)

    @property
    def with_items(self):
        """How many of those 45 have any."""
        return sum(1 for tile in self.on_list if tile.items)


def items_by_community(moment=NOW):
    """Community id -> number of recorded items. Two queries."""
    facts = Counter(dict(_facts_by_community(moment)))
    if moment:
        return facts + Counter(dict(_projects_by_community(moment)))
    return facts + Counter(dict(ProjectsByCommunity.objects.published().counts("community")))


def _projects_by_community(moment):
    return _by_community(Project.objects.published().real().filter(announced_by(moment.day)))


@compiled()
def _facts_by_community(moment):
    return _by_community(Fact.objects.filter(project=None).by(moment.day))


def _by_community(rows):
    return rows.exclude(community=None).order_by().values_list("community").annotate(count=Count("pk"))


def projects_in(community, moment=NOW):
    """How many real public projects and parts name this community. One query."""
    if moment:
        projects = Project.objects.published().real().in_community(community)
        return projects.filter(announced_by(moment.day)).count()
    return by_status_in(community).total()


def by_status_in(community):
    """Status -> how many of those `projects_in` counts have it now. One query."""
    rows = ProjectsByCommunity.objects.published().filter(community=community)
    return Counter(dict(rows.counts("status")))


def tile_grid(moment=NOW):
    """The communities in the order of the list, never ranked. Three queries."""
    items = items_by_community(moment)
    return TileGrid([Tile(each, items[each.pk]) for each in _tiles(moment)])


@compiled()
def _tiles(moment):
    return Community.objects.published().by(moment.day).only("pk", "slug", "name", "code")


def secretary_years(moment=NOW):
    """year -> number of described secretary projects, newest first."""
    rows = SecretaryProject.objects.published().by(moment.day).order_by().values_list("year")
    return dict(sorted(rows.annotate(count=Count("pk")), reverse=True))


def communities_by_source():
    """Source id -> how many public communities rest on it. One query."""
    return by_source(Community.objects.published())
