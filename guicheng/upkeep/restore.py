"""Bring a backup back: all of it is read and compared before anything is written, and nothing is thrown away.

What stood there before keeps its content under another name (`….before-20261127-091500`; on PostgreSQL a schema),
so that the wrong backup, or the right one over the wrong data, is a mistake that can be undone.
"""
import shutil
from io import StringIO
from pathlib import Path, PurePosixPath

from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from guicheng.kept.publication import Publication
from guicheng.ledger import LedgerRow
from guicheng.locks import Busy, held
from guicheng.upkeep.backup import ADDED_TO, DATABASES, FOLDERS, key_mark, refuse_root
from guicheng.upkeep.erasing import replay
from guicheng.upkeep.files import copy, digest_on_disk, files_below, private_folder
from guicheng.upkeep.manifest import BackupError, read_manifest
from guicheng.upkeep.version import VERSION


def restore(folder, *, replace=False, say=print):
    """Bring the backup in `folder` back into DATA_DIR and the database; give its Manifest. `say` is told each step.

    Raises BackupError with one sentence; then what was there is there still.
    """
    refuse_root()
    folder = _found(folder)
    backup = read_manifest(folder)
    _refuse_foreign(backup)
    say(f"正在核对 {backup.folder} 的 {len(_checked(backup)):,} 个文件……")
    try:
        with held(settings.DATA_DIR, wait=False):
            _put_back(backup, replace, say)
    except Busy:
        raise BackupError("正在备份或清理文件，这次没有恢复，请过一会儿再运行。")
    except OSError as error:
        raise BackupError(f"没有恢复：{error.strerror}（{error.filename or settings.DATA_DIR}）。")
    return backup


def _found(name):
    """The folder that is meant: a path, or the name of a backup in BACKUP_DIR."""
    path = Path(name)
    return path if path.exists() else settings.BACKUP_DIR / name


# --- what is refused ------------------------------------------------------------------------------
def _refuse_foreign(backup):
    """Refuse what this code or this database cannot take."""
    if backup.vendor != connection.vendor:
        raise BackupError(f"这份备份是 {backup.vendor} 的，现在用的数据库是 {connection.vendor}："
                          "两种数据库之间不能恢复，请改 DATABASE_URL。")
    known = {".".join(key) for key in MigrationLoader(None).disk_migrations}
    if newer := sorted(set(backup.migrations) - known):
        raise BackupError(f"这份备份是更新的代码（{backup.version}）做的，现在的代码（{VERSION}）"
                          f"还不认识它的 {newer[0]}，请先更新代码。")


def _checked(backup):
    """Read every file of the backup; give {path: SHA-256}. Raises BackupError at the first that is not as it was."""
    sums = backup.sums()
    bytes_found = 0
    for path, digest in sums.items():
        pure = PurePosixPath(path)
        file = backup.folder / path
        if pure.is_absolute() or ".." in pure.parts or not file.is_file():
            raise BackupError(f"这份备份不完整：缺 {path}。没有恢复任何东西。")
        if digest_on_disk(file) != digest:
            raise BackupError(f"这份备份里的 {path} 损坏了，或者被改动过。没有恢复任何东西，请换一份备份。")
        bytes_found += file.stat().st_size
    if backup.database not in sums or bytes_found != backup.size:
        raise BackupError(f"{backup.folder} 的文件和清单不符。没有恢复任何东西，请换一份备份。")
    return sums


def _there():
    """What would be overwritten, in words; "" when the place is empty."""
    database = DATABASES[connection.vendor].there()
    files = sum(len(files_below(settings.DATA_DIR / name)) for name in FOLDERS)
    return "、".join([database] * bool(database) + [f"{settings.DATA_DIR} 里的 {files} 个照片和附件文件"] * bool(files))


def _refuse_over_data(replace):
    there = _there()
    if there and not replace:
        raise BackupError(f"这里已经有数据：{there}。没有恢复任何东西。要换成备份里的，"
                          "先停下服务，再加 --replace 运行；原来的不会删除，会改名放在旁边。")
    if there and (users := DATABASES[connection.vendor].users()):
        raise BackupError(f"还有程序正在用这个数据库（{users}）。请先停下 guicheng、guicheng-worker 等服务再恢复。")


# --- putting back ---------------------------------------------------------------------------------
def _put_back(backup, replace, say):
    connection.close()
    _refuse_over_data(replace)
    free = shutil.disk_usage(settings.DATA_DIR).free
    if free < backup.size:
        raise BackupError(f"{settings.DATA_DIR} 所在的磁盘只剩 {filesizeformat(free)}，恢复要 "
                          f"{filesizeformat(backup.size)}。没有恢复任何东西。")
    part = settings.DATA_DIR / ".restore.part"
    shutil.rmtree(part, ignore_errors=True)
    private_folder(part)
    stamp = f"{timezone.localtime():%Y%m%d-%H%M%S}"
    try:
        say("正在放回照片和附件……")
        _read_out(backup, part)
        say("正在放回数据库……")
        for kept in DATABASES[connection.vendor].load(backup.folder / backup.database, backup.rows, part, stamp):
            say(f"原来的数据库改名为 {kept}")
        for name in FOLDERS:
            if kept := _move_in(part / name, settings.DATA_DIR / name, stamp):
                say(f"原来的 {name} 改名为 {kept}")
        for name in ADDED_TO:
            _add_to(part / name, settings.DATA_DIR / name)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _read_out(backup, part):
    for path, digest in backup.sums().items():
        if path.split("/")[0] in (*FOLDERS, *ADDED_TO) and copy(backup.folder / path, part / path) != digest:
            raise BackupError(f"{path} 读出来和清单不符。没有恢复任何东西。")


def _add_to(place, there):
    """Bring those files that are not there already; none is ever changed."""
    private_folder(there)
    for path in files_below(place):
        if not (there / path.name).exists():
            path.rename(there / path.name)


def _move_in(new, place, stamp):
    """Move what is in `new` to `place`, and tell under which name what was there stays, if it was anything."""
    kept = place.with_name(f"{place.name}.before-{stamp}")
    had = bool(files_below(place))
    if place.exists():
        place.rename(kept)
    if new.exists():
        new.rename(place)
    if not had:
        shutil.rmtree(kept, ignore_errors=True)
    return kept if had else None


# --- what the operator is told --------------------------------------------------------------------
def after(backup, say):
    """Look at what was brought back, and say what it is and what is still to be done. Gives whether all is well."""
    _end_sessions()
    say(f"已恢复 {timezone.localtime(backup.at):%Y-%m-%d %H:%M:%S} 的备份：{sum(backup.rows.values()):,} 行，"
        f"与清单一致。所有人都要重新登录。")
    for sentence in last_statements():
        say(sentence)
    if key_mark() != backup.key_mark:
        say("SECRET_KEY 和备份时的不同：口令和手机动态码照常能用，恢复码都作废了，请大家重新生成。")
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        say(f"备份是 {backup.version} 版做的，数据库还要升级：先运行 manage.py prepare，"
            "再运行 rebuild_projections 和 check_closes。")
        return True
    if named := replay():
        say(f"恢复以前已经清除的个人信息，又清除了一遍（登记 {named} 件）。")
    Publication.objects.leap()  # what was kept of pages since is no page of this database
    return _look(say)


def _look(say):
    """Run the commands that know whether the rows agree with each other and with the files."""
    well = True
    for command, options in [("rebuild_projections", {}), ("check_closes", {}), ("sweep_media", {"dry_run": True})]:
        out, err = StringIO(), StringIO()
        try:
            call_command(command, stdout=out, stderr=err, **options)
        except CommandError as error:
            err.write(f"{error}\n")
        said = err.getvalue() + ("" if command == "sweep_media" else out.getvalue())
        for line in said.splitlines():
            say(line)
        well = well and not err.getvalue()
    if well:
        say("锁定的季度、照片和附件的文件都核对过，没有不符。")
    return well


def _end_sessions():
    """Nobody comes back signed in: who was signed out, or disabled, after the backup would be in again."""
    if Session._meta.db_table in connection.introspection.table_names():
        Session.objects.all().delete()


def last_statements():
    """A sentence for each table of what is published: its newest row, and how many there are."""
    tables = connection.introspection.table_names()
    for model in apps.get_models():
        rule = getattr(model, "append_only", None)
        if rule is None or rule.parent or rule.frozen_by != "recorded_at" or model._meta.db_table not in tables:
            continue
        rows = model._base_manager.filter(recorded_at__isnull=False)
        name = model._meta.verbose_name
        newest = rows.order_by("-recorded_at").first()
        if newest is None:
            yield f"{name}：没有已发布的。"
        else:
            day = f"（截至 {newest.effective_on}）" if issubclass(model, LedgerRow) else ""
            yield (f"{name}：已发布 {rows.count():,} 条，"
                   f"最后一条是 {timezone.localtime(newest.recorded_at):%Y-%m-%d %H:%M:%S} 发布的{day}。")
