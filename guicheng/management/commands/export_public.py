"""Write the public pages as plain files with relative links, to be carried elsewhere or opened from a disk."""
from django.core.management.base import BaseCommand, CommandError

from guicheng.pages.export.writing import ExportError, export

SHOWN = 5


class Command(BaseCommand):
    help = "把公开网页写成一个文件夹的普通文件（相对链接），可以放到别的平台或拷走；再写一次整个换掉。"

    def add_arguments(self, parser):
        parser.add_argument("folder", metavar="DIR", help="写到哪个文件夹；先写在 DIR.new，写完再换名")

    def handle(self, *, folder, **options):
        try:
            written = export(folder)
        except ExportError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"写好了 {written.pages} 个网页、{written.files} 个文件：{folder}。")
        if written.left_out:
            names = "、".join(written.left_out[:SHOWN])
            more = "等" if written.left_out[SHOWN:] else ""
            self.stdout.write(f"这些地址没有给出内容，指向它们的链接改成了文字：{names}{more}。")
