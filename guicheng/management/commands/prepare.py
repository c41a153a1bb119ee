import hashlib
import logging
import socket
import sys

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import DatabaseError, OperationalError

from guicheng.access.roles import make_groups
from guicheng.days.workdays import seed_calendar
from guicheng.kept import rollup_triggers
from guicheng.kept import triggers as kept
from guicheng.seal.work import finish_now
from guicheng.search import pairs
from guicheng.trail.append_only import missing_triggers
from guicheng.upkeep.backup import make_backup
from guicheng.upkeep.disk import let_go_if_needed, set_reserve_aside
from guicheng.upkeep.erasing import replay
from guicheng.upkeep.manifest import BackupError
from guicheng.upkeep.modes import put_right
from guicheng.upkeep.upgrade import NewerDatabase, Outlook, in_one_transaction

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "启动前的准备：数据库、资料、第一个管理员、静态文件。只做还没有做的，重复运行无妨。"
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--port", default="8000", help="将要使用的端口")
        parser.add_argument("--no-backup", action="store_true", help="升级前不做备份：已经另外备份过")

    def handle(self, *args, port, no_backup, **options):
        port = _free_port(port)
        let_go_if_needed()
        try:
            self.prepare_database(port, not no_backup)
        except OperationalError as error:
            sys.exit(f"连不上数据库，请检查 DATABASE_URL 和数据库服务（{str(error).splitlines()[0]}）。")
        self.prepare_static()
        if number := finish_now():
            self.stdout.write(f"接着办完了 {number} 项封存。")
        set_reserve_aside()
        if changed := put_right():
            self.stdout.write(f"收紧了 {changed} 处文件权限：数据只有本系统的账号能读。")
        if settings.PUBLIC_URL:
            self.stdout.write(f"准备好了：{settings.PUBLIC_URL}")
        else:
            self.stdout.write(f"桂城办实事：http://127.0.0.1:{port}/（按 Ctrl-C 停止）")

    def prepare_database(self, port, with_backup=True):
        try:
            outlook = Outlook()
        except NewerDatabase as error:
            sys.exit(f"这个数据库是更新的版本用过的，本版本不认识（{error}）。请换回那个版本，或恢复升级前的备份。")
        missing = (*missing_triggers(), *kept.missing_triggers(), *rollup_triggers.missing_triggers())
        if outlook.plan or missing or pairs.missing():
            if with_backup and outlook.plan and not outlook.is_new:
                self.back_up()
            self.update_database(outlook)
        else:
            make_groups()  # the roles may have changed without a migration
        seed_calendar()  # a newer package may know a newer year
        call_command("load_facts", stdout=self.stdout)
        call_command("ensure_admin", port=port, stdout=self.stdout)

    def back_up(self):
        """Keep the database as the earlier version left it."""
        try:
            backup = make_backup()
        except BackupError as error:
            sys.exit(f"升级前要先备份，没有备份成，数据库没有动：{error}（已经另外备份过的，加上 --no-backup。）")
        self.stdout.write(f"升级前的备份在 {backup.folder}")

    def update_database(self, outlook):
        """Migrate, whole or not at all."""
        self.stdout.write("正在更新数据库……")
        try:
            with in_one_transaction():
                call_command("migrate", interactive=False, verbosity=0)
                if not outlook.is_new:  # a newer version may keep more of what the ledger says
                    call_command("rebuild_projections", stdout=self.stdout)
            replay()  # where an older backup was put back, what had gone since goes again
        except DatabaseError as error:
            logger.exception("migrate")
            sys.exit(f"数据库没有更新，还是原来的样子（{str(error).splitlines()[0]}）。")

    def prepare_static(self):
        """Collect the static files when one of them, or a package that brings some, changed."""
        stamp, wanted = settings.DATA_DIR / "static.stamp", _static_fingerprint()
        manifest = settings.STATIC_ROOT / "staticfiles.json"
        if manifest.exists() and stamp.exists() and stamp.read_text() == wanted:
            return
        self.stdout.write("正在整理静态文件……")
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(wanted)


def _free_port(text):
    """The port as a number; stops with a sentence when it is none or taken."""
    if not text.isdecimal() or not 0 < int(text) < 65536:
        sys.exit(f"PORT 应是 1 到 65535 之间的数，现在是“{text}”。")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(text)))
        except PermissionError:
            sys.exit(f"不能使用端口 {text}（小于 1024 的端口要有权限），请换一个，例如 make run PORT=8001。")
        except OSError:
            sys.exit(f"端口 {text} 已被占用，请换一个，例如 make run PORT={int(text) % 65535 + 1}。")
    return int(text)


def _static_fingerprint():
    digest = hashlib.sha256((settings.BASE_DIR / "requirements.txt").read_bytes())
    for finder in get_finders():
        for path, storage in finder.list([]):
            with storage.open(path) as file:
                digest.update(f"{path} {file.size} ".encode() + file.read())
    return digest.hexdigest()
