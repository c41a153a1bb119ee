"""Which Chinese fonts this machine has, for what is drawn here."""
import subprocess
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from projects.report import Missing

NO_FONT = "这台服务器没有装中文字体（Debian 上是 fonts-noto-cjk），不能生成这种文件。"
KNOWN = {  # where the common systems put it, for a machine without fc-list
    "Noto Sans CJK SC": [
        "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc",
        "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc", "/usr/share/fonts/noto-cjk/NotoSansCJK-Bold.ttc"],
}
PREFERRED = ["Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "WenQuanYi Micro Hei",
             "WenQuanYi Zen Hei", "Droid Sans Fallback"]


@dataclass(frozen=True)
class Fonts:
    family: str
    files: list


def _listed():
    """family -> its font files with Chinese, as fontconfig tells; {} where there is no fc-list."""
    try:
        text = subprocess.run(["fc-list", ":lang=zh-cn", "--format", "%{file}\t%{family}\n"], capture_output=True,
                              text=True, timeout=20, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return {}
    found = defaultdict(set)
    for line in text.splitlines():
        file, _, families = line.partition("\t")
        for family in families.split(","):
            found[family].add(file)
    return found


def _weights(files):
    """The regular and the bold one of a family's files, whatever else there is; all where no name says so."""
    named = [file for file in sorted(files) if Path(file).stem.rpartition("-")[2] in ("Regular", "Bold")]
    return named or sorted(files)


@cache
def chinese_fonts():
    """The family and the files to draw with. Raises Missing where there is none."""
    known = {family: [file for file in files if Path(file).exists()] for family, files in KNOWN.items()}
    found = _listed() or {family: files for family, files in known.items() if files}
    for family in [*PREFERRED, *sorted(found)]:
        if found.get(family):
            return Fonts(family, _weights(found[family]))
    raise Missing(NO_FONT)
