from datetime import date

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from guicheng.days.workdays import UnknownYear
from projects.reporting.reminders import remind
from projects.supervision.daily import calendar_line, remind_of_calendar, supervise


class Command(BaseCommand):
    help = "每天一次的督办：快到期发提醒，逾期发催办单，没有赶上的逐级升级，赶上的办结；报送任务快到截止的提醒。" \
           "可以反复运行，不会重复。"

    def add_arguments(self, parser):
        parser.add_argument("--day", help="按哪一天办，写成 2021-10-08；不写是今天")
        parser.add_argument("--dry-run", action="store_true", help="只逐件列出会发什么给谁，什么也不改")
        parser.add_argument("--sample", action="store_true", help="只对示例数据办，供演示")

    def handle(self, *args, day, dry_run, sample, **options):
        day = _day(day)
        year = remind_of_calendar(day, dry_run)
        try:
            outcome = supervise(day, samples=sample, dry_run=dry_run)
            reminders = remind(day, samples=sample, dry_run=dry_run)
        except UnknownYear as error:
            raise CommandError(f"{error}，督办没有办。请业务管理员在后台“工作日历”里录入。") from error
        if dry_run and year and (line := calendar_line(year)):
            self.stdout.write(line)
        for line in [*outcome.lines, *reminders.lines]:
            self.stdout.write(line)
        note = f"请在“工作日历”里录入 {year} 年的放假安排。" if year else ""
        self.stdout.write(f"{'（试算，什么也没有改）' if dry_run else ''}{outcome}{reminders}{note}")


def _day(text):
    if not text:
        return timezone.localdate()
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"“{text}”不是一个日期，应写成 2021-10-08 的样子。") from error
    if day > timezone.localdate():
        raise CommandError("不能办今天以后的督办。")
    return day
