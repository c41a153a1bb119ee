"""How much room there is on the disk."""
import os
from dataclasses import dataclass

MB, GB = 1024**2, 1024**3


@dataclass(frozen=True)
class Room:
    """Of the file system of a folder: what we may still write, of how much, and how many more files."""

    free: int
    total: int
    files_free: int
    files_total: int  # 0 where the file system does not count them

    @property
    def percent_free(self):
        return round(100 * self.free / self.total) if self.total else 0

    @property
    def lacks_files(self):
        return bool(self.files_total) and self.files_free < self.files_total // 100

    @property
    def is_short(self):
        """Whether somebody has to do something now."""
        return self.free < 200 * MB or self.lacks_files

    @property
    def is_getting_short(self):
        """Less than 2 GB, or of a large disk less than a twentieth, but never more than 20 GB."""
        return self.free < max(2 * GB, min(self.total // 20, 20 * GB))


def room(folder):
    """Give the Room around a folder. Raises OSError."""
    found = os.statvfs(folder)
    return Room(found.f_bavail * found.f_frsize, found.f_blocks * found.f_frsize, found.f_favail, found.f_files)


def gigabytes(size):
    """In the unit that people read: "1.4 GB", "180 MB"."""
    return f"{size / GB:.1f} GB" if size >= GB else f"{size // MB} MB"
