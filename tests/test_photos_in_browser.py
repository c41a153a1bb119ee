"""Photos from a building site, in a real Chromium at 390 px: chosen, dropped, described, and seen by a resident."""
import base64

import pytest
from django.urls import reverse

from projects.models import Photo
from tests import factories, pictures
from tests.browser import sideways, sign_in, violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DROP = """
([selector, files]) => {
  const all = new DataTransfer();
  for (const [name, text] of files) {
    const bytes = Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
    all.items.add(new File([bytes], name, { type: "image/jpeg" }));
  }
  const area = document.querySelector(selector);
  for (const kind of ["dragenter", "dragover", "drop"]) {
    area.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: all }));
  }
}
"""
SHIFTS = """
async () => {
  const waited = [...document.querySelectorAll(".photo img")].filter((each) => !each.complete);
  await Promise.all(waited.map((each) => new Promise((done) => { each.onload = done; })));
  return new Promise((done) => {
    let sum = 0;
    new PerformanceObserver((list) => {
      for (const each of list.getEntries()) if (!each.hadRecentInput) sum += each.value;
    }).observe({ type: "layout-shift", buffered: true });
    setTimeout(() => done(sum), 400);
  });
}
"""


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def author(db):
    user = factories.make_user(roles=["部门经办人"])
    office = factories.make_department(name="城建办公室")
    office.clerks.add(user)
    user.project = factories.make_project(lead_department=office, name="半月岛公园", code="park")
    return user


@pytest.fixture
def draft(author):
    return factories.make_update(author.project, published=False, author=author, text="步道铺好了。")


def files(*shades):
    return [{"name": f"IMG_{shade}.jpg", "mimeType": "image/jpeg",
             "buffer": pictures.jpeg(shade=shade).read()} for shade in shades]


def page_of(update):
    return reverse("admin:projects_progressupdate_photos", args=[update.pk])


def describe(page):
    for number, row in enumerate(page.locator(".media-row:not(.paper)").all(), 1):
        row.locator("input[name$=-alt]").fill(f"第 {number} 处步道")
        row.locator("input[name$=-people_agreed]").check()
    page.click("input[value=保存]")


def test_two_at_once_without_javascript(live_server, open_page, author, draft):
    page = open_page(width=390, height=844, java_script_enabled=False)
    sign_in(page, live_server.url, author)
    page.goto(live_server.url + page_of(draft))
    page.set_input_files("[name=media-photos]", files(10, 200))
    page.fill("[name=media-alt]", "刚铺好的步道")
    page.check("[name=media-people_agreed]")
    page.click("input[value=保存]")
    assert "新增 2 个文件" in page.inner_text(".messagelist")
    assert "第 2 张照片还要写替代文字" in page.inner_text("#content")
    describe(page)
    assert "还要补" not in page.inner_text("#content")
    assert [photo.alt for photo in draft.photos.all()] == ["第 1 处步道", "第 2 处步道"]


def test_dropped_from_the_desk_and_seen_by_a_resident(live_server, open_page, author, draft):
    page = open_page(width=390, height=844)
    faults = []
    page.on("console", lambda message: message.type == "error" and faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    sign_in(page, live_server.url, author)
    page.goto(live_server.url + page_of(draft))
    page.set_input_files("[name=media-photos]", files(10))  # chosen before: the dropped ones come to it
    dropped = [[each["name"], base64.b64encode(each["buffer"]).decode()] for each in files(90, 200)]
    page.evaluate(DROP, [".drop", dropped])
    assert "已选 3 个：IMG_10.jpg、IMG_90.jpg、IMG_200.jpg" in page.inner_text(".chosen >> nth=0")
    page.set_input_files("[name=media-papers]",
                         [{"name": "验收表.pdf", "mimeType": "application/pdf", "buffer": pictures.pdf()}])
    assert sideways(page) == 0
    page.click("input[value=保存]")
    assert "新增 4 个文件" in page.inner_text(".messagelist")
    describe(page)
    first, second, _ = draft.photos.all()
    for photo, role in ((first, "before"), (second, "after")):
        page.select_option(f"[name='{photo.code}-role']", role)
        page.fill(f"[name='{photo.code}-pair']", "1")
        page.fill(f"[name='{photo.code}-credit']", "城建办公室")
    page.click("input[value=保存]")
    assert sideways(page) == 0 and faults == []
    assert violations(page) == []  # last: axe sets inline styles, which the policy refuses
    page.set_viewport_size({"width": 1280, "height": 900})
    assert violations(page) == []

    draft.refresh_from_db()
    draft.submit(author)
    draft.approve(factories.make_user(), factories.CHECKED)
    draft.publish(factories.make_user(), factories.CHECKED)
    address = live_server.url + author.project.get_absolute_url()
    for width, columns in ((390, 1), (1280, 2)):
        for scheme in ("light", "dark"):
            resident = open_page(width=width, color_scheme=scheme)
            resident.goto(address)
            for image in resident.locator(".photo img").all():
                image.scroll_into_view_if_needed()
            resident.wait_for_function(
                "[...document.querySelectorAll('.photo img')].every((each) => each.complete && each.naturalWidth)")
            assert resident.evaluate(SHIFTS) == 0
            assert sideways(resident) == 0
            left, right = [each.bounding_box() for each in resident.locator(".pair figure").all()]
            assert (left["y"] == right["y"]) == (columns == 2)
            assert "改造前" in resident.inner_text(".pair") and "改造后" in resident.inner_text(".pair")
            assert violations(resident) == []


def test_control_without_sizes_the_page_would_jump(live_server, open_page, author, draft):
    """The measurement does see a shift: the same page with the sizes taken off the pictures."""
    photo = pictures.jpeg()
    from guicheng.files.attach import attach, read_photo

    row = read_photo(photo, author, Photo)
    row.alt, row.people_agreed = "步道", True
    attach(draft, [row], author)
    draft.publish(factories.make_user(), factories.CHECKED)
    assert Photo.objects.published().count() == 1
    page = open_page(width=390, height=2000)
    strip = "for (const each of document.images) { each.removeAttribute('width'); each.removeAttribute('height'); }"

    def slow(route):
        page.wait_for_timeout(800)  # after the page is painted, on a loaded machine too
        route.continue_()

    page.route("**/*.jpg", slow)
    page.add_init_script(f"document.addEventListener('DOMContentLoaded', () => {{ {strip} }})")
    page.goto(live_server.url + author.project.get_absolute_url())
    assert page.evaluate(SHIFTS) > 0


def test_it_prints(live_server, open_page, author, draft):
    from guicheng.files.attach import attach, read_photo

    row = read_photo(pictures.jpeg(), author, Photo)
    row.alt, row.people_agreed = "步道", True
    attach(draft, [row], author)
    draft.publish(factories.make_user(), factories.CHECKED)
    page = open_page(live_server.url + author.project.get_absolute_url())
    page.emulate_media(media="print")
    assert page.locator(".photo img").bounding_box()["width"] > 200
    assert page.evaluate("getComputedStyle(document.querySelector('.photo a'), '::after').content") == "none"
