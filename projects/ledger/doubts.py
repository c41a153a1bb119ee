"""What may be said in a statement, but is seldom meant: a sentence beside its field, which stops nobody."""
from projects.ledger.empty_words import tells_nothing
from projects.models import Status
from projects.models.lights import Colour

WHY = ("problem", "delay_reason", "next_step", "coordination", "reason")  # what says more than a text that goes on


def doubts_of(project, values, light):
    """{field: sentence} about the values of a statement of `project`. `light()` gives its Light, asked if needed."""
    doubts, percent, status = {}, values.get("percent"), values.get("status")
    if None not in (percent, project.percent) and percent < project.percent:
        doubts["percent"] = f"完成百分比 {percent}% 比现在的 {project.percent}% 低。"
    if status in Status.DONE and not project.closed_on:
        doubts["status"] = f"“{Status(status).label}”一般用“申请销号”来报，要写完成依据；这里只记进展，不销号。"
    text = values.get("text") or ""
    if tells_nothing(text) and not any(values.get(name) for name in WHY) and light().colour == Colour.RED:
        doubts["text"] = f"这个项目亮着红灯，只写“{text}”看不出卡在哪里。请写卡在哪里、谁来办、什么时候办完。"
    return doubts
