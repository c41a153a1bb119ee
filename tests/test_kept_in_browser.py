"""Nothing typed is lost: what a tab keeps, gives back, forgets and never shows to another person."""
import json
import re

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import expect

from projects.models import ProgressUpdate, ReviewStep, SupervisionNotice
from tests import factories
from tests.browser import barriers, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TYPED = "铺好了北边一半的步道。"
NOT_KEPT = "一次性口令不该留下"


def at(name, *args):
    return reverse(f"admin:{name}", args=args)


def kept(page):
    """What the tab keeps, by key."""
    raw = page.evaluate("Object.fromEntries(Object.entries(sessionStorage).filter(([k]) => k.startsWith('keep:')))")
    return {key: json.loads(value) for key, value in raw.items()}


def flush(page):
    page.wait_for_timeout(500)  # a third of a second after the last letter


@pytest.fixture
def base(live_server):
    return live_server.url


@pytest.fixture
def record(project):
    return at("projects_progressupdate_record", project.pk)


@pytest.fixture
def page(watched, base, clerk):
    page = sign_in(watched(), base, clerk)
    page.on("dialog", lambda dialog: dialog.accept())
    return page


def end_session():
    Session.objects.all().delete()


def test_it_works(base, page, clerk, record):
    """Typed, the session ends, sent: the sign-in page says how much; afterwards one is there, with the text."""
    page.goto(base + record)
    page.fill("[name=text]", TYPED)
    page.fill("[name=percent]", "50")
    flush(page)
    end_session()
    page.click("input[value=提交审核]")
    page.wait_for_url("**/login/**")
    said = page.inner_text("#content")
    assert "登录过期了，写的都在" in said and "2 格" in said and "半月岛公园" in said
    assert TYPED not in page.content()
    assert barriers(page) == []
    page.fill("[name=username]", clerk.username)
    page.fill("[name=password]", factories.PASSWORD)
    page.click("[type=submit]")
    assert page.url == base + record
    assert "刚才没交的文字已填回：2 格" in page.inner_text(".kept")  # waits for the script
    assert page.input_value("[name=text]") == TYPED and page.input_value("[name=percent]") == "50"
    assert barriers(page) == []
    page.click("input[value=提交审核]")
    page.wait_for_url(f"**{at('index')}")
    assert ProgressUpdate.objects.get().text == TYPED
    assert kept(page) == {}, "the server took it"
    page.goto(base + record)
    assert page.input_value("[name=text]") == "" and not page.query_selector(".kept")
    assert page.faults == []


def test_a_refused_sending_keeps_it(base, page, record):
    """An answer with errors, an error page, a way back: none of them is a success."""
    page.goto(base + record)
    page.fill("[name=text]", TYPED)
    page.fill("[name=percent]", "400")
    page.click("input[value=提交审核]")
    assert "改好再保存" in page.inner_text(".errornote")
    assert [*kept(page).values()][0]["fields"]["text"]["value"] == [TYPED]
    page.goto(base + record)
    assert page.input_value("[name=text]") == TYPED, "opened anew it is there"


def test_a_failed_csrf_check_gives_the_words_back(base, page, record):
    page.goto(base + record)
    page.fill("[name=text]", f"{TYPED}<script>x</script>")
    page.evaluate("document.querySelector('.progress-form [name=csrfmiddlewaretoken]').value = 'x'.repeat(64)")
    page.click("input[value=提交审核]")
    assert page.input_value("textarea.given-back") == f"{TYPED}<script>x</script>"
    page.click("text=回到填写的那一页")
    expect(page.locator("[name=text]")).to_have_value(re.compile(f"^{TYPED}"))
    assert not ProgressUpdate.objects.exists()


def test_another_person_sees_none_of_it(base, page, reviewer, other_clerk, record):
    page.goto(base + record)
    page.fill("[name=text]", TYPED)
    flush(page)
    end_session()
    sign_in(page, base, reviewer)
    assert kept(page) == {} and TYPED not in page.content()
    page.goto(base + record)
    assert not page.query_selector(".kept")


def test_signing_out_forgets_it_in_all_tabs(base, page, record, clerk):
    other = page.context.new_page()
    other.on("dialog", lambda dialog: dialog.accept())
    for tab in (page, other):
        tab.goto(base + record)
        tab.fill("[name=text]", TYPED)
        flush(tab)
    page.click("#logout-form button")
    page.wait_for_url("**/logout/")
    flush(other)
    assert kept(page) == {} == kept(other)
    sign_in(page, base, clerk)
    page.goto(base + record)
    assert page.input_value("[name=text]") == ""


def test_leaving_with_unsaved_text_asks(watched, base, clerk, record):
    page, asked = sign_in(watched(), base, clerk), []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto(base + record)
    page.click("[name=text]")
    page.goto(base + at("index"))
    assert asked == [], "nothing was typed"
    page.goto(base + record)
    page.type("[name=text]", TYPED)
    page.goto(base + at("index"))
    assert asked == ["beforeunload"]
    page.goto(base + record)
    page.click(".kept button")  # 不要了
    assert page.input_value("[name=text]") == "" and kept(page) == {}
    page.goto(base + at("index"))
    assert asked == ["beforeunload"]


def test_what_somebody_saved_since_is_not_overwritten(base, page, project, clerk):
    draft = factories.make_update(project, published=False, author=clerk, text="原来的话。", problem="")
    page.goto(base + at("projects_progressupdate_change", draft.pk))
    page.fill("[name=text]", TYPED)
    flush(page)
    ProgressUpdate.objects.filter(pk=draft.pk).update(text="别处后来写的。", version=draft.version + 1)
    page.goto(base + at("projects_progressupdate_change", draft.pk))
    assert page.input_value("[name=text]") == "别处后来写的。"
    assert "后来改过，没有填回" in page.inner_text(".kept") and page.input_value(".kept textarea") == TYPED
    page.click("text=用我写的")
    assert page.input_value("[name=text]") == TYPED


def test_a_draft_is_kept_by_the_server(base, watched, project, clerk):
    """Every 20 seconds; no step, no activity; then what is sent is not stale."""
    draft = factories.make_update(project, published=False, author=clerk, text="原来的话。")
    page = watched()
    page.clock.install()
    sign_in(page, base, clerk)
    page.goto(base + at("projects_progressupdate_change", draft.pk))
    expires = Session.objects.get().expire_date
    page.fill("[name=text]", TYPED)
    page.clock.run_for(21_000)
    page.wait_for_selector("text=草稿存于")
    draft.refresh_from_db()
    assert draft.text == TYPED and draft.state == "draft" and draft.version == 2
    assert not ReviewStep.objects.exists() and Session.objects.get().expire_date == expires
    assert kept(page) == {}, "the draft has it all"
    page.click("summary:has-text('只有工作人员看到')")
    page.fill("[name=problem]", "苗木晚到。")
    page.click("input[value=提交审核]")
    page.wait_for_url(f"**{at('index')}")
    draft.refresh_from_db()
    assert (draft.state, draft.problem) == ("submitted", "苗木晚到。")
    assert page.faults == []


def test_autosave_after_the_session_ended(base, watched, project, clerk):
    draft = factories.make_update(project, published=False, author=clerk, text="原来的话。")
    page = watched()
    page.clock.install()
    sign_in(page, base, clerk)
    page.goto(base + at("projects_progressupdate_change", draft.pk))
    page.fill("[name=text]", TYPED)
    end_session()
    page.clock.run_for(21_000)
    page.wait_for_selector("text=登录已经过期")
    page.click("text=重新登录")
    assert "1 格" in page.inner_text("#kept")
    sign_in_here(page, clerk)
    expect(page.locator("[name=text]")).to_have_value(TYPED)  # the script fills it in
    assert page.evaluate("document.activeElement.name") == "text"


def sign_in_here(page, user):
    page.fill("[name=username]", user.username)
    page.fill("[name=password]", factories.PASSWORD)
    page.click("[type=submit]")


def test_a_second_sign_in_says_so_and_leads_back(base, page, open_page, clerk, record):
    page.goto(base + record)
    page.fill("[name=text]", TYPED)
    flush(page)
    sign_in(open_page(), base, clerk)
    page.click("input[value=提交审核]")
    page.wait_for_url("**/login/**")
    assert "这个账号刚在别处登录" in page.inner_text("body") and "登录过期了，写的都在" in page.inner_text("#content")
    sign_in_here(page, clerk)
    assert page.url == base + record
    expect(page.locator("[name=text]")).to_have_value(TYPED)


def test_back_after_saving_and_sending_again_is_one_row(base, page, record):
    page.goto(base + record)
    page.fill("[name=text]", TYPED)
    page.click("input[value=提交审核]")
    page.wait_for_url(f"**{at('index')}")
    page.go_back()
    page.wait_for_load_state()
    if page.input_value("[name=text]") != TYPED:
        page.fill("[name=text]", TYPED)
    page.click("input[value=提交审核]")
    page.wait_for_load_state()
    assert ProgressUpdate.objects.count() == 1


def test_no_password_is_kept(base, watched, superuser):
    page = sign_in(watched(), base, superuser)
    page.goto(base + at("password_change"))
    for name in ("old_password", "new_password1", "new_password2"):
        page.fill(f"[name={name}]", NOT_KEPT)
    flush(page)
    assert kept(page) == {} and NOT_KEPT not in json.dumps(page.evaluate("Object.entries(sessionStorage)"))


def test_without_javascript_the_words_stand_on_a_page(base, open_page, clerk, record):
    page = sign_in(open_page(java_script_enabled=False), base, clerk)
    page.goto(base + record)
    page.fill("[name=text]", TYPED)
    end_session()
    page.click("input[value=提交审核]")
    assert page.input_value("textarea.given-back") == TYPED
    page.click("text=回到填写的那一页")
    sign_in_here(page, clerk)
    assert page.url == base + record


@pytest.mark.parametrize("name", ["projects_fact_add", "projects_supervisionnotice_issue", "projects_project_change",
                                  "projects_supervisionnotice_instruct"])
def test_other_forms_keep_their_words(base, watched, superuser, project, name):
    page = sign_in(watched(), base, superuser)
    page.on("dialog", lambda dialog: dialog.accept())
    where = base + at(name, *([] if name.endswith("add") else [project.pk]))
    page.goto(where)
    area = "#content form:not(#changelist-form) textarea:visible >> nth=0"
    before = page.input_value(area)
    page.fill(area, TYPED)
    flush(page)
    page.goto(where)
    assert page.input_value(area) == TYPED != before
    page.click(".kept button:last-child")
    assert page.input_value(area) == before
    assert page.faults == []


def test_the_reason_of_a_return_is_kept(base, watched, clerk, reviewer, project):
    row = factories.make_update(project, published=False, author=clerk, text="铺好一半。")
    row.submit(clerk)
    page = sign_in(watched(), base, reviewer)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(base + at("projects_progressupdate_change", row.pk))
    page.fill("[name=reason]", "请写明是哪一段。")
    flush(page)
    page.goto(base + at("projects_progressupdate_change", row.pk))
    assert page.input_value("[name=reason]") == "请写明是哪一段。"
    page.click("button[value=return]")
    page.wait_for_load_state()
    row.refresh_from_db()
    assert row.state == "returned" and kept(page) == {}


# --- rows never saved, and forms that begin on another page -------------------------------------------------
def test_what_was_never_saved_is_kept_in_the_tab_alone(base, watched, clerk, record):
    """No row is begun by itself: a statement is there once somebody saves it, and then once."""
    page = watched()
    page.clock.install()
    sign_in(page, base, clerk)
    page.goto(base + record)
    page.fill("[name=text]", TYPED)
    page.clock.run_for(61_000)
    assert len(kept(page)) == 1 and not ProgressUpdate.objects.exists()
    page.click("input[value=提交审核]")
    page.wait_for_url(f"**{at('index')}")
    assert ProgressUpdate.objects.count() == 1 and kept(page) == {}


def test_a_double_click_is_one_row(base, page, record):
    page.goto(base + record)
    page.fill("[name=text]", TYPED)
    page.dblclick("input[value=提交审核]")
    page.wait_for_url(f"**{at('index')}")
    assert ProgressUpdate.objects.count() == 1


def test_many_at_once_keep_their_reason(base, page, project):
    def begin():
        page.goto(base + at("projects_project_changelist"))
        page.check(f"[name=_selected_action][value='{project.pk}']")
        page.select_option("[name=action]", "bulk_status")
        page.click("#changelist-form .actions [type=submit], #changelist-form .actions button")
        page.wait_for_selector(".progress-form [name=reason]")

    begin()
    page.fill(".progress-form [name=reason]", TYPED)
    flush(page)
    begin()
    assert page.input_value(".progress-form [name=reason]") == TYPED
    assert "已填回" in page.inner_text(".kept")


def test_a_correction_keeps_its_text(base, page, project, clerk):
    published = factories.make_update(project, text="写错了的话。")
    where = base + at("projects_progressupdate_correct", published.pk)
    page.goto(where)
    page.fill("[name=text]", TYPED)
    flush(page)
    page.goto(where)
    assert page.input_value("[name=text]") == TYPED
    assert ProgressUpdate.objects.count() == 1


def test_the_reply_to_a_notice_is_kept(base, page, project, superuser):
    notice = SupervisionNotice.issue(project, "order", "manual", "k", "请办。", by=superuser)
    page.goto(base + notice.get_absolute_url())
    page.fill("[name=text]", TYPED)
    flush(page)
    page.goto(base + notice.get_absolute_url())
    assert page.input_value("[name=text]") == TYPED
    page.click("input[value=回复], button:has-text('回复')")
    page.wait_for_load_state()
    notice.refresh_from_db()
    assert notice.reply == TYPED and kept(page) == {}
