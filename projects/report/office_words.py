"""How an official paper says what a page says plainly: the first version of a wording that nobody wrote yet.

Only the words around a fact change: names, numbers and days stay as they are, and nothing is added.
"""
import re

from projects.models import Status

REPLACED = {
    "做完了": "已完成", "办完了": "已办结", "修好了": "已修复", "建好了": "已建成", "装好了": "已安装",
    "开工了": "已开工", "还在": "正在", "在装修": "正在装修", "正正在": "正在", "正在做设计": "正在设计",
    "好多了": "明显改善", "帮忙": "协助", "帮着": "协助", "正在忙着": "正在", "老人家": "老年人",
}
# clauses that speak of the source, or of what is to come: a paper tells what was done and reads no papers aloud
OF_SOURCE = re.compile(r"报道|图表|图片|来源|(?:没有|未)(?:说|写明|提|讲)|整体没有完成|要建|定在这里")
LISTED = re.compile(r"^列入[^：]*：")
HELD = re.compile(r"办了 ?(\d+ ?[场期次届])")
STATE = {Status.CANCELLED: "终止实施", Status.STANDING: "常态化开展", Status.IN_USE: "已投入使用",
         Status.IN_PROGRESS: "正在推进"}


def of_state(status, label):
    """A status as an official paper names it."""
    return STATE.get(status, label)


def of_statement(name, text):
    """A published statement in the words of a paper, one sentence without its stop; "" where it tells of a source only.

    Without the project's name, which stands before it.
    """
    text = " ".join(text.split())
    for plain, office in REPLACED.items():
        text = text.replace(plain, office)
    text = HELD.sub(r"已举办 \1", text)
    clauses = [LISTED.sub("", each.strip("，：: ")).removeprefix(name).strip("，：: ")
               for each in re.split(r"[。；，]", text)]
    return "，".join(each for each in clauses if each and not OF_SOURCE.search(each))
