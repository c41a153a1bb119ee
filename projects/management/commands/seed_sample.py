from django.core.management.base import BaseCommand, CommandError

from projects.sample import InProduction, NoCommunities, seed_more, seed_sample


class Command(BaseCommand):
    help = (
        "生成示例数据（虚构，页面上都标明“示例”，不计入真实数字；用 remove_sample 一次删除）。"
        "补足到指定的项目数：已有的不动，重复运行不会重复生成；已有的项目不再添加进展。"
    )

    def add_arguments(self, parser):
        parser.add_argument("--projects", type=int, required=True, help="示例项目补足到多少个")
        parser.add_argument("--updates-per-project", type=int, default=5, help="平均每个新项目几条进展（默认 5）")
        parser.add_argument("--seed", type=int, default=1, help="随机数种子：相同则结果相同（默认 1）")

        parser.add_argument("--in-production", action="store_true", help="在正式运行的网站上也放（平时会拒绝）")

    def handle(self, *args, projects, updates_per_project, seed, in_production, verbosity, **options):
        if projects < 0 or updates_per_project < 0:
            raise CommandError("数目不能是负数。")
        try:
            added = seed_sample(projects, updates_per_project, seed, in_production)
            more = seed_more(projects)
        except (InProduction, NoCommunities) as error:
            raise CommandError(str(error))
        more = "".join(f"、{label} {number} 件" for label, number in more)
        self.stdout.write(f"新增示例项目 {added['projects']} 个、进展 {added['updates']} 条{more}。")
