"""The first text of a report: every sentence true for none, one and all; figures as tokens, nothing made up."""
import pytest
from django.core.exceptions import ValidationError

from projects.models import Status
from projects.report.first_text import first_text
from projects.report.prose import paragraphs
from projects.report.tokens import fill, grouped, tokens
from tests.projects.documents import NONE, a_change, a_document, a_list, a_project, a_promise


def written(document):
    """The four parts with their figures in them."""
    known = tokens(document.figures)
    return {key: fill(text, known) for key, text in first_text(document).items()}


def overview(**kw):
    return written(document(lists=[a_list(**kw)]))["overview"]


def with_words(**words):
    return {"words": [{"code": "r", "problem": "", "delay_reason": "", "next_step": "", "coordination": "", **words}],
            "lights": []}


def document(**kw):
    kw.setdefault("report", {"words": [], "lights": []})
    return a_document(**kw)


def test_it_works():
    made = document(changes=[a_change()], promises=[a_promise()], projects=[a_project(code="c")])
    text = written(made)
    assert text["overview"].splitlines()[0] == "截至 2021 年 12 月 31 日，“2021 年首批重点项目”的进展情况如下。"
    assert "状态有变动的项目 1 个，其中新完成 1 个。" in text["overview"]
    assert "1. 南一路改造提升。工程已经完工。" in text["work"]
    assert not any("{" in part for part in text.values())


def test_figures_are_tokens_so_that_they_follow_the_close():
    text = first_text(document())["overview"]
    assert "{公布总数：key}" in text and "45" not in text


# --- a list, how far it is -----------------------------------------------------------------------
@pytest.mark.parametrize("kw, sentence", [
    ({"declared": 12, "done": 12, "doing": 0, "none": 0, "rate": "100.0"}, "公布 12 项。12 项已全部完成。"),
    ({"declared": 45, "done": 3, "doing": 0, "none": 0}, "有资料的 3 项已全部完成。"),
    ({"declared": 45, "done": 0, "doing": 4, "none": 0}, "有资料的项目中，还没有一项完成，推进中 4 项。"),
    ({"declared": 1, "done": 0, "doing": 0, "none": 1}, "暂无进展信息 1 项。"),
    ({"declared": 71, "done": 0, "doing": 0, "none": 0}, "公布 71 项，逐项资料暂缺。"),
    ({"declared": 71, "declared_done": 64, "done": 0, "doing": 0, "none": 0}, "发布单位公布已完成 64 项。"),
    ({"declared": None, "done": 1, "doing": 1, "none": 0}, "没有公布总数，本站有资料的 2 项。"),
    ({"declared": 12, "done": 6, "doing": 6, "none": 0, "rate": "50.0"}, "完成率为 50.0%（6 ÷ 12）。"),
])
def test_a_list_in_words(kw, sentence):
    assert sentence in overview(**kw)


def test_a_rate_without_its_denominator_is_not_printed():
    assert "完成率" not in overview(declared=None) and "完成率" not in overview(declared=45)


def test_nothing_was_public_yet():
    text = written(document(lists=[]))
    assert text["overview"] == "截至 2021 年 12 月 31 日，还没有公布过清单。"
    assert text["problems"] == "截至 2021 年 12 月 31 日，没有逾期未完成的项目，经办人没有填报存在问题。"
    assert text["plans"] == "各单位没有填报下一步安排，2022 年第一季度没有写明到期的承诺。"


def test_the_districts_lists_are_not_the_streets():
    text = written(document(lists=[a_list(), a_list("district", "南海区首批民生实事", is_street=False)]))
    assert "南海区首批民生实事" not in "".join(text.values())


# --- what moved, what was promised ---------------------------------------------------------------
def test_nothing_moved():
    text = written(document())
    assert "没有项目的状态变动。" in text["overview"] and "本季度没有新完成的项目。" in text["work"]
    assert "没有找到写明 2021 年到期的承诺。" in text["overview"]


def test_promises_with_their_rate_and_its_denominator():
    text = written(document(promises=[a_promise(), a_promise("别的", "unreported", "到期未见报道"),
                                      a_promise("还早", "not_due", "未到期")]))["overview"]
    assert "按期完成 1 条，到期未见报道 1 条，未到期 1 条，按期兑现率为 50.0%（1 ÷ 2）。" in text


def test_no_promise_is_due_so_there_is_no_rate():
    text = written(document(promises=[a_promise("还早", "not_due", "未到期")]))["overview"]
    assert "未到期 1 条。" in text and "按期兑现率" not in text


def test_next_quarters_promises():
    text = written(document(next_promises=[a_promise("怡海小学")]))["plans"]
    assert text.startswith(
        "（一）2022 年第一季度到期的承诺\n1. 怡海小学（2021 年 12 月 31 日到期）。承诺 2021 年内完成。")


def test_many_names_end_in_the_table():
    text = written(document(changes=[a_change(f"第 {number} 个") for number in range(40)]))["work"]
    assert "其余的见附件。" in text and "第 39 个" not in text


# --- what is late, and why -----------------------------------------------------------------------
def late(**words):
    made = document(report=with_words(**words), projects=[a_project()])
    made.figures["overdue"] = [a_project(due_on="2021-12-01", status="in_progress", status_label="推进中")]
    next(row for row in made.figures["counts"] if row["key"] == "overdue")["value"] = 1
    return written(made)


def test_what_is_late_says_since_when_and_why():
    text = late(delay_reason="管线迁改未完成")
    assert "逾期未完成的项目 1 个。" in text["problems"]
    assert ("1. 南一路改造提升（建设办公室）。应于 2021 年 12 月 1 日完成，已晚 30 天，现为“推进中”。"
            "滞后原因：管线迁改未完成。") in text["problems"]
    assert "对 1 个逾期未完成的项目" in text["plans"]


def test_where_nobody_said_why_it_is_said_to_be_missing():
    assert "滞后原因待填报。" in late()["problems"]


def test_the_clerks_own_words():
    text = late(problem="围挡没有拆！", next_step="月底前拆除", coordination="请街道协调供电")
    assert "围挡没有拆！" in text["problems"] and "南一路改造提升：月底前拆除。" in text["plans"]
    assert "（二）需要协调的事项\n南一路改造提升：请街道协调供电。" in text["plans"]


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
