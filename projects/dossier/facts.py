"""What a dossier says to anybody: the facts of a ProjectPage, its plan, what was told beside, closed reports."""
from guicheng import words
from projects.late_units import NOT_NAMED
from projects.models import QuarterClose, Status


def basics(page, no_unit):
    """(label, text) of what is known of the project. `no_unit`: what stands in place of a unit that is not named."""
    project, around = page.project, page.around

    def names(kind, between="、"):
        return between.join(name for _, name in around.get(kind, []))

    on = project.project_list
    unit = project.lead_department.name if project.lead_department else no_unit if no_unit == NOT_NAMED else ""
    rows = [
        ("也叫", names("alias", "；")),
        ("清单", f"{on.title}{f'第 {project.number} 项' if project.number else ''}" if on else "不在清单上"),
        ("类型", project.category.name if project.category else ""), ("属于", names("parent")),
        ("社区", str(project.community or "")), ("地点", project.place), ("内容", project.description),
        ("责任单位", unit), ("配合单位", names("supporting")), ("责任领导", project.leader),
        ("联系人", project.contact), ("办公电话", project.office), ("书记工程", names("secretary")),
        ("场所", names("venue")),
        ("目标数量", _quantity(project.target_quantity, project.target_unit)), ("预算", _budget(project, names)),
        ("完成标准", project.completion_standard), ("结转自", names("continues")), ("结转为", names("continued")),
        ("出处", f"《{project.source.title}》"),
    ]
    return [[label, text] for label, text in rows if text]


def _budget(project, names):
    if project.budget is None:
        return ""
    return f"{words.number(project.budget)} 万元" + (f"，出处：{names('budget')}" if names("budget") else "")


def _quantity(value, unit=""):
    return words.quantity(value, unit) if value is not None else ""


def amounts(row):
    """What a statement says in numbers."""
    percent = [f"完成 {row.percent}%"] if row.percent is not None else []
    return "，".join(percent + ([f"完成数量 {_quantity(row.quantity)}"] if row.quantity is not None else []))


def source_of(row, project):
    """Where it was said; of the office's own word, who reported it."""
    if row.source.code == "own":
        said = f"{project.lead_department or project.community or '桂城街道'}填报"
    else:
        published = row.source.published_on
        said = f"《{row.source.title}》" + "".join(
            f"，{each}" for each in (row.source.publisher, words.day(published) if published else "") if each)
    return said + (f"，{row.source_place}" if row.source_place else "")


def plan(page):
    """Planned days, milestones, promises with what became of them, and every postponement."""
    project = page.project
    days = [("计划开始", words.day(project.planned_start)), ("计划完成", words.day(project.planned_end)),
            ("时限原文", project.schedule_text),
            ("现在应于", words.day(project.due_on) if project.due_on != project.planned_end else ""),
            ("销号日", words.day(project.closed_on))]
    return {
        "days": [[label, text] for label, text in days if text],
        "milestones": [{"name": row.name, "planned": words.day(row.planned_on), "actual": words.day(row.actual_on),
                        "difference": row.difference, "note": row.note} for row in page.milestones],
        "promises": [{"text": each.promise.text, "due": words.day(each.promise.due_on), "made": each.promise.told,
                      "verdict": each.verdict.label, "why": each.why, "source": f"《{each.promise.source.title}》"}
                     for each in page.judgements],
        "postponements": [{"said": row.told, "to": words.day(row.postponed_to), "reason": row.reason}
                          for row in reversed(page.in_force) if row.postponed_to],
    }


def parts(page):
    """What it consists of, where its parts are kept apart."""
    return [{"name": row["name"], "status": Status.label_of(row["status"])} for row in page.parts]


def told(page):
    """Other sourced statements about it."""
    return [{"text": row.text, "source": f"《{row.source.title}》"} for row in page.facts]


def differences(page):
    """Where two sources disagree."""
    return [{"topic": row.topic, "sides": [[row.statement_1, f"《{row.source_1.title}》"],
                                           [row.statement_2, f"《{row.source_2.title}》"]],
             "settled": row.settled if row.is_settled else ""} for row in page.discrepancies]


def reports(project, user=None):
    """What the closed quarters say of it; with `user` also texts that were not released, if they may read those."""
    closes = QuarterClose.objects.in_force().filter(figures_json__contains=f'"{project.code}"')
    reads = user is not None and QuarterClose.objects.visible_to(user).exists()
    return [_mention(close, project, reads) for close in closes.order_by("year", "number")]


def _mention(close, project, reads):
    document = close.document
    row = next((each for each in document.figures["projects"] if each["code"] == project.code), {})
    released = document.report.get("is_released")
    parts = document.report.get("parts", []) if released or reads else []
    texts = [paragraph["text"] for part in parts for paragraph in part["paragraphs"]]
    said = [text for text in texts if project.name in text]
    return {"quarter": close.quarter.title, "closed": words.day(close.closed_on),
            "status": row.get("status_label", ""), "said": said, "inside": bool(said) and not released}
