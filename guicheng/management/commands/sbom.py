from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from guicheng.upkeep import supply


class Command(BaseCommand):
    help = "写出软件物料清单（CycloneDX 1.6，JSON）；加 --licences 写出各软件的许可（Markdown）。"

    def add_arguments(self, parser):
        parser.add_argument("--output", type=Path, help="写进这个文件；不写就打印出来")
        parser.add_argument("--licences", action="store_true", help="写许可，不写物料清单")

    def handle(self, *args, output, licences, **options):
        try:
            found = supply.packages()
        except supply.NotAsPinned as error:
            raise CommandError(str(error)) from error
        text = supply.licences(found) if licences else supply.written(supply.bill(found))
        if output is None:
            self.stdout.write(text, ending="")
            return
        try:
            output.write_text(text, encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{output} 写不进去（{error.strerror}）。") from error
        self.stdout.write(f"写好 {output}：{len(found)} 个软件。")
