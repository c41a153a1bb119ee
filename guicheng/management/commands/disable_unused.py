from datetime import timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand
from django.utils import timezone

from guicheng.accounts.access_log import record
from guicheng.accounts.hand_over import summary_of
from guicheng.accounts.models import AccessEvent


class Command(BaseCommand):
    help = "停用长期没有登录的账号（ACCOUNT_UNUSED_DAYS，默认 90 天）；最后一个可用的总管理员除外。每天运行一次。"

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="只列出会停用谁，不停用")

    def handle(self, *args, dry_run, **options):
        days, disabled = settings.ACCOUNT_UNUSED_DAYS, 0
        users = get_user_model().objects
        unused = list(users.unused_since(timezone.now() - timedelta(days=days)).order_by("last_use"))
        able = users.active().filter(is_superuser=True).count()
        for user in unused:  # the one used last of all comes last, so it is the one that stays
            if user.is_superuser and able == 1:
                self.stdout.write(f"  {user.username}（{user}）：最后一个可用的总管理员，保留")
                continue
            if not dry_run:
                try:
                    self.disable(user, days)
                except ValidationError as error:
                    self.stdout.write(f"  {user.username}（{user}）：{' '.join(error.messages)}")
                    continue
            able -= user.is_superuser
            disabled += 1
            self.stdout.write(f"  {user.username}（{user}）")
        self.stdout.write(f"{'会停用' if dry_run else '已停用'} {disabled} 个 {days} 天没有登录的账号。")

    def disable(self, user, days):
        work = summary_of(user)
        user.disable()
        record(AccessEvent.Kind.DISABLED, account=user,
               note=f"{days} 天没有登录" + (f"；没有人接手：{work}" if work else ""))
