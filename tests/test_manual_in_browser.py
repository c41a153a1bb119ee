"""The pictures of the 使用手册: five people at their screens with 示例 data; captions quote what is in the picture.

`MANUAL_PICTURES=1 pytest -m browser tests/test_manual_in_browser.py` takes them anew into docs/manual/images.
"""
import io
import os
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from guicheng.office.manual import FOLDER, chapters
from projects.models import AskedUnit, ReportingRow, SupervisionNotice
from projects.reporting.opening import open_task
from tests import factories as make
from tests.browser import sideways, sign_in
from tests.projects.test_reporting import make_task

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDTH = 1000
SAMPLES = [("示例公园", -9), ("示例道路", 5), ("示例学校", 40), ("示例市场", 90)]  # and in how many days each is due
PASTED = "项目名称\t牵头单位\t进展情况\n示例公园\t城建办\t示例：主体完工。\n" \
    "示例步道\t城建办\t示例：已进场。\n示例步道\t城建办\t示例：已进场。"
# what a person reads within the clip: texts, and the words on buttons made by <input>
READ = """(box, end) => {
  const said = [];
  const within = shape => shape.height && shape.bottom + scrollY <= end && shape.top >= box.getBoundingClientRect().top;
  const walker = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  while (walker.nextNode()) {
    range.selectNodeContents(walker.currentNode);
    if (within(range.getBoundingClientRect())) said.push(walker.currentNode.data);
  }
  for (const button of box.querySelectorAll("[type=submit][value]"))
    if (within(button.getBoundingClientRect())) said.push(button.value);
  return said.join(" ");
}"""
PLACE = """box => (({x, y, width, height}) => ({x: x + scrollX, y: y + scrollY, width, height}))(
  box.getBoundingClientRect())"""


def left_out(caption, read):
    """The words that a caption quotes and that do not stand there."""
    return [words for words in re.findall("“([^”]+)”", caption) if words not in read]


def _write(path, shot):
    path.parent.mkdir(exist_ok=True)
    with Image.open(io.BytesIO(shot)) as picture:
        picture.convert("RGB").quantize(32, dither=Image.Dither.NONE).save(path, optimize=True)


class Camera:
    """Takes one person's pictures and compares each with its caption."""

    def __init__(self, slug):
        self.captions = {each.name: each.caption for chapter in chapters() if chapter.slug == slug
                         for each in chapter.pictures}
        self.taken = []

    def take(self, page, name, where="#content", height=620):
        box = page.locator(where).first
        place = box.evaluate(PLACE)
        place["height"] = min(place["height"], height)
        assert left_out(self.captions[name], box.evaluate(READ, place["y"] + place["height"])) == [], name
        assert sideways(page) <= 0
        if os.environ.get("MANUAL_PICTURES"):
            _write(FOLDER / "images" / name, page.screenshot(full_page=True, clip=place))
        self.taken.append(name)

    def is_done(self):
        assert sorted(self.taken) == sorted(self.captions)


@pytest.fixture
def base(live_server):
    return live_server.url


@pytest.fixture
def leader(db):
    return make.make_user("leader", name="示例领导", roles=["领导"])


@pytest.fixture
def works(office):
    """Four 示例 projects of one department; the first is late, and says so."""
    today = timezone.localdate()
    community = make.make_community(name="示例")
    listed = make.make_list(slug="sample", title="示例清单", kind="key")
    common = {"lead_department": office, "community": community, "planned_start": today - timedelta(days=200)}
    rows = [make.make_project(listed, number=number, name=name, planned_end=today + timedelta(days=days), **common)
            for number, (name, days) in enumerate(SAMPLES, 1)]
    source = make.make_source(title="示例来源", publisher="示例")
    for row, percent in zip(rows, (60, 80, 40, 20), strict=True):
        make.make_update(row, source=source, status="in_progress", percent=percent, text=f"示例：做到 {percent}%。",
                         effective_on=today - timedelta(days=5), problem="示例：管线没有迁走。",
                         next_step="示例：先做北段。")
    for row in rows:
        row.refresh_from_db()
    return rows


@pytest.fixture
def unit(works, street_admin):
    task = make_task(title="示例月报", ground="示例通知")
    open_task(task, street_admin)
    return AskedUnit.objects.get(task=task)


def opened(open_page, base, user, address="", width=WIDTH):
    page = sign_in(open_page(width=width), base, user)
    page.goto(base + (address or reverse("admin:index")))
    return page


def handed_in(works, clerk, number=2):
    for row in works[1:number]:
        make.make_update(row, published=False, source=row.latest_update.source, author=clerk, percent=90,
                         status="in_progress", text="示例：路面铺好，还差标线。",
                         effective_on=timezone.localdate()).submit(clerk)


def test_a_clerk(base, open_page, clerk, reviewer, leader, works, unit):
    camera = Camera("clerk")
    handed_in(works, clerk)
    returned = make.make_update(works[2], published=False, status="in_progress", percent=50, text="示例：封顶。",
                                author=clerk, effective_on=timezone.localdate())
    returned.submit(clerk)
    returned.send_back(reviewer, "请写明哪一天封顶。")
    SupervisionNotice.issue(works[0], "urge", "manual", "k", "请说明什么时候复工。", by=leader)
    page = opened(open_page, base, clerk, width=1280)
    camera.take(page, "clerk-today.png", "body", height=760)
    page.set_viewport_size({"width": WIDTH, "height": 900})
    page.goto(base + unit.get_absolute_url())
    rows = list(ReportingRow.objects.filter(unit=unit).in_table_order())
    page.fill(f"#r{rows[0].pk}-percent", "120")
    page.click(".report-buttons button[value=save]")
    page.wait_for_selector("text=草稿存好了")
    camera.take(page, "clerk-table.png", height=700)
    page.goto(base + reverse("admin:projects_importbatch_add"))
    page.fill("#id_pasted", PASTED)
    page.click("text=上传并核对")
    page.get_by_label("这是哪张清单").select_option(label="示例清单")
    page.click("text=按这样核对")
    page.wait_for_selector(".import-ask")
    camera.take(page, "clerk-import.png", height=775)
    camera.is_done()


def test_a_reviewer(base, open_page, clerk, reviewer, senior_reviewer, works, unit):
    camera = Camera("reviewer")
    handed_in(works, clerk)
    page = opened(open_page, base, reviewer)
    page.click("text=初审通过")
    page = opened(open_page, base, senior_reviewer)
    page.click(".queue details summary >> nth=0")
    camera.take(page, "reviewer-final.png", ".queue", height=760)
    camera.is_done()


def test_a_leader(base, open_page, leader, clerk, works):
    camera = Camera("leader")
    page = opened(open_page, base, leader)
    camera.take(page, "leader-street.png", "body", height=660)
    page.goto(base + reverse("admin:projects_supervisionnotice_issue", args=[works[0].pk]))
    camera.take(page, "leader-notice.png", height=1100)
    camera.is_done()


def test_a_secretary(base, open_page, works, leader):
    camera = Camera("secretary")
    secretary = make.make_user("secretary", name="示例书记", roles=["社区经办人", "审核员"])
    works[0].community.clerks.add(secretary)
    page = opened(open_page, base, secretary, reverse("admin:projects_project_change", args=[works[0].pk]))
    camera.take(page, "secretary-project.png", height=620)
    camera.is_done()


def test_an_administrator(base, open_page, street_admin, superuser, clerk, works):
    camera = Camera("administrator")
    for number, name in enumerate(["示例社会办", "示例文化办", "示例环境办"], 5):
        make.make_project(works[0].project_list, number=number, name=f"示例事项 {number}",
                          lead_department=make.make_department(name=name, short_name=name))
    task = make_task(title="示例月报", ground="示例通知")
    open_task(task, street_admin)
    unit = AskedUnit.objects.get(task=task, department=works[0].lead_department)
    page = opened(open_page, base, clerk, unit.get_absolute_url())
    page.click("button[value=nil_all]")
    page.wait_for_selector("text=零报告")
    page = opened(open_page, base, street_admin, task.get_absolute_url())
    camera.take(page, "administrator-board.png", height=520)
    page = opened(open_page, base, superuser, reverse("admin:faces"))
    camera.take(page, "administrator-faces.png", height=560)
    camera.is_done()


# --- of what is kept ------------------------------------------------------------------------------------
@pytest.mark.parametrize("width", [390, WIDTH])
def test_the_pages_show_them(base, open_page, clerk, width):
    page = opened(open_page, base, clerk, reverse("admin:manual"), width=width)
    pictures = page.locator(".manual img")
    assert pictures.count() == sum(len(chapter.pictures) for chapter in chapters())
    page.wait_for_load_state("networkidle")
    assert pictures.evaluate_all("all => all.filter(each => !each.naturalWidth || !each.alt)") == []
    assert sideways(page) <= 0


def test_it_prints_on_ten_pages(base, open_page, clerk):
    page = opened(open_page, base, clerk, reverse("admin:manual"))
    pages = len(re.findall(rb"/Type */Page\b", page.pdf(format="A4")))
    assert len(chapters()) <= pages <= 10


def test_a_word_that_is_not_there_is_found():
    """Negative control."""
    assert left_out("点“退回”，再点“没有这个按钮”。", "退回 初审通过") == ["没有这个按钮"]
