"""The first page of the back office: what waits for a member of staff. Each app gives its parts; here they meet."""
from django.urls import reverse
from django.utils import timezone

from communities import first_page as communities
from guicheng.access.permissions import can_make_accounts, can_see_faces, can_see_health, sees_everything
from guicheng.accounts.models import User
from guicheng.notices.inbox import InboxMessage
from guicheng.office.shown import Shown
from guicheng.office.work import Work, by_day, headline, week_of
from guicheng.seal.models import Seal
from guicheng.seal.permissions import can_confirm_seal, can_see_seals
from partybuilding import first_page as partybuilding
from projects import first_page as projects


def first_page(user, samples=False, unexplained=""):
    """All parts of this person's first page; see `projects.first_page.parts`."""
    today = timezone.localdate()
    found = {**projects.parts(user, samples, unexplained), **partybuilding.parts(user)}
    works = by_day([*found["works"], *communities.parts(user)["works"], *account_works(user)])
    inbox = Shown.of(InboxMessage.objects.visible_to(user).unread())
    returned, queue = found.get("returned"), found.get("queue")
    return {
        **found, "today": today, "works": works, "inbox": inbox, "unread_messages": inbox.total,
        "week": week_of(today, [*found.get("week_marks", []),
                                *((work.day, work.title, work.address) for work in works)]),
        "title": headline(today, returned.total if returned else 0, works, queue.total if queue else 0,
                          red=found.get("red", 0)),
        "account_links": account_links(user), "ways": [*projects.ways(user), *seal_ways(user)],
        "sees_everything": sees_everything(user),
    }


def account_works(user):
    """What waits for who gives roles and who confirms a seal."""
    works = []
    if user.has_perm("guicheng.give_roles") and (number := User.objects.visible_to(user).waiting_for_a_role().count()):
        address = reverse("admin:guicheng_user_changelist", query={"waiting": 1})
        works.append(Work("等授权的账号", address, "去授权", f"{number} 个账号还没有给角色。"))
    number = len([seal for seal in Seal.objects.open() if seal.second(user)]) if can_confirm_seal(user) else 0
    if number:
        works.append(Work("等确认的封存", reverse("admin:seals"), "去看", f"{number} 条封存等第二个人确认。"))
    return works


def seal_link():
    return "封存：依规不再公开的文字、姓名、照片和附件", reverse("admin:seals")


def seal_ways(user):
    """For who confirms a seal beside the daily work; who keeps the accounts has it among those links."""
    return [seal_link()] if can_see_seals(user) and sees_everything(user) else []


def account_links(user):
    """For those who look after accounts or read the logs: (words, address)."""
    users, logs = reverse("admin:guicheng_user_changelist"), reverse("admin:guicheng_accessevent_changelist")
    return [link for may, link in [
        (can_see_faces(user), ("对外发布：哪些内容给居民看，谁批准的", reverse("admin:faces"))),
        (user.has_perm("guicheng.read_audit"), ("审计记录：每一处改动，前后各是什么", reverse("admin:audit"))),
        (user.has_perm("guicheng.view_accessevent"), ("访问日志：登录、下载、账号变动", logs)),
        (user.has_perm("admin.view_logentry"), ("操作日志：谁改了什么", reverse("admin:admin_logentry_changelist"))),
        (can_see_seals(user) and not sees_everything(user), seal_link()),
        (user.has_perm("guicheng.give_roles"), ("待授权的账号", f"{users}?waiting=1")),
        (can_make_accounts(user), ("账号：新增、重置口令、停用", users)),
        (can_see_health(user), ("运行情况：数据库、磁盘、备份、后台任务", reverse("admin:health"))),
    ] if may]
