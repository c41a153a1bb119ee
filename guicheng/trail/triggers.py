"""Which triggers stand in the database, asked before serving and after repairs."""
from django.core.exceptions import ImproperlyConfigured
from django.db import connections


def missing(wanted, using="default"):
    """Those of these names that no trigger has that works, in order."""
    is_postgresql = connections[using].vendor == "postgresql"
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'" if is_postgresql
                       else "SELECT name FROM sqlite_master WHERE type = 'trigger'")
        return sorted(set(wanted) - {row[0] for row in cursor.fetchall()})


def refuse_without(missing_ones, what_for):
    """Raise ImproperlyConfigured where any is missing; `what_for` is what a person reads they are for."""
    if missing_ones:
        raise ImproperlyConfigured(
            f"数据库缺少{what_for}的触发器（{'、'.join(missing_ones)}），先运行 python manage.py prepare。")
