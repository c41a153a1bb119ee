from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CommunitiesConfig(AppConfig):
    name = "communities"
    verbose_name = "社区"

    def ready(self):
        from communities import faces  # noqa: F401
        from communities.models.need_terms import seed_terms
        from communities.needs import calendar, erasing, sample  # noqa: F401, its receivers, what it holds, its samples

        post_migrate.connect(seed_terms, sender=self, dispatch_uid="seed_need_terms")
