from django.apps import apps
from django.core.management.base import BaseCommand

from guicheng.kept.publication import Publication
from guicheng.kept.rollup import all_rollups
from guicheng.search import pairs
from guicheng.search.models import searched_models
from projects.models import Project


class Command(BaseCommand):
    help = ("按进展重新核对每个项目的当前状态、完成百分比、完成数量、最近进展和搜索文字，再核对记着的数、"
            "其他可以搜索的内容和搜索的索引。0 个有出入才是正常的。")

    def handle(self, *args, **options):
        looked_at, differed = Project.objects.rebuild_projections()
        self.stdout.write(f"核对 {looked_at} 个项目，{differed} 个有出入，已改正。")
        found = [model.objects.rebuild_searched() for model in searched_models(apps)]
        looked_at, differed = (sum(numbers) for numbers in zip(*found, strict=True))
        kinds, differing = (sum(numbers) for numbers in zip(*[each.objects.rebuild() for each in all_rollups()],
                                                            strict=True))
        self.stdout.write(f"核对记着的数 {kinds} 个，{differing} 个有出入，已改正。")
        Publication.objects.leap()  # also run after a replica was promoted: pages are drawn anew
        self.stdout.write(f"核对搜索文字 {looked_at} 行，{differed} 行有出入，已改正。")
        looked_at, differed = pairs.rebuild()
        if looked_at:  # small tables have none
            self.stdout.write(f"核对搜索的索引 {looked_at} 个，{differed} 个有出入，已重建。")
