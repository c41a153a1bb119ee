"""A long export: who asked for what, how far it is, and the file that came of it.

The work is in `guicheng/tables/long_exports.py`. The file lies in DATA_DIR/exports and is served only to staff.
"""
from django.conf import settings
from django.db import models

from guicheng.access.membership import key_of
from guicheng.access.permissions import sees_everything
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


class ExportFile(LongExport):
    """One export of projects."""

    title = "项目明细"

    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="申请人", on_delete=models.PROTECT, related_name="export_files"
    )

    objects = ExportFileQuerySet.as_manager()

    class Meta(LongExport.Meta):
        pass

    def is_within_scope_of(self, user):
        """Whether this person sees, today, all the units whose projects stand in the file."""
        return sees_everything(user) or EVERYTHING not in self.scope and set(self.scope) <= set(scope_of(user))
