from django.core.management.base import BaseCommand, CommandError

from projects.sample import StillReferred, count_sample, remove_sample


class Command(BaseCommand):
    help = "删除全部示例数据，只删示例数据。"

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="只说会删除什么，不删除")

    def handle(self, *args, dry_run, **options):
        if dry_run:
            self.stdout.write(f"将删除示例数据：{_sentence(count_sample())}。这次没有删除任何东西。")
            return
        try:
            removed = remove_sample()
        except StillReferred as error:
            raise CommandError(str(error))
        self.stdout.write(f"已删除示例数据：{_sentence(removed)}。")


def _sentence(found):
    return "、".join(f"{name} {number} 条" for name, number in found if number) or "没有示例数据"
