"""What of projects waits for a member of staff: the parts of the first page, and the ways from it.

Each part asks a fixed number of queries, and each number on it leads to a list of exactly so many rows.
"""
from django.urls import reverse

from guicheng.access.permissions import sees_everything
from projects.admin.imports import import_links
from projects.first_page.own import own_projects, own_statements
from projects.first_page.reporting import tables
from projects.first_page.review import to_review
from projects.first_page.street import street
from projects.first_page.supervision import notices, replied


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
    if found["may_review"]:
        found |= to_review(user, unexplained)
    return found


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
    if user.has_perm("projects.view_reviewstep"):
        links.append(("审核记录，可按月导出", reverse("admin:projects_reviewstep_changelist")))
    return links
