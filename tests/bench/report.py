"""What the bench prints: a table for each database and size, and the goals."""
from statistics import median

NAMES = {
    "home": "首页", "list": "筛选并搜索的项目列表", "project": "项目页", "community": "社区页", "party": "党建页",
    "report": "季度汇总页", "api": "季度汇总 JSON", "first": "全部项目第一页", "middle": "全部项目中间一页",
}
DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def ratios(site, page):
    """Per round: the page's requests a second in parts of the limit measured right before."""
    return [cell.per_second / limit for cell, limit in zip(site.cells[page], site.limits[page], strict=True)]


def print_site(site):
    limit = median(limit for limits in site.limits.values() for limit in limits)
    print(f"\n{DATABASES[site.database]}，{site.size:,} 个项目；"
          f"上限 {limit:,.0f} 请求/秒；worker 内存峰值 {site.peak_mb():.0f} MB")
    print("  请求/秒   对上限  查询     字节  p95 毫秒  页面")
    for page, name in NAMES.items():
        cells = site.cells[page]
        print(
            f"{median(cell.per_second for cell in cells):9,.1f} {median(ratios(site, page)):8.4f} "
            f"{site.queries[page]:5} {site.bytes[page]:8,} {median(cell.p95_ms for cell in cells):9.1f}  {name}"
        )
    for word, times in site.search_ms.items():
        print(f"  两字搜索“{word}”：{median(times):.1f} 毫秒")


def cost_growth(small, large, page):
    """How many times dearer the page is at the larger size, in parts of each round's limit."""
    pairs = zip(ratios(small, page), ratios(large, page), strict=True)
    return median(before / after for before, after in pairs)


def goals(sites):
    """Yield (what, value as text, whether reached); None when it was not measured."""
    for database, label in DATABASES.items():
        own = {site.size: site for site in sites if site.database == database}
        middle = own.get(10_000)
        for page, goal in [("list", 0.04), ("project", 0.045)]:
            value = median(ratios(middle, page)) if middle else None
            yield f"{label} 10,000 项：{NAMES[page]} ≥ {goal}", value, value is not None and value >= goal, ".4f"
        small, large = own.get(100), own.get(100_000)
        for page in ("first", "middle"):
            value = cost_growth(small, large, page) if small and large else None
            yield f"{label}：{NAMES[page]} 100,000 项的代价 ≤ 100 项的 1.3 倍", value, value and value <= 1.3, ".2f"
        if database == "postgresql":
            value = max(median(times) for times in large.search_ms.values()) if large else None
            yield f"{label} 100,000 项：最慢的两字搜索 < 60 毫秒", value, value and value < 60, ".1f"
        for page, goal in [("list", 6), ("project", 8)]:
            value = max(site.queries[page] for site in own.values()) if own else None
            yield f"{label}：{NAMES[page]} ≤ {goal} 次查询", value, value and value <= goal, "d"


def print_goals(sites):
    print("\n目标")
    for what, value, reached, form in goals(sites):
        verdict = "没有测" if value is None else "达到　" if reached else "未达到"
        print(f"  {verdict}  {'' if value is None else format(value, form):>8}  {what}")
