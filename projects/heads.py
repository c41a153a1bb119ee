"""What is told of each public page of this app to those who do not open it: one plain sentence, its own answer.

The picture to forward (`projects/cards/`) says the same sentence.
"""
from django.urls import reverse

from guicheng import words
from guicheng.public.head import Feed, Head
from projects.models import Status
from projects.report import digest

SITE = "桂城办实事"


# --- projects --------------------------------------------------------------------------------------
def project_sentence(project, latest):
    """Where a project stands: what its newest statement says, or that nobody has said anything."""
    if latest is None:
        return f"{'已公布，' if project.project_list_id else ''}暂无进展信息。"
    return latest.text or f"{latest.headline or Status.label_of(project.status)}。"


def of_project(project, latest):
    status = Status.label_of(project.status) if latest and project.status else ""
    said = project_sentence(project, latest)
    said = said if not status or said.startswith(status) else f"{status}。{said}"
    said = f"{said.rstrip('。')}（{latest.told}）。" if latest else said
    return Head(project.name, f"{project.name}：{said}", card=reverse("project-card", args=[project.code]),
                poster=reverse("project-poster", args=[project.code]), feed=everything())


def of_projects(title="项目"):
    return Head(title, "桂城街道公布的项目，按清单、社区、状态和名称查找，看每一项办到了哪一步、谁说的。",
                feed=everything())


# --- lists -----------------------------------------------------------------------------------------
def of_list(row):
    """Of a ListSummary."""
    each = row.project_list
    done = f"其中已完成 {row.done.value} {each.unit}。" if row.done.value else ""
    return Head(each.title, f"{each.title}：{row.gap_sentence}{done}", feed=feed_of(each),
                planned=Feed(f"{each.title}：计划的日子", reverse("list-planned", args=[each.slug])))


def of_lists():
    return Head("清单", "桂城街道公布过的办事清单：每张公布了多少项，有多少项写明已经完成。", feed=everything())


def of_promises(project_list, counts):
    """`counts`: (verdict, number) of those that occur."""
    said = "，".join(f"{verdict.label} {count} 条" for verdict, count in counts)
    return Head(f"{project_list.title}的承诺兑现",
                f"{project_list.title}里说过什么时候办成的，兑现了没有：{said or '没有收到写明日子的承诺'}。",
                feed=feed_of(project_list))


def feed_of(project_list):
    return Feed(f"{project_list.title}的进展", reverse("list-feed", args=[project_list.slug]))


def everything():
    return Feed(f"{SITE}：全部进展", reverse("feed"))


# --- quarters --------------------------------------------------------------------------------------
def of_quarters():
    return Head("季度汇总", "桂城街道每个季度办成了什么、启动了什么、承诺兑现了没有，可以看，也可以下载。")


def of_quarter(quarter, document):
    """`document`: the public one of the quarter, or its outline."""
    said = f"{quarter.title}，截至 {words.day(document.as_of)}：{digest.lead(document.figures)}"
    return Head(f"{quarter.title}汇总", said, card=reverse("report-card", args=[quarter]))


def of_comparison(difference=None):
    said = difference.sentence if difference else "选两个季度或者两个日子，看谁完成、启动、推迟、更正了。"
    return Head("比一比", f"两个日子比一比：{said}")


def of_verifying():
    return Head("核对", "拿到一份季度汇总的文件或者指纹，在这里核对是不是本站留存的，改动过没有。")
