"""The first text of a report: every sentence true for none, one and all; figures as tokens, nothing made up."""
import pytest
from django.core.exceptions import ValidationError

from projects.models import Status
from projects.report.first_text import first_text
from projects.report.office_words import of_statement
from projects.report.prose import paragraphs, titles_of
from projects.report.tokens import fill, grouped, tokens
from tests.projects.documents import NONE, a_change, a_document, a_list, a_project, a_promise


def written(document, kind="report", cases=()):
    """The parts with their figures in them."""
    known = tokens(document.figures)
    return {key: fill(text, known) for key, text in first_text(document, kind, cases).items()}


def overview(**kw):
    return written(document(lists=[a_list(**kw)]))["overview"]


def with_words(**words):
    return {"words": [{"code": "r", "problem": "", "delay_reason": "", "next_step": "", "coordination": "", **words}],
            "lights": []}


def document(**kw):
    kw.setdefault("report", {"words": [], "lights": []})
    return a_document(**kw)


def test_it_works():
    text = written(document(changes=[a_change()], promises=[a_promise()], projects=[a_project()]))
    assert text["opening"] == ("现将我街道 2021 年第四季度“我为群众办实事”项目进展情况报告如下"
                               "（截至 2021 年 12 月 31 日）。")
    assert text["overview"] == "2021 年首批重点项目共 45 项。本季度新完成 1 个。"
    assert text["work"].splitlines() == [
        "2021 年首批重点项目共 45 项，已列明名称的 12 项，其中有进展材料的 11 项，其余 33 项【收齐后补入】。",
        "（一）累计已完成或投入使用 6 项，分别是：南一路改造提升。"]
    assert not any("{" in part for part in text.values())


def test_figures_are_tokens_so_that_they_follow_the_close():
    text = first_text(document())["overview"]
    assert "{公布总数：key}" in text and "45" not in text


ASKED = {"title": "11 月进展", "ground": "通知", "as_of": "2021-11-30", "units": 45, "rows": 300}
CLOSED = ASKED | {"is_closed": True, "units_answered": 40, "rows_answered": 280}


def test_a_bulletin_knows_the_tasks_of_its_quarter_in_counts_alone():
    running = ASKED | {"title": "12 月进展", "is_closed": False, "units_answered": None, "rows_answered": None}
    report = {"words": [], "lights": [], "reporting": [CLOSED, running]}
    said = "本季度报送任务：“11 月进展”问 45 个单位，截至关闭报齐 40 个。"
    assert written(document(report=report), "bulletin")["overview"].endswith(said)
    for kind in ("report", "internal"):
        assert "报送任务" not in written(document(report=report), kind)["overview"]
    assert "报送任务" not in written(document(report={**report, "reporting": [running]}), "bulletin")["overview"]


# --- a list, how far it is -----------------------------------------------------------------------
@pytest.mark.parametrize("kw, sentence", [
    ({"declared": 12, "done": 12, "doing": 0, "none": 0, "rate": "100.0"},
     "共 12 项，已完成 12 项，完成率 100.0%（12 ÷ 12）。"),
    ({"declared": 45}, "2021 年首批重点项目共 45 项。"),
    ({"declared": 71, "declared_done": 64, "done": 0, "doing": 0, "none": 0}, "共 71 项，已完成 64 项。"),
    ({"declared": None}, "2021 年首批重点项目总数【待核】。"),
])
def test_a_list_in_words(kw, sentence):
    assert sentence in overview(**kw)


def test_what_the_office_calls_it_and_what_was_declared_at_once():
    first, second = (a_list(slug, title) | {"announced_from": "2021-04-30"} for slug, title in
                     (("key", "重点项目"), ("small", "微实事")))
    first |= {"declared_categories": None}
    second |= {"declared_done": 40, "declared_rate": "88.9", "declared_categories": 3}
    report = {"words": [], "lights": [], "office_names": {"key": "7 大类重点项目"}}
    assert written(document(lists=[first, second], report=report))["overview"] == (
        "2021 年 4 月 30 日，我街道公布7 大类重点项目共 45 项；微实事共 45 项，分 3 类，已完成 40 项，"
        "按公布数计算完成率 88.9%。")


def test_each_state_has_its_sentence():
    rows = [a_project(name, status=status, status_label=status) for name, status in [
        ("甲", "completed"), ("乙", "in_use"), ("丙", "standing"), ("丁", "planned"), ("戊", "paused"),
        ("己", "cancelled"), ("庚", "unknown")]]
    rows[1]["code"] = "b"
    doing = a_project("辛", status="in_progress", moved_on="2021-11-01", latest="辛正在施工。报道没有说哪天完工。")
    old = a_project("壬", status="acceptance", moved_on="2021-06-01", latest="修好了。")
    above = a_project("癸", list="district")
    report = {"words": [], "lights": [], "office_words": {"b": {"since": "2021 年 9 月 1 日"}}}
    text = written(document(projects=[*rows, doing, old, above], report=report))["work"]
    assert text.splitlines()[1:] == [
        "（一）累计已完成或投入使用 6 项，分别是：甲，乙（2021 年 9 月 1 日投入使用）。", "（二）常态化开展 0 项：丙。",
        "（三）正在推进 5 项。辛：正在施工；壬：2021 年 6 月 1 日，已修复，本季度进展【待核】。",
        "（四）正在筹备 0 项：丁。",
        "（五）暂停 0 项：戊。", "（六）终止实施 0 项：己。", "（七）进展【待核】 1 项：庚。"]


def test_of_several_lists_each_is_a_heading():
    lists = [a_list(), a_list("small", "微实事"), a_list("bare", "社区项目", done=0, doing=0, none=0)]
    text = written(document(lists=lists, projects=[a_project(), a_project(list="small")]))["work"]
    assert text.splitlines() == [
        "（一）2021 年首批重点项目。共 45 项，已列明名称的 12 项，其中有进展材料的 11 项，其余 33 项【收齐后补入】。",
        "累计已完成或投入使用 6 项，分别是：南一路改造提升。",
        "（二）微实事。共 45 项，已列明名称的 12 项，其中有进展材料的 11 项，其余 33 项【收齐后补入】。",
        "累计已完成或投入使用 6 项，分别是：南一路改造提升。", "社区项目共 45 项，分项进展【收齐后补入】。"]


def test_nothing_was_public_yet():
    text = written(document(lists=[]))
    assert text["overview"] == "截至 2021 年 12 月 31 日，还没有公布过清单。" and text["work"] == ""
    assert text["problems"] == "【待填：牵头单位逐项填报存在问题】"
    assert text["plans"] == "【待填：牵头单位逐项填报措施、责任人、时限】"


def test_only_the_streets_lists_of_the_newest_year_are_told():
    text = written(document(lists=[a_list(), a_list("district", "南海区首批民生实事", is_street=False),
                                   a_list("old", "旧清单") | {"year": 2020},
                                   a_list("new", "明年的") | {"year": 2022}]))
    assert not any(title in "".join(text.values()) for title in ("南海区首批民生实事", "明年的"))
    assert text["work"].splitlines()[-1] == "旧清单中没有办结的，本季度进展【待核】。"
    only_old = written(document(lists=[a_list("old", "旧清单") | {"year": 2020}]))
    assert "旧清单" in only_old["overview"]


def test_a_number_of_an_earlier_day_is_told_with_its_day_and_without_a_rate():
    each = a_list(declared_done=40) | {"declared_rate": "88.9", "declared_done_told": "2021 年 8 月"}
    text = written(document(lists=[each]))["overview"]
    assert "据 2021 年 8 月公布数，已完成 40 项，按公布数计算完成率 88.9%。" in text
    each["before"] = {"declared_done": 40}
    assert "已完成 40 项，本季度进展【待核】。" in written(document(lists=[each]))["overview"]


def test_what_is_open_about_a_project_stands_with_its_name():
    rows = [a_project("甲", membership="由上下文推知在清单上"), a_project("乙", code="b")]
    report = {"words": [], "lights": [], "differing": ["b"]}
    assert "甲【待核是否在清单内】，乙【待核：两份资料写法不同】。" in written(
        document(projects=rows, report=report))["work"]


def test_a_paper_is_about_the_programme_of_its_lists():
    other = a_list("s", "书记工程") | {"kind": "secretary"}
    assert "重点工作项目进展情况报告如下" in written(document(lists=[other]))["opening"]
    assert "“我为群众办实事”项目进展情况" in written(document(lists=[other, a_list()]))["opening"]


def test_what_goes_on_without_a_plan_has_its_blank():
    rows = [a_project(status="in_progress"), a_project("乙", code="b", status="acceptance")]
    text = written(document(projects=rows, report=with_words(next_step="月底前拆除")))["plans"]
    assert text.splitlines() == ["南一路改造提升：月底前拆除。", "乙：【待填：措施、责任人、时限】"]


@pytest.mark.parametrize("kind", ["report", "bulletin", "internal"])
def test_no_paper_speaks_as_a_collector(kind):
    rows = [a_project(), a_project(status="in_progress", latest="来源没有写明。")]
    text = "".join(written(document(projects=rows, changes=[a_change()], promises=[a_promise()]), kind).values())
    for word in ("本站", "台账", "推知", "没找到", "没有找到", "暂缺", "报道", "来源", "新见"):
        assert word not in text


# --- what was promised ---------------------------------------------------------------------------
def test_promises_with_what_nobody_confirmed():
    text = written(document(promises=[a_promise(), a_promise("别的", "unreported", "到期待核"),
                                      a_promise("还早", "not_due", "未到期")]))["problems"]
    assert text.splitlines()[0] == (
        "写明完成时间、已经到期的 2 项中，新配建怡海小学 1 项已按期完成；别的 1 项是否按期完成【待牵头单位确认】。")


def test_all_were_kept():
    text = written(document(promises=[a_promise()]))["problems"]
    assert text.startswith("写明完成时间、已经到期的 1 项中，新配建怡海小学 1 项已按期完成。按期兑现率 100.0%（")


def test_no_promise_is_due():
    assert "已经到期的" not in written(document(promises=[a_promise("还早", "not_due", "未到期")]))["problems"]


def test_next_quarters_promises_without_what_is_finished():
    text = written(document(next_promises=[a_promise("怡海小学", "early"), a_promise("公园", "not_due")]))["plans"]
    assert text.startswith("2022 年第一季度到期的 1 项：公园（2021 年内）。")


def test_many_names_end_in_the_table():
    rows = [a_project(f"第 {number} 个") for number in range(40)]
    text = written(document(projects=rows))["work"]
    assert "等，其余见附件。" in text and "第 39 个" not in text
    assert "名称见附件" in written(document(projects=[{**row, "status": "unknown"} for row in rows]))["work"]


# --- what is late, and why -----------------------------------------------------------------------
def late(kind="report", **words):
    made = document(report=with_words(**words), projects=[a_project()])
    made.figures["overdue"] = [a_project(due_on="2021-12-01", status="in_progress", status_label="推进中")]
    next(row for row in made.figures["counts"] if row["key"] == "overdue")["value"] = 1
    return written(made, kind)


def test_what_is_late_says_since_when_and_why():
    assert ("南一路改造提升应于 2021 年 12 月 1 日完成，截至 2021 年 12 月 31 日正在推进，原因是：管线迁改未完成。"
            ) in late(delay_reason="管线迁改未完成")["problems"]


def test_where_nobody_said_why_it_stands_as_blank():
    assert "原因【待填：牵头单位】。" in late()["problems"]


def test_only_a_bulletin_names_the_unit():
    assert "建设办公室" not in "".join(late().values())
    assert "南一路改造提升（建设办公室）应于" in late("bulletin")["problems"]


def test_the_clerks_own_words():
    words = {"problem": "围挡没有拆", "next_step": "月底前拆除", "coordination": "请街道协调供电"}
    text = late(**words)
    assert "围挡没有拆" in text["problems"] and "南一路改造提升：月底前拆除。" in text["plans"]
    assert "协调供电" not in "".join(text.values()), "a 报告 asks for nothing"
    assert late("internal", **words)["plans"].endswith("需要协调的事项：\n南一路改造提升：请街道协调供电。")


# --- registers -----------------------------------------------------------------------------------
def test_a_bulletin_rests_on_a_paper_and_ends_in_what_is_asked():
    rows = [a_project(status="in_progress"), a_project("乙", status="in_progress", department="", community="")]
    text = written(document(projects=rows), "bulletin")
    assert "南一路改造提升（建设办公室）：" in text["work"] and "乙（【待填：牵头单位】）：" in text["work"]
    assert text["opening"].startswith("根据【待填：依据的文件】要求，现将")
    assert text["plans"] == "【待填：工作要求】" and titles_of("bulletin")["plans"] == "工作要求"


def test_cases_are_those_the_secretary_chose():
    rows = [a_project(), a_project("乙", code="b", latest="图表列出。")]
    plain, chosen = document(projects=rows), written(document(projects=rows), cases=["r", "b", "gone"])["work"]
    assert "典型案例" not in written(plain)["work"]
    assert chosen.splitlines()[-1] == "（二）典型案例。南一路改造提升：工程已经完工。乙：【待填：牵头单位】。"


def test_an_office_wording_stands_before_the_plain_one():
    report = {"words": [], "lights": [], "office_words": {"r": {"text": "已完成管沟开挖。"}}}
    made = document(projects=[a_project(status="in_progress", latest="挖开了。")], report=report)
    assert "南一路改造提升：已完成管沟开挖。" in written(made)["work"]


@pytest.mark.parametrize("name, text, said", [
    ("南一路", "南一路已经完工。", "已经完工"), ("南一路", "南一路。改造做完了。", "改造已完成"),
    ("公园", "图上列了滑梯；报道没有说哪天开放。", "图上列了滑梯"),
    ("路", "列入已见成效的项目：已经通车。要建高架。", "已经通车"),
    ("馆", "办了 3 场，还在做设计。", "已举办 3 场，正在设计"), ("公园", "报道说公园建好了。", ""),
    ("公园", "", ""), ("公园", "公园", ""),
    ("公园", "第一期 50 万元左右。\n第二期还没有开始。", "第一期 50 万元左右，第二期还没有开始"),
])
def test_a_statement_in_the_words_of_a_paper(name, text, said):
    assert of_statement(name, text) == said


# --- tokens --------------------------------------------------------------------------------------
@pytest.mark.parametrize("typed", ["{已完成：key}", "{已完成:key}", "{ 已完成：key }", "｛已完成：key｝"])
def test_a_token_however_it_is_typed(typed):
    assert fill(f"完成 {typed} 项。", tokens(document().figures)) == "完成 6 项。"


def test_what_is_no_figure_is_named():
    with pytest.raises(ValidationError, match="没有这样的数：{乱写}、{已完成：别的}。请从下面“可以用的数”里复制。"):
        fill("{乱写}和{已完成：别的}", tokens(document().figures))


def test_text_without_tokens_stays():
    for text in ("", "没有花括号。", "{}", "{一个\n两行}", "50% 与 {"):
        assert fill(text, {}) == text


def test_an_unknown_figure_is_said_to_be_unknown():
    assert fill("{公布总数：key}", tokens(document(lists=[a_list(declared=None)]).figures)) == "（没有公布）"


def test_every_token_is_offered_once():
    names = [token.name for _, group in grouped(document().figures) for token in group]
    assert len(names) == len(set(names)) > 25
    assert set(NONE) - {"unknown"} == set(Status.values)


# --- levels --------------------------------------------------------------------------------------
@pytest.mark.parametrize("line, level", [
    ("（一）抓进度", 2), ("（十二）其他", 2), ("1. 小标题", 3), ("12.小标题", 3), ("（1）四级", 4),
    ("一般的话。", 0), ("2021 年", 0), ("1.5 公里长", 0),
])
def test_levels_of_a_paragraph(line, level):
    assert paragraphs(f"\n  {line}\n\n") == [{"level": level, "text": line}]

