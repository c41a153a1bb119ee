"""Fill the database that the environment names: `python -m tests.bench.fill 10000`. Prints the addresses to ask for.

With 0 it makes the tables and loads the facts, to be copied: the migrations take longer than ten thousand projects.
A thousand sample projects are made one by one, the others are copies of them, one statement a table. They lose their
mark first, so that the pages treat them as real; the database is thrown away. A million are copied without triggers
and without the indexes that no key needs: those are made once, of all rows.
"""
import json
import os
import sys
from contextlib import contextmanager

import django
from django.db.models import DateField, DateTimeField

BASE = 1000
DAYS = 300  # over which the copies of a project are spread
SAMPLES = "SELECT id FROM projects_project WHERE code LIKE 'sample-%' AND id < {}"


def fill(size, statements=None):
    """Make `size` projects, each with so many statements or as many as samples have."""
    from django.core.management import call_command
    from django.db import connection

    from guicheng.kept import rollup_triggers, triggers
    from guicheng.kept.rollup import all_rollups
    from guicheng.search import pairs
    from guicheng.trail import append_only
    from projects.models import Category, Department, ProgressUpdate, Project, ProjectList, Promise
    from projects.sample import seed_sample

    call_command("migrate", verbosity=0)
    call_command("load_facts", stdout=sys.stderr)
    if not size:
        return
    seed_sample(min(size, BASE), **({"updates_per_project": statements} if statements else {}))
    for kind in (append_only, triggers, rollup_triggers):
        kind.drop_triggers(connection)
    for model in (ProgressUpdate, Promise, Project, Category, ProjectList, Department):
        model.objects.filter(is_sample=True).update(is_sample=False)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM (FULL)")  # the marks' removal wrote every row twice
        if (copies := size // BASE - 1) > 0:
            step = {model: _step(cursor, model) for model in (Project, ProgressUpdate, Promise)}
            with _bare(cursor, [model._meta.db_table for model in step]):
                _copy(cursor, Project, copies, step, {"code": "rows.code || '-' || copies.n", "number": "NULL"})
                _copy(cursor, ProgressUpdate, copies, step, {})
                _copy(cursor, Promise, copies, step, {"code": "rows.id || '-' || copies.n"})
    for kind in (append_only, triggers, rollup_triggers):
        kind.install_triggers()
    pairs.install()  # as `prepare` does
    for rollup in all_rollups():  # as readers leave them
        rollup.objects.fold()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)" if connection.vendor == "postgresql" else "ANALYZE")


@contextmanager
def _bare(cursor, tables):
    """One transaction in which these tables have no index but their keys, and no foreign key is looked up."""
    from django.db import connection, transaction

    if is_postgresql := connection.vendor == "postgresql":
        cursor.execute(
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index "
            "WHERE indrelid::regclass::text = ANY(%s) "
            "AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)", [tables])
    else:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN "
                       "(SELECT value FROM json_each(%s))", [json.dumps(tables)])
    indexes = cursor.fetchall()
    with connection.constraint_checks_disabled(), transaction.atomic():
        if is_postgresql:
            cursor.execute("SET LOCAL session_replication_role = replica")
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}")
        yield
        for _, sql in indexes:
            cursor.execute(sql)


def _step(cursor, model):
    cursor.execute(f"SELECT max(id) + 1 FROM {model._meta.db_table}")  # noqa: S608 (names of the models)
    return cursor.fetchone()[0]


def _copy(cursor, model, copies, step, changed):
    """Copy the sample rows of a table, with their keys moved on, in one statement."""
    first, columns = next(iter(step)), []
    for field in model._meta.concrete_fields:
        value = f"rows.{field.column}"
        if isinstance(field, DateField):
            value = _later(cursor, value, isinstance(field, DateTimeField))
        if field.primary_key:
            value += f" + copies.n * {step[model]}"
        elif field.related_model in step:
            value += f" + copies.n * {step[field.related_model]}"
        columns.append((field.column, changed.get(field.column, value)))
    names, values = zip(*columns, strict=True)
    of_project = "rows.id" if model is first else "rows.project_id"
    cursor.execute(  # names of the models, and numbers
        f"WITH RECURSIVE copies(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copies WHERE n < {copies}) "  # noqa: S608
        f"INSERT INTO {model._meta.db_table} ({', '.join(names)}) SELECT {', '.join(values)} "
        f"FROM copies CROSS JOIN {model._meta.db_table} rows WHERE {of_project} IN ({SAMPLES.format(step[first])})")


def _later(cursor, column, has_time):
    """The SQL of a day moved on with its copy: else a thousand projects that say the same move on one day."""
    if cursor.db.vendor == "postgresql":
        moved = f"{column} + (copies.n % {DAYS}) * interval '1 day'" if has_time else f"{column} + copies.n % {DAYS}"
    else:
        moved = f"{'datetime' if has_time else 'date'}({column}, '+' || (copies.n % {DAYS}) || ' days')"
    return f"CASE WHEN {column} > '1900-01-01' THEN {moved} ELSE {column} END"


def addresses():
    """What the client asks for. The last page before the middle is found by the order of the public list."""
    from communities.models import Community
    from projects.models import Project

    newest = Project.objects.published().newest_first()
    middle = newest[newest.count() // 2]
    community = Community.objects.filter(slug="guiyi").first() or Community.objects.listed_in_2021()[0]
    project = Project.objects.get(code="sample-000012")
    return {
        "second_page": _token(newest[19]),
        "pages": {
            "kept": "/",
            "not_modified": "/",
            "home": "/",
            "list": "/projects/?list=sample-micro-2021&q=%E7%A4%BA%E4%BE%8B",
            "first": "/projects/",
            "middle": f"/projects/?after={_token(middle)}",
            "project": project.get_absolute_url(),
            "community": f"/communities/{community.slug}/",
            "party": "/party/",
            "one_list": "/lists/sample-micro-2021/",
            "lists": "/lists/",
            "reports": "/reports/",
            "about": "/about/",
            "sources": "/sources/",
            "as_of": "/lists/sample-micro-2021/?asof=2023-06-30",
            "report": "/reports/2024Q4/",
            "api": "/api/summary/2024Q4/",
            "svg": "/reports/2024Q4.svg",
            "csv": "/reports/2024Q4.csv",
            "common": "/projects/?q=%E7%A4%BA%E4%BE%8B",
            "rare": "/projects/?q=%E5%85%AC%E5%9B%AD",
            "none": "/projects/?q=%E7%8E%89%E5%85%94",
            "admin": "/admin/projects/project/",
            "first_page": "/admin/",
            "clerks_page": "/admin/",
            "desk": "/admin/projects/supervisionnotice/desk/",
            "stock_list": "/bench/stock/list/",
            "stock_page": f"/bench/stock/page/{project.pk}/",
            "stock_admin": "/admin/projects/stockproject/",
        },
    }


def _token(project):
    return f"{project.moved_on:%Y-%m-%d}_{project.pk}"


def cookies():
    """{account: the Cookie header of somebody signed in}: the office, and a clerk of a department with projects."""
    from django.conf import settings
    from django.contrib.auth.models import Group
    from django.test import Client

    from guicheng.accounts.models import User
    from projects.models import Department

    found = {}
    for account, role in [("office", "业务管理员"), ("clerk", "部门经办人")]:
        user = User.objects.create_user(f"bench-{account}", name=f"示例{account}", is_staff=True)
        user.groups.add(Group.objects.get(name=role))
        if account == "clerk":
            Department.objects.filter(led_projects__code="sample-000012").first().clerks.add(user)
        client = Client()
        client.force_login(user)
        found[account] = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    return found


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guicheng.settings")
    django.setup()
    fill(int(sys.argv[1]))
    if int(sys.argv[1]):
        print(json.dumps(addresses() | {"cookies": cookies()}))
