"""Communities and their secretaries' projects."""
import pytest
from django.core.exceptions import ValidationError

from communities.models import Community, SecretaryProject
from tests import factories


def test_it_works(db):
    community = factories.make_community(name="映月", slug="yingyue")
    assert str(community) == "映月社区"
    assert Community.objects.get_by_natural_key("yingyue") == community
    assert list(Community.objects.published()) == [community]


def test_the_45_of_2021_are_those_with_a_code(db):
    listed = factories.make_community(code="440605011001")
    factories.make_community(name="同心", known_from=2023)
    assert list(Community.objects.listed_in_2021()) == [listed]


def test_a_code_stands_once_and_none_may_have_none(db):
    factories.make_community(code="440605011001")
    factories.make_community(), factories.make_community()
    with pytest.raises(ValidationError, match="已存在"):
        factories.make_community(code="440605011001")


def test_its_own_see_a_community(db, street_admin, other_clerk):
    community, clerk, reviewer = factories.make_community(), factories.make_user(), factories.make_user()
    factories.make_community()
    community.clerks.add(clerk)
    community.reviewers.add(reviewer, clerk)
    for user in (clerk, reviewer):
        assert list(Community.objects.visible_to(user)) == [community]
    assert not Community.objects.visible_to(other_clerk).exists()
    assert Community.objects.visible_to(street_admin).count() == 2


def test_a_secretary_project_is_public_as_its_project_is(db):
    shown = factories.make_secretary_project()
    hidden = factories.make_secretary_project(project=factories.make_project(is_published=False))
    assert list(SecretaryProject.objects.published()) == [shown]
    assert hidden in SecretaryProject.objects.all()


def test_a_secretary_project_is_seen_by_its_community(db, street_admin, other_clerk):
    row, clerk = factories.make_secretary_project(), factories.make_user()
    row.community.clerks.add(clerk)
    assert list(SecretaryProject.objects.visible_to(clerk)) == [row]
    assert not SecretaryProject.objects.visible_to(other_clerk).exists()
    assert list(SecretaryProject.objects.visible_to(street_admin)) == [row]


def test_a_project_is_one_communitys_secretary_project(db):
    row = factories.make_secretary_project()
    with pytest.raises(ValidationError, match="已存在"):
        factories.make_secretary_project(project=row.project)
