"""Write the quarterly summary to a file."""
import os
import tempfile
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from guicheng.quarters import Quarter
from projects.report.build import document_of
from projects.report.files import FORMATS


class Command(BaseCommand):
    help = "把季度汇总写成文件，如：quarterly_summary 2021Q4 --format xlsx --output 2021Q4.xlsx"

    def add_arguments(self, parser):
        parser.add_argument("quarter", help="季度，如 2021Q4")
        parser.add_argument("--format", choices=sorted(FORMATS), default="xlsx", help="文件种类")
        parser.add_argument("--output", required=True, type=Path, help="写到哪个文件")

    def handle(self, *args, quarter, output, **options):
        try:
            quarter = Quarter.parse(quarter)
        except ValidationError as error:
            raise CommandError(error.messages[0]) from error
        if quarter > Quarter.current():
            raise CommandError(f"{quarter.title}还没有到。")
        write_whole(output, FORMATS[options["format"]].render(document_of(quarter)))
        self.stdout.write(f"{quarter.title}汇总已写入 {output}。")


def write_whole(path, content):
    """Write the file whole or not at all. Raises CommandError where it cannot be written."""
    temporary = None
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except OSError as error:
        if temporary and os.path.exists(temporary):
            os.unlink(temporary)
        raise CommandError(f"写不了文件 {path}：{error.strerror}。") from error
