from django.apps import AppConfig


class PartyBuildingConfig(AppConfig):
    name = "partybuilding"
    verbose_name = "党建"

    def ready(self):
        from partybuilding.reporting import asking  # noqa: F401, what a 报送任务 can ask of communities
