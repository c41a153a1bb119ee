from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig
from django.db.models.signals import post_migrate


class AdminConfig(DjangoAdminConfig):
    default_site = "guicheng.pages.admin_site.GuichengAdminSite"


class GuichengConfig(AppConfig):
    name = "guicheng"
    verbose_name = "账号"

    def ready(self):
        from guicheng.append_only import install_triggers
        from guicheng.roles import make_groups
        from guicheng.workdays import seed_after_migrate

        post_migrate.connect(install_triggers, dispatch_uid="install_triggers")
        post_migrate.connect(make_groups, dispatch_uid="make_groups")
        post_migrate.connect(seed_after_migrate, sender=self, dispatch_uid="seed_calendar")
