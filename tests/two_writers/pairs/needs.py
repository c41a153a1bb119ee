"""Needs: two who move one at once, two clicks, two into each other."""
from communities.models import AnswerTemplate, Need, NeedAnswer
from communities.needs import handling
from guicheng.trail.audit import AuditEntry
from tests import factories
from tests.two_writers.pairs.registry import pair, url
from tests.two_writers.scene import Page

ANSWER = "灯头已经换好，今晚会亮。以后每月巡一次。"


def unit(scene):
    """A community with two clerks and two reviewers."""
    community = factories.make_community()
    clerks = [scene.person("社区经办人") for _ in range(2)]
    reviewers = [scene.person("审核员", is_established=True) for _ in range(2)]
    community.clerks.add(*clerks)
    community.reviewers.add(*reviewers)
    return community, clerks, reviewers


def accepted(community, clerk):
    need = factories.make_need(community=community, phone="13800000000")  # of nobody
    handling.accept(need, clerk)
    return need


def move(person, need, verb, **values):
    page = Page(person, need.staff_page(), at=url("communities_need_do", need.pk))
    return page.only(verb=verb, version=need.version, **values)


def moved(need, number):
    return {"办理记录": (Need.objects.get(pk=need.pk).events.count(), number)}


@pair("communities_need_do")
def two_clerks_move_one(scene):
    community, clerks, _ = unit(scene)
    need = accepted(community, clerks[0])
    first, second = (move(clerk, need, verb, text="写明的一句话。")
                     for clerk, verb in zip(clerks, ("pause", "shelve"), strict=True))
    return first.send, second.send, lambda: moved(need, 3)


@pair("communities_need_do")
def two_clicks_on_a_verb(scene):
    community, clerks, _ = unit(scene)
    need = accepted(community, clerks[0])
    page = move(clerks[0], need, "note", text="办了一步。")
    return page.send, page.send, lambda: moved(need, 3)


@pair("communities_need_do")
def two_into_each_other(scene):
    community, clerks, _ = unit(scene)
    one, other = (accepted(community, clerks[0]) for _ in range(2))
    first, second = move(clerks[0], one, "merge", other=other.number), move(clerks[1], other, "merge", other=one.number)
    return first.send, second.send, lambda: {"合并": (Need.objects.filter(
        pk__in=[one.pk, other.pk], state="merged").count(), 1)}


@pair("communities_need_answer")
def two_clerks_write_one_answer(scene):
    community, clerks, _ = unit(scene)
    need = accepted(community, clerks[0])
    first, second = (Page(clerk, need.staff_page(), at=url("communities_need_answer", need.pk)).only(
        version=need.version, answer_version=0, text=f"{clerk.pk}：{ANSWER}", **extra)
        for clerk, extra in zip(clerks, ({"draft": "1"}, {}), strict=True))
    return first.send, second.send, lambda: {"答复": (NeedAnswer.objects.filter(need=need).count(), 1)}


@pair("communities_needanswer_decide")
def two_reviewers_of_one_answer(scene):
    community, clerks, reviewers = unit(scene)
    need = accepted(community, clerks[0])
    answer = handling.hand_in(need, clerks[0], ANSWER)
    address = url("communities_needanswer_decide", answer.pk)
    first, second = (Page(each, need.staff_page(), at=address).only(version=answer.version, decision="approve")
                     for each in reviewers)
    return first.send, second.send, lambda: {"初审": (answer.steps.filter(verb="checked").count(), 1)}


def audited(scene, name):
    """Each click is a look, unless the second was the very same sending."""
    community, clerks, _ = unit(scene)
    need = accepted(community, clerks[0])
    first, second = (Page(clerk, need.staff_page(), at=url(name, need.pk)).only(x="1") for clerk in clerks)
    return first.send, second.send, lambda: {"审计": (AuditEntry.objects.about(need).count(), 2)}


@pair("communities_need_phone")
def two_look_at_a_phone(scene):
    return audited(scene, "communities_need_phone")


@pair("communities_need_receipt")
def two_print_a_receipt(scene):
    return audited(scene, "communities_need_receipt")


@pair("communities_need_add")
def two_clicks_at_the_counter(scene):
    community, clerks, _ = unit(scene)
    page = Page(clerks[0], url("communities_need_add")).fill(
        channel=["phone"], kind=["help"], title=[f"第 {scene.number} 件"], community=[str(community.pk)])
    return page.send, page.send, lambda: {"诉求": (Need.objects.filter(first_community=community).count(), 1)}


@pair("communities_answertemplate_add")
def one_template_entered_twice(scene):
    title = f"模板 {scene.number}"
    page = Page(scene.person("业务管理员"), url("communities_answertemplate_add")).fill(
        title=[title], text=["您好，【写这一件】。"])
    return page.send, page.send, lambda: {"模板": (AnswerTemplate.objects.filter(title=title).count(), 1)}
