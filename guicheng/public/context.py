"""What every page of the site may name."""
from typing import NamedTuple

from django.conf import settings

from guicheng.public.contact import contact
from guicheng.public.elder import editions, is_elder

SECTIONS = {"": "home", "secretary-projects": "communities", "venues": "party"}


class Entry(NamedTuple):
    """An entry of the navigation: the section it stands for, the name of its address, its words."""

    key: str
    address: str
    label: str


ENTRIES = [
    Entry("projects", "project-index", "办实事"),
    Entry("lists", "list-index", "清单"),
    Entry("communities", "community-index", "我的社区"),
    Entry("party", "party", "党建"),
    Entry("reports", "report-index", "数据与报告"),
]


def _site():
    return {"owner": settings.SITE_OWNER, "code": settings.SITE_CODE, "icp": settings.SITE_ICP, "contact": contact()}


def site(request):
    """`site`, `sections` and the current `section` of the navigation, `moment` of a page that travels, its editions.

    `mistake_on`: the path that 指出错误 tells.
    """
    match = request.resolver_match
    first = match.route.partition("/")[0] if match else "none"
    # no mistake is told with the address of a page that is one person's secret, or the staff's
    return {"site": _site(), "sections": ENTRIES, "section": SECTIONS.get(first, first),
            "mistake_on": request.path_info if match and first not in ("needs", "admin") else "",
            "moment": getattr(request, "moment", None), **editions(request)}


def nobodys():
    """The same for a page that knows nothing of who asks."""
    return {"site": _site(), "sections": ENTRIES, "elder": is_elder()}
