"""A unit's table of a 报送任务 as a clerk uses it: by keyboard, by paste, over an ended session, on a phone, by two."""
import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse

from partybuilding.models import ReadingRow
from projects.models import AskedUnit, ProgressUpdate, ReportingRow, Standing
from projects.reporting.drafts import save_drafts
from projects.reporting.opening import open_task
from projects.reporting.typed import Typed
from tests import factories as make
from tests.browser import barriers, sideways, sign_in
from tests.projects.test_reporting import draft_of, make_task

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASTE = """(text) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  document.activeElement.dispatchEvent(
    new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
}"""
# what of the focused thing is hidden by the head or the foot, in pixels
COVERED = """() => {
  const box = document.activeElement.getBoundingClientRect();
  const head = document.querySelector(".report-table thead th").getBoundingClientRect();
  const foot = document.querySelector(".report-foot").getBoundingClientRect();
  const inRows = document.activeElement.closest("tbody");
  const names = document.activeElement.closest("td") && document.activeElement.closest("tr").firstElementChild;
  const left = names && innerWidth < 1100 ? names.getBoundingClientRect().right - box.left : 0;
  return inRows ? Math.round(Math.max(head.bottom - box.top, box.bottom - foot.top, left, 0)) : 0;
}"""


@pytest.fixture
def base(live_server):
    return live_server.url


@pytest.fixture
def unit(key_list, office, street_admin):
    """A table of twelve projects."""
    for number in range(1, 13):
        make.make_project(key_list, number=number, name=f"第 {number} 项", lead_department=office)
    task = make_task()
    open_task(task, street_admin)
    return AskedUnit.objects.get(task=task)


@pytest.fixture
def rows(unit):
    return list(ReportingRow.objects.filter(unit=unit).in_table_order())


@pytest.fixture
def page(watched, base, clerk, unit):
    page = watched()
    page.clock.install()
    sign_in(page, base, clerk)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(base + unit.get_absolute_url())
    return page


def cell(row, name):
    return f"#r{row.pk}-{name}"


def focused(page):
    return page.evaluate("document.activeElement.id || document.activeElement.name")


def paste(page, row, name, text):
    page.focus(cell(row, name))
    page.evaluate(PASTE, text)


def keep(page):
    """The twenty seconds after which a draft is kept."""
    page.clock.run_for(21_000)
    page.wait_for_selector("#report-kept:has-text('草稿存于')")


def standings(unit):
    return list(ReportingRow.objects.filter(unit=unit).in_table_order().with_standing().values_list(
        "standing", flat=True))


def sign_in_here(page, user):
    page.fill("[name=username]", user.username)
    page.fill("[name=password]", make.PASSWORD)
    page.click("[type=submit]")


# --- the whole of it ------------------------------------------------------------------------------------
def test_it_works(page, base, clerk, other_clerk, unit, rows, open_page):
    """Twelve projects by paste and keyboard; the session ends in between; afterwards the same cell, with its text."""
    block = "\n".join(f"在建\t{50 + number}%\t第 {number} 项浇筑完。" for number in range(10))
    paste(page, rows[0], "status", block)
    assert "刚贴入 10 行 × 3 列" in page.inner_text("#report-told")
    assert page.input_value(cell(rows[9], "status")) == "in_progress"
    page.focus(cell(rows[9], "text"))
    page.keyboard.press("Enter")
    assert focused(page) == f"r{rows[10].pk}-text"
    page.keyboard.type("路面铺好。")
    keep(page)
    assert ReportingRow.objects.filter(unit=unit, has_draft=True).count() == 11
    page.keyboard.press("Enter")
    page.keyboard.type("绿化补种完")
    page.clock.run_for(500)
    Session.objects.all().delete()
    page.clock.run_for(21_000)
    page.wait_for_selector("text=登录已经过期")
    page.click("text=重新登录")
    assert "绿化补种完" not in page.content()
    sign_in_here(page, clerk)
    assert page.url == base + unit.get_absolute_url()
    assert focused(page) == f"r{rows[11].pk}-text"
    assert page.input_value(cell(rows[11], "text")) == "绿化补种完"
    assert page.input_value(cell(rows[10], "text")) == "路面铺好。"
    page.keyboard.press("End")
    page.keyboard.type("。")
    page.click("button[value=all]")
    page.wait_for_selector("text=交了 12 行")
    assert set(standings(unit)) == {Standing.HANDED_IN}
    assert {update.percent for update in ProgressUpdate.objects.filter(author=clerk)} == {*range(50, 60), None}
    assert page.faults == []
    other = sign_in(open_page(), base, other_clerk)
    assert other.goto(base + unit.get_absolute_url()).status == 404
    assert "路面铺好" not in other.content()


def test_another_account_sees_nothing_of_what_was_typed(page, base, rows, unit, office):
    page.fill(cell(rows[0], "text"), "只在这个标签页里")
    page.clock.run_for(500)
    Session.objects.all().delete()
    colleague = make.make_user("colleague", roles=["部门经办人"])
    office.clerks.add(colleague)
    sign_in(page, base, colleague)
    page.goto(base + unit.get_absolute_url())
    assert page.input_value(cell(rows[0], "text")) == ""
    assert "只在这个标签页里" not in page.evaluate("JSON.stringify(Object.entries(sessionStorage))")


# --- keys -----------------------------------------------------------------------------------------------
def test_it_is_filled_in_by_keyboard(page, rows, unit):
    page.fill(cell(rows[0], "text"), "甲")
    page.focus(cell(rows[1], "text"))
    page.keyboard.press("Control+d")
    assert page.input_value(cell(rows[1], "text")) == "甲"
    page.keyboard.type("乙")
    page.keyboard.press("Escape")
    assert page.input_value(cell(rows[1], "text")) == ""  # as it was come to
    page.keyboard.press("Shift+Enter")
    assert focused(page) == f"r{rows[0].pk}-text"
    page.keyboard.press("End")
    page.keyboard.press("Alt+Enter")
    page.keyboard.type("第二行")
    assert page.input_value(cell(rows[0], "text")) == "甲\n第二行"
    page.focus(cell(rows[2], "nil"))
    page.keyboard.press("Space")
    assert not page.is_visible(cell(rows[2], "text"))
    assert "本期无变化，交的是零报告" in page.inner_text(f"#r{rows[2].pk}")
    page.focus(cell(rows[1], "percent"))
    page.keyboard.press("Enter")
    assert focused(page) == f"r{rows[3].pk}-percent"  # over the folded row
    page.focus(cell(rows[2], "nil"))
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("text=交了 1 行")
    assert standings(unit)[:4] == [Standing.DRAFT, Standing.UNTOUCHED, Standing.NIL, Standing.UNTOUCHED]
    assert page.faults == []


@pytest.mark.parametrize(("width", "texts"), [(1280, {}), (1000, {"delay_reason": "等批复"})])
def test_what_one_comes_to_is_never_covered(page, rows, unit, width, texts):
    """By Tab through the whole table, and back, on a low window; on a narrow one with the names in view."""
    if texts:
        other_writes(unit, rows[0], unit.task.opened_by, **texts)
        page.reload()
    page.set_viewport_size({"width": width, "height": 620})
    paste(page, rows[11], "text", "一\n二")  # the foot says what found no place
    page.focus(cell(rows[0], "nil"))
    covered = []
    for key in ["Tab"] * 120 + ["Shift+Tab"] * 60:
        page.keyboard.press(key)
        covered.append(page.evaluate(COVERED))
    assert max(covered) == 0
    page.evaluate("document.querySelector('.report-foot').style.marginTop = '-400px'")
    page.evaluate("document.documentElement.style.scrollPaddingBottom = 0")
    page.evaluate("document.querySelector('.report-foot').style.minHeight = '400px'")
    for key in ["Tab"] * 80:
        page.keyboard.press(key)
        if page.evaluate(COVERED):
            return
    pytest.fail("negative control: a foot of 400 px covers what one comes to")


def test_enter_in_a_box_hands_nothing_in_without_a_script(open_page, base, clerk, unit, rows):
    page = sign_in(open_page(java_script_enabled=False), base, clerk)
    page.goto(base + unit.get_absolute_url())
    page.fill(cell(rows[1], "percent"), "40")
    page.press(cell(rows[1], "percent"), "Enter")
    page.wait_for_selector("text=草稿存好了")
    assert standings(unit)[:2] == [Standing.UNTOUCHED, Standing.DRAFT]


# --- pasting --------------------------------------------------------------------------------------------
def test_what_finds_no_place_is_listed_and_pasting_can_be_undone(page, rows):
    page.fill(cell(rows[11], "percent"), "7")
    paste(page, rows[10], "status", "已完成\t100\n差不多了\t90\n在建\t80\n暂停\t")
    assert page.input_value(cell(rows[10], "status")) == "completed"
    assert page.input_value(cell(rows[11], "status")) == ""
    assert page.input_value(cell(rows[11], "percent")) == "90"
    assert page.input_value("#report-told textarea") == "差不多了\t\n在建\t80\n暂停\t"
    page.click("text=撤销")
    assert [page.input_value(cell(row, "percent")) for row in rows[10:]] == ["", "7"]


def test_pasting_one_word_is_the_browsers_own(page, rows):
    """Negative control: only a block is ours."""
    paste(page, rows[0], "text", "一个词")
    assert page.inner_text("#report-told") == ""


# --- two people -----------------------------------------------------------------------------------------
def other_writes(unit, row, by, **texts):
    row.refresh_from_db()
    saved, _ = save_drafts(unit.rows, {row.pk: Typed(row.version, draft_of({**row.draft, **texts}))}, by)
    assert saved


def test_two_people_in_one_row_keep_each_their_cells(page, rows, unit, reviewer):
    page.fill(cell(rows[0], "text"), "我写的")
    other_writes(unit, rows[0], reviewer, percent="80")
    keep(page)
    assert page.input_value(cell(rows[0], "percent")) == "80"
    rows[0].refresh_from_db()
    assert rows[0].draft == {"text": "我写的", "percent": "80"}


@pytest.mark.parametrize(("choice", "stays"), [("用别人的", "别人写的"), ("留我写的", "我写的")])
def test_of_one_cell_both_texts_stand_there(page, rows, unit, reviewer, choice, stays):
    page.fill(cell(rows[0], "text"), "我写的")
    other_writes(unit, rows[0], reviewer, text="别人写的")
    page.clock.run_for(21_000)
    page.wait_for_selector(".report-both")
    assert "别人写的" in page.inner_text(".report-both")
    assert page.input_value(cell(rows[0], "text")) == "我写的"
    rows[0].refresh_from_db()
    assert rows[0].draft == {"text": "别人写的"}
    page.click(f".report-both >> text={choice}")
    page.fill(cell(rows[1], "text"), "别的行")
    keep(page)
    rows[0].refresh_from_db()
    assert rows[0].draft == {"text": stays}


@pytest.fixture
def figures(street_admin, clerk):
    """The rows of two figures that the clerk's community is asked for."""
    place = make.make_community(name="花苑")
    place.clerks.add(clerk)
    task = make_task(columns=[], asks_projects=False)
    task.metrics.set([make.make_metric(name=f"数 {number}", unit="名") for number in range(2)])
    task.communities.set([place])
    open_task(task, street_admin)
    return list(ReadingRow.objects.filter(unit__task=task).in_table_order())


def test_of_figures_two_people_keep_each_their_cells_and_are_asked_about_one(watched, base, clerk, reviewer, figures):
    page, (first, second) = watched(), figures
    page.clock.install()
    sign_in(page, base, clerk)
    page.goto(base + first.unit.get_absolute_url())
    page.fill(f"#rm{first.pk}-value", "31")
    page.fill(f"#rm{second.pk}-value", "7")
    for row, texts in ((first, {"note": "别人写的"}), (second, {"value": "70"})):
        assert save_drafts(ReadingRow.objects.all(), {row.pk: Typed(1, texts)}, reviewer)[0]
    page.clock.run_for(21_000)
    page.wait_for_selector(".report-both")
    assert page.input_value(f"#rm{first.pk}-note") == "别人写的"
    assert "70" in page.inner_text(f"#rm{second.pk}-value-both")
    page.click(".report-both >> text=留我写的")
    keep(page)
    assert [row.draft for row in ReadingRow.objects.in_table_order()] == [
        {"value": "31", "note": "别人写的"}, {"value": "7"}]


def test_a_block_is_pasted_into_the_grid_of_figures(watched, base, street_admin, figures):
    page = watched()
    sign_in(page, base, street_admin)
    page.goto(base + reverse("admin:partybuilding_reportedreading_grid", args=[figures[0].unit.task_id]))
    page.focus(f"#rm{figures[0].pk}-value")
    page.evaluate(PASTE, "300多\t40")
    assert [page.input_value(f"#rm{row.pk}-value") for row in figures] == ["300多", "40"]


def test_what_could_not_be_kept_says_so(page, rows):
    page.context.set_offline(True)
    page.fill(cell(rows[0], "text"), "断线时写的")
    page.clock.run_for(21_000)
    page.wait_for_selector("#report-kept:has-text('还没存上')")
    page.context.set_offline(False)
    keep(page)
    rows[0].refresh_from_db()
    assert rows[0].draft == {"text": "断线时写的"}


# --- what is wrong --------------------------------------------------------------------------------------
def test_from_the_foot_to_what_is_wrong(page, rows, unit):
    page.fill(cell(rows[8], "percent"), "120")
    page.fill(cell(rows[9], "text"), "好了。")
    page.click("button[value=all]")
    page.wait_for_selector("text=交了 1 行")
    assert "不能超过 100。" in page.inner_text(f"#r{rows[8].pk}-percent-said")
    page.click("text=第 9 行 完成 %")
    assert focused(page) == f"r{rows[8].pk}-percent"
    page.click("text=只看没交的")
    assert page.locator("[data-row]").count() == 11
    assert "只列没交的 11 行" in page.inner_text(".report-ways")


def test_a_narrow_page_leaves_out_why_it_is_late(page, rows, unit):
    page.set_viewport_size({"width": 1000, "height": 800})
    assert not page.is_visible(cell(rows[0], "delay_reason"))
    assert sideways(page) <= 0
    other_writes(unit, rows[0], unit.task.opened_by, delay_reason="等批复")
    page.reload()
    assert page.is_visible(cell(rows[0], "delay_reason"))


# --- a phone, no script ---------------------------------------------------------------------------------
def test_on_a_phone_one_project_at_a_time(open_page, base, clerk, unit, rows):
    page = sign_in(open_page(width=390), base, clerk)
    page.goto(base + unit.get_absolute_url())
    page.click("text=第 1 项")
    page.click("text=本期无变化，交并看下一个")
    assert page.url == base + rows[1].get_absolute_url()
    assert page.locator(".report-places a").nth(0).inner_text().split() == ["1", "零报告"]
    page.check(f"[name=r{rows[1].pk}-status][value=in_progress]")
    page.fill(f"[name=r{rows[1].pk}-percent]", "40")
    page.click("text=交这个，看第 3 个")
    assert page.url == base + rows[2].get_absolute_url()
    assert standings(unit)[:3] == [Standing.NIL, Standing.HANDED_IN, Standing.UNTOUCHED]
    assert ProgressUpdate.objects.get(author=clerk).status == "in_progress"
    assert sideways(page) <= 0


def test_without_a_script_it_is_a_form(open_page, base, clerk, unit, rows):
    page = sign_in(open_page(java_script_enabled=False), base, clerk)
    page.goto(base + unit.get_absolute_url())
    page.fill(cell(rows[0], "text"), "好了。")
    page.check(cell(rows[1], "nil"))
    page.click("text=交能交的")
    assert "交了 2 行：1 行等审核，1 行零报告。" in page.inner_text("body")
    page.click("text=从 Excel 粘贴")
    page.fill("#pasted", "项目名称\t本期进展\t完成%\n第 3 项\t铺好路。\t60%\n没有这个\t好\t1\n第 1 项\t又好了\t")
    page.click("text=对一对")
    said = page.inner_text("#content")
    assert "对上了 1 行" in said and "没有叫“没有这个”的项目" in said and "这一行已经交了" in said
    page.click("text=写进 1 行的草稿")
    assert page.input_value("#pasted") == "项目名称\t本期进展\t完成%\n没有这个\t好\t1\n第 1 项\t又好了"
    page.click("text=回到表里")
    assert page.input_value(cell(rows[2], "percent")) == "60"


# --- for everybody --------------------------------------------------------------------------------------
def test_nothing_bars_the_way(page, base, rows, unit, street_admin, open_page):
    page.fill(cell(rows[0], "percent"), "120")
    page.click(".report-buttons button[value=save]")
    page.wait_for_selector("text=草稿存好了")
    for address in (unit.get_absolute_url(), rows[0].get_absolute_url(),
                    reverse("admin:projects_reportingtask_paste", args=[unit.pk])):
        page.goto(base + address)
        assert barriers(page, schemes=("light", "dark")) == [], address
    office = sign_in(open_page(), base, street_admin)
    office.goto(base + unit.task.get_absolute_url())
    assert "12 行" in office.inner_text("#content")
    assert barriers(office, schemes=("light", "dark")) == []
