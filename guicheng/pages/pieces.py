"""The pieces of the public pages on one page, for who builds them: each drawn with 示例, in light, dark and print.

A piece is a template below `templates/pieces/` with an explicit context. What is drawn here is of no database.
"""
import re
from collections import Counter
from datetime import date
from pathlib import Path
from types import SimpleNamespace

from django.conf import settings
from django.contrib.admin import site
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from communities.models import Community
from communities.summary import Tile, TileGrid
from guicheng.public.contact import HOTLINE, Contact
from projects.ledger.climb import climb
from projects.ledger.promises import Judgement, Verdict
from projects.ledger.told import Told
from projects.models import Declaration, ProgressUpdate, Project, ProjectList, Promise, Source, Status
from projects.report.flow import flow
from projects.summary import ListSummary, Stair
from projects.summary.facet import Facet, Option
from projects.summary.news import News
from projects.summary.stair import Step

TOKENS = Path(settings.BASE_DIR, "static", "css", "tokens.css")
SOURCE = Source(code="sample", title="示例来源")
LIST = ProjectList(slug="sample", title="示例清单", unit="项", year=2024, announced_on=date(2024, 3, 1), source=SOURCE)


def _project(number, status, name):
    project = Project(pk=number, code=f"sample-{number}", name=f"示例{name}", status=status, project_list=LIST)
    project.latest_update = ProgressUpdate(
        pk=number, project=project, status=status, text="示例：一句话说办到了哪一步。", seq=1,
        effective_on=date(2024, 6, 30), source=SOURCE)
    promise = Promise(text="示例：年内完成", due_on=date(2024, 12, 31), promised_on=date(2024, 3, 1), source=SOURCE)
    project.judgement = Judgement(promise, Verdict.PENDING if number % 2 else Verdict.KEPT, None)
    return project


PROJECTS = [_project(number, status, name) for number, (status, name) in enumerate([
    ("", "路灯加装"), ("planned", "停车泊位"), ("in_progress", "老旧小区改造"), ("acceptance", "内街排水"),
    ("in_use", "口袋公园"), ("standing", "长者饭堂")], 1)]
SUMMARY = ListSummary(
    LIST, date(2024, 6, 30), Declaration(total=9), None, Counter(project.status for project in PROJECTS), {})


def _stair():
    on = {Status.STEP.get(project.status): project for project in PROJECTS}
    steps = [Step(number, label, 1, [on[number]]) for number, label in enumerate(Status.STEPS, 1)]
    return Stair(SUMMARY, steps, PROJECTS[-1:], [])


def samples():
    """(name of the piece, what it is for, its context) of each."""
    doing, done = PROJECTS[2], PROJECTS[4]
    told = Told("planned", doing.judgement)
    row = {"code": doing.code, "name": doing.name, "status": doing.status, "told": told, "is_sample": True,
           "latest_update__text": doing.latest_update.text, "project_list__title": LIST.title}
    people = [Community(pk=number, slug=slug, name=name, code="0", order=number)
              for number, (slug, name) in enumerate([("beiyue", "北约"), ("dade", "大德"), ("daxin", "大新")])]
    return [
        ("strip", "页顶一条：资料到哪个月、打什么电话",
         {"news": News(None, date(2024, 6, 30), date(2024, 7, 1)),
          "site": {"contact": Contact("示例街道", hotline=HOTLINE)}}),
        ("stair", "一张清单站在五级台阶上", {"stair": _stair()}),
        ("under", "不在台阶上的，和还没有名称的", {"stair": _stair()}),
        ("climb", "一个项目走到第几步，每步写日子",
         {"climb": climb(done, [done.latest_update]), "family": "done", "judgements": [done.judgement]}),
        ("move", "从哪里到哪里", {"status": "in_progress", "before": "planned"}),
        ("verdict", "承诺和判定，短的", {"verdict": Verdict.PENDING, "due": doing.judgement.promise.due_told}),
        ("promise", "承诺和结果，整的", {"row": doing.judgement}),
        ("late", "承诺的日子过了，没有写明完成", {"projects": [doing]}),
        ("log_entry", "最近的一条进展", {"project": doing, "told": told}),
        ("beside", "一行的末尾：第几步、从哪里来、判定", {
            "status": "in_progress", "before": "planned", "verdict": Verdict.KEPT,
            "due": doing.judgement.promise.due_told}),
        ("moved_row", "列表里的一行", {"row": row}),
        ("known", "一张清单，一格一项", {"summary": SUMMARY}),
        ("parts", "分项板", {"board": [(3, "推进", [
            {"code": "sample-1", "name": "示例分项", "status": "in_progress", "community__name": None}])]}),
        ("tiles", "找社区", {"grid": TileGrid([Tile(each, each.pk) for each in people])}),
        ("facet", "筛选，每项带数", {"facet": Facet("status", "状态", [
            Option("", "不限", 6, "?", True), Option("in_progress", "推进中", 1, "?status=in_progress", False)])}),
        ("flow", "一个季度里谁动了", {"flow": flow("示例清单", [
            ("a", "示例甲", "planned", "in_use"), ("b", "示例乙", "", "planned")])}),
        ("still", "还不知道的，并成一行", {"unknown": ["责任单位", "办公电话"]}),
        ("house", "小区、经济社、园区", {"unit": SimpleNamespace(name="示例小区", kind="estate", aliases="")}),
    ]


@require_safe
def show_pieces(request):
    drawn = [(name, words, render_to_string(f"pieces/_{name}.html", context)) for name, words, context in samples()]
    return render(request, "admin/pieces.html", {
        **site.each_context(request), "title": "页面的零件", "pieces": drawn,
        "is_elder": request.GET.get("elder") == "1"})


@require_safe
def pieces_style(request):
    """The tokens of dark and print as classes, so that they stand beside those of light."""
    _, dark, *_, paper = re.split(r"@media [^{]+\{", TOKENS.read_text(encoding="utf-8"))
    dark, paper = (re.search(r":root \{(.*?)\}", part, re.S)[1] for part in (dark, paper))
    return HttpResponse(f".as-dark {{{dark}}}\n.as-print {{{paper}}}\n", content_type="text/css; charset=utf-8")
