"""Decisions on public faces."""
from guicheng.public.faces import FaceDecision
from tests.two_writers.pairs.registry import pair, url
from tests.two_writers.scene import Page

ON = {"is_on": ["on"], "approved_by": ["某某，分管副主任"], "basis": ["办公会议纪要"]}


def decisions(scene, **values):
    """How many decisions of this pair's keeper there are."""
    return FaceDecision.objects.filter(by=scene.keeper, **values).count()


@pair("face")
def two_clicks_on_a_decision(scene):
    scene.keeper = scene.person("安全管理员")
    page = Page(scene.keeper, url("face", "comparison")).fill(**ON)
    return page.send, page.send, lambda: {"决定": (decisions(scene), 1)}


@pair("face")
def two_decide_differently(scene):
    """Both saw the same state: one decision stands, and the other is told."""
    scene.keeper = scene.person("安全管理员")
    first = Page(scene.keeper, url("face", "comparison")).fill(**ON)
    second = Page(scene.keeper, url("face", "comparison")).fill(is_on=["off"])
    return first.send, second.send, lambda: {"决定": (decisions(scene), 1)}
