from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from guicheng.upkeep.backup import make_backup
from guicheng.upkeep.manifest import BackupError


class Command(BaseCommand):
    help = "备份数据库、照片、附件和待确认的上传，写完从磁盘读回来核对。每小时由 guicheng-backup.timer 运行。"
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("folder", nargs="?", help="放在哪个文件夹里，不写就是 BACKUP_DIR")
        parser.add_argument("--with-secrets", action="store_true", help="把密钥（.env、secret_key）也放进去")

    def handle(self, *args, folder, with_secrets, **options):
        try:
            backup = make_backup(folder, with_secrets=with_secrets)
        except BackupError as error:
            raise CommandError(str(error))
        except OperationalError as error:
            raise CommandError(f"连不上数据库，没有备份（{str(error).splitlines()[0]}）。")
        files = sum(part["files"] for part in backup.parts.values())
        self.stdout.write(
            f"已备份到 {backup.folder}\n"
            f"  {timezone.localtime(backup.at):%Y-%m-%d %H:%M:%S} 以前保存的都在里面：数据库 {len(backup.rows)} 张表、"
            f"{sum(backup.rows.values()):,} 行，文件 {files:,} 个，共 {filesizeformat(backup.size)}，已读回核对。"
        )
        if backup.secrets and not with_secrets:
            self.stdout.write(f"  密钥没有放进去，请另外保管：{'、'.join(backup.secrets)}")
