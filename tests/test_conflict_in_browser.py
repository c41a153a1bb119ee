"""Two real browsers on one project: both texts are in at the end; no barrier on the pages of editing."""
import pytest
from django.urls import reverse

from projects.models import Project
from tests import factories
from tests.browser import barriers, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def base(live_server, facts):
    return live_server.url


@pytest.fixture
def project(base):
    project = Project.objects.get(code="kp03")
    project.description = "建成一处社区公园。"
    project.save()
    return project


def address(name, *args):
    return reverse(f"admin:{name}", args=args)


def two_editors(base, open_page, project, **kw):
    """甲 and 乙 open the same project, each adds a sentence, 甲 saves, then 乙; give the browser of 乙."""
    pages = []
    for number, name in enumerate("甲乙"):
        user = factories.make_user(f"editor{number}", name=name, roles=["业务管理员"])
        page = sign_in(open_page(**kw), base, user)
        page.goto(base + address("projects_project_change", project.pk))
        pages.append(page)
    for page, sentence in zip(pages, ["步道先开放。", "绿化年底完成。"], strict=True):
        page.fill("[name=description]", f"建成一处社区公园。{sentence}")
    for page in pages:
        page.click("[name=_save]")
    return pages[1]


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
def test_two_browsers_merge(base, open_page, project, script):
    page = two_editors(base, open_page, project, java_script_enabled=script)
    assert "刚才有人先保存了" in page.inner_text("h1")
    said = page.inner_text(".conflict")
    assert "甲" in said and "步道先开放。" in said and "绿化年底完成。" in said
    project.refresh_from_db()
    assert project.description == "建成一处社区公园。步道先开放。", "the first is not overwritten"
    page.check("#pick-description-merged")
    page.click("[name=_save]")
    project.refresh_from_db()
    assert project.description == "建成一处社区公园。步道先开放。绿化年底完成。"


def test_by_keyboard_alone(base, open_page, project):
    page = two_editors(base, open_page, project)
    page.focus("#pick-description-theirs")
    page.keyboard.press("ArrowDown")
    assert page.is_checked("#pick-description-mine")
    page.focus("[name=_save]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/projects/project/")
    project.refresh_from_db()
    assert project.description == "建成一处社区公园。绿化年底完成。"


def test_no_barrier_on_the_pages_of_editing(base, open_page, project, superuser):
    page = two_editors(base, open_page, project)
    wrong = {"conflict": barriers(page)}
    page.check("#pick-description-mine")
    page.click("[name=_save]")
    reader = sign_in(open_page(), base, superuser)
    version = project.history.order_by("history_id")[1].history_id
    for where in (address("projects_project_history", project.pk), address("audit"),
                  address("projects_project_restore", project.pk, version)):
        reader.goto(base + where)
        wrong[where] = barriers(reader)
    assert {where: found for where, found in wrong.items() if found} == {}


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
def test_a_double_click_saves_once(base, open_page, project, superuser, script):
    """The second click is what the browser shows the answer of: the page says what the first one did."""
    page = sign_in(open_page(width=390, java_script_enabled=script), base, superuser)
    page.goto(base + address("projects_progressupdate_record", project.pk))
    page.fill("[name=text]", "双击保存的一条。")
    page.dblclick("button:has-text('提交审核'), input[value='提交审核']")
    page.wait_for_url(f"**{address('index')}")
    assert project.updates.filter(text="双击保存的一条。").count() == 1
    assert "已" in page.inner_text(".messagelist")
