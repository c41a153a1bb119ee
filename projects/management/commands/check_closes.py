from django.core.management.base import BaseCommand, CommandError

from guicheng.upkeep.last_runs import write_down
from projects.health import JOB
from projects.models import QuarterClose
from projects.report.close import damaged, rendered


class Command(BaseCommand):
    help = "核对每一次季度锁定：数、正文和文件都与指纹相符；加 --render 再把文件重做一遍，看是不是一样。"

    def add_arguments(self, parser):
        parser.add_argument("--render", action="store_true", help="由锁定的数重做各种文件，与留存的比")

    def handle(self, *args, render, **options):
        wrong, number = [], 0
        for close in QuarterClose.objects.published().iterator(1):
            number += 1
            wrong += damaged(close)
            for name in _differing(close) if render else ():
                self.stdout.write(f"{close}：{name} 重做以后不同（组件或字体换过版本时会这样），留存的那一份不受影响。")
        for sentence in wrong:
            self.stderr.write(sentence)
        said = f"{number} 次锁定里有 {len(wrong)} 处不符，请立即查清。" if wrong else f"{number} 次锁定都与指纹相符。"
        write_down(JOB, not wrong, said)
        if wrong:
            raise CommandError(said)
        self.stdout.write(said)


def _differing(close):
    again = rendered(close)
    return [row.format for row in close.files.all() if again.get(row.format) not in (None, bytes(row.content))]
