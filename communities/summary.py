"""Every count about communities. The tile grid, the table and the community page call this."""
from collections import Counter
from dataclasses import dataclass

from django.db.models import Count

from communities.models import Community, SecretaryProject
from guicheng.days.as_of import NOW
from guicheng.figures import Definition
from projects.models import Fact, Project
from projects.models.then import announced_by
from projects.summary import by_source

ITEMS = Definition(
    "community-items", "事项",
    "公开资料写明属于这个社区的项目和分项数，加上不属于哪个项目、专门讲它的记述数。")
COMMUNITIES = Definition(
    "communities", "社区数",
    "2021 年统计用区划代码里桂城街道的社区；2023 年报道提到的同心社区没有代码，不计入 45 个。", unit="个")
DESCRIBED = Definition(
    "secretary-described", "有介绍的书记工程",
    "来源介绍了内容的书记工程数；公布总数另列。", unit="个")
WITH_ITEMS = Definition(
    "communities-with-items", "有事项的社区", "区划代码里的社区中，至少有一件“事项”的社区数。", unit="个")
PROJECTS = Definition(
    "community-projects", "社区的项目和分项",
    "公开资料写明属于这个社区的真实项目和分项数，分项也单独计；示例不算。", unit="个")
DEFINITIONS = [COMMUNITIES, WITH_ITEMS, ITEMS, PROJECTS, DESCRIBED]

COLUMNS = 6
TILE, HEIGHT, GAP = 57, 42, 4  # the drawing's own units: 1 unit is 1 px on a phone of 390


@dataclass(frozen=True)
class Tile:
    """A community in the grid: how much is recorded, and where it stands in the drawing."""

    community: Community
    items: int
    x: int
    y: int

    @property
    def level(self):
        """0 nothing, 1 one, 2 two or three, 3 four and more: the depth of the colour."""
        return 0 if self.items == 0 else 1 if self.items == 1 else 2 if self.items < 4 else 3

    @property
    def middle(self):
        return self.x + TILE / 2, self.y + HEIGHT / 2


@dataclass(frozen=True)
class TileGrid:
    tiles: list

    @property
    def width(self):
        return COLUMNS * (TILE + GAP) - GAP + 2

    @property
    def height(self):
        rows = -(-len(self.tiles) // COLUMNS)
        return max(1, rows * (HEIGHT + GAP) - GAP + 2)

    @property
    def listed(self):
        """How many of them are among the 45 of 2021."""
        return sum(1 for tile in self.tiles if tile.community.code)

    @property
    def with_items(self):
        """How many of those 45 have any."""
        return sum(1 for tile in self.tiles if tile.community.code and tile.items)


def items_by_community(moment=NOW):
    """Community id -> number of recorded items. Two queries."""
    items = Counter()
    projects = Project.objects.published().real()
    if moment:
        projects = projects.filter(announced_by(moment.day))
    for rows in (projects, Fact.objects.filter(project=None).by(moment.day)):
        grouped = rows.exclude(community=None).order_by().values_list("community").annotate(count=Count("pk"))
        items.update(dict(grouped))
    return items


def projects_in(community, moment=NOW):
    """How many real public projects and parts name this community. One query."""
    projects = Project.objects.published().real().in_community(community)
    return (projects.filter(announced_by(moment.day)) if moment else projects).count()


def tile_grid(moment=NOW):
    """The communities in the order of the list, never ranked. Three queries."""
    items = items_by_community(moment)
    communities = Community.objects.published().by(moment.day).only("pk", "slug", "name", "code")
    return TileGrid([
        Tile(each, items[each.pk], 1 + index % COLUMNS * (TILE + GAP), 1 + index // COLUMNS * (HEIGHT + GAP))
        for index, each in enumerate(communities)
    ])


def secretary_years(moment=NOW):
    """year -> number of described secretary projects, newest first."""
    rows = SecretaryProject.objects.published().by(moment.day).order_by().values_list("year")
    return dict(sorted(rows.annotate(count=Count("pk")), reverse=True))


def communities_by_source():
    """Source id -> how many public communities rest on it. One query."""
    return by_source(Community.objects.published())
