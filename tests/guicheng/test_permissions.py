"""Who may do what: roles give verbs, membership gives rows."""
import pytest
from django.contrib.auth.models import Group, Permission

from guicheng.access.permissions import in_scope, sees_everything
from guicheng.access.roles import ROLES, make_groups
from guicheng.review.permissions import can_approve, can_check, can_publish
from projects.models import Department, ProgressUpdate, Project
from projects.permissions import can_record_progress
from tests import factories


def shown(user):
    return set(Project.objects.visible_to(user))


@pytest.fixture
def elsewhere(key_list):
    """A project of another department."""
    return factories.make_project(key_list, lead_department=factories.make_department())


def test_it_works(clerk, other_clerk, reviewer, street_admin, superuser, project, elsewhere):
    assert shown(clerk) == shown(reviewer) == {project}
    assert shown(other_clerk) == set()
    assert shown(street_admin) == shown(superuser) == {project, elsewhere}


# --- which rows ----------------------------------------------------------------------------------
def test_a_supporting_department_sees_it_too(clerk, office, elsewhere):
    elsewhere.supporting_departments.set([office, factories.make_department()])
    assert shown(clerk) == {elsewhere}


@pytest.mark.parametrize("members", ["clerks", "reviewers"])
def test_a_community_shows_its_projects(db, members):
    community = factories.make_community()
    inside, user = factories.make_project(community=community), factories.make_user(roles=["社区经办人"])
    factories.make_project(community=factories.make_community())
    assert shown(user) == set()
    getattr(community, members).add(user)
    assert shown(user) == {inside}


def test_each_row_comes_once(clerk, office, project):
    office.reviewers.add(clerk)
    project.supporting_departments.set([office])
    project.community = factories.make_community()
    project.community.clerks.add(clerk)
    project.save()
    assert Project.objects.visible_to(clerk).count() == 1
    assert Department.objects.visible_to(clerk).count() == 1


def test_hidden_and_unpublished_projects_are_shown_to_their_clerk(clerk, project):
    project.is_published = False
    project.save()
    assert shown(clerk) == {project}


def test_a_role_without_membership_shows_nothing(project):
    for role in ("部门经办人", "社区经办人", "审核员", "系统管理员"):
        assert shown(factories.make_user(roles=[role])) == set(), role


def test_membership_without_a_role_allows_nothing(office, project):
    user = factories.make_user()
    office.clerks.add(user)
    office.reviewers.add(user)
    assert in_scope(user, project)
    assert not can_record_progress(user, project) and not can_publish(user, project)


def test_a_leader_sees_everything_takes_it_along_and_only_supervises(project):
    leader = factories.make_user(roles=["领导"])
    assert shown(leader) == {project}
    assert not can_record_progress(leader, project) and not can_publish(leader, project)
    verbs = {each for each in leader.get_all_permissions() if ".view_" not in each and "see_everything" not in each}
    assert verbs == {"projects.start_supervision", "projects.add_instruction", "projects.add_exportfile"}


def test_statements_follow_their_project(clerk, other_clerk, street_admin, project, elsewhere):
    mine, theirs = factories.make_update(project), factories.make_update(elsewhere)
    assert set(ProgressUpdate.objects.visible_to(clerk)) == {mine}
    assert set(ProgressUpdate.objects.visible_to(other_clerk)) == set()
    assert set(ProgressUpdate.objects.visible_to(street_admin)) == {mine, theirs}


def test_a_department_is_shown_to_its_own(clerk, other_clerk, street_admin, office):
    assert set(Department.objects.visible_to(clerk)) == {office}
    assert office not in Department.objects.visible_to(other_clerk)
    assert Department.objects.visible_to(street_admin).count() == 2


def test_in_scope_is_what_visible_to_shows(clerk, other_clerk, project, office):
    assert in_scope(clerk, project) and in_scope(clerk, office)
    assert not in_scope(other_clerk, project) and not in_scope(other_clerk, office)


# --- who may publish -----------------------------------------------------------------------------
def test_only_a_reviewer_in_scope_and_the_street_may_check(
        clerk, other_clerk, reviewer, senior_reviewer, street_admin, superuser, project, elsewhere):
    people = [clerk, other_clerk, reviewer, senior_reviewer, street_admin, superuser]
    here, there = (factories.make_update(each, published=False) for each in (project, elsewhere))
    assert [can_check(user, here) for user in people] == [False, False, True, False, True, True]
    another = factories.make_user(roles=["业务管理员"], is_established=True)
    assert can_check(senior_reviewer, here) and can_check(another, here)
    assert [can_publish(user, here) for user in people] == [False, False, False, True, False, False]
    assert not can_check(reviewer, there) and not can_publish(senior_reviewer, there)
    street_admin.is_established = True
    assert can_publish(street_admin, there)


def test_the_queue_is_what_one_may_approve(
        clerk, reviewer, senior_reviewer, street_admin, superuser, project, elsewhere, office):
    """`for_review_by` and `can_approve` ask the same question of a set and of a row."""
    rows = []
    for each in (project, elsewhere):
        for author in (clerk, reviewer, senior_reviewer, street_admin):
            for checker in (None, reviewer, street_admin):
                if checker != author:
                    row = factories.make_update(each, published=False, author=author)
                    row.submit(author)
                    if checker:
                        row.state, row.checker = "checked", checker
                        row.save()
                    rows.append(row)
    queue = ProgressUpdate.objects.for_review_by
    for small in (False, True):
        type(office).objects.update(one_step_review=small)
        rows = list(ProgressUpdate.objects.select_related("project__lead_department", "project__community"))
        for user in (clerk, reviewer, senior_reviewer, street_admin, superuser):
            for user.is_established in (False, True):
                wanted = {row.pk for row in rows if can_approve(user, row)}
                assert set(queue(user).values_list("pk", flat=True)) == wanted, (user, small)
    assert wanted, "some are somebody's"


def test_only_those_in_scope_may_record(clerk, other_clerk, reviewer, project, elsewhere):
    assert can_record_progress(clerk, project) and can_record_progress(reviewer, project)
    assert not can_record_progress(other_clerk, project) and not can_record_progress(clerk, elsewhere)


def test_who_left_may_do_nothing(reviewer, project):
    reviewer.is_active = False
    reviewer.save()
    row = factories.make_update(project, published=False)
    assert not can_check(reviewer, row) and not can_record_progress(reviewer, project)


# --- roles ---------------------------------------------------------------------------------------
def groups():
    return {
        group.name: {f"{each.content_type.app_label}.{each.codename}"
                     for each in group.permissions.select_related("content_type")}
        for group in Group.objects.all()
    }


WANTED = {name: set(permissions) for name, permissions in ROLES.items()}


def test_every_role_has_its_permissions(db):
    assert groups() == WANTED


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_they_have_them_after_a_flush(turn):
    assert groups() == WANTED
    Group.objects.all().delete()  # the flush after this must bring them back for the second turn


def test_making_them_again_mends_them(db):
    Group.objects.get(name="领导").permissions.set(Permission.objects.all())
    Group.objects.get(name="审核员").delete()
    assert groups() != WANTED
    make_groups()
    assert groups() == WANTED


def test_a_group_of_the_offices_own_is_left_alone(db):
    own = Group.objects.create(name="临时组")
    own.permissions.set(Permission.objects.all()[:3])
    make_groups()
    assert own.permissions.count() == 3


def test_nobody_may_delete(db):
    assert not [each for permissions in ROLES.values() for each in permissions if ".delete_" in each]


def test_content_and_accounts_are_never_one_role():
    for permissions in ROLES.values():
        assert not ("guicheng.change_user" in permissions and "projects.change_project" in permissions)


def test_sees_everything(clerk, reviewer, street_admin, superuser):
    assert [sees_everything(user) for user in (clerk, reviewer, street_admin, superuser)] == [False, False, True, True]
