"""What the bench asks for, and the goal of each: the table that `python -m tests.bench` prints."""
from dataclasses import dataclass

SMALL = 1000  # projects at which the goals of a drawn page hold
GROWS_AT_MOST = 1.5  # times as dear as at the smallest size, each in parts of the limit
SEARCH_MS = 25


@dataclass(frozen=True)
class Page:
    """One row. `goal`: in parts of the limit, {} where there is none; `who`: an account of fill.py.

    `flat`: must not grow with the number of projects. `kept`: asked of the process that keeps pages.
    `at_least`: the key of the page that it must not be slower than. `slow`: asked once a round.
    """

    key: str
    name: str
    goal: dict
    who: str = ""
    flat: bool = False
    kept: bool = False
    at_least: str = ""
    slow: bool = False


def _both(ratio):
    return {"sqlite": ratio, "postgresql": ratio}


PAGES = [
    Page("kept", "首页，留下的", _both(1.2), kept=True),
    Page("not_modified", "首页，浏览器已有（304）", _both(1.5), kept=True),
    Page("home", "首页", _both(0.03), flat=True),
    Page("list", "筛选并搜索的项目列表", _both(0.035)),
    Page("first", "全部项目第一页", {}, flat=True),
    Page("middle", "全部项目中间一页", {}, flat=True),
    Page("project", "项目页", {"sqlite": 0.033, "postgresql": 0.022}, flat=True),
    Page("community", "社区页", _both(0.03), flat=True),
    Page("party", "党建页", {}, flat=True),
    Page("one_list", "一张清单", {}, flat=True),
    Page("lists", "清单", {}, flat=True),
    Page("reports", "季度汇总目录", {}, flat=True),
    Page("about", "说明", {}, flat=True),
    Page("sources", "数据来源", {}, flat=True),
    Page("as_of", "一张清单，按 2023 年 6 月 30 日", {}),
    Page("report", "季度汇总页", _both(0.012)),
    Page("api", "季度汇总 JSON", {}),
    Page("svg", "没有锁定的季度：一图读懂", {}, slow=True),
    Page("csv", "没有锁定的季度：CSV", {}, slow=True),
    Page("common", "搜“示例”（每行都有）", {}, flat=True),
    Page("rare", "搜“公园”（二十行有一行）", {}, flat=True),
    Page("none", "搜“玉兔”（没有）", {}, flat=True),
    Page("admin", "后台项目列表", {}, who="office", at_least="stock_admin"),
    Page("first_page", "后台“今天”，办公室", _both(0.02), who="office", flat=True),
    Page("clerks_page", "后台“今天”，经办人", _both(0.02), who="clerk", flat=True),
    Page("desk", "督办台，经办人", _both(0.02), who="clerk", flat=True),
    Page("stock_list", "对照：现成的 ListView", {}),
    Page("stock_page", "对照：现成的 DetailView", {}),
    Page("stock_admin", "对照：现成的后台列表，同样的列", {}, who="office"),
]
SEARCHES = ("common", "rare", "none")
