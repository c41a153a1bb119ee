"""What must be erasable: who asked, and what they typed. It goes; the need and its events stay."""
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from communities.models.needs import Need
from guicheng.access.permissions import sees_everything
from guicheng.fields import ALL, CleanCharField, CleanTextField
from guicheng.files.models import Photo, photo_constraints
from guicheng.personal.cipher import decrypted, encrypted, fingerprint
from guicheng.personal.phones import hidden_phone, plain_phone
from guicheng.trail.append_only import AppendOnly


class NeedOriginalQuerySet(models.QuerySet):
    def visible_to(self, user):
        if sees_everything(user):
            return self
        return self.filter(need__in=Need.objects.visible_to(user))

    def of_phone(self, phone):
        """Those left with this number, however it is written."""
        return self.filter(phone_found_by=fingerprint(plain_phone(phone))).exclude(phone_found_by="")


class NeedOriginal(models.Model):
    """The words as they were typed, a name and a telephone number where they were given; kept until they are erased."""

    unwatched = ALL  # read by who handles it, and by nobody else
    append_only = AppendOnly(frozen_by="erased_at", let_go="", sentence="已清除的个人信息不能再填回去。")
    encrypted = ("phone_kept",)

    need = models.OneToOneField(Need, verbose_name="诉求", primary_key=True, on_delete=models.PROTECT,
                                related_name="original")
    title = CleanCharField("一句话", max_length=60, blank=True)
    text = CleanTextField("具体情况", max_length=2000, blank=True)
    place = CleanCharField("在哪里", max_length=120, blank=True)
    name = CleanCharField("怎么称呼", max_length=20, blank=True)
    phone_kept = models.BinaryField("电话（加密）", blank=True, default=b"", editable=False)
    phone_found_by = models.CharField("电话的指纹", max_length=64, blank=True, db_index=True, editable=False)
    wrong_tries = models.PositiveSmallIntegerField("输错几次后四位", default=0, editable=False)
    erased_at = models.DateTimeField("清除时刻", null=True, blank=True, editable=False)

    objects = NeedOriginalQuerySet.as_manager()

    class Meta:
        verbose_name = "反映人的原话和联系方式"
        verbose_name_plural = "反映人的原话和联系方式"
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(erased_at=None) | Q(title="", text="", place="", name="", phone_found_by=""),
                name="communities_needoriginal_erased_whole",
                violation_error_message="清除以后不再留姓名、电话和原话。"),
        ]

    def __str__(self):
        return f"{self.need.number} 的原话"

    def set_phone(self, phone):
        """Keep a number, encrypted for this very row: after the need has its key. Raises ValidationError."""
        plain = plain_phone(phone)
        if phone and not plain:
            raise ValidationError({"phone": "电话应是 11 位手机号，或带区号的固定电话，如 0757-12345678。"})
        self.phone_kept, self.phone_found_by = encrypted(plain, self.cipher_row), fingerprint(plain)

    @property
    def phone(self):
        """The number itself: for who is to call, and every look is audited by whoever shows it."""
        return decrypted(self.phone_kept, self.cipher_row)

    @property
    def phone_hidden(self):
        """As it is shown without that: 138****5678."""
        return hidden_phone(self.phone)

    @property
    def has_phone(self):
        return bool(self.phone_found_by)

    def ends_with(self, digits):
        """Whether these are the last four of its number."""
        return self.has_phone and len(digits) == 4 and self.phone.endswith(digits)

    @property
    def is_erased(self):
        return self.erased_at is not None

    @property
    def cipher_row(self):
        """The name of this row to the cipher."""
        return f"needoriginal:{self.need_id}"


class NeedPhoto(Photo):
    """A photo the asker sent: for who handles it; what becomes public is a photo of the answer."""

    of = "need"
    unwatched = ALL  # the asker writes none

    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="上传人", null=True, blank=True, on_delete=models.PROTECT,
        related_name="+", editable=False,
    )  # nobody of the staff: the asker
    need = models.ForeignKey(Need, verbose_name="诉求", on_delete=models.PROTECT, related_name="photos")

    class Meta(Photo.Meta):
        constraints = photo_constraints("need", "诉求")
