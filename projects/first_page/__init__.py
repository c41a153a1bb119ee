"""What of projects waits for a member of staff: the parts of the first page, and the ways from it.

Each part asks a fixed number of queries, and each number on it leads to a list of exactly so many rows.
"""
from django.urls import reverse
from django.utils import timezone

from guicheng.access.permissions import sees_everything
from projects.admin.imports import import_links
from projects.first_page.own import due_works, own_projects, own_statements
from projects.first_page.reporting import table_works, tables
from projects.first_page.review import to_review
from projects.first_page.street import street
from projects.first_page.supervision import notice_works, notices, replied
from projects.ledger.forms import quick_form


def parts(user, samples=False, unexplained=""):
    """The parts of this person's first page. `samples`: the figures of the street are of the sample data.

    `unexplained`: the key of the statement that was just to be returned without a reason.
    """
    found = {
        "works_on_projects": user.has_perm("projects.view_project"),
        "may_record": user.has_perm("projects.add_progressupdate"),
        "may_review": user.has_perm("projects.check_progressupdate"),
    }
    if found["works_on_projects"]:
        found |= {"notices": notices(user), "replied": replied(user)}
        found |= {"street": street(user, samples)} if sees_everything(user) else own_projects(user)
    if found["may_record"]:
        found |= own_statements(user) | {"tables": tables(user)}
        found |= {"quick": quick_form()} if found.get("open_projects") else {}
    if found["may_review"]:
        found |= to_review(user, unexplained)
    return found | {"works": _works(found), "pressing": _pressing(found)}


def _pressing(found):
    """(how many things to do are past their day, how many are of today): all of them, where a list shows its first."""
    lists = [found.get("tables", []), found["notices"].rows if "notices" in found else [], found.get("due", [])]
    first = [rows[0] for rows in lists if rows]
    return sum(getattr(row, "before_day", 0) for row in first), sum(row.on_day for row in first)


def _works(found):
    """What the parts hold of things to do, whatever kind they are; `guicheng.office.work.by_day` sorts them."""
    today = timezone.localdate()
    notices_here = notice_works(found["notices"], today) if "notices" in found else []
    return [*table_works(found.get("tables", []), today), *notices_here, *due_works(found.get("due", []), today)]


def ways(user):
    """The few pages that daily work needs beside the lists: (words, address)."""
    links = []
    if user.has_perm("projects.add_progressupdate"):
        links.append(("复制本周进展成微信文字", reverse("admin:projects_progressupdate_week")))
    if user.has_perm("projects.view_reportingtask"):
        links.append(("报送任务（月报）", reverse("admin:projects_reportingtask_changelist")))
    links += [(words, address) for address, words in import_links(user)]
    if user.has_perm("projects.view_supervisionnotice"):
        links.append(("督办台：逾期、待核、将到期、久无进展、缺资料", reverse("admin:projects_supervisionnotice_desk")))
    if sees_everything(user) and user.has_perm("projects.view_project"):
        links.append(("季度汇总：网页和各种文件", reverse("report-index")))
    if user.has_perm("projects.view_quarterreport"):
        links.append(("季度报告：写正文、锁定、签发", reverse("admin:projects_quarterreport_changelist")))
    return links
