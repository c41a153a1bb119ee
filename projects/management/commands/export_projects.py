"""Write the detail of the public projects to a file, with a bar on a terminal."""
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from guicheng.tables.exports import WRITERS
from guicheng.tables.terminal import Progress
from guicheng.tables.whole_files import whole_file
from projects.exports.columns import PROJECT_COLUMNS, project_rows
from projects.models import Project, ProjectList


class Command(BaseCommand):
    help = "把公开的项目明细写成文件，如：export_projects --list key-2021 --format xlsx --output 明细.xlsx"

    def add_arguments(self, parser):
        parser.add_argument("--list", metavar="网址名", help="只要这张清单的；不写就是全部")
        parser.add_argument("--format", choices=sorted(WRITERS), default="xlsx", help="文件种类，默认 xlsx")
        parser.add_argument("--output", required=True, type=Path, help="写到哪个文件")

    def handle(self, *args, output, **options):
        projects = Project.objects.published()
        if slug := options["list"]:
            project_list = ProjectList.objects.published().filter(slug=slug).first()
            if project_list is None:
                raise CommandError(f"没有网址名是“{slug}”的公开清单。")
            projects = projects.filter(project_list=project_list)
        total = projects.count()
        progress = Progress(self.stdout, total)
        try:
            with whole_file(output) as part:
                WRITERS[options["format"]](part, "项目明细", PROJECT_COLUMNS, project_rows(projects), progress)
        except KeyboardInterrupt:
            progress.end()
            raise CommandError("已中断，没有留下文件。") from None
        except OSError as error:
            raise CommandError(f"写不了文件 {output}：{error.strerror or error}。") from error
        progress.end()
        self.stdout.write(f"{total:,} 个项目已写入 {output}。")
