"""The quarterly report: what the office writes, and what is frozen when the quarter is closed (季度数据锁定)."""
import json
from datetime import date
from functools import cached_property

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from guicheng.access.permissions import sees_everything
from guicheng.days.quarters import Quarter
from guicheng.fields import ALL, CleanCharField, CleanTextField, DayField, in_order, one_of
from guicheng.kept.publication import Publishes
from guicheng.trail.append_only import AppendOnly
from guicheng.trail.history import History
from guicheng.trail.versions import Edited
from projects.document import Document

FROZEN = "季度锁定的内容不能修改或删除；要改请先重新打开这个季度，再锁定一次。"


class OfQuarter(models.Model):
    """A row of one quarter."""

    year = models.PositiveSmallIntegerField("年度")
    number = models.PositiveSmallIntegerField("季度", choices=[(n, f"第{'一二三四'[n - 1]}季度") for n in (1, 2, 3, 4)])

    class Meta:
        abstract = True

    @property
    def quarter(self):
        return Quarter(self.year, self.number)


def quarter_constraints():
    """Constraints: a year and a number that make a quarter."""
    return [
        one_of("number", [1, 2, 3, 4], "季度应是一到四。"),
        models.CheckConstraint(condition=Q(year__range=(2000, 2099)), name="%(app_label)s_%(class)s_year_in_range",
                               violation_error_message="年度应在 2000 到 2099 之间。"),
    ]


class ReportQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A draft holds the clerks' own words of all units: read by those who see everything."""
        return self if sees_everything(user) else self.none()

    def of(self, quarter):
        return self.filter(year=quarter.year, number=quarter.number)


class QuarterReportKind(models.TextChoices):
    """The three registers: up, down and for a meeting. Only what goes up may be public."""

    REPORT = "report", "报告"
    BULLETIN = "bulletin", "通报"
    INTERNAL = "internal", "汇报材料"


class QuarterReport(Edited, OfQuarter):
    """What the office writes about a quarter: opening and four parts with tokens, and what the paper needs."""

    publishes = Publishes()

    Kind = QuarterReportKind

    # the paper (GB/T 9704-2012)
    kind = models.CharField("文种", max_length=10, choices=Kind, default=Kind.REPORT)
    title = CleanCharField("标题", max_length=120, blank=True, help_text="不填就用“关于……进展情况的报告”。")
    issuer = CleanCharField("发文机关", max_length=80, blank=True, help_text="红头和落款用同一个名称。")
    has_red_head = models.BooleanField("有红头", default=False)
    addressee = CleanCharField("主送", max_length=160, blank=True)
    copied_to = CleanCharField("抄送", max_length=200, blank=True)
    printed_by = CleanCharField("印发机关", max_length=80, blank=True)
    is_released = models.BooleanField(
        "正文公开", default=False, help_text="锁定后，居民可以在季度汇总页读到正文、下载 Word；只有报告能公开。")

    # the text
    opening = CleanTextField("开头", blank=True)
    overview = CleanTextField("一、总体情况", blank=True)
    work = CleanTextField("二、项目进展", blank=True)
    problems = CleanTextField("三、存在问题", blank=True)
    plans = CleanTextField("四、下一步安排", blank=True, help_text="通报写工作要求。")
    cases = models.ManyToManyField(
        "projects.Project", verbose_name="典型案例", blank=True, related_name="+",
        help_text="由办公室选定；选好并保存以后，“按现在的数重写的初稿”里有它们的一段。")
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="最后修改人", null=True, blank=True, editable=False,
        on_delete=models.PROTECT, related_name="+")

    objects = ReportQuerySet.as_manager()
    history = History(m2m_fields=["cases"])

    class Meta:
        verbose_name = "季度报告"
        verbose_name_plural = "季度报告"
        ordering = ["-year", "-number"]
        permissions = [("close_quarter", "锁定和重新打开季度")]
        constraints = [
            *quarter_constraints(),
            models.UniqueConstraint(fields=["year", "number"], name="projects_quarterreport_once",
                                    violation_error_message="这个季度已有报告，请在原来的上面改。"),
            one_of("kind", QuarterReportKind.values, "文种不在可选范围内。"),
            models.CheckConstraint(condition=Q(kind="report") | Q(is_released=False),
                                   name="projects_quarterreport_only_reports_released",
                                   violation_error_message="通报和汇报材料不能公开正文。"),
            models.CheckConstraint(condition=~Q(kind="internal") | Q(has_red_head=False, addressee=""),
                                   name="projects_quarterreport_no_head_for_a_meeting",
                                   violation_error_message="汇报材料没有红头，也不写主送。"),
        ]

    def __str__(self):
        return f"{self.quarter.title}报告"

    def clean(self):
        if self.year and self.number and self.quarter > Quarter.current():
            raise ValidationError(f"{self.quarter.title}还没有到。")
        if self.is_closed:
            raise ValidationError("这个季度已经锁定，不能再改；要改请先重新打开。")

    @property
    def closing(self):
        """The close in force, or None."""
        return QuarterClose.objects.of(self.quarter).in_force().first()

    @property
    def is_closed(self):
        return bool(self.year and self.number and self.closing)


class QuarterCloseQuerySet(ReportQuerySet):
    def visible_to(self, user):
        return self if sees_everything(user) else self.none()

    def published(self):
        """Every close that was finished: the old ones too."""
        return self.filter(closed_at__isnull=False)

    def in_force(self):
        """Those that nobody reopened."""
        reopened = QuarterReopening.objects.filter(close=OuterRef("pk"))
        return self.published().filter(~models.Exists(reopened)).order_by("-sequence")

    def light(self):
        """Without the frozen document, which may be long."""
        return self.defer("figures_json", "report_json")


class QuarterClose(OfQuarter):
    """One close of a quarter: its document, frozen by the database from the moment `closed_at` is set."""

    publishes = Publishes("{row}.closed_at IS NOT NULL")

    unwatched = ALL  # frozen from what was looked at before

    append_only = AppendOnly(frozen_by="closed_at", sentence=FROZEN, let_go="")

    sequence = models.PositiveSmallIntegerField("第几次锁定")
    known_at = models.DateTimeField("数据截止时刻")  # what was published later is 锁定后更正
    as_of = models.DateField("截至日")
    closed_at = models.DateTimeField("锁定时刻", null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="锁定人", on_delete=models.PROTECT,
                                  related_name="+")
    address = models.CharField("网址", max_length=200, blank=True)  # in the code that is printed on the picture

    figures_json = models.TextField("数")  # canonical JSON: its bytes are what is fingerprinted
    report_json = models.TextField("文")
    figures_sha256 = models.CharField("数的指纹", max_length=64)
    figures_sm3 = models.CharField("数的 SM3", max_length=64, blank=True)
    report_sha256 = models.CharField("文的指纹", max_length=64)
    report_sm3 = models.CharField("文的 SM3", max_length=64, blank=True)

    objects = QuarterCloseQuerySet.as_manager()

    class Meta:
        verbose_name = "季度锁定"
        verbose_name_plural = "季度锁定"
        default_permissions = ("view",)
        ordering = ["-year", "-number", "-sequence"]
        constraints = [
            *quarter_constraints(),
            models.UniqueConstraint(fields=["year", "number", "sequence"], name="projects_quarterclose_once",
                                    violation_error_message="这个季度刚被别人锁定。"),
        ]

    def __str__(self):
        return f"{self.quarter.title}第 {self.sequence} 次锁定"

    def get_absolute_url(self):
        return reverse("report-detail", args=[self.quarter], query=None if self.is_in_force else {
            "close": self.sequence})

    @property
    def is_in_force(self):
        return not hasattr(self, "reopening")

    @cached_property
    def document(self):
        """The frozen document, as the renderers take it."""
        return Document(json.loads(self.figures_json), json.loads(self.report_json), self.closing)

    @property
    def closing(self):
        """What its document says of the close itself."""
        return {"number": self.sequence, "closed_on": self.closed_on.isoformat()}

    @property
    def closed_on(self) -> date:
        return timezone.localdate(self.closed_at or self.known_at)


class CloseFile(models.Model):
    """One rendered file, kept with its close: what is served from then on."""

    publishes = Publishes()

    unwatched = ALL  # frozen from what was looked at before

    append_only = AppendOnly(sentence=FROZEN, let_go="", parent="close")

    close = models.ForeignKey(QuarterClose, verbose_name="锁定", on_delete=models.PROTECT, related_name="files")
    format = models.CharField("格式", max_length=20)
    content = models.BinaryField("内容")
    size = models.PositiveIntegerField("字节数")
    sha256 = models.CharField("SHA-256", max_length=64, db_index=True)

    objects = models.Manager()

    class Meta:
        verbose_name = "锁定的文件"
        verbose_name_plural = "锁定的文件"
        default_permissions = ()
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["close", "format"], name="projects_closefile_once",
                                    violation_error_message="这种格式已经留存。"),
        ]

    def __str__(self):
        return f"{self.close}：{self.format}"


class QuarterSigning(models.Model):
    """签发 of a closed report: what the paper says of it, and the Word file without 报批稿. The newest counts."""

    publishes = Publishes()

    append_only = AppendOnly(frozen_by="", sentence="签发的记录不能修改或删除；登记错了就再登记一次。", let_go="")

    close = models.ForeignKey(QuarterClose, verbose_name="锁定", on_delete=models.PROTECT, related_name="signings")
    document_number = CleanCharField("发文字号", max_length=40, help_text="照公文上的写，如“……〔2022〕1 号”。")
    signer = CleanCharField("签发人", max_length=40, help_text="报告的签发人印在文号右边。")
    signed_on = DayField("成文日期", help_text="签发的那一天。")
    printed_on = DayField("印发日期", null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="登记人", on_delete=models.PROTECT, related_name="+",
                           editable=False)
    at = models.DateTimeField("登记时刻", auto_now_add=True)
    content = models.BinaryField("Word", editable=False)
    size = models.PositiveIntegerField("字节数", editable=False)
    sha256 = models.CharField("SHA-256", max_length=64, db_index=True, editable=False)

    class Meta:
        verbose_name = "签发登记"
        verbose_name_plural = "签发登记"
        default_permissions = ()
        ordering = ["pk"]
        constraints = [
            in_order("signed_on", "printed_on", "印发日期不能早于成文日期。"),
            models.CheckConstraint(condition=~Q(document_number="") & ~Q(signer=""),
                                   name="projects_quartersigning_stated",
                                   violation_error_message="签发要写明发文字号和签发人。"),
        ]

    def __str__(self):
        return f"{self.close}，{self.document_number}"

    def clean(self):
        if self.signed_on and self.signed_on > timezone.localdate():
            raise ValidationError({"signed_on": "成文日期不能在今天以后。"})


class QuarterReopening(models.Model):
    """Who reopened a closed quarter, when and why. The close stays as it was."""

    publishes = Publishes()

    append_only = AppendOnly(frozen_by="", sentence="重新打开的记录不能修改或删除。", let_go="")

    close = models.OneToOneField(QuarterClose, verbose_name="锁定", on_delete=models.PROTECT, related_name="reopening")
    reason = CleanTextField("原因")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="谁", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("时刻", auto_now_add=True)

    class Meta:
        verbose_name = "重新打开季度"
        verbose_name_plural = "重新打开季度"
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="projects_quarterreopening_explained",
                                   violation_error_message="重新打开要写明原因。"),
        ]

    def __str__(self):
        return f"{self.close}，{self.at:%Y-%m-%d} 重新打开"
