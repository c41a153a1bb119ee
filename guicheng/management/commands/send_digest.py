from django.conf import settings
from django.core.management.base import BaseCommand

from guicheng.notices.direct import deliver_now
from guicheng.notices.outbox import post_to_group, send_mails


class Command(BaseCommand):
    help = "把未读消息每人每天汇成一封邮件，把群消息发到群机器人，把没有发完的个人消息发完。没有设置的就不发。"

    def handle(self, *args, **options):
        mails = posts = direct = "没有设置，不发"
        if settings.EMAIL_URL:
            sent, failed = send_mails()
            mails = f"发出 {sent} 封" + (f"，{failed} 封没有发出，下次再发" if failed else "")
        if settings.WEBHOOK_URL:
            sent, failed = post_to_group()
            posts = f"发出 {sent} 条" + ("，有一条没有发成，见日志" if failed else "")
        if settings.MESSENGER_URL:
            sent, failed = deliver_now()
            direct = f"发出 {sent} 条" + (f"，{failed} 条没有发成，见“运行情况”" if failed else "")
        self.stdout.write(f"邮件：{mails}。群消息：{posts}。个人消息：{direct}。")
