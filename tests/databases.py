"""Which tests run on which database."""
import pytest
from django.db import connection


def on_postgresql(test):
    """For the few tests that mean something on one database only: elsewhere they are not there, and not skipped."""
    return test if connection.vendor == "postgresql" else None


def on_sqlite(test):
    return test if connection.vendor == "sqlite" else None


def asks_none(item):
    """Whether a test says by its fixtures and marks that it asks no database: pytest-django refuses it one."""
    asked = {"django_db_setup", "live_server"} & set(item.fixturenames)
    return not asked and item.get_closest_marker("django_db") is None


def mark_without(items):
    """Mark the tests that ask no database, also in the report: what runs once is counted there."""
    for item in filter(asks_none, items):
        item.add_marker("no_database")
        item.user_properties.append(("no_database", "yes"))


def refuse_a_hidden_one(name, item):
    """Fail a marked test that reaches a database all the same, by a fixture it asks for while it runs."""
    if name in ("db", "transactional_db") and item.get_closest_marker("no_database"):
        pytest.fail("这个测试到运行时才要数据库，在 PostgreSQL 上会漏掉：请在参数里写上 db。")
