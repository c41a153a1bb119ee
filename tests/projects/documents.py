"""Quarters as plain values, for what is rendered from them: no database."""
from datetime import date

from projects.document import Document
from projects.ledger.promises import Verdict
from projects.summary import DEFINITIONS, Move
from projects.summary.report import quarter_figures

NONE = {"unknown": 0, "planned": 0, "in_progress": 0, "acceptance": 0, "completed": 0, "in_use": 0, "standing": 0,
        "paused": 0, "cancelled": 0}
LONG = "中央大街（桂澜路至一环路段）雨污水管道更换及道路修复工程、沿线“微改造”和 12 个公交站亭翻新（第 2 期）" * 3


def group(label, recorded=3, done=1):
    return {"key": label, "label": label, "recorded": recorded, "done": done, "unknown": 0,
            "families": {"done": done, "doing": recorded - done, "stopped": 0, "none": 0},
            "by_status": {**NONE, "completed": done, "in_progress": recorded - done}}


def a_list(slug="key", title="2021 年首批重点项目", *, declared=45, declared_done=None, done=6, doing=5, none=1,
           unit="项", is_street=True, rate=None):
    recorded = done + doing + none
    missing = None if declared is None else declared - recorded
    parts = [("done", "已完成、已投用", done), ("doing", "筹备、推进、长期开展", doing),
             ("none", "已公布，暂无进展信息", none), ("missing", "明细整理中", missing or 0)]
    segments = [{"family": family, "label": label, "count": count} for family, label, count in parts if count]
    gap = f"公布 {declared} {unit}，有明细的 {recorded} {unit}。" if declared else "公布总数没有查到。"
    return {
        "slug": slug, "title": title, "kind": "key", "kind_label": "重点项目", "is_street": is_street, "year": 2021,
        "unit": unit, "issuer": "桂城街道", "announced_from": None, "announced_on": "2021-04-30", "as_of": "2021-12-31",
        "declared": declared, "declared_done": declared_done, "recorded": recorded, "done": done, "standing": 0,
        "unknown": none, "missing": missing, "rate": rate,
        "by_status": {**NONE, "completed": done, "in_progress": doing, "unknown": none},
        "families": {"done": done, "doing": doing, "stopped": 0, "none": none}, "gap_sentence": gap,
        "sentence": "，".join(f"{part['label']} {part['count']} {unit}" for part in segments) + "。",
        "segments": segments, "by_category": [group("城市更新"), group("交通出行")], "by_community": [], "before": None,
    }


def a_change(name="南一路改造提升", before="in_progress", after="completed"):
    kind = Move.of("" if before == "unknown" else before, "" if after == "unknown" else after)
    return {"code": "c", "name": name, "list": None, "list_title": "", "before": before, "after": after,
            "before_label": f"原为{before}", "after_label": f"现为{after}",
            "kind": kind.value, "kind_label": kind.label}


def a_promise(name="新配建怡海小学", verdict="kept", label="按期完成"):
    return {"code": "p", "name": name, "list": "key", "list_title": "", "text": "承诺 2021 年内完成",
            "promised_on": "2021-06-30", "due_on": "2021-12-31", "verdict": verdict, "verdict_label": label,
            "proof_on": "2021-09-01" if verdict == "kept" else None, "proof_text": "新学校开始使用。",
            "proof_source": "某报道", "source": "某公告"}


def a_project(name="南一路改造提升", **values):
    return {
        "code": "r", "name": name, "list": "key", "list_title": "2021 年首批重点项目", "number": 1, "category": "",
        "parent": "", "is_part": False, "membership": "", "community": "桂南", "department": "建设办公室",
        "phone": "", "status": "completed", "status_label": "已完成", "percent": None, "moved_on": "2021-12-31",
        "latest": "工程已经完工。", "planned_start": None, "planned_end": None, "due_on": None, "closed_on": None,
        "budget": None, "source": "某报道", **values}


def figures_beside(changes, promises):
    """What a summary counts beside the lists: counts, moves, verdicts."""
    moves = {kind: sum(row["kind"] == kind for row in changes) for kind in Move}
    verdicts = {each: sum(row["verdict"] == each for row in promises) for each in Verdict}
    counts = quarter_figures(moves, verdicts, 0, 0, date(2021, 12, 31))
    return {
        "counts": [{"key": row.definition.key, "label": row.definition.label, "unit": row.definition.unit,
                    "value": row.value, "numerator": row.numerator, "denominator": row.denominator,
                    "rate": None if row.rate is None else str(row.rate)} for row in counts],
        "moves": [{"key": kind.value, "label": kind.label, "count": count} for kind, count in moves.items()],
        "verdicts": [{"key": each.value, "label": each.label, "count": count} for each, count in verdicts.items()],
    }


def a_document(lists=None, changes=(), promises=(), next_promises=(), projects=(), report=None, closing=None):
    figures = {
        "format": 1, "quarter": "2021Q4", "title": "2021 年第四季度", "year": 2021, "first_day": "2021-10-01",
        "last_day": "2021-12-31", "as_of": "2021-12-31", "is_over": True, "known_at": None,
        "before": {"quarter": "2021Q3", "title": "2021 年第三季度", "as_of": "2021-09-30"},
        "after": {"quarter": "2022Q1", "title": "2022 年第一季度"},
        "lists": [a_list()] if lists is None else lists, "changes": list(changes), "promises": list(promises),
        "next_promises": list(next_promises), "projects": list(projects), "corrections": [], "overdue": [],
        "communities": [], **figures_beside(changes, promises),
        "definitions": [{"key": row.key, "label": row.label, "sentence": row.sentence, "unit": row.unit}
                        for row in DEFINITIONS],
    }
    return Document(figures, report or {}, closing)


CLOSED = {"number": 2, "closed_on": "2022-01-05", "closed_by": "某经办人"}


def edge_cases():
    """Name -> document: one list, eight, none, what is very long, no change and a hundred."""
    eight = [a_list(f"list-{number}", f"第 {number} 张清单", is_street=number < 6, rate="13.3",
                    declared=[45, 71, 300, 1431][number % 4]) for number in range(8)]
    bare = a_list("bare", "民生微实事", declared=71, done=0, doing=0, none=0)
    states = [("unknown", "in_progress"), ("in_progress", "completed"), ("planned", "paused"), ("in_use", "completed")]
    return {
        "plain": a_document(changes=[a_change()], promises=[a_promise()]),
        "nothing": a_document(lists=[]),
        "eight": a_document(eight, closing=CLOSED),
        "bare": a_document([bare, a_list("unknown", "没有总数的清单", declared=None)]),
        "huge": a_document([a_list(declared=123_456_789, declared_done=98_765_432)]),
        "long": a_document([a_list(title=LONG)], [a_change(LONG)], [a_promise(LONG, "unreported", "到期待核")],
                           [a_promise(LONG)]),
        "many": a_document(
            changes=[a_change(f"第 {number} 号项目改造提升工程", *states[number % 4]) for number in range(100)],
            promises=[a_promise(f"第 {number} 号承诺", *row) for number, row in enumerate(
                [("kept", "按期完成"), ("late", "逾期完成"), ("unkept", "未完成"), ("unreported", "到期待核"),
                 ("not_due", "未到期")] * 10)]),
        "latin": a_document([a_list(title="https://example.org/a/very/long/address?with=a-query-and-more-of-it")],
                            [a_change('<b>&"WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW</b>')]),
    }
