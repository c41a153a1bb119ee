"""Forget which forms were sent long ago: their keys only keep a form from being saved twice."""
from django.core.management.base import BaseCommand

from guicheng.office.submissions import KEPT_DAYS, sweep


class Command(BaseCommand):
    help = f"清掉 {KEPT_DAYS} 天以前保存过的表单的编号（防重复提交用，不含内容）。"

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="只说会清掉多少，不动手")

    def handle(self, *args, dry_run, **options):
        self.stdout.write(f"{'会清掉' if dry_run else '清掉了'} {sweep(dry_run)} 个编号。")
