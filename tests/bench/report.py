"""What the bench prints: a table for each database, and the goals."""
import os
from statistics import median

from tests.bench.pages import GROWS_AT_MOST, PAGES, SEARCH_MS, SEARCHES, SMALL

DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def ratio(site, key):
    """The page's requests a second in parts of the limit measured right before: the median of the rounds."""
    return median(cell.per_second / limit for cell, limit in zip(site.cells[key], site.limits[key], strict=True))


def _ms(site, key, name="median_ms"):
    return median(getattr(cell, name) for cell in site.cells[key])


def print_table(database, sites):
    limits = median(limit for site in sites for each in site.limits.values() for limit in each)
    print(f"\n{DATABASES[database]}；上限（一个 worker，固定的 30 KB）{limits:,.0f} 请求/秒；"
          f"负载 {os.getloadavg()[0]:.1f}")
    for site in sites:
        print(f"  {site.size:,} 个项目：worker 内存峰值 {site.peak_mb():.0f} MB")
    print("| 页面 | 目标 | 查询 | 字节 | " + " | ".join(
        f"{site.size:,} 项：对上限，中位、p95 毫秒" for site in sites) + " |")
    print("|---" * (4 + len(sites)) + "|")
    for page in PAGES:
        cells = " | ".join(
            f"{ratio(site, page.key):.4f}，{_ms(site, page.key):.1f}、{_ms(site, page.key, 'p95_ms'):.1f}"
            for site in sites)
        goal = page.goal.get(database, "")
        print(f"| {page.name} | {goal} | {sites[0].queries[page.key]} | {sites[0].bytes[page.key]:,} | {cells} |")


def goals(sites):
    """Yield (what, value, goal, whether reached) of each goal that these sites measured."""
    for database, label in DATABASES.items():
        own = {site.size: site for site in sites if site.database == database}
        if not own:
            continue
        least, most = own[min(own)], own[max(own)]
        for page in PAGES:
            if page.goal and SMALL in own:
                value, goal = ratio(own[SMALL], page.key), page.goal[database]
                yield f"{label} {SMALL:,} 项，{page.name}，对上限", value, f"≥ {goal}", value >= goal
            if page.at_least:
                value = ratio(least, page.key) / ratio(least, page.at_least)
                yield f"{label} {least.size:,} 项，{page.name} ÷ 对照", value, "≥ 1", value >= 1
            if page.flat and least is not most:
                value = ratio(least, page.key) / ratio(most, page.key)
                yield (f"{label}，{page.name}，{most.size:,} 项 ÷ {least.size:,} 项", value, f"≤ {GROWS_AT_MOST}",
                       value <= GROWS_AT_MOST)
            if page.key in SEARCHES:
                value = _ms(most, page.key) / 2  # two ask at once of one worker
                yield f"{label} {most.size:,} 项，{page.name}，毫秒", value, f"≤ {SEARCH_MS}", value <= SEARCH_MS


def print_goals(sites):
    print("\n目标")
    for what, value, goal, reached in goals(sites):
        print(f"  {'达到　' if reached else '未达到'}  {value:8.3f}（{goal}）  {what}")
