"""What a nightly job found, kept until it runs again: asking for it must not mean doing it."""
import json
import logging
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from guicheng.tables.whole_files import whole_file

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class LastRun:
    """When it ran, whether all was well, and its sentence."""

    at: datetime
    is_well: bool
    said: str


def _path(job):
    return Path(settings.DATA_DIR) / "upkeep" / f"{job}.json"


def write_down(job, is_well, said):
    """Keep what a job found. That it cannot be kept is no fault of the job: the log says it."""
    path, values = _path(job), {"at": timezone.now().isoformat(), "is_well": is_well, "said": said}
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        with whole_file(path, 0o600) as part:
            part.write_text(json.dumps(values, ensure_ascii=False), encoding="utf-8")
    except OSError as error:
        logger.warning("What %s found was not kept: %s", job, error)


def last_run(job):
    """What it found, or None where it never ran."""
    try:
        values = json.loads(_path(job).read_text(encoding="utf-8"))
        return LastRun(datetime.fromisoformat(values["at"]), bool(values["is_well"]), str(values["said"]))
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
