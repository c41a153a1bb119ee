from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig
from django.core import checks
from django.db.models.signals import m2m_changed, post_migrate, pre_migrate


class AdminConfig(DjangoAdminConfig):
    default_site = "guicheng.pages.admin_site.GuichengAdminSite"


class GuichengConfig(AppConfig):
    name = "guicheng"
    verbose_name = "账号"

    def ready(self):
        from django.contrib.admin.models import LogEntry
        from django.contrib.auth import get_user_model

        from guicheng.access.roles import keep_apart, make_groups
        from guicheng.accounts import sign_in  # noqa: F401, its receivers
        from guicheng.days.workdays import seed_after_migrate
        from guicheng.files import sealing  # noqa: F401, its work
        from guicheng.kept import rollup_triggers, triggers
        from guicheng.office.checks import check_scopes
        from guicheng.personal import health as _keys  # noqa: F401, its check
        from guicheng.review.checks import check_reviews
        from guicheng.search import pairs
        from guicheng.trail.append_only import AppendOnly, install_triggers, make_way
        from guicheng.upkeep import checks as _  # noqa: F401, the checks of /healthz
        from guicheng.upkeep import connections  # noqa: F401, and of what is outside
        from guicheng.upkeep.modes import check_modes

        LogEntry.append_only = AppendOnly(frozen_by="", let_go="", sentence="操作日志不能修改或删除。")
        m2m_changed.connect(keep_apart, sender=get_user_model().groups.through, dispatch_uid="keep_apart")
        pre_migrate.connect(make_way, dispatch_uid="make_way")
        post_migrate.connect(install_triggers, dispatch_uid="install_triggers")
        pre_migrate.connect(triggers.make_way, dispatch_uid="make_way_for_publication")
        post_migrate.connect(triggers.install_triggers, dispatch_uid="install_publication_triggers")
        pre_migrate.connect(rollup_triggers.make_way, sender=self, dispatch_uid="make_way_for_rollups")
        post_migrate.connect(rollup_triggers.install_triggers, sender=self, dispatch_uid="install_rollups")
        pre_migrate.connect(pairs.make_way, sender=self, dispatch_uid="make_way_for_pairs")
        post_migrate.connect(pairs.install, sender=self, dispatch_uid="install_pairs")
        post_migrate.connect(make_groups, dispatch_uid="make_groups")
        checks.register(check_scopes)
        checks.register(check_reviews)
        checks.register(check_modes, checks.Tags.security, deploy=True)
        post_migrate.connect(seed_after_migrate, sender=self, dispatch_uid="seed_calendar")
