"""封存版: a closed quarter as the public may read it while words of it are sealed.

The close and its files stay as they were, with their fingerprints; these are drawn from the same figures with the words
covered. One edition is for one set of words: with another seal, or one lifted, or another signing there is another.
"""
from django.db import models
from django.db.models import Q

from guicheng.fields import ALL
from guicheng.kept.publication import Publishes
from projects.models.report import QuarterClose


class CoveredClose(models.Model):
    """One edition. Where nothing of the close is sealed it has no files: the kept ones are served."""

    publishes = Publishes()

    unwatched = ALL  # frozen from what was looked at before

    close = models.ForeignKey(QuarterClose, verbose_name="锁定", on_delete=models.PROTECT, related_name="covered")
    stamp = models.CharField("遮哪些字", max_length=64)  # of the words and of the newest signing
    made_at = models.DateTimeField("做成时刻", auto_now_add=True)
    sealed_at = models.DateTimeField("从何时起", null=True, blank=True)  # null: nothing of it is sealed
    figures_sha256 = models.CharField("数的指纹", max_length=64, blank=True)
    figures_sm3 = models.CharField("数的 SM3", max_length=64, blank=True)

    objects = models.Manager()

    class Meta:
        verbose_name = "封存版"
        verbose_name_plural = "封存版"
        default_permissions = ()
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["close", "stamp"], name="projects_coveredclose_once",
                                    violation_error_message="这一次锁定的封存版已经做好。"),
            models.CheckConstraint(
                condition=Q(sealed_at=None, figures_sha256="") | Q(sealed_at__isnull=False) & ~Q(figures_sha256=""),
                name="projects_coveredclose_fingerprinted", violation_error_message="封存版要有指纹。"),
        ]

    def __str__(self):
        return f"{self.close}，封存版"


class CoveredFile(models.Model):
    """One file of an edition; where it names the units of what is late there is another that does not."""

    publishes = Publishes()

    unwatched = ALL  # frozen from what was looked at before

    edition = models.ForeignKey(CoveredClose, verbose_name="封存版", on_delete=models.PROTECT, related_name="files")
    format = models.CharField("格式", max_length=20)
    leaves_units_out = models.BooleanField("不写逾期事项的单位", default=False)
    content = models.BinaryField("内容")
    size = models.PositiveIntegerField("字节数")
    sha256 = models.CharField("SHA-256", max_length=64, db_index=True)

    objects = models.Manager()

    class Meta:
        verbose_name = "封存版的文件"
        verbose_name_plural = "封存版的文件"
        default_permissions = ()
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "format", "leaves_units_out"], name="projects_coveredfile_once",
                                    violation_error_message="封存版的这种文件已经有了。"),
        ]

    def __str__(self):
        return f"{self.edition}：{self.format}"
