"""Which units answer for a row: said once by a model, asked of a row and of a set alike."""
import pytest

from guicheng.access.membership import hold_units
from guicheng.access.units import behind, people_of, reviews, works_for
from partybuilding.models import PartyOrganisation
from projects.models import ImportRow, ProgressUpdate, Project, SupervisionNotice
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def community(db):
    return factories.make_community()


def test_a_path_leads_to_a_model_of_another_app(community):
    assert behind(ProgressUpdate, "project__community") is type(community)
    assert behind(Project, "secretary_project")._meta.label == "communities.SecretaryProject"


def test_units_of_a_row_in_their_order(project, office, community):
    project.lead_department, project.community = office, community
    assert project.units() == [office, community]
    assert ImportRow(project=project).units() == [office, community]
    assert ImportRow(project=None).units() == []
    assert SupervisionNotice(project=project, department=None, community=community).units() == [community]
    assert SupervisionNotice(project=project).units() == [office, community], "sent to nobody: the project's"


def test_the_row_and_the_set_give_the_same(project, office, community, clerk, reviewer, other_clerk, street_admin):
    project.community = community
    project.save()
    for user in (clerk, reviewer, other_clerk, street_admin):
        assert reviews(user, project) == Project.objects.filter(Project.of_units_reviewed_by(user)).exists()
        of_units = Project.of_units(lambda units, user=user: units.objects.served_by(user))
        assert works_for(user, project.units()) == Project.objects.filter(of_units).exists()
    assert reviews(reviewer, project) and not reviews(clerk, project), "both answers were seen"


def test_the_people_of_units_each_once_and_nobody_who_left(office, community, clerk, reviewer):
    community.reviewers.add(reviewer)
    assert {user.pk for user in people_of([office, community])} >= {clerk.pk, reviewer.pk}
    assert len(people_of([office, office])) == len(people_of([office]))
    clerk.disable()
    assert clerk.pk not in {user.pk for user in people_of([office])}


def test_a_party_organisation_answers_with_all_below_it(clerk, reviewer):
    top = factories.make_organisation(name="示例党委")
    below = factories.make_organisation(name="示例党支部", parent=top)
    top.clerks.add(clerk)
    top.reviewers.add(reviewer)
    rows = PartyOrganisation.objects
    assert set(rows.served_by(clerk)) == set(rows.served_by(reviewer)) == {top, below}
    assert set(rows.reviewed_by(reviewer)) == {top, below} and not rows.reviewed_by(clerk).exists()
    assert works_for(clerk, [below]) and not works_for(factories.make_user(), [below])


def test_held_units_give_the_same_rows_and_last_for_one_request(project, office, community, clerk, reviewer, sign_in):
    Project.objects.filter(pk=project.pk).update(lead_department=office, community=community)
    factories.make_project().supporting_departments.add(office)
    models = [Project, ProgressUpdate, SupervisionNotice]
    for user in (clerk, reviewer):
        free = [set(model.objects.visible_to(user)) for model in models]
        hold_units(user)
        assert [set(model.objects.visible_to(user)) for model in models] == free and len(free[0]) == 2
        assert Project.objects.filter(Project.of_units_reviewed_by(user)).exists() == (user == reviewer)
    client = sign_in(clerk)
    assert client.get("/admin/").context["own_total"] == 2
    office.clerks.clear()
    assert client.get("/admin/").context["own_total"] == 0
