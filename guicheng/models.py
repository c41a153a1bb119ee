"""The staff account."""
from django.contrib.auth.models import AbstractUser
from django.db import models

from guicheng.fields import CleanCharField


class User(AbstractUser):
    """A member of staff. A Chinese name is one name, so there is one field for it."""

    first_name = None
    last_name = None
    name = CleanCharField("姓名", max_length=40, blank=True)
    phone = models.CharField("办公电话", max_length=40, blank=True)
    is_established = models.BooleanField("在编", default=False, help_text="终审只能由在编的审核员做。")

    REQUIRED_FIELDS = []

    class Meta:
        verbose_name = "账号"
        verbose_name_plural = "账号"
        permissions = [("see_everything", "查看全街道的数据")]

    def __str__(self):
        return self.name or self.username

    def get_full_name(self):
        return str(self)

    get_short_name = get_full_name


from guicheng.inbox import GroupPost, InboxMessage  # noqa: E402, F401  (models of this app)
from guicheng.workdays import CalendarDay, CalendarYear  # noqa: E402, F401
