from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from guicheng.accounts import second_factor
from guicheng.accounts.access_log import record
from guicheng.accounts.models import AccessEvent


class Command(BaseCommand):
    help = "给一个账号新的一次性口令，同时重置两步验证、重新启用。只剩一个总管理员而又进不去时用；口令只显示这一次。"

    def add_arguments(self, parser):
        parser.add_argument("username", help="账号名")

    def handle(self, *args, username, **options):
        user = get_user_model().objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"没有账号“{username}”。")
        second_factor.reset(user)
        password = user.enable()
        record(AccessEvent.Kind.PASSWORD_RESET, account=user, note="在服务器上用命令重置，包括两步验证")
        self.stdout.write(f"账号　{user.username}\n一次性口令　{password}")
