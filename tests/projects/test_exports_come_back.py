"""Every export that has the columns of the import comes back without a change: what we print we can read."""
import io

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from guicheng.days.quarters import Quarter
from projects.excel_import.told import told
from projects.models import Project, ProjectList


@pytest.fixture
def anybody():
    return get_user_model()(is_active=True, is_superuser=True)


def changes_of(content, name, user, sheet=""):
    """[(row, what it is, its notes)] of each row that is not the same, and how many rows there were."""
    answer = told(io.BytesIO(content), user, file_name=name, sheet=sheet)
    rows = [row for sheet in answer["sheets"] for row in sheet["rows"]]
    return [(row["row"], row["is"], row["notes"]) for row in rows if row["is"] != "same"], len(rows)


def lists():
    return ProjectList.objects.published().exclude(projects=None)


def test_each_lists_csv(facts, client, anybody):
    seen = 0
    for project_list in lists():
        content = client.get(reverse("list-csv", args=[project_list.slug])).getvalue()
        changed, rows = changes_of(content, "projects.csv", anybody)
        assert changed == [], project_list
        seen += rows
    assert seen > 50


def test_the_back_offices_list(facts, sign_in, superuser, anybody):
    for kind in ("csv", "xlsx"):
        answer = sign_in(superuser).get(reverse("admin:projects_project_export", args=[kind]))
        changed, rows = changes_of(answer.getvalue(), f"项目.{kind}", anybody)
        assert changed == [] and rows == Project.objects.count(), kind


def test_the_quarters_workbook(facts, client, anybody):
    """As things stand now: an older quarter tells what was said then."""
    content = client.get(reverse("report-file", args=[str(Quarter.current()), "xlsx"])).getvalue()
    changed, rows = changes_of(content, "季度.xlsx", anybody, "清单明细")
    assert changed == [] and rows > 50


def test_control_a_change_in_an_export_is_seen(facts, client, anybody):
    content = client.get(reverse("list-csv", args=["2021-key"])).getvalue().decode("utf-8-sig")
    changed, _ = changes_of(content.replace("推进中", "暂停", 1).encode(), "projects.csv", anybody)
    changed_too, _ = changes_of(content.replace(",已完成,", ",推进中,", 1).encode(), "projects.csv", anybody)
    assert len(changed) + len(changed_too) >= 1

