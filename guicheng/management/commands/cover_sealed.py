from django.core.management.base import BaseCommand, CommandError

from guicheng.seal.models import Seal
from guicheng.seal.work import finish_now


class Command(BaseCommand):
    help = "把没有办完的封存办完：重做锁定季度的文件，删除按个人信息封存的照片和附件。没有要办的，什么也不做。"

    def handle(self, *args, **options):
        number = finish_now()
        if left := Seal.objects.unfinished().count():
            raise CommandError(f"还有 {left} 项封存没有办完（正在备份时照片和附件删不了），请过一会儿再运行。")
        self.stdout.write(f"办完了 {number} 项封存。" if number else "没有要办的封存。")
