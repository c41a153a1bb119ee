"""When a system outside last answered as it should, and when it last did not: for 运行情况."""
from django.db import models
from django.utils import timezone

from guicheng.fields import ALL, CleanCharField, one_of


class ConnectorKey(models.TextChoices):
    MESSENGER = "messenger", "给本人发消息"
    SIGN_IN = "sign_in", "统一身份认证登录"


class Connection(models.Model):
    """One connector, as it went of late. No secret, no address, no person."""

    unwatched = ALL  # written by the system, read by staff

    Key = ConnectorKey

    key = models.CharField("连接", max_length=10, choices=ConnectorKey, unique=True,
                           error_messages={"unique": "一个连接只记一行。"})
    worked_at = models.DateTimeField("最近成功", null=True, blank=True)
    failed_at = models.DateTimeField("最近失败", null=True, blank=True)
    fault = CleanCharField("最近失败的原因", max_length=200, blank=True)

    class Meta:
        verbose_name = "对外连接"
        verbose_name_plural = "对外连接"
        constraints = [one_of("key", ConnectorKey.values, "连接不在可选范围内。")]

    def __str__(self):
        return self.get_key_display()

    @classmethod
    def worked(cls, key):
        cls.objects.update_or_create(key=key, defaults={"worked_at": timezone.now()})

    @classmethod
    def failed(cls, key, fault):
        cls.objects.update_or_create(key=key, defaults={"failed_at": timezone.now(), "fault": str(fault)[:200]})
