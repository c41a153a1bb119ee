"""Fill the database that the environment names: `python -m tests.bench.fill 10000`. Prints the addresses to ask for.

The sample rows lose their mark at the end, so that the pages treat them as real; the database is thrown away.
"""
import json
import os
import sys

import django


def fill(size):
    from django.core.management import call_command
    from django.db import connection

    from projects.models import Category, Department, ProgressUpdate, Project, ProjectList, Promise

    call_command("migrate", verbosity=0)
    call_command("load_facts", stdout=sys.stderr)
    call_command("seed_sample", projects=size, stdout=sys.stderr)
    for model in (ProgressUpdate, Promise, Project, Category, ProjectList, Department):
        model.objects.filter(is_sample=True).update(is_sample=False)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM (FULL)")  # the marks' removal wrote every row twice
            cursor.execute("VACUUM (ANALYZE)")
        else:
            cursor.execute("VACUUM")
            cursor.execute("ANALYZE")


def addresses():
    """What the client asks for. The last page before the middle is found by the order of the public list."""
    from communities.models import Community
    from projects.models import Project

    newest = Project.objects.published().newest_first()
    middle = newest[newest.count() // 2]
    twentieth = newest[19]
    community = Community.objects.filter(slug="guiyi").first() or Community.objects.listed_in_2021()[0]
    return {
        "pages": {
            "home": "/",
            "list": "/projects/?list=sample-micro-2021&q=%E7%A4%BA%E4%BE%8B",
            "project": "/projects/sample-000012/",
            "community": f"/communities/{community.slug}/",
            "party": "/party/",
            "report": "/reports/2021Q4/",
            "api": "/api/summary/2021Q4/",
            "first": "/projects/",
            "middle": f"/projects/?after={_token(middle)}",
        },
        "second_page": _token(twentieth),
        # of every row, of one in twenty, of none
        "searches": {word: f"/projects/?q={code}" for word, code in [
            ("示例", "%E7%A4%BA%E4%BE%8B"), ("公园", "%E5%85%AC%E5%9B%AD"), ("玉兔", "%E7%8E%89%E5%85%94")]},
    }


def _token(project):
    return f"{project.moved_on:%Y-%m-%d}_{project.pk}"


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guicheng.settings")
    django.setup()
    fill(int(sys.argv[1]))
    print(json.dumps(addresses()))
