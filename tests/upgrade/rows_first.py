"""What 0.1.0 let people say. For `rows.py`."""
from datetime import date

from django.utils import timezone

from projects.models import ProgressUpdate, Source

ODD = "“引号”、'撇'、\\斜线、100%、第一行\n第二行；<b>不是标记</b>"


def stated(project, day, source, **kw):
    """A statement that came with the facts: nobody wrote it here."""
    last = project.updates.order_by("-seq").values_list("seq", flat=True).first() or 0
    kw = {"recorded_at": timezone.now(), "text": "报道里的话。"} | kw
    row = ProgressUpdate(project=project, effective_on=day, source=source, seq=last + 1, state="published", **kw)
    row.full_clean()
    row.save()
    project.refresh_projections()
    return row


def said(project, by, day, text, **kw):
    """A row not saved yet, as the form would make it."""
    return ProgressUpdate(project=project, author=by, effective_on=day, text=text, source=Source.objects.own(), **kw)


def speak_0_1_0(projects, people):
    """What 0.1.0 allowed: read by another, published by its author alone, handed in, in the drawer."""
    clerk, boss, reviewer, other = (people[name] for name in ("clerk", "boss", "reviewer", "other"))

    def read(row):
        return row.publish(reviewer)

    read(said(projects["park"], clerk, date(2021, 5, 8), "已开工。" + ODD, status="in_progress"))
    wrong = read(said(projects["park"], clerk, date(2021, 8, 31), "完成一半。", percent=60, quantity="1.25"))
    read(said(projects["park"], clerk, date(2021, 8, 31), "完成四成。", percent=40, kind="correction", amends=wrong,
              reason="填错了"))
    said(projects["park"], boss, date(2021, 10, 31), "完成八成。", percent=80, problem="缺材料", next_step="催",
         delay_reason="下雨", coordination="无").submit(boss)
    alone = said(projects["road"], boss, date(2021, 9, 15), "暂停施工。", status="paused", reason="等管线").submit(boss)
    said(projects["road"], boss, date(2021, 9, 15), "暂停三天。", status="paused", kind="correction", amends=alone,
         reason="说得不全").submit(boss)
    taken = said(projects["school"], reviewer, date(2021, 10, 8), "不该发的话。", status="completed").publish(reviewer)
    said(projects["school"], reviewer, date(2021, 10, 9), "", kind="withdrawal", amends=taken,
         reason="发错了项目").publish(reviewer)
    said(projects["lane"], boss, date(2021, 11, 1), "小路通了。", status="in_use").submit(boss)
    said(projects["lamp"], boss, date(2021, 11, 11), "全部亮灯。", status="completed", percent=100).submit(boss)
    said(projects["draft"], boss, date(2021, 11, 12), "还看不见。", status="planned").submit(boss)
    said(projects["sample"], boss, date(2021, 11, 30), "示例的话。", status="in_progress").submit(boss)
    said(projects["lamp"], other, date(2021, 12, 1), "等人看。", status="in_use").submit(other)
    said(projects["park"], clerk, date(2021, 12, 2), "也等人看。").submit(clerk)
    said(projects["road"], clerk, date(2021, 12, 3), "还在写。").save()
