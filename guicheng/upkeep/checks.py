"""What is looked at whatever the portal is about: the database, the disk, the worker, the backups, the clock."""
import os
from datetime import timedelta
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from guicheng.accounts.models import AccessEvent
from guicheng.days.workdays import missing_year
from guicheng.kept import rollup_triggers
from guicheng.kept import triggers as kept
from guicheng.seal.models import Seal
from guicheng.trail.append_only import missing_triggers
from guicheng.upkeep.disk import gigabytes, is_full, room
from guicheng.upkeep.health import Level, Seen, check
from guicheng.upkeep.manifest import last_backup, unreadable

WAITING = timedelta(minutes=10)  # a task that nobody took
LONG_TASK = timedelta(hours=1)  # the others may wait for one this long
BACKUP_LATE, BACKUP_MISSED = timedelta(hours=3), timedelta(hours=26)  # the timer's interval is one hour
AHEAD = timedelta(minutes=5)  # of our clock: what was written down later than now


def is_production():
    return bool(settings.PUBLIC_URL)


def ago(instant):
    """How long ago, as "3 小时前"."""
    minutes = int((timezone.now() - instant).total_seconds() // 60)
    if minutes < 60:
        return f"{max(minutes, 0)} 分钟前"
    return f"{minutes // 60} 小时前" if minutes < 48 * 60 else f"{minutes // (24 * 60)} 天前"


@check("database", "数据库", "能连上，能读，并且没有变成只读。")
def _database():
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SHOW transaction_read_only")
            read_only = cursor.fetchone()[0] == "on"
    else:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM sqlite_master")
        file = Path(connection.settings_dict["NAME"])
        read_only = not (os.access(file, os.W_OK) and os.access(file.parent, os.W_OK))
    if read_only:
        return Seen(Level.BAD, "能读，不能写。", "检查数据库文件的权限；PostgreSQL 要看连的是不是备机。")
    return Seen(Level.OK, "能读，也能写。")


@check("triggers", "数据库的触发器", "已发布的、审计和访问日志谁也改不了；公开的内容一变，网页就重画，记着的数跟着变。")
def _triggers():
    if missing := missing_triggers() + kept.missing_triggers() + rollup_triggers.missing_triggers():
        return Seen(Level.BAD, f"缺 {len(missing)} 个：{'、'.join(missing[:3])}。",
                    "停服务，运行 manage.py migrate，再启动；并查清是谁去掉的。")
    return Seen(Level.OK, "都在。")


@cache
def migrations_of_the_code():
    return frozenset(MigrationLoader(None).disk_migrations)


@check("migrations", "数据库的版本", "数据库的结构和程序的版本一致。")
def _migrations():
    return compared(migrations_of_the_code(), set(MigrationRecorder(connection).applied_migrations()))


def compared(known, applied):
    """What to say of the migrations that the code knows and those in the database."""
    apps = {app for app, _ in known}
    if missing := known - applied:
        return Seen(Level.BAD, f"数据库比程序旧，差 {len(missing)} 步。", "停服务，运行 manage.py prepare，再启动。")
    if newer := [each for each in applied - known if each[0] in apps]:
        return Seen(Level.WARN, f"数据库比程序新，多 {len(newer)} 步。",
                    "程序退回了旧版本？请更新到原来的版本。")
    return Seen(Level.OK, "一致。")


@check("static", "静态文件", "页面的样式；没有整理过，所有页面都打不开。")
def _static():
    is_kept = isinstance(staticfiles_storage, ManifestFilesMixin)
    if is_kept and not (Path(settings.STATIC_ROOT) / staticfiles_storage.manifest_name).exists():
        return Seen(Level.BAD, "没有整理过。", "运行 manage.py prepare，再重启服务。")
    return Seen(Level.OK, "在。")


@check("disk", "磁盘", "数据目录和备份目录所在的磁盘还有多少空间。")
def _disk():
    found = {os.stat(folder).st_dev: room(folder) for folder in (settings.DATA_DIR, settings.BACKUP_DIR)
             if Path(folder).is_dir()}
    least = min(found.values(), key=lambda each: each.free)
    said = f"还有 {gigabytes(least.free)}，占 {least.percent_free}%。"
    todo = "清出空间：旧的日志、旧的备份、别的程序的文件；见 docs/operations.md“磁盘满了”。"
    if any(each.is_short for each in found.values()) or is_full():
        return Seen(Level.BAD, said, todo)
    if any(each.is_getting_short for each in found.values()):
        return Seen(Level.WARN, said, todo)
    return Seen(Level.OK, said)


@check("worker", "后台任务", "大表的导入、长的导出由另一个进程办；排着的没有人接，就是它没有运行。")
def _worker():
    now = timezone.now()
    first = DBTaskResult.objects.ready().order_by("enqueued_at").values_list("enqueued_at", flat=True).first()
    if first is None:
        return Seen(Level.OK, "没有排队的。")
    if now - first <= WAITING:
        return Seen(Level.OK, "有排队的，刚排上不久。")
    if DBTaskResult.objects.running().filter(started_at__gt=now - LONG_TASK).exists():
        return Seen(Level.WARN, f"最早的一件是 {ago(first)}排上的，前面的一件还没有办完。", "再等一等。")
    return Seen(Level.BAD, f"最早的一件是 {ago(first)}排上的，没有人接。",
                "启动 guicheng-worker（systemctl start guicheng-worker），看它的日志。")


@check("seals", "封存", "封存以后，锁定季度的文件要重做，按个人信息封存的照片要删除；没有办完以前，这些文件不给下载。")
def _seals():
    first = Seal.objects.unfinished().order_by("confirmed_at").values_list("confirmed_at", flat=True).first()
    if first is None:
        return Seen(Level.OK, "都办完了。")
    said = f"最早的一项是 {ago(first)}确认的，还没有办完。"
    if timezone.now() - first <= WAITING:
        return Seen(Level.OK, said)
    return Seen(Level.BAD, said, "启动 guicheng-worker，或者运行 manage.py cover_sealed，看它说什么。")


@check("backup", "备份", "最近一份完整的备份是什么时候做的。定时是每小时一份。")
def _backup():
    backup = last_backup()
    age = timezone.now() - backup.at if backup else None
    said = f"最近一份是 {ago(backup.at)}做的。" if backup else "一份也没有。"
    todo = "装上并启动 guicheng-backup.timer，看 journalctl -u guicheng-backup；见 docs/operations.md。"
    if closed := unreadable():
        cannot = f"读不了 {closed[0]}{f' 等 {len(closed)} 处' if len(closed) > 1 else ''}：不归运行服务的账号。"
        said = f"{said}{cannot}" if backup else cannot
        todo = f"用 root 把它的所有者改成运行服务的账号（chown -R）。{todo}"
    if backup and age <= BACKUP_LATE:
        return Seen(Level.OK, said)
    if is_production() and (backup is None or age > BACKUP_MISSED):
        return Seen(Level.BAD, said, todo)
    return Seen(Level.WARN, said, todo)


@check("calendar", "工作日历", "期限按工作日算；没有录入的年份，督办不会运行。")
def _calendar():
    if year := missing_year():
        return Seen(Level.WARN, f"{year} 年的放假安排还没有录入。",
                    "请业务管理员在后台“工作日历”里录好，勾上“已录全”。")
    return Seen(Level.OK, f"{timezone.localdate().year} 年的已经录好。")


@check("clock", "时钟", "这台机器的时间；走慢了，先说的话会排到后面。")
def _clock():
    newest = [each.applied for each in MigrationRecorder(connection).applied_migrations().values()]
    newest += AccessEvent.objects.order_by("-at").values_list("at", flat=True)[:1]
    latest = max(newest, default=None)
    if latest and latest > timezone.now() + AHEAD:
        return Seen(Level.BAD, f"比已经记下的时刻 {timezone.localtime(latest):%Y-%m-%d %H:%M} 还早。",
                    "校准时间（timedatectl），保持与时间服务器同步。")
    return Seen(Level.OK, f"{timezone.localtime():%Y 年 %-m 月 %-d 日 %H:%M}，与已经记下的不矛盾。")
