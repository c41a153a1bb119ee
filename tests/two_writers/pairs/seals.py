"""Seals: asked once for one target, and each step taken once."""
from guicheng.seal.models import Seal
from guicheng.trail.audit import AuditEntry
from tests.two_writers.pairs.registry import pair, url
from tests.two_writers.scene import Page


def asked(scene):
    """A seal that waits for the second person."""
    scene.keeper, scene.other = (scene.person("安全管理员") for _ in range(2))
    return Seal(kind="text", words=f"第 {scene.number} 处的话", ground="来电要求。").ask(scene.keeper)


def entries(seal, what):
    return AuditEntry.objects.filter(model="guicheng.seal", row_id=seal.pk, changes_json__contains=f'"{what}"').count()


@pair("seal_ask")
def two_people_ask_for_one_seal(scene):
    words = f"第 {scene.number} 段话"
    first, second = (Page(scene.person("安全管理员"), url("seal_ask")).fill(
        kind=["text"], words=[words], ground=["来电要求。"]) for _ in range(2))
    return first.send, second.send, lambda: {"封存": (Seal.objects.filter(words=words).count(), 1)}


@pair("seal_decide")
def two_people_confirm(scene):
    seal = asked(scene)
    first, second = (Page(person, url("seals"), url("seal_decide")).only(seal=seal.pk, verb="confirm")
                     for person in (scene.other, scene.person("业务管理员")))
    return first.send, second.send, lambda: {"确认": (entries(seal, "确认封存"), 1)}


@pair("seal_decide")
def one_confirms_while_another_drops(scene):
    seal = asked(scene)
    first, second = (Page(person, url("seals"), url("seal_decide")).only(seal=seal.pk, verb=verb)
                     for person, verb in ((scene.other, "confirm"), (scene.keeper, "drop")))
    return first.send, second.send, lambda: {
        "步骤": (entries(seal, "确认封存") + entries(seal, "作废"), 1)}


@pair("seal_decide")
def two_clicks_on_lift(scene):
    seal = asked(scene)
    seal.confirm(scene.other)
    seal.ask_lift(scene.keeper, "当事人同意公开。")
    page = Page(scene.other, url("seals"), url("seal_decide")).only(seal=seal.pk, verb="lift")
    return page.send, page.send, lambda: {"解除": (entries(seal, "确认解除封存"), 1)}
