from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from guicheng.upkeep import restore
from guicheng.upkeep.manifest import BackupError, all_backups, unreadable


class Command(BaseCommand):
    help = "把一份备份恢复到空的 DATA_DIR 和数据库里，核对后说出最后一条进展。不写哪一份，就列出有哪些。"
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("folder", nargs="?", help="备份的文件夹，或者它在 BACKUP_DIR 里的名字")
        parser.add_argument("--replace", action="store_true", help="已经有数据时也恢复；原来的改名放在旁边，不删除")

    def handle(self, *args, folder, replace, **options):
        if folder is None:
            self.list_backups()
            return
        try:
            backup = restore.restore(folder, replace=replace, say=self.stdout.write)
        except BackupError as error:
            raise CommandError(str(error))
        except OperationalError as error:
            raise CommandError(f"连不上数据库，没有恢复（{str(error).splitlines()[0]}）。")
        if not restore.after(backup, self.stdout.write):
            raise CommandError("数据已经恢复，但有不符的地方，请先查清再启动服务。")
        self.stdout.write("接下来：manage.py prepare，启动服务，打开首页和后台看一看；备份以后录入的请大家补录。")

    def list_backups(self):
        backups = all_backups()
        for backup in backups:
            self.stdout.write(f"{backup.folder}　{timezone.localtime(backup.at):%Y-%m-%d %H:%M:%S}　"
                              f"{backup.version}　{filesizeformat(backup.size)}")
        if closed := unreadable():
            names = "、".join(map(str, closed))
            raise CommandError(f"读不了 {names}：不归这个账号。请用 root 把它的所有者改成这个账号（chown -R）。")
        if not backups:
            raise CommandError(f"{settings.BACKUP_DIR} 里没有备份；备份在别处时写出它的文件夹。")
