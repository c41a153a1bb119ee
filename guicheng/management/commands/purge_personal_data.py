from django.core.management.base import BaseCommand

from guicheng.upkeep.erasing import purge


class Command(BaseCommand):
    help = "按时间表清除居民的姓名、电话、原话和照片；清除过的记在 DATA_DIR/erased，恢复备份以后会再清一遍。"

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="只说会清除多少，不动手")

    def handle(self, *args, dry_run, **options):
        for held, count in purge(dry_run=dry_run):
            self.stdout.write(f"{held.label}：{'会清除' if dry_run else '清除了'} {count} 件。{held.why}")
        if dry_run:
            self.stdout.write("这次没有清除任何东西。")
