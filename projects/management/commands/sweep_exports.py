from django.core.management.base import BaseCommand

from projects.exports.files import export_files


class Command(BaseCommand):
    help = f"清理导出的文件：{export_files.KEPT_DAYS} 天前生成的，和没有生成完就中断的。"

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="只说会删除几个，不删除")

    def handle(self, *args, dry_run, **options):
        found = f"到期的导出文件 {export_files.remove_old(dry_run)} 个，没有生成完的 {export_files.sweep(dry_run)} 个"
        self.stdout.write(f"将删除{found}。这次没有删除任何东西。" if dry_run else f"已删除{found}。")
