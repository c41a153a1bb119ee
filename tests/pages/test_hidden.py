"""What is not public is not named beside what is."""
import pytest
from django.core.exceptions import ValidationError

from projects.models import Project
from tests import factories

pytestmark = pytest.mark.django_db


def words_on(client, *addresses):
    return "".join(client.get(address).text for address in addresses)


@pytest.mark.parametrize("is_published", [True, False])
def test_the_headings_of_a_list(visitor, key_list, is_published):
    hidden = factories.make_list(slug="inner", title="内部清单", is_published=is_published)
    factories.make_project(hidden, category=factories.make_category(hidden, name="某个类型"))
    assert ("某个类型" in words_on(visitor, "/projects/?list=inner")) is is_published


@pytest.mark.parametrize("is_published", [True, False])
def test_the_figures_of_a_project(visitor, key_list, is_published):
    project = factories.make_project(key_list, is_published=is_published)
    metric = factories.make_metric(name="某个数", project=project)
    factories.make_reading(metric)
    factories.make_discrepancy(metric=metric, topic="某处分歧")
    page = words_on(visitor, "/about/", "/party/", "/party/figures/", metric.get_absolute_url(), "/sources/")
    assert ("某个数" in page, "某处分歧" in page) == (is_published, is_published)
    assert visitor.get(metric.get_absolute_url()).status_code == (200 if is_published else 404)


def test_a_part_stands_on_the_list_of_its_whole(key_list):
    """So it is hidden with that list, and never names a whole that is not public."""
    whole = factories.make_project(key_list)
    with pytest.raises(ValidationError, match="同一张清单"):
        factories.make_project(factories.make_list(), parent=whole)
    factories.make_part(whole)
    whole.project_list, whole.number, whole.category = factories.make_list(), None, None
    with pytest.raises(ValidationError, match="同一张清单"):
        whole.full_clean()
    key_list.is_published = False
    key_list.save()
    assert not Project.objects.published().exists()
