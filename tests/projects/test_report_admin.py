"""The quarterly report in the back office: written, read through, closed by another, signed, reopened."""
from datetime import date

import pytest

from projects.models import QuarterClose, QuarterReport
from projects.report import close as quarter_close
from projects.report.files import FORMATS
from tests import factories

ADD = "/admin/projects/quarterreport/add/"


def page(report, verb="change"):
    return f"/admin/projects/quarterreport/{report.pk}/{verb}/"


@pytest.fixture(autouse=True)
def quick_formats(monkeypatch):
    for name in ("pdf", "png", "svg", "internal"):
        monkeypatch.delitem(FORMATS, name)


@pytest.fixture
def two(db):
    return [factories.make_user(name, roles=["业务管理员"], is_established=True) for name in ("secretary", "closer")]


@pytest.fixture
def report(project, two):
    factories.make_update(project, status="in_progress", effective_on=date(2021, 5, 31))
    factories.make_update(project, status="completed", effective_on=date(2021, 10, 1),
                          effective_from=date(2021, 10, 1), text="公园开放了。")
    return QuarterReport.objects.create(year=2021, number=4, overview="截至 {截至日}，新完成 {新完成} 个。",
                                        written_by=two[0])


@pytest.fixture
def secretary(client, two):
    client.force_login(two[0])
    return client


@pytest.fixture
def closer(client, two):
    client.force_login(two[1])
    return client


def form(client, report, **changes):
    """What the change form would send back, with these changes."""
    shown = client.get(page(report)).context["adminform"].form
    typed = {name: shown[name].value() for name in shown.fields if name != "cases"}
    data = {name: value or "" for name, value in typed.items() if value is not False}
    return data | {"_seen": client.get(page(report)).context["seen"], "_save": "保存"} | changes


def text(response):
    return response.content.decode()


def test_a_new_report_begins_with_a_first_text(secretary, project):
    factories.make_update(project, status="in_progress", effective_on=date(2021, 10, 1), text="公园开放了。")
    response = secretary.post(ADD, {"year": 2021, "number": 4, "kind": "report"}, follow=True)
    report = QuarterReport.objects.get()
    assert "初稿已经写好" in text(response)
    assert report.opening.startswith("现将我街道 {季度}") and "公园开放了" in report.work
    assert report.written_by is None  # the machine wrote it: whoever edits it first is its writer


def test_one_report_a_quarter(secretary, report):
    response = secretary.post(ADD, {"year": 2021, "number": 4, "kind": "report"})
    assert "这个季度已有报告" in text(response)


def test_the_page_offers_the_figures(secretary, report):
    body = text(secretary.get(page(report)))
    assert "{新完成}" in body and "还没有锁定" in body and "看全文" in body


def test_a_wrong_figure_is_refused_and_nothing_is_lost(secretary, report):
    response = secretary.post(page(report), form(secretary, report, plans="写了很多。{没有的}"))
    assert "没有这样的数：{没有的}" in text(response) and "写了很多。" in text(response)
    assert QuarterReport.objects.get().plans == ""


def test_who_saves_is_the_writer(secretary, report, two):
    response = secretary.post(page(report), form(secretary, report, plans="下一步抓进度。"))
    assert response.status_code == 302
    assert (QuarterReport.objects.get().plans, QuarterReport.objects.get().written_by) == ("下一步抓进度。", two[0])


def test_the_whole_text_with_its_figures(secretary, report):
    assert "截至 2021 年 12 月 31 日，新完成 1 个。" in text(secretary.get(page(report, "preview")))


@pytest.mark.parametrize(("kind", "opening"), [
    ("report", "报告如下"), ("bulletin", "通报如下"), ("internal", "汇报如下")])
def test_each_register_has_its_first_text(secretary, project, kind, opening):
    secretary.post(ADD, {"year": 2021, "number": 4, "kind": kind})
    report = QuarterReport.objects.get()
    assert opening in report.opening and report.kind == kind
    assert opening in text(secretary.get(page(report, "first-text")))


def test_a_blank_is_told_before_closing(closer, report):
    QuarterReport.objects.update(problems="进展【待核】。")
    asked = text(closer.get(page(report, "close")))
    assert "正文里还有 1 处【】没有填完，不能定稿：【待核】" in asked and 'type="submit" class="default"' not in asked
    report.refresh_from_db()
    response = closer.post(page(report, "close"), {"version": report.version}, follow=True)
    assert "没有填完" in text(response) and not QuarterClose.objects.exists()


def test_the_secretary_chooses_the_cases(secretary, report, project):
    assert "典型案例" not in text(secretary.get(page(report, "first-text"))).replace("典型案例：", "")
    secretary.post(page(report), form(secretary, report, cases=[project.pk]))
    assert list(report.cases.all()) == [project]
    assert "典型案例。半月岛公园：公园开放了。" in text(secretary.get(page(report, "first-text")))


def test_the_first_text_is_offered_and_touches_nothing(secretary, report):
    assert "已完成或投入使用" in text(secretary.get(page(report, "first-text")))
    assert QuarterReport.objects.get().version == report.version


@pytest.mark.parametrize("name", ["docx", "xlsx", "csv", "json"])
def test_drafts_can_be_had(secretary, report, name):
    response = secretary.get(page(report, f"files/{name}"))
    assert response.status_code == 200 and "attachment" in response["Content-Disposition"]


def test_a_file_of_no_kind(secretary, report):
    assert secretary.get(page(report, "files/exe")).status_code == 404


def test_another_closes_it(closer, report):
    asked = text(closer.get(page(report, "close")))
    assert "还没有写：项目进展、存在问题、下一步安排" in asked
    response = closer.post(page(report, "close"), {"version": report.version}, follow=True)
    assert "已锁定，指纹" in text(response) and "锁定后更正 0 条" in text(response)
    assert QuarterClose.objects.get().closed_by.username == "closer"


def test_the_writer_is_told(secretary, report):
    response = secretary.post(page(report, "close"), {"version": report.version}, follow=True)
    assert "请另一位审核员锁定" in text(response) and not QuarterClose.objects.exists()


def test_the_writer_is_told_before_trying(secretary, report):
    asked = text(secretary.get(page(report, "close")))
    assert "请另一位审核员锁定" in asked and 'type="submit" class="default"' not in asked


def test_saving_it_as_it_stood_makes_nobody_its_writer(closer, report, two):
    report.overview += "\n第二段。"
    report.save()
    data = form(closer, report)
    assert closer.post(page(report), data | {"overview": data["overview"].replace("\n", "\r\n")}).status_code == 302
    report.refresh_from_db()
    assert report.written_by == two[0]


@pytest.mark.parametrize("version", ["", "x", "99", "1" * 30])
def test_an_odd_version_is_told(closer, report, version):
    response = closer.post(page(report, "close"), {"version": version}, follow=True)
    assert "刚被别人改过" in text(response) and not QuarterClose.objects.exists()


@pytest.fixture
def closed(report, two):
    return quarter_close.close(report, two[1])


def test_a_closed_report_is_read_only(closer, report, closed):
    body = text(closer.get(page(report)))
    assert "第 1 次锁定" in body and closed.figures_sha256 in body and 'name="_save"' not in body
    assert closer.post(page(report), {"overview": "改"}).status_code == 403


def test_corrections_since_stand_beside(closer, report, closed, project):
    factories.make_correction(project.updates.get(status="completed"), status="acceptance", reason="还没有验收。")
    body = text(closer.get(page(report)))
    assert "锁定后更正 1 条" in body and "还没有验收。" in body


def test_the_kept_file_is_given(closer, report, closed, project):
    before = closer.get(page(report, "files/json")).content
    factories.make_correction(project.updates.get(status="completed"), status="acceptance", reason="还没有验收。")
    assert closer.get(page(report, "files/json")).content == before == bytes(closed.files.get(format="json").content)


def test_signing_makes_the_word_file_final(closer, report, closed):
    draft = closer.get(page(report, "files/docx"))
    data = {"document_number": "示街办〔2022〕1 号", "signer": "示例", "signed_on": "2022-01-06"}
    response = closer.post(page(report, "sign"), data, follow=True)
    assert "签发已登记" in text(response) and "示街办〔2022〕1 号" in text(response)
    final = closer.get(page(report, "files/docx"))
    assert final.content != draft.content
    assert "%E6%8A%A5%E6%89%B9" in draft["Content-Disposition"]
    assert "%E6%8A%A5%E6%89%B9" not in final["Content-Disposition"]


@pytest.mark.parametrize("data, sentence", [
    ({}, "必填"),
    ({"document_number": "1", "signer": "示例", "signed_on": "2099-01-01"}, "成文日期不能在今天以后。"),
    ({"document_number": "1", "signer": "示例", "signed_on": "2022-01-06", "printed_on": "2022-01-01"},
     "印发日期不能早于成文日期。"),
])
def test_a_bad_signature_is_told(closer, report, closed, data, sentence):
    response = closer.post(page(report, "sign"), data)
    assert response.status_code == 400 and sentence in text(response)


def test_it_is_reopened_with_a_reason(closer, report, closed):
    assert "居民会看到" in text(closer.get(page(report, "reopen")))
    assert closer.post(page(report, "reopen"), {"reason": " "}).status_code == 400
    response = closer.post(page(report, "reopen"), {"reason": "漏了一个项目。"}, follow=True)
    assert "已重新打开" in text(response) and "漏了一个项目。" in text(response)
    assert closer.get(page(report, "closes/1/json")).content == bytes(closed.files.get(format="json").content)
    assert closer.get(page(report, "closes/2/json")).status_code == 404


@pytest.mark.parametrize("verb", ["sign", "reopen"])
def test_what_is_not_closed_has_no_such_verb(closer, report, verb):
    assert "没有锁定" in text(closer.post(page(report, verb), {}, follow=True))


# --- who may -------------------------------------------------------------------------------------
@pytest.mark.parametrize("roles", [["领导"], ["审核员"], ["业务管理员"]])
def test_who_may_not_close(client, report, roles):
    client.force_login(factories.make_user(roles=roles, is_established="业务管理员" not in roles))
    status = client.post(page(report, "close"), {"version": report.version}).status_code
    assert status in (403, 404) and not QuarterClose.objects.exists()


def test_a_leader_reads(client, report):
    client.force_login(factories.make_user(roles=["领导"]))
    assert client.get(page(report, "preview")).status_code == 200
    assert 'name="_save"' not in text(client.get(page(report)))


def test_a_list_of_reports_asks_no_query_more_for_a_row_more(closer, report, closed, django_assert_max_num_queries):
    for number in (1, 2, 3):
        QuarterReport.objects.create(year=2020, number=number)
    with django_assert_max_num_queries(13):
        body = text(closer.get("/admin/projects/quarterreport/"))
    assert "第 1 次锁定" in body and body.count("正在写") == 3
