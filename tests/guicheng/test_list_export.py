"""What a list shows is what its file holds: filter, order, columns, all pages."""
import csv
import io

import openpyxl
import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone

from guicheng.office.list_export import ExportedList
from tests import factories

pytestmark = pytest.mark.django_db


def address(model, extension="csv", app="projects"):
    return reverse(f"admin:{app}_{model}_export", args=[extension])


def rows_of(response):
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def shown(client, model, query):
    """The first column of the list on the screen."""
    page = client.get(reverse(f"admin:projects_{model}_changelist"), query)
    return [row.pk for row in page.context["cl"].result_list]


@pytest.fixture
def many(key_list, office):
    return [factories.make_project(key_list, number=number, name=f"项目{number:03}", lead_department=office)
            for number in range(2, 64)]


def test_it_works(sign_in, clerk, project, many):
    head, *rows = rows_of(sign_in(clerk).get(address("project")))
    assert head[0] == "名称" and "填报" not in head
    assert len(rows) == 63, "all pages"
    assert "半月岛公园" in [row[0] for row in rows]


@pytest.mark.parametrize("query", [{"q": "项目01"}, {"status__exact": "in_progress"}, {"o": "-1"}, {"q": "没有这个"}])
def test_the_file_holds_what_the_screen_shows(sign_in, clerk, project, many, query):
    factories.make_update(many[3], status="in_progress")
    client = sign_in(clerk)
    page = client.get(reverse("admin:projects_project_changelist"), query).context["cl"]
    _, *rows = rows_of(client.get(address("project"), query))
    assert len(rows) == page.result_count
    assert [row[0] for row in rows[:50]] == [row.name for row in page.result_list]


def test_the_workbook_holds_the_same(sign_in, clerk, project, many):
    client = sign_in(clerk)
    _, *rows = rows_of(client.get(address("project")))
    content = b"".join(client.get(address("project", "xlsx")).streaming_content)
    _, *cells = openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)
    assert [row[0] for row in cells] == [row[0] for row in rows]


def test_a_formula_is_text_in_both(sign_in, clerk, office):
    factories.make_project(name='=HYPERLINK("x")', lead_department=office)
    client = sign_in(clerk)
    assert rows_of(client.get(address("project")))[1][0].startswith("'=")
    content = b"".join(client.get(address("project", "xlsx")).streaming_content)
    cell = openpyxl.load_workbook(io.BytesIO(content)).active["A2"]
    assert cell.data_type == "s"


def test_only_what_is_in_scope(sign_in, other_clerk, project):
    assert len(rows_of(sign_in(other_clerk).get(address("project")))) == 1


@pytest.mark.parametrize(("extension", "query", "status"), [
    ("pdf", {}, 404), ("csv", {"status__regex": "("}, 400), ("csv", {"month": "2021-13"}, 400)])
def test_odd_addresses_are_no_fault(sign_in, clerk, extension, query, status):
    assert sign_in(clerk).get(address("project", extension), query).status_code == status


def test_without_the_right_to_the_list_there_is_no_file(sign_in, office):
    nobody = factories.make_user("nobody", is_staff=True)
    assert sign_in(nobody).get(address("project")).status_code == 403


def test_the_list_offers_its_file_with_the_filter(sign_in, clerk, project):
    page = sign_in(clerk).get(reverse("admin:projects_project_changelist"), {"q": "半月"}).content.decode()
    assert f'{address("project", "xlsx")}?q=%E5%8D%8A%E6%9C%88' in page


def test_the_review_record_is_exported_by_month(sign_in, clerk, street_admin, project):
    row = factories.make_update(project, published=False, author=clerk)
    row.submit(clerk)
    month = f"{timezone.localtime(row.created_at):%Y-%m}"
    client = sign_in(street_admin)
    head, only = rows_of(client.get(address("reviewstep"), {"month": month}))
    assert only[1:4] == ["提交", "经办人", "半月岛公园"]
    assert len(rows_of(client.get(address("reviewstep"), {"month": "2020-01"}))) == 1


EXPORTED = [model for model, each in admin.site._registry.items() if type(each).export is ExportedList.export]


@pytest.mark.parametrize("model", EXPORTED, ids=lambda model: model._meta.label_lower)
def test_every_list_has_its_workbook(sign_in, superuser, project, model):
    """Also an empty one; and no list has two columns of one name."""
    response = sign_in(superuser).get(address(model._meta.model_name, "xlsx", model._meta.app_label))
    assert response.status_code == 200
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    assert next(sheet.values)[0]
