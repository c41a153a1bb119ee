"""The change form of a row that several people edit: both texts, a choice, nothing lost."""
import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from guicheng.office.merging import Snapshot
from projects.models import Department, Milestone, Project
from tests import factories
from tests.forms import changed, held, opened, post

pytestmark = pytest.mark.django_db


@pytest.fixture
def jia(db):
    return factories.make_user("jia", name="甲", roles=["业务管理员"])


@pytest.fixture
def yi(db):
    return factories.make_user("yi", name="乙", roles=["业务管理员"])


@pytest.fixture
def two(sign_in, jia, yi):
    return sign_in(jia), sign_in(yi)


@pytest.fixture
def plan(project):
    project.description = "修建公园。种树。"
    project.place = "半月岛"
    project.save()
    return project


def address(row):
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def collide(two, row, theirs, mine):
    """Both open the page, the first saves, then the second; give the second answer."""
    first, second = two
    seen_first, seen_second = opened(first, address(row)), opened(second, address(row))
    assert post(first, address(row), seen_first, **theirs).status_code == 302
    return post(second, address(row), seen_second, **mine)


def test_it_works(two, plan):
    client = two[0]
    assert post(client, address(plan), opened(client, address(plan)), description="新内容。").status_code == 302
    plan.refresh_from_db()
    assert (plan.description, plan.version) == ("新内容。", 3)


def test_the_second_sees_both_texts(two, plan):
    response = collide(two, plan, {"description": "修建公园。种树。铺路。"}, {"description": "修建公园。种树。装灯。"})
    page = response.content.decode()
    assert response.status_code == 409
    for text in ("原来", "用对方的", "用我的", "甲", "两边都改了，请你决定（1 处）", "铺路。", "装灯。"):
        assert text in page
    plan.refresh_from_db()
    assert plan.description == "修建公园。种树。铺路。"


@pytest.mark.parametrize(("pick", "text"), [
    ("mine", "修建公园。种树。装灯。"), ("theirs", "修建公园。种树。铺路。"),
    ("merged", "修建公园。种树。铺路。装灯。")])
def test_the_choice_is_saved(two, plan, pick, text):
    response = collide(two, plan, {"description": "修建公园。种树。铺路。"}, {"description": "修建公园。种树。装灯。"})
    assert post(two[1], address(plan), held(response), **{"pick-description": pick}).status_code == 302
    plan.refresh_from_db()
    assert plan.description == text


def test_without_a_choice_the_page_comes_again(two, plan):
    response = collide(two, plan, {"description": "铺路。"}, {"description": "装灯。"})
    again = post(two[1], address(plan), held(response))
    assert again.status_code == 409 and "还有 1 处没有选" in again.content.decode()
    assert "装灯。" in again.content.decode()
    plan.refresh_from_db()
    assert plan.description == "铺路。"
    assert post(two[1], address(plan), held(again), **{"pick-description": "mine"}).status_code == 302


def test_while_a_choice_is_missing_my_own_text_stays(two, plan):
    response = collide(two, plan, {"description": "铺路。", "place": "映月湖"},
                       {"description": "装灯。", "place": "千灯湖"})
    picks = {"pick-description": "merged", "merged-description": "先铺路，后装灯。"}
    again = post(two[1], address(plan), held(response), **picks)
    data = held(again)
    assert again.status_code == 409
    assert (data["description"], data["merged-description"]) == ("装灯。", "先铺路，后装灯。")
    assert data["pick-description"] == "merged"
    assert post(two[1], address(plan), data, **{"pick-place": "theirs"}).status_code == 302
    plan.refresh_from_db()
    assert (plan.description, plan.place) == ("先铺路，后装灯。", "映月湖")


def test_what_only_one_changed_is_chosen_already(two, plan):
    response = collide(two, plan, {"place": "映月湖"}, {"description": "装灯。"})
    data = held(response)
    assert (data["pick-place"], data["pick-description"]) == ("theirs", "mine")
    assert post(two[1], address(plan), data).status_code == 302
    plan.refresh_from_db()
    assert (plan.place, plan.description) == ("映月湖", "装灯。")


def test_a_third_editor_gives_the_page_again(two, plan, sign_in, superuser):
    response = collide(two, plan, {"description": "铺路。"}, {"description": "装灯。"})
    third = sign_in(superuser)
    post(third, address(plan), opened(third, address(plan)), description="修桥。")
    again = post(two[1], address(plan), held(response), **{"pick-description": "mine"})
    assert again.status_code == 409
    assert "修桥。" in again.content.decode() and "装灯。" in again.content.decode()
    assert post(two[1], address(plan), held(again), **{"pick-description": "mine"}).status_code == 302
    plan.refresh_from_db()
    assert plan.description == "装灯。"


def test_the_same_twice_is_no_conflict(two, plan):
    response = collide(two, plan, {"description": "铺路。"}, {"description": "铺路。"})
    assert response.status_code == 302
    plan.refresh_from_db()
    assert plan.description == "铺路。"


def test_a_change_the_form_does_not_show_is_no_conflict(two, plan):
    data = opened(two[0], address(plan))
    Project.objects.filter(pk=plan.pk).update(version=9)
    assert post(two[0], address(plan), data, description="新。").status_code == 302
    plan.refresh_from_db()
    assert (plan.description, plan.version) == ("新。", 10)


def test_wrong_input_after_the_choice_loses_nothing(two, plan):
    response = collide(two, plan, {"description": "铺路。"}, {"description": "装灯。", "name": ""})
    again = post(two[1], address(plan), held(response), **{"pick-description": "mine"})
    assert again.status_code == 200 and "装灯。" in again.content.decode()
    assert post(two[1], address(plan), held(again), name="名字").status_code == 302
    plan.refresh_from_db()
    assert (plan.name, plan.description) == ("名字", "装灯。")


@pytest.mark.parametrize("token", [None, "", "x", "1:2:3", "\x00"])
def test_without_what_was_seen_nothing_is_saved(two, plan, token):
    data = opened(two[0], address(plan))
    del data["_seen"]
    response = post(two[0], address(plan), data, description="装灯。", **({} if token is None else {"_seen": token}))
    assert response.status_code == 409 and "装灯。" in response.content.decode()
    plan.refresh_from_db()
    assert plan.description == "修建公园。种树。"


def test_what_was_seen_of_another_row_counts_for_nothing(two, plan):
    other = factories.make_project()
    seen = opened(two[0], address(other))["_seen"]
    data = changed(opened(two[0], address(plan)), _seen=seen)
    assert post(two[0], address(plan), data, description="装灯。").status_code == 409


def test_the_update_itself_refuses(two, plan, monkeypatch):
    """Between the look and the UPDATE somebody saves: the condition in the database decides."""
    from guicheng.office.editing import GuardedEditing

    data = opened(two[0], address(plan))
    original = GuardedEditing._save_as_seen

    def late(self, request, *args):
        if Project.objects.filter(pk=plan.pk, version=2).update(version=3, place="映月湖"):
            return original(self, request, *args)
        return original(self, request, *args)

    monkeypatch.setattr(GuardedEditing, "_save_as_seen", late)
    response = post(two[0], address(plan), data, description="装灯。")
    assert response.status_code == 409
    plan.refresh_from_db()
    assert plan.description == "修建公园。种树。"


# --- many-to-many and inline rows --------------------------------------------------------------------
def test_many_to_many_is_chosen_too(two, plan):
    first, second, third = (factories.make_department(name=f"{name}办公室") for name in "东西中")
    response = collide(two, plan, {"supporting_departments": [str(first.pk), str(second.pk)]},
                       {"supporting_departments": [str(first.pk), str(third.pk)]})
    assert response.status_code == 409
    assert "中办公室" in response.content.decode()
    picked = {"pick-supporting_departments": "mine"}
    assert post(two[1], address(plan), held(response), **picked).status_code == 302
    assert set(plan.supporting_departments.all()) == {first, third}


def inline(number, name):
    return f"milestones-{number}-{name}"


@pytest.fixture
def who_may_delete(sign_in, superuser):
    """The browsers of two people who may delete rows."""
    other = factories.make_user("superuser2", name="另一位总管理员", is_staff=True, is_superuser=True)
    return sign_in(superuser), sign_in(other)


def new_row(number, name, source):
    return {"milestones-TOTAL_FORMS": str(number + 1), inline(number, "name"): name,
            inline(number, "planned_on"): "2021-09-30", inline(number, "source"): str(source.pk)}


def test_a_row_of_each_is_kept(two, plan):
    response = collide(two, plan, new_row(0, "开工", plan.source), new_row(0, "完工", plan.source))
    page = response.content.decode()
    if response.status_code == 409:
        assert "开工" in page
        response = post(two[1], address(plan), held(response))
    assert response.status_code == 302
    assert {each.name for each in plan.milestones.all()} == {"开工", "完工"}


def test_a_changed_row_is_chosen_field_by_field(two, plan):
    row = factories.make_milestone(plan, name="开工", source=plan.source)
    response = collide(two, plan, {inline(0, "name"): "正式开工"}, {inline(0, "name"): "分段开工"})
    page = response.content.decode()
    assert response.status_code == 409 and "正式开工" in page and "分段开工" in page
    done = post(two[1], address(plan), held(response), **{f"pick-{inline(0, 'name')}": "mine"})
    assert done.status_code == 302
    row.refresh_from_db()
    plan.refresh_from_db()
    assert row.name == "分段开工"
    assert plan.version == 4, "a changed row is a new version of its project"


def test_a_row_they_deleted_can_be_put_back(who_may_delete, plan):
    factories.make_milestone(plan, name="开工", source=plan.source)
    response = collide(who_may_delete, plan, {inline(0, "DELETE"): "on"}, {inline(0, "name"): "分段开工"})
    assert response.status_code == 409 and "这一行已被对方删除" in response.content.decode()
    name = next(key for key in held(response)["_choose"].split())
    assert post(who_may_delete[1], address(plan), held(response), **{f"pick-{name}": "mine"}).status_code == 302
    assert [each.name for each in Milestone.objects.all()] == ["分段开工"]


def test_a_row_they_deleted_can_stay_away(who_may_delete, plan):
    factories.make_milestone(plan, name="开工", source=plan.source)
    response = collide(who_may_delete, plan, {inline(0, "DELETE"): "on"}, {inline(0, "name"): "分段开工"})
    name = next(key for key in held(response)["_choose"].split())
    assert post(who_may_delete[1], address(plan), held(response), **{f"pick-{name}": "theirs"}).status_code == 302
    assert not Milestone.objects.exists()


def test_a_row_i_deleted_and_they_changed_is_asked_about(who_may_delete, plan):
    factories.make_milestone(plan, name="开工", source=plan.source)
    response = collide(who_may_delete, plan, {inline(0, "name"): "正式开工"}, {inline(0, "DELETE"): "on"})
    assert response.status_code == 409
    assert inline(0, "DELETE") in held(response)["_choose"]


# --- deleted, and out of scope -----------------------------------------------------------------------
def test_a_deleted_row_gives_back_what_was_typed(two, plan, superuser, sign_in):
    row = factories.make_unit()
    data = opened(two[1], address(row))
    sign_in(superuser).post(reverse("admin:communities_unit_delete", args=[row.pk]), {"post": "yes"})
    assert not type(row).objects.exists()
    response = post(two[1], address(row), data, note="乙写了很久的一句。")
    page = response.content.decode()
    assert response.status_code == 410
    assert "乙写了很久的一句。" in page and "总管理员" in page and "删除" in page


def test_a_row_that_never_was_is_404(two):
    gone = reverse("admin:projects_project_change", args=[999999])
    assert two[0].post(gone, {"name": "x", "_seen": "x"}).status_code == 404


def test_outside_the_scope_there_is_nothing(sign_in, other_clerk, plan, two):
    other_clerk.user_permissions.add(Permission.objects.get(codename="change_project"))
    data = opened(two[0], address(plan))
    assert post(sign_in(other_clerk), address(plan), data, description="改").status_code == 404


def test_a_reader_cannot_save(sign_in, clerk, plan, two):
    data = opened(two[0], address(plan))
    assert post(sign_in(clerk), address(plan), data, description="改").status_code == 403


def test_every_guarded_form_posts_what_it_shows(sign_in, superuser, facts):
    """An untouched form of every model means no difference: what `posted` says is what a browser posts."""
    from django.contrib import admin

    client = sign_in(superuser)
    Department.objects.create(name="示例办")
    for model, model_admin in admin.site._registry.items():
        if not getattr(model_admin, "is_guarded", False) or not (row := model.objects.first()):
            continue
        data = opened(client, address(row))
        seen = Snapshot.read(data["_seen"], f"{model._meta.label_lower}:{row.pk}")
        for name, values in seen.form.items():
            said = [each.replace("\r\n", "\n") for each in data.getlist(name)]
            assert said == values, (model, name)
        model.objects.filter(pk=row.pk).update(version=5)
        assert post(client, address(row), data).status_code == 302, model
