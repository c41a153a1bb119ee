"""What came to a cell, and what is wrong with it."""
import json
import re
from dataclasses import dataclass
from functools import cache

from django.apps import apps
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.models.fields.files import FieldFile
from django.forms.models import model_to_dict
from django.http import HttpResponseServerError

from guicheng.public.given_back import SIGNED_OUT
from tests.matrix import table
from tests.matrix.cells import BASE, cells, in_scope
from tests.matrix.table import SEES_ALL
from tests.matrix.world import HIDDEN, NOBODY, OTHER, OWN, OWN_YEAR


def address(cell, world):
    """The path and the query of a cell."""
    row = world.row(cell.model, cell.scope, cell.who) if cell.scope and cell.model else None
    values = {
        "quarter": "2021Q4", "extension": "csv", "app_label": cell.model, "url": "no/such/page", "slug": None,
        "content_type_id": None, "width": 320, "key": "comparison", "kind": "programme",
        "section": "projects", "part": "settings", "number": "GC2611-0001",
    }
    if cell.route.key == "need-ask":
        values["kind"] = "question"
    if "content_type_id" in cell.route.pattern:
        values["content_type_id"] = ContentType.objects.get_for_model(apps.get_model(cell.model)).pk

    if cell.route.page == "restore" and row:
        values["history_id"] = version_of(row)

    def fill(match):
        name = match[1]
        if values.get(name) is not None:
            return str(values[name])
        column = name if name in ("slug", "code") else "pk"
        return str(getattr(row, column) if row else NOBODY[column])

    path = re.sub(r"<(?:\w+:)?(\w+)>", fill, re.sub(r"\(\?P<(\w+)>[^)]*\)\$?", r"<\1>", cell.route.pattern))
    query = {}
    if cell.field:
        app, model = cell.model.split(".")
        query = {"app_label": app, "model_name": model, "field_name": cell.field, "term": ""}
    return "/" + path.replace("^", "").replace("[.]", ".").removesuffix("$"), query


def payload(cell, world):
    """What a person would send who could: a whole form, so that only the refusal keeps it from being saved."""
    if cell.route.page == "delete":
        return {"post": "yes"}
    if cell.route.page == "changelist":
        other = world.row(cell.model, "other", cell.who)
        chosen = [other.pk if other else NOBODY["pk"]]
        return {"action": ACTIONS.get(cell.model, "delete_selected"), "_selected_action": chosen}
    if cell.route.page in ("change", "add"):
        return form_of(world.row(cell.model, "own" if cell.scope in ("", "none") else cell.scope, cell.who))
    return {"version": 1, "decision": "approve", "kind": "status", "preview": "1",
            "_selected_action": [getattr(world.row("projects.project", "other", cell.who), "pk", NOBODY["pk"])],
            "postponed_to": "2091-12-31", "proof": "验收合格。", "effective_on": "2021-10-08",
            "status": "in_progress", "text": "道路已铺好一半。", "reason": "数字看错了。",
            "source": world.rows["own"]["projects.source"].pk,
            "usable_password": "true", "password1": "a-long-one-2021",
            "password2": "a-long-one-2021"}


@cache
def version_of(row):
    return type(row).history.filter(id=row.pk).values_list("pk", flat=True).first()


@cache
def form_of(row):
    """The form of a row as the browser would send it back, changed nowhere."""
    data = {}
    for name, value in model_to_dict(row).items():
        if value is None or value is False or isinstance(value, FieldFile):
            continue
        data[name] = [each.pk for each in value] if isinstance(value, list) else "on" if value is True else value
    for inline in admin.site._registry[type(row)].inlines:
        related = next(f for f in inline.model._meta.fields if f.related_model is type(row)).remote_field
        prefix = related.get_accessor_name()
        data |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    return data


@dataclass
class Answer:
    outcome: str
    body: str
    wrote: list
    path: str


# what a person would try on another unit's row from the list
ACTIONS = {"projects.progressupdate": "approve_selected", "projects.project": "publish_selected"}
# a download is written down, and a session; of both nothing is said
WRITES = re.compile(r'\s*(INSERT INTO|UPDATE|DELETE FROM)\s+"?(?!django_session|guicheng_accessevent)(\w+)')


def ask(cell, world):
    """Send the request; whatever it wrote is taken back."""
    path, query = address(cell, world)
    wrote = []

    def watch(execute, sql, params, many, context):
        if match := WRITES.match(sql):
            wrote.append(f"{match[1]} {match[2]}")
        return execute(sql, params, many, context)

    data = payload(cell, world) if cell.method == "POST" and path.startswith(BASE) else query
    client = world.clients[cell.who]
    with transaction.atomic(), connection.execute_wrapper(watch):
        try:
            response = getattr(client, cell.method.lower())(
                path, **({"data": data} if cell.method == "POST" and data else {}), query_params=query)
            body = b"".join(response) if response.streaming else response.content
        except Exception as error:
            response, body = HttpResponseServerError(), repr(error).encode()
        transaction.set_rollback(True)
    location = response.headers.get("Location", "")
    outcome = str(response.status_code)
    if outcome in ("301", "302"):
        outcome = "sign-in" if location.startswith(f"{BASE}login/") else "moved"
    elif outcome == "200" or (outcome in ("400", "409") and cell.method == "POST"):
        outcome = "open"  # a form that came back with a sentence was open too
    body = body.decode("utf-8", "replace")
    if outcome == "403" and SIGNED_OUT in body:
        outcome, body = "sign-in", ""  # the same, by a page that gives back what the visitor just sent
    if body and response.headers.get("Content-Type") == "application/json":
        body = json.dumps(json.loads(body), ensure_ascii=False)  # else no Chinese word is found in it
    text = (location + body).replace(path, "@")
    return Answer(outcome, text, wrote, path)


def faults(cell, answer):
    """What is wrong with an answer, in words."""
    came = answer.outcome
    if cell.method == "POST" and cell.wanted == "open" and came == "moved":
        came = "open"  # after a form that was saved
    if came != cell.wanted:
        yield f"{cell}：应为 {cell.wanted}，实为 {answer.outcome}{answer.body[:200] if answer.outcome == '500' else ''}"
    if answer.wrote and (cell.method != "POST" or cell.wanted != "open"):
        yield f"{cell}：不该写入，却写了 {answer.wrote}"
    body = answer.body
    if cell.route.key in table.NAME_UNITS:
        body = re.sub(rf">{OTHER}(社区|办公室)<", "><", body)
    below = answer.path.startswith(BASE)
    sees = cell.who in table.ALL_ROWS.get(cell.model or cell.route.key, SEES_ALL)
    if below and not sees and OTHER in body:
        yield f"{cell}：看到了别的单位的内容：{around(OTHER, body)}"
    if not below and HIDDEN in answer.body:
        yield f"{cell}：公开页面上有没公开的内容：{around(HIDDEN, answer.body)}"
    shows = cell.method == "GET" and cell.wanted == "open" and (
        cell.route.page in ("changelist", "export", "change") or cell.field)
    if shows and not any(mark in answer.body for mark in (OWN, OWN_YEAR)) and not is_about_others(cell):
        yield f"{cell}：看不到自己范围内的内容"


def is_public(cell):
    """Whether this is the public page of a model that knows no hidden rows."""
    return not cell.route.pattern.startswith("admin") and cell.model in table.ALWAYS_PUBLIC


def is_about_others(cell):
    return cell.scope == "other" or cell.model in table.NUMBERS or (cell.field and not in_own_world(cell))


def in_own_world(cell):
    target = apps.get_model(cell.model)._meta.get_field(cell.field).related_model
    return target._meta.label_lower != "projects.source"  # more sources than one page of choices


def around(word, body):
    at = body.index(word)
    return re.sub(r"\s+", " ", body[max(0, at - 60):at + 40])


def try_route(route, world, chosen=lambda cell: True):
    """Ask the chosen cells of a route; give (cells tried, sentences of what is wrong)."""
    wrong, count, by_scope = [], 0, {}
    for cell in filter(chosen, cells(route)):
        answer = ask(cell, world)
        count += 1
        wrong += faults(cell, answer)
        if cell.scope in ("other", "none") and not is_public(cell) and not in_scope(cell.who, cell.model, "other"):
            key = (cell.model, cell.field, cell.who, cell.method)
            first = by_scope.setdefault(key, (answer.outcome, answer.body))
            if first != (answer.outcome, answer.body):
                wrong.append(f"{cell}：别人的和没有的看得出分别：{first[0]} {len(first[1])}，"
                             f"{answer.outcome} {len(answer.body)}")
    return count, wrong
