"""Which identity elsewhere is whose account here: said by the person with both in hand, by no name and no telephone."""
from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from guicheng.fields import ALL


class BoundIdentity(models.Model):
    """One account, and the identity of the one provider that opens it as well."""

    unwatched = ALL  # a number

    account = models.OneToOneField(settings.AUTH_USER_MODEL, verbose_name="账号", on_delete=models.CASCADE,
                                   related_name="identity", error_messages={"unique": "这个账号已经绑定了一个身份。"})
    issuer = models.CharField("由谁认证", max_length=200)
    sub = models.CharField("身份编号", max_length=255)
    bound_at = models.DateTimeField("绑定于", default=timezone.now)

    class Meta:
        verbose_name = "绑定的身份"
        verbose_name_plural = "绑定的身份"
        constraints = [
            models.UniqueConstraint(fields=["issuer", "sub"], name="guicheng_boundidentity_once",
                                    violation_error_message="这个身份已经绑定了一个账号。"),
        ]

    def __str__(self):
        return f"{self.account_id}"

    @classmethod
    def of(cls, identity):
        """The binding of an identity that was proven a moment ago, or None."""
        return cls.objects.select_related("account").filter(issuer=identity.issuer, sub=identity.sub).first()

    @classmethod
    def bind(cls, account, issuer, sub):
        """Let this identity open the account from now on. Raises ValidationError where either is bound already."""
        row = cls(account=account, issuer=issuer, sub=sub)
        with transaction.atomic():
            account.hold()
            row.full_clean()
            row.save()
        return row
