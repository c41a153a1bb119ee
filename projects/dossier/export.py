"""A dossier with many photos: made beside the pages, kept and swept like every long export."""
from django.core.exceptions import ValidationError
from django.http import Http404
from django_tasks import task

from guicheng.tables.long_exports import LongExports
from projects.dossier.pack import write_zip
from projects.dossier.page import render_pdf
from projects.dossier.reading import Audience, dossier_of, how_many_files
from projects.models import ExportFile
from projects.models.exports import scope_of
from projects.report import Missing

GONE = "申请人现在看不到这个项目，没有生成。"


class DossierFiles(LongExports):
    """The ExportFiles that are dossiers. `LONG` is in photos and papers: fewer are written at once."""

    LONG = 30

    def ask(self, user, project, audience, extension):
        """As of any long export: (its row, whether it is new). In the caller's transaction. Raises ValidationError."""
        query = {"project": project.code, "for": str(audience)}
        return self._written_down(user, query, extension, lambda: {
            "kind": ExportFile.Kind.DOSSIER, "what": f"{project.name} 一项一档（{audience.label}）",
            "total": how_many_files(project)})

    def _prepared(self, file):
        user = file.asked_by
        if not user.is_active:
            raise ValidationError(GONE)
        try:
            dossier = dossier_of(file.query["project"], Audience(file.query["for"]), user)
        except Http404 as error:
            raise ValidationError(GONE) from error
        if file.extension == "zip":
            file.total = len(dossier.files) + len(dossier.orders) + 1
            return scope_of(user), lambda part, saw: write_zip(part, dossier, saw)
        return scope_of(user), lambda part, saw: _write_pdf(part, dossier)


def _write_pdf(part, dossier):
    try:
        part.write_bytes(render_pdf(dossier))
    except Missing as error:
        raise ValidationError(f"{error}请在网页上打印。") from error


dossier_files = DossierFiles(ExportFile, None, "exports")


@task()
def work(file):
    dossier_files.run(file)


dossier_files.work = work
