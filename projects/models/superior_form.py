"""上级表样: a superior's blank workbook, kept as it was uploaded, and what its columns mean.

The work is in `projects/superior_form/`: reading, laying out, filling.
"""
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from guicheng.access.permissions import sees_everything
from guicheng.fields import ALL, ChecksAtOnce, CleanCharField
from guicheng.natural_keys import new_code
from guicheng.trail.history import History
from guicheng.trail.versions import Edited
from projects.models.imports import uploads


def form_name(form, name):
    return f"forms/{timezone.localdate():%Y%m}/{new_code()}.xlsx"


class SuperiorFormQuerySet(models.QuerySet):
    def visible_to(self, user):
        """All of them to the office that asks for reports, none to others."""
        return self if sees_everything(user) and user.has_perm("projects.ask_reports") else self.none()

    def in_use(self):
        return self.filter(is_retired=False)


class SuperiorForm(ChecksAtOnce, Edited):
    """One blank workbook of a superior's, and how it is filled."""

    unwatched = ALL  # between offices

    title = CleanCharField("名称", max_length=80, help_text="例如：区重点项目进展月报表。")
    ground = CleanCharField("出处", max_length=200, blank=True, help_text="哪个部门、哪个文要的。可以不填。")
    is_retired = models.BooleanField("不再用", default=False, help_text="勾上以后，填表时不再列出。")

    # the workbook, as it came
    file = models.FileField("文件", storage=uploads, upload_to=form_name, editable=False)
    file_name = CleanCharField("文件名", max_length=160, editable=False)
    sha256 = models.CharField("指纹", max_length=64, editable=False)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="上传人", on_delete=models.PROTECT,
                                    related_name="+", editable=False)
    uploaded_at = models.DateTimeField("上传时刻", default=timezone.now, editable=False)

    # how it is filled: for each column, from the left, one entry
    sheet = models.CharField("工作表", max_length=160, editable=False)
    header_row = models.PositiveIntegerField("表头从第几行起", editable=False)
    header_rows = models.PositiveSmallIntegerField("表头有几行", default=1, editable=False)
    first_line = models.PositiveIntegerField("从第几行填起", null=True, blank=True, editable=False)  # where said
    last_line = models.PositiveIntegerField("填到第几行", null=True, blank=True, editable=False)
    told = models.TextField("每列填什么", blank=True, editable=False)  # the next three, for people
    headings = models.JSONField("表头", default=list, editable=False)
    columns = models.JSONField("对应", default=list, editable=False)
    units = models.JSONField("金额单位", default=list, editable=False)
    manners = models.JSONField("日期写法", default=list, editable=False)
    layout = models.JSONField("布局", default=dict, editable=False)  # a Layout of projects/superior_form/layout.py

    objects = SuperiorFormQuerySet.as_manager()
    history = History(derived=["headings", "columns", "units", "manners", "layout"])  # `told` says them

    class Meta:
        verbose_name = "上级表样"
        verbose_name_plural = "上级表样"
        ordering = ["is_retired", "title", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="projects_superiorform_titled",
                                   violation_error_message="表样要有名称。"),
            models.UniqueConstraint(fields=["title"], condition=Q(is_retired=False),
                                    name="projects_superiorform_title_once",
                                    violation_error_message="已经有叫这个名称的表样。旧的不用了，先把它标为“不再用”。"),
            models.CheckConstraint(
                condition=Q(first_line__isnull=True, last_line__isnull=True)
                | Q(first_line__isnull=False, last_line__gte=models.F("first_line")),
                name="projects_superiorform_lines_in_order",
                violation_error_message="从第几行填起、填到第几行要都写，后面的不能小于前面的。"),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("admin:projects_superiorform_change", args=[self.pk])

    @property
    def path(self):
        return self.file.path

    @property
    def is_whole(self):
        """Whether its workbook is there; after a restore without the files it is not."""
        return self.file.storage.exists(self.file.name)

    @property
    def has_unit_place(self):
        """Whether it has a place for 填报单位."""
        return any("{unit}" in text for _, _, text in self.layout.get("places", ()))

    def take(self, read):
        """What was read of its workbook: names of its fields and their values."""
        for name, value in read.items():
            setattr(self, name, value)
