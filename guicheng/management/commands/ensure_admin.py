import secrets
import string

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand
from django.db import transaction

LETTERS = "".join(sorted(set(string.ascii_letters + string.digits) - set("0O1lI")))


class Command(BaseCommand):
    help = "没有可用的总管理员时建立一个（admin），口令随机，只显示这一次；已有时什么也不做。从不重设口令。"

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=8000, help="本机的端口，用来显示网址")

    def handle(self, *args, port, **options):
        password = "".join(secrets.choice(LETTERS) for _ in range(16))
        user = _make_first(password)
        if user is None:
            return
        address = settings.PUBLIC_URL.rstrip("/") or f"http://127.0.0.1:{port}"
        self.stdout.write(
            f"已建立总管理员账号，口令只显示这一次，请记下并在登录后修改：\n"
            f"  后台　{address}/admin/\n  账号　{user.username}\n  口令　{password}"
        )


@transaction.atomic
def _make_first(password):
    """Make the first administrator; None when there is one. Never touches an account that is there."""
    users = get_user_model().objects
    if users.filter(is_superuser=True, is_active=True).exists():
        return None
    names = ["admin", *(f"admin{number}" for number in range(2, 100))]
    taken = set(users.filter(username__in=names).values_list("username", flat=True))
    name = next(name for name in names if name not in taken)
    return users.create_superuser(name, password=password, name="总管理员")
