"""Bring a database to this code as `prepare` does, and say as JSON what came of it. JSON in: the paths to look at.

Without the facts that `prepare` loads afterwards: what the pages say would be another thing.
"""
import io
import json
import sys

import look
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client

from guicheng.management.commands.prepare import Command
from guicheng.review.checked import Checked
from guicheng.search import pairs
from guicheng.search.among import Candidates
from guicheng.trail.append_only import missing_triggers
from guicheng.upkeep.upgrade import Outlook
from projects.models import ProgressUpdate, Project, QuarterClose, ReviewStep
from projects.report.close import damaged
from tests.upgrade.databases import schema_of


def staff_pages():
    """{path: status} of what the back office shows of the old rows, to somebody who sees all."""
    client = Client(headers={"host": "localhost"})
    client.force_login(get_user_model().objects.get(username="root"))
    lists = [f"/admin/{model._meta.app_label}/{model._meta.model_name}/" for model in admin.site._registry]
    rows = ProgressUpdate.objects.values_list("pk", flat=True)
    pages = ["/admin/", *lists, *(f"/admin/projects/progressupdate/{pk}/change/" for pk in rows)]
    return {path: client.get(path).status_code for path in pages}


def next_step():
    """Somebody reads what was handed in before the upgrade; give the states it is in then."""
    boss = get_user_model().objects.get(username="boss")
    waiting = ProgressUpdate.objects.filter(state="submitted").exclude(author=boss)
    return [row.approve(boss, Checked.whole()).state for row in waiting]


def main():
    said = io.StringIO()
    command, outlook = Command(stdout=said), Outlook()
    if outlook.plan:
        command.back_up()
    command.update_database(outlook)
    json.dump({
        "said": said.getvalue(),
        "missing_triggers": missing_triggers(),
        "damaged": [each for close in QuarterClose.objects.all() for each in damaged(close)],
        "closes": QuarterClose.objects.count(),
        "index": {"missing": pairs.missing(), "rebuilt": pairs.rebuild(),
                  "named": sorted(Candidates(Project, [["公园"]]).keys("default")),
                  "found": sorted(Project.objects.search("公园").values_list("pk", flat=True))},
        "rebuilt": Project.objects.rebuild_projections(),
        "updates": list(ProgressUpdate.objects.order_by("pk").values(
            "state", "author__username", "checker__username", "reviewer__username", "one_step", "text", "version")),
        "steps": list(ReviewStep.objects.order_by("pk").values_list("update__text", "verb", "by__username", "note")),
        "seen": look.everything(json.load(sys.stdin)),
        "staff": staff_pages(),
        "schema": schema_of(connection),
        "next": next_step(),
    }, sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main()
