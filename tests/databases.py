"""For the few tests that mean something on one database only: elsewhere they are not there, and not skipped."""
from django.db import connection


def on_postgresql(test):
    return test if connection.vendor == "postgresql" else None


def on_sqlite(test):
    return test if connection.vendor == "sqlite" else None
