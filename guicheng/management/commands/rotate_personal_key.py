from django.core.management.base import BaseCommand

from guicheng.personal import cipher
from guicheng.personal.rotating import rotate


class Command(BaseCommand):
    help = "换一把加密居民电话的密钥，用新的重新加密，旧的作废。密钥文件换过以后要另存一份。"

    def add_arguments(self, parser):
        parser.add_argument("--keep-old", action="store_true", help="旧密钥先留着（另一台机器还没有新的密钥文件时）")

    def handle(self, *args, keep_old, **options):
        number = cipher.add_key()
        done = rotate()
        dropped = 0 if keep_old else cipher.drop_old_keys()
        self.stdout.write(f"换成第 {number} 把密钥，重新加密 {done} 条，旧密钥作废 {dropped} 把。"
                          "请把密钥文件另存一份，不要和备份放在一起。")
