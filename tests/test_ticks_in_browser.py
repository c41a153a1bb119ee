"""The last reviewer ticks in a browser, by the keyboard and without JavaScript."""
import pytest

from guicheng.review.checked import TICKS, Checked
from projects.models import ProgressUpdate, ReviewStep
from tests import factories
from tests.browser import sideways, sign_in, violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_ticked_by_the_keyboard_in_place(live_server, open_page, clerk, reviewer, senior_reviewer, project):
    row = factories.make_update(project, published=False, text="铺好一半。")
    row.submit(clerk)
    row.approve(reviewer)
    page = open_page(width=390, java_script_enabled=False)
    sign_in(page, live_server.url, senior_reviewer)
    page.focus(".queue summary")
    page.keyboard.press("Enter")
    for _ in TICKS:
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")  # the first of the attributes
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert "已发布" in page.inner_text(".messagelist")
    assert ProgressUpdate.objects.get(pk=row.pk).is_published
    assert ReviewStep.objects.get(verb="published").checked == Checked.whole()


def test_what_was_forgotten_is_said_and_the_page_is_sound(
        live_server, open_page, clerk, reviewer, senior_reviewer, project):
    row = factories.make_update(project, published=False, text="铺好一半。")
    row.submit(clerk)
    row.approve(reviewer)
    page = open_page(width=390)
    sign_in(page, live_server.url, senior_reviewer)
    page.click(".queue summary")
    assert sideways(page) == 0 and violations(page) == []
    page.check(".queue [name=secrecy]")
    page.click(".queue button[value=approve]")
    assert "还没有发布：请核对政治表述和专名、个人信息（含照片）、数字有出处" in page.inner_text(".messagelist")
    assert page.is_checked("[name=secrecy]") and not page.is_checked("[name=politics]")
    assert sideways(page) == 0 and violations(page) == []
