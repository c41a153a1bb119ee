from django.core.management.base import BaseCommand, CommandError

from guicheng.upkeep import supply, vulnerabilities

FOUND, NOT_ASKED = 1, 3  # codes to end with
NO_DATA = "这里拿不到漏洞资料（没有网，或者软件源不提供），一个也没有核对。请在能上网的机器上再运行。"


class Command(BaseCommand):
    help = "核对锁定的软件有没有已知漏洞、物料清单合不合格式。用 make audit 运行。有漏洞时退出码是 1，没能核对时是 3。"

    def handle(self, *args, **options):
        if not (vulnerabilities.TOOLS / "pip-audit").exists():
            raise CommandError("没有核对的工具，请用 make audit 运行。", returncode=NOT_ASKED)
        try:
            bill = supply.written(supply.bill(supply.packages()))
        except supply.NotAsPinned as error:
            raise CommandError(str(error)) from error
        if not vulnerabilities.is_valid(bill):
            raise CommandError("物料清单不合 CycloneDX 1.6 的格式。")
        self.stdout.write("物料清单合 CycloneDX 1.6 的格式。")
        answer = vulnerabilities.ask()
        for sentence in answer.found:
            self.stdout.write(sentence)
        if answer.found:
            raise CommandError(f"锁定的软件有 {len(answer.found)} 个已知漏洞，请尽快换版本。", returncode=FOUND)
        if not answer.looked_up:
            raise CommandError(NO_DATA, returncode=NOT_ASKED)
        if answer.skipped:
            names = "、".join(answer.skipped)
            raise CommandError(f"核对了 {answer.looked_up} 个，没有已知漏洞；{names} 没能核对。", returncode=NOT_ASKED)
        self.stdout.write(f"锁定的 {answer.looked_up} 个软件都核对过，没有已知漏洞。")
