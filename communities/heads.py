"""What is told of each public page of this app to those who do not open it: one plain sentence, its own answer."""
from django.urls import reverse

from guicheng.public.head import Feed, Head


def of_communities(grid):
    return Head("社区", f"桂城街道 {grid.listed} 个社区在办什么、找谁；其中 {grid.with_items} 个有写明的事项。")


def community_sentence(count, facts=()):
    """What is known of a community: how many projects and parts name it, or that nobody has told of any."""
    if count:
        return f"写明属于这个社区的项目和分项 {count} 个。"
    return "公开资料没有写明属于这个社区的项目，有一些报道提到它。" if facts else "还没有收到这个社区的资料。"


def of_community(community, count, facts=()):
    return Head(str(community), f"{community}在办什么、找谁：{community_sentence(count, facts)}",
                card=reverse("community-card", args=[community.slug]),
                poster=reverse("community-poster", args=[community.slug]),
                feed=Feed(f"{community}的进展", reverse("community-feed", args=[community.slug])))


def of_secretary_projects(year, row):
    """`row`: the ListSummary of that year's list, or None."""
    said = row.gap_sentence if row else "还没有收到资料。"
    return Head("书记工程", f"每个社区的党组织书记每年领办一个突破项目。{f'{year} 年，' if year else ''}{said}")


def of_asking():
    return Head("我要反映", "咨询、求助、投诉、建议、表扬，指出本站的错：点一项就开始，不用注册；等不了的事先打电话。")


def of_finding():
    return Head("找回我的链接", "反映过的事链接丢了：用编号和当时留的电话后四位找回，或者带编号到社区柜台查。")
