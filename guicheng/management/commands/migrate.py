from django.core.management.commands import migrate
from django.db import DEFAULT_DB_ALIAS

from guicheng.upkeep.upgrade import is_empty, make_all

OTHERWISE = ("app_label", "check_unapplied", "fake", "plan", "prune")  # each asks for something else than all tables


class Command(migrate.Command):
    """Django's own; what it finds empty is made from the models first, and no migration is left to do."""

    def handle(self, *args, **options):
        wants_all = options["database"] == DEFAULT_DB_ALIAS and not any(options[name] for name in OTHERWISE)
        if wants_all and is_empty():
            make_all()
        super().handle(*args, **options)
