"""Who on this machine may read what lies in DATA_DIR: the portal's own account alone, and what nginx serves everybody.

nginx runs under an account of its own. It passes through DATA_DIR and reads the folders of SERVED; the database, the
key, photos, uploads and exports are not its business.
"""
import os
import re
from dataclasses import dataclass
from pathlib import Path
from stat import S_IMODE, S_ISDIR, S_ISLNK, S_ISVTX

from django.conf import settings
from django.core import checks

THROUGH = 0o711  # DATA_DIR itself: whoever knows a name gets through, nobody sees the names
SERVED = ("static",)  # in DATA_DIR; nginx reads these itself
# what we put there; whatever else lies in DATA_DIR is somebody else's
OURS = re.compile(r"(guicheng|test)\.sqlite3.*|secret_key|reserve|static(\.stamp)?|upkeep|backups|.*\.turn|\..*\.part"
                  r"|personal_keys.*|erased|cards|(media|imports|exports)(\.before-.*)?")
NAMED = 5  # files that the check names


@dataclass(frozen=True)
class Mode:
    """A file or folder, its permission bits and those it should have."""

    path: Path
    is_folder: bool
    bits: int
    wanted: int

    @property
    def is_wider(self):
        return bool(self.bits & ~self.wanted)

    @property
    def is_hidden_from_nginx(self):
        """Whether nginx cannot read what it should serve."""
        return bool(self.wanted & 0o077 & ~self.bits)

    def __str__(self):
        return f"{self.path}（现在 {self.bits:o}，应为 {self.wanted:o}）"


def _mode(path, wanted_folder, wanted_file):
    found = path.lstat()
    if S_ISLNK(found.st_mode):
        return None
    is_folder = S_ISDIR(found.st_mode)
    return Mode(path, is_folder, S_IMODE(found.st_mode), wanted_folder if is_folder else wanted_file)


def modes():
    """The Mode of DATA_DIR, of all that is ours in it and of BACKUP_DIR. A folder in it may be a link to another disk;
    other links are passed over, and so is what vanishes meanwhile or cannot be looked into."""
    data, backups = Path(settings.DATA_DIR).resolve(), Path(settings.BACKUP_DIR)
    names = sorted(data.iterdir())
    if all(OURS.fullmatch(top.name) for top in names):  # a folder that holds other things is not ours to close
        yield _mode(data, THROUGH, THROUGH)
    tops = {top.resolve(): (0o755, 0o644) if top.name in SERVED else (0o700, 0o600)
            for top in names if OURS.fullmatch(top.name)}
    for top, wanted in (tops | ({backups: (0o700, 0o600)} if backups.is_dir() else {})).items():
        for path in [top] if top == backups else _below(top):  # a backup is private from the start, and there are many
            try:
                found = _mode(path, *wanted)
            except OSError:
                continue
            if found:
                yield found


def _below(top):
    yield top
    for folder, folders, files in os.walk(top):
        for name in (*folders, *files):
            yield Path(folder, name)


def put_right():
    """Set the mode of every file, and say how many were too wide. What belongs to somebody else stays as it is.

    A folder that everybody shares (/tmp) is not ours to close: nothing happens there.
    """
    if Path(settings.DATA_DIR).stat().st_mode & S_ISVTX:
        return 0
    changed = 0
    for each in modes():
        if each.is_wider or each.is_hidden_from_nginx:
            exact = each.wanted & 0o077
            try:
                each.path.chmod(each.wanted if exact else each.bits & each.wanted)
            except OSError:
                continue
            changed += each.is_wider
    return changed


def check_modes(app_configs, **kwargs):
    """Say in `check --deploy` which files others on this machine can read, and which nginx cannot."""
    try:
        found = list(modes())
    except PermissionError as error:
        return [checks.Warning(f"看不了 {error.filename}：请以运行本系统的账号运行这个检查。", id="guicheng.W001")]
    wider = [each for each in found if each.is_wider]
    hidden = [each for each in found if each.is_hidden_from_nginx]
    hint = "以运行本系统的账号运行 manage.py prepare，就会改好；不属于这个账号的，先用 chown 改过来。"
    warnings = []
    if wider:
        warnings.append(checks.Warning(
            f"数据目录里有 {len(wider)} 处的权限太宽，这台机器上别的账号能读：{_some(wider)}。",
            hint=hint, id="guicheng.W001"))
    if hidden:
        warnings.append(checks.Warning(
            f"nginx 读不到 {len(hidden)} 处静态文件：{_some(hidden)}。", hint=hint, id="guicheng.W002"))
    configuration = settings.BASE_DIR / ".env"
    if configuration.exists() and S_IMODE(configuration.stat().st_mode) & 0o007:
        warnings.append(checks.Warning(
            f"配置文件 {configuration} 里有密钥，这台机器上别的账号能读。", hint="chmod 600 .env", id="guicheng.W003"))
    return warnings


def _some(found):
    more = f" 等 {len(found)} 处" if len(found) > NAMED else ""
    return "、".join(map(str, found[:NAMED])) + more
