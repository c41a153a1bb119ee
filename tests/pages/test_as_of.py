"""The public pages as of another day: what stands on them, what the address may say, and that the day is kept."""
from datetime import date, datetime, timedelta
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import set_script_prefix
from django.utils import timezone

from projects.models import ProgressUpdate, Project
from tests import factories

pytestmark = pytest.mark.django_db
DAY = "2021-06-30"


def at(month, day):
    return timezone.make_aware(datetime(2021, month, day, 12))


def page(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status, (address, response.status_code)
    return response.text if not response.streaming else b"".join(response).decode()


@pytest.fixture(scope="module")
def _street(standing):
    with standing():
        yield make_street()


@pytest.fixture
def street(db, _street):
    return Project.objects.get(pk=_street.pk)


@pytest.fixture
def key_list(street):
    return street.project_list


def make_street():
    """Begun in May, done in October; a list and a project that came later; a figure that changed."""
    key_list = factories.make_list(slug="key-test", title="2021 年重点项目", kind="key")
    office = factories.make_department(name="城建办公室", short_name="城建办", phone="0757-00000000")
    here = factories.make_community(slug="here", name="此地", code="440605011001")
    project = factories.make_project(key_list, code="park", name="半月岛公园", number=1, community=here,
                                     lead_department=office, planned_end=date(2021, 9, 30))
    factories.make_update(project, status="in_progress", percent=30, text="已进场。", effective_on=date(2021, 5, 31),
                          recorded_at=at(6, 1))
    factories.make_update(project, kind="postponement", status="", text="", postponed_to=date(2021, 12, 1),
                          reason="等材料。", effective_on=date(2021, 8, 1), recorded_at=at(8, 2))
    factories.make_update(project, status="completed", percent=100, text="全部建成。", effective_on=date(2021, 10, 1),
                          recorded_at=at(10, 2))
    factories.make_declaration(key_list, total=45, effective_on=date(2021, 4, 30))
    factories.make_declaration(key_list, total=71, done=64, effective_on=date(2021, 12, 22))
    factories.make_promise(project)
    factories.make_milestone(project, name="封顶", planned_on=date(2021, 7, 1), actual_on=date(2021, 7, 15))
    factories.make_fact(project=project, text="早先的记述。", effective_on=date(2021, 5, 1))
    factories.make_fact(project=project, text="后来的记述。", effective_on=date(2021, 11, 1))
    later = factories.make_list(slug="later", title="后来的清单", announced_on=date(2021, 7, 1))
    factories.make_project(later, code="late", name="后来的项目", community=here)
    metric = factories.make_metric(slug="members", name="党员")
    factories.make_reading(metric, value=100, effective_on=date(2021, 6, 1))
    factories.make_reading(metric, value=222, effective_on=date(2021, 12, 1))
    return project


PAGES = ["/lists/", "/lists/key-test/", "/lists/key-test/promises/", "/projects/", "/projects/?status=in_progress",
         "/projects/?order=status", "/projects/?order=name", "/projects/?q=公园", "/projects/park/", "/communities/",
         "/communities/here/", "/secretary-projects/", "/party/", "/party/figures/", "/party/figures/members/",
         "/party/730/", "/party/organisations/", "/party/stories/", "/party/stories/fact/", "/venues/",
         "/reports/2021Q2/"]


@pytest.mark.parametrize("address", PAGES)
def test_it_works(visitor, street, address):
    """The banner, a way back, and no search engine; on the plain page none of it, and a way in."""
    sign = "&" if "?" in address else "?"
    response = visitor.get(f"{address}{sign}asof={DAY}")
    assert response.status_code == 200
    assert "这是 2021 年 6 月 30 日当天的情况" in response.text and "noindex" in response.text
    assert response["X-Robots-Tag"] == "noindex"
    assert f'<a data-now href="{quote(address, safe="/?=")}"' in response.text
    assert "全部建成" not in response.text
    assert "后来的" not in response.text or "reports" in address, "a quarter names the lists that were not there yet"
    plain = visitor.get(address)
    assert "当天的情况</strong>" not in plain.text and "noindex" not in plain.text
    assert "X-Robots-Tag" not in plain and "看某一天的情况" in plain.text


def test_a_project_as_it_stood(visitor, street):
    then, now = page(visitor, f"/projects/park/?asof={DAY}"), page(visitor, "/projects/park/")
    assert "推进中" in then and "已完成" not in then and "30%" in then
    assert "已延期" not in then and "还没有完成" in then and "未到期" in then
    assert "早先的记述" in then and "后来的记述" not in then
    assert "全部建成" in now and "已延期" in now and "晚 14 天" in now and "后来的记述" in now


def test_a_list_as_it_stood(visitor, street):
    then = page(visitor, f"/lists/key-test/?asof={DAY}")
    assert "公布 45 项" in then and ">71<" not in then and "已进场" in then
    assert ">71<" in page(visitor, "/lists/key-test/"), "the control: it is said today"
    assert page(visitor, f"/lists/key-test/projects.csv?asof={DAY}").splitlines()[1].split(",")[10] == "推进中"
    assert "未到期" in page(visitor, f"/lists/key-test/promises.csv?asof={DAY}")
    assert "按期完成" in page(visitor, "/lists/key-test/promises.csv")


def test_what_was_not_public_yet_says_from_when(visitor, street):
    for address in ("/lists/later/", "/lists/later/projects.csv", "/lists/later/promises/",
                    "/lists/later/promises.csv", "/projects/late/"):
        assert "“后来的清单”2021 年 7 月 1 日公布" in page(visitor, f"{address}?asof={DAY}", 404)
        page(visitor, f"{address}?asof=2021-07-01")
    factories.make_community(slug="new", name="新来", known_from=2023)
    assert "2023 年的资料" in page(visitor, f"/communities/new/?asof={DAY}", 404)


def test_filters_act_on_the_state_then(visitor, street):
    api = lambda query: [row["code"] for row in visitor.get(f"/api/projects/?{query}").json()["results"]]  # noqa: E731
    assert api(f"status=in_progress&asof={DAY}") == ["park"] and api(f"status=completed&asof={DAY}") == []
    assert api("status=completed") == ["park"] and sorted(api("")) == ["late", "park"]
    row = visitor.get(f"/api/projects/?asof={DAY}").json()["results"][0]
    assert (row["status"], row["percent"], row["moved_on"], row["latest"]) == (
        "in_progress", 30, "2021-05-31", "已进场。")


def test_pages_of_the_list_keep_the_day(visitor, street, key_list):
    for number in range(45):
        project = factories.make_project(key_list, code=f"p{number:02}")
        factories.make_update(project, status="planned", effective_on=date(2021, 5, 1 + number % 28))
        factories.make_update(project, status="completed", effective_on=date(2021, 7, 1 + number % 28))
    for order in ("", "&order=status"):
        seen, query = [], f"asof={DAY}&list=key-test{order}"
        while query:
            answer = visitor.get(f"/api/projects/?{query}").json()
            seen += answer["results"]
            query = answer["next"] and answer["next"].partition("?")[2]
            assert query is None or f"asof={DAY}" in query
        assert len({row["code"] for row in seen}) == 46
        assert {row["status"] for row in seen} == {"planned", "in_progress"}


def test_figures_of_a_day_within_the_quarter(visitor, street):
    def done(query):
        return visitor.get(f"/api/summary/2021Q4/{query}").json()["lists"][0]["done"]

    assert (done("?asof=2021-10-01"), done("?known_at=2021-10-01T00:00:00%2B08:00&asof=2021-10-01"), done("")) == (
        1, 0, 1)
    assert visitor.get("/api/summary/2021Q4/?asof=2021-10-01").json()["as_of"] == "2021-10-01"
    assert "不在2021 年第四季度里" in page(visitor, f"/reports/2021Q4/?asof={DAY}", 400)
    assert "不在" in visitor.get(f"/api/summary/2021Q4/?asof={DAY}").json()["detail"]
    page(visitor, "/reports/2021Q4.json?asof=2021-10-01")
    page(visitor, f"/reports/2021Q4.json?asof={DAY}", 400)


def test_metrics_as_of_the_day(visitor, street):
    assert ">100<" in page(visitor, f"/party/?asof={DAY}") and "222" not in page(visitor, f"/party/?asof={DAY}")
    assert ">222<" in page(visitor, "/party/")
    address = "/party/figures/members/"
    assert "222" not in page(visitor, f"{address}?asof={DAY}") and ">222<" in page(visitor, address)
    assert "换一个晚些的日子看" in page(visitor, f"{address}?asof=2021-05-31", 404)


# --- known at ------------------------------------------------------------------------------------
def test_known_at_goes_back_before_a_correction(visitor, street):
    started = ProgressUpdate.objects.get(status="in_progress")
    factories.make_correction(started, status="planned", percent=5, text="更正后的话。", recorded_at=at(11, 1))
    query = f"asof={DAY}&known_at=2021-07-01T00:00:00%2B08:00"
    assert "更正后的话" in page(visitor, f"/projects/park/?asof={DAY}")
    then = page(visitor, f"/projects/park/?{query}")
    assert "更正后的话" not in then and "30%" in then and "已经录入的资料" in then


@pytest.mark.parametrize("address", ["/projects/park/", "/projects/", "/lists/key-test/", "/communities/here/",
                                     "/lists/key-test/projects.csv", "/lists/key-test/promises/", "/api/projects/"])
def test_what_was_withdrawn_is_not_published_again(visitor, street, address):
    started = ProgressUpdate.objects.get(status="in_progress")
    corrected = factories.make_correction(started, status="in_progress", text="写了不该写的。", recorded_at=at(6, 2))
    query = f"asof={DAY}&known_at=2021-06-20T00:00:00%2B08:00"
    if "promises" not in address:
        assert "写了不该写的" in page(visitor, f"{address}?{query}"), "the control: before the withdrawal it is there"
    factories.make_withdrawal(corrected, recorded_at=at(6, 25))
    then = page(visitor, f"{address}?{query}")
    assert "写了不该写的" not in then and "已进场" not in then


def test_an_instant_alone_is_its_own_day(visitor, street):
    assert "2021 年 6 月 30 日当天" in page(visitor, "/projects/?known_at=2021-06-30T12:00")
    assert "2021 年 7 月 1 日当天" in page(visitor, "/projects/?known_at=2021-06-30T20:00:00%2B00:00")
    unescaped_plus = "/projects/?known_at=2021-06-30T20:00:00+00:00"
    assert "2021 年 7 月 1 日当天" in page(visitor, unescaped_plus)


# --- bad input -----------------------------------------------------------------------------------
BAD = [("asof=2021-13-01", "不是一个日期"), ("asof=20210630", "不是一个日期"), ("asof=２０２１-06-30", "不是一个日期"),
       ("asof=2999-01-01", "还没有到"), ("asof=2021-04-29", "本站的资料从 2021 年 4 月 30 日开始"),
       ("asof=0001-01-01", "本站的资料从"), ("asof=%00", "不是一个日期"), ("known_at=yesterday", "不是一个时刻"),
       ("known_at=2999-01-01", "不能在现在以后"), ("known_at=0001-01-01", "不是一个时刻"),
       ("known_at=9999-12-31T23:59:59-12:00", "不是一个时刻"), ("known_at=2020-01-01", "本站的资料从"),
       ("asof=2021-06-30&known_at=0001-01-01", "不是一个时刻")]


@pytest.mark.parametrize("query, sentence", BAD)
def test_one_clear_sentence(visitor, street, query, sentence):
    for address in PAGES:
        assert sentence in page(visitor, f"{address}{'&' if '?' in address else '?'}{query}", 400)
    for address in ("/api/projects/", "/api/summary/2021Q2/"):
        response = visitor.get(f"{address}?{query}")
        assert response.status_code == 400 and sentence in response.json()["detail"]


def test_an_empty_day_is_now(visitor, street):
    assert "回到今天" not in page(visitor, "/lists/?asof=")


def test_today_is_a_day_too(visitor, street):
    assert "全部建成" in page(visitor, f"/projects/park/?asof={timezone.localdate()}")


# --- links ---------------------------------------------------------------------------------------
def test_links_keep_the_day(visitor, street):
    then = page(visitor, f"/lists/key-test/?asof={DAY}")
    for address in ("/projects/park/", "/lists/", "/lists/key-test/projects.csv", "/party/"):
        assert f'href="{address}?asof={DAY}"' in then, address
    assert f'href="/projects/?list=key-test&amp;asof={DAY}"' in then
    for address in ("/", "/about/", "/reports/", "/admin/"):
        assert f'href="{address}"' in then, address
    assert f"/communities/here/?asof={DAY}" in page(visitor, f"/communities/?asof={DAY}")
    assert 'href="#main"' in then and "?asof=" not in page(visitor, "/lists/key-test/")


def test_a_link_below_a_path_keeps_it_too(visitor, street):
    set_script_prefix("/guicheng/")
    try:
        answer = visitor.get(f"/lists/key-test/?asof={DAY}", SCRIPT_NAME="/guicheng").text
    finally:
        set_script_prefix("/")
    assert f'href="/guicheng/projects/park/?asof={DAY}"' in answer
    assert '<a data-now href="/guicheng/lists/key-test/"' in answer and 'href="/guicheng/about/"' in answer


def test_forms_keep_it(visitor, street):
    then = page(visitor, f"/projects/?asof={DAY}&list=key-test&after=2021-05-31_999999999")
    assert f'<input type="hidden" name="asof" value="{DAY}">' in then
    assert '<input type="hidden" name="list" value="key-test">' in then
    assert 'name="after"' not in then


# --- cost ----------------------------------------------------------------------------------------
def test_another_day_asks_few_queries_more(visitor, street, key_list):
    """On each page at most six more than today's, and with thirty more projects one."""
    def counts(query):
        found = {}
        for address in [*PAGES[:-1], "/api/projects/", "/api/summary/2021Q2/", "/reports/2021Q2/"]:
            with CaptureQueriesContext(connection) as queries:
                page(visitor, f"{address}{'&' if '?' in address else '?'}{query}")
            found[address] = len(queries)
        return found

    few, plain = counts(f"asof={DAY}"), counts("plain=1")
    assert [address for address in few if few[address] > plain[address] + 6] == []
    for number in range(30):
        project = factories.make_project(key_list, code=f"q{number}")
        factories.make_update(project, status="planned", effective_on=date(2021, 5, 2))
        factories.make_update(project, status="completed", effective_on=date(2021, 8, 2))
    many = counts(f"asof={DAY}")
    assert [(address, few[address], many[address]) for address in few if many[address] > few[address] + 1] == []


def test_dates_between(visitor, street):
    """Every day of the year is answered alike by the page and the API."""
    for step in range(0, 240, 40):
        day = date(2021, 5, 1) + timedelta(days=step)
        status = visitor.get(f"/api/projects/?asof={day}&list=key-test").json()["results"][0]["status"]
        word = {"unknown": "暂无进展信息", "in_progress": "推进中", "completed": "已完成"}[status]
        said = page(visitor, f"/projects/park/?asof={day}").partition('<p class="now">')[2].partition("</p>")[0]
        assert f">{word}</span>" in said, day
