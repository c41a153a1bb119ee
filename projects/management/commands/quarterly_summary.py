"""Write the quarterly summary to a file."""
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from guicheng.days.quarters import Quarter
from guicheng.tables.whole_files import whole_file
from projects.models import QuarterClose
from projects.report import Missing
from projects.report.build import document_of
from projects.report.close import kept_content
from projects.report.files import FORMATS
from projects.views.reports import public_address


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
        close = QuarterClose.objects.of(quarter).in_force().first()
        content = self._content(quarter, close, options["format"])
        try:
            with whole_file(output) as part:
                part.write_bytes(content)
        except OSError as error:
            raise CommandError(f"写不了文件 {output}：{error.strerror}。") from error
        said = f"第 {close.sequence} 次锁定时留存的文件" if close else "汇总"
        self.stdout.write(f"{quarter.title}{said}已写入 {output}。")

    def _content(self, quarter, close, name):
        """The kept file of a closed quarter, else one made now. Raises CommandError where there is none."""
        try:
            content = kept_content(close, name) if close else FORMATS[name].render(
                document_of(quarter), public_address(quarter))
        except Missing as error:
            raise CommandError(str(error)) from error
        if content is None:
            raise CommandError(f"{quarter.title}锁定时没有留存这种文件。")
        return content
