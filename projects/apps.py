from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate

MOVED_TASKS = {"projects.export_files.work": "projects.exports.files.work"}


class ProjectsConfig(AppConfig):
    name = "projects"
    verbose_name = "项目与清单"

    def ready(self):
        from projects import faces, health, sealed  # noqa: F401, its public faces, its check, its work under a seal
        from projects.reporting import asking  # noqa: F401, what a 报送任务 can ask

        post_migrate.connect(rename_queued_tasks, sender=self, dispatch_uid="rename_queued_tasks")


def rename_queued_tasks(using="default", **kwargs):
    """What an older version put into the queue waits under the path its function had then."""
    from django_tasks_db.models import DBTaskResult

    if DBTaskResult._meta.db_table in connections[using].introspection.table_names():
        for old, new in MOVED_TASKS.items():
            DBTaskResult.objects.using(using).filter(task_path=old).update(task_path=new)
