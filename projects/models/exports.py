"""A long export: who asked for what, how far it is, and the file that came of it.

The work is in `guicheng/tables/long_exports.py`. The file lies in DATA_DIR/exports and is served only to staff.
"""
from django.conf import settings
from django.db import models
from django.db.models import Q

from guicheng.access.membership import key_of
from guicheng.access.permissions import sees_everything
from guicheng.fields import one_of
from guicheng.files.names import safe_name
from guicheng.seal.models import Seal
from guicheng.tables.long_exports import LongExport, LongExportQuerySet
from projects.models.project import Project

EVERYTHING = "everything"


def scope_of(user):
    """The units whose projects this person sees, as "department:12"; EVERYTHING alone for all of them."""
    if sees_everything(user):
        return [EVERYTHING]
    return sorted(key_of(unit) for unit in Project.units_served_by(user))


class ExportFileQuerySet(LongExportQuerySet):
    def visible_to(self, user):
        """One's own; who sees everything sees them all."""
        return self if sees_everything(user) else self.filter(asked_by=user)


class ExportKind(models.TextChoices):
    LIST = "list", "项目明细"
    DOSSIER = "dossier", "一项一档"


class ExportFile(LongExport):
    """One export of projects, or the dossier of one that is long; its `query` then names it and whom it is for."""

    Kind = ExportKind
    title = ExportKind.LIST.label

    kind = models.CharField("种类", max_length=10, choices=ExportKind, default=ExportKind.LIST)

    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="申请人", on_delete=models.PROTECT, related_name="export_files"
    )

    objects = ExportFileQuerySet.as_manager()

    class Meta(LongExport.Meta):
        constraints = [
            *LongExport.Meta.constraints,
            one_of("kind", ExportKind.values, "导出的种类不在可选范围内。"),
            models.CheckConstraint(
                condition=Q(kind="list", extension__in=["xlsx", "csv"])
                | Q(kind="dossier", extension__in=["pdf", "zip"]),
                name="projects_exportfile_extension_of_kind",
                violation_error_message="项目明细导出成 Excel 或 CSV，一项一档导出成 PDF 或 zip。",
            ),
        ]

    @property
    def is_dossier(self):
        return self.kind == ExportKind.DOSSIER

    @property
    def counted_in(self):
        """What `total` and `done` count."""
        return "个文件" if self.is_dossier else "行"

    @property
    def file_name(self):
        return f"{safe_name(self.what)}.{self.extension}" if self.is_dossier else super().file_name

    def is_within_scope_of(self, user):
        """Whether this person may see, today, all that stands in the file.

        A dossier is of no use any more once something was sealed after it was begun: it was covered as of then.
        """
        if self.is_dossier:
            return Project.objects.visible_to(user).filter(code=self.query["project"]).exists() and \
                not Seal.objects.in_force().filter(confirmed_at__gte=self.started_at).exists()
        return sees_everything(user) or EVERYTHING not in self.scope and set(self.scope) <= set(scope_of(user))
