"""Whether the closed quarters still fit their fingerprints, as the last `check_closes` found."""
from datetime import timedelta

from django.utils import timezone

from guicheng.upkeep.checks import ago, is_production
from guicheng.upkeep.health import Level, Seen, check
from guicheng.upkeep.last_runs import last_run
from projects.models import QuarterClose

JOB = "check_closes"
LATE = timedelta(hours=50)  # the job runs once a day: two were missed


@check("closes", "锁定的季度", "每天核对一次：锁定的数、正文和文件与当时的指纹相符。")
def _closes():
    run = last_run(JOB)
    if run and not run.is_well:
        return Seen(Level.BAD, f"{ago(run.at)}核对：{run.said}", "锁定的内容被改动过：马上查清是谁，用备份对照。")
    if run and timezone.now() - run.at <= LATE:
        return Seen(Level.OK, f"{ago(run.at)}核对：{run.said}")
    if not QuarterClose.objects.published().exists():
        return Seen(Level.OK, "还没有锁定的季度。")
    said = f"最近一次核对是 {ago(run.at)}。" if run else "还没有核对过。"
    return Seen(Level.BAD if is_production() and run else Level.WARN, said,
                "每天的例行工作没有运行：启动 guicheng-daily.timer，看 journalctl -u guicheng-daily。")
