"""A list on a phone: each cell says which column it is."""
import pytest
from django.urls import reverse

from tests import factories


@pytest.mark.django_db
def test_every_cell_names_its_column(sign_in, clerk, project):
    page = sign_in(clerk).get(reverse("admin:projects_project_changelist")).content.decode()
    for label in ("当前状态", "最近进展日", "清单", "社区", "牵头单位"):
        assert f'data-label="{label}"' in page
    assert 'data-label=""' in page, "the tick has no name to show"


@pytest.mark.django_db
def test_what_a_person_typed_stays_text(sign_in, clerk, office):
    factories.make_project(name="<td onclick=x>", lead_department=office)
    page = sign_in(clerk).get(reverse("admin:projects_project_changelist")).content.decode()
    assert "<td onclick" not in page and "&lt;td onclick=x&gt;" in page
