"""The long exports of projects."""
from django_tasks import task

from guicheng.tables.long_exports import Export, LongExports
from projects.exports.columns import STAFF_COLUMNS, project_rows
from projects.filters import StaffFilter
from projects.models import ExportFile
from projects.models.exports import scope_of

export_files = LongExports(ExportFile, Export(
    ExportFile.title, "项目", "projects.view_project", STAFF_COLUMNS, project_rows, StaffFilter, scope_of), "exports")


@task()
def work(file):
    export_files.run(file)


export_files.work = work
