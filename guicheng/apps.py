from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig
from django.core import checks
from django.db.models.signals import post_migrate, pre_migrate


class AdminConfig(DjangoAdminConfig):
    default_site = "guicheng.pages.admin_site.GuichengAdminSite"


class GuichengConfig(AppConfig):
    name = "guicheng"
    verbose_name = "账号"

    def ready(self):
        from guicheng.append_only import install_triggers, make_way
        from guicheng.roles import make_groups
        from guicheng.scope import check_scopes

        pre_migrate.connect(make_way, dispatch_uid="make_way")
        post_migrate.connect(install_triggers, dispatch_uid="install_triggers")
        post_migrate.connect(make_groups, dispatch_uid="make_groups")
        checks.register(check_scopes)
