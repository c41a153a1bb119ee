from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "projects"
    verbose_name = "项目与清单"

    def ready(self):
        from projects import health  # noqa: F401, its check
