"""Every cell of the table: what is asked, what should come, and what came."""
import json
import re
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from django.apps import apps
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.models.fields.files import FieldFile
from django.forms.models import model_to_dict
from django.http import HttpResponseServerError
from django.urls import get_resolver

from guicheng.roles import ROLES
from tests.matrix import table
from tests.matrix.table import DISABLED, NO_ROLE, NOT_STAFF, OUTSIDE, SEES_ALL, SUPER, VISITOR
from tests.matrix.world import HIDDEN, NOBODY, OTHER, OWN, OWN_YEAR

PEOPLE = [VISITOR, DISABLED, NOT_STAFF, NO_ROLE, *ROLES, SUPER]
SCOPES = ["own", "other", "none"]
SELDOM = ["HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"]  # tried with one's own rows, by a few people
METHODS = ["GET", "POST", *SELDOM]
SELDOM_BY = {VISITOR, NO_ROLE, "部门经办人"}
PAGES = ["changelist", "export", "add", "change", "history", "restore", "delete", "redirect"]
BASE = "/admin/"


# --- the table, expanded -------------------------------------------------------------------------
@dataclass(frozen=True)
class Route:
    """One address of the URL configuration. `key` is what the table calls it."""

    key: str
    pattern: str
    model: str = ""  # of one of the pages that every model of the back office has
    page: str = ""


def routes(urlconf=None):
    """Every route of the resolver."""
    found = []
    models = {f"{m._meta.app_label}_{m._meta.model_name}": m._meta.label_lower for m in admin.site._registry}

    def walk(resolver, before, namespace):
        for each in resolver.url_patterns:
            pattern = before + str(each.pattern)
            if hasattr(each, "url_patterns"):
                walk(each, pattern, f"{namespace}{each.namespace}:" if each.namespace else namespace)
                continue
            name = f"{namespace}{each.name}" if each.name else ""
            match = re.fullmatch(r"admin:(\w+)_(changelist|export|add|change|history|restore|delete)", name)
            if match and match[1] in models and name not in table.ROUTES:
                found.append(Route(name, pattern, models[match[1]], match[2]))
            elif not name and (match := re.fullmatch(r"admin/(\w+)/(\w+)/<path:object_id>/", pattern)):
                label = f"{match[1]}.{match[2]}"
                found.append(Route(f"admin:{match[1]}_{match[2]}_redirect", pattern, label, "redirect"))
            else:
                found.append(Route(name or pattern, pattern))

    walk(get_resolver(urlconf), "", "")
    return found


def missing(found):
    """Routes that the table does not know."""
    return sorted(each.key for each in found
                  if (each.model not in table.MODELS if each.model else each.key not in table.ROUTES))


def stale(found):
    """Lines of the table that no route answers to."""
    keys, models = {each.key for each in found}, {each.model for each in found}
    pages = {page for key, *_ in table.EXCEPTIONS for page in pages_of(key)}
    return sorted((set(table.ROUTES) | pages) - keys) + sorted(set(table.MODELS) - models)


def unknown_people():
    """Names in the table of whom there is no person: a slip of the pen would open nothing and say nothing."""
    named = {word.split(":")[0] for line in table.MODELS.values() for word in line.split()}
    named |= {word for line in table.ROUTES.values() for word in line.partition(": ")[2].split()}
    named |= {word for _, names, *_ in table.EXCEPTIONS for word in names.split()}
    return named - {*PEOPLE, "*"}


@cache
def may(who, label):
    """The letters a person has for a model: "甲 乙:vac 丙:v" gives both 甲 and 乙 vac."""
    waiting, letters = [], ""
    for word in table.MODELS[label].split():
        name, _, given = word.partition(":")
        waiting.append(name)
        if given:
            letters = given if who in waiting else letters
            waiting = []
    return letters + ("d" if who == SUPER and label not in table.KEPT else "")


def in_scope(who, label, scope):
    sees = label in table.EVERYONES or who in table.ALL_ROWS.get(label, SEES_ALL)
    return who in table.OWN_ROWS.get(label, PEOPLE) if scope == "own" else scope == "other" and sees


@dataclass(frozen=True)
class Cell:
    """One request: who asks for what, and what should come."""

    route: Route
    who: str
    scope: str
    method: str
    wanted: str
    model: str = ""
    field: str = ""  # of an autocomplete

    def __str__(self):
        return f"{self.route.key} {self.model} {self.field} · {self.who} · {self.scope} · {self.method}"


def cells(route, methods=METHODS):
    """Every cell of one route by these methods."""
    for model, field, scopes in targets(route):
        for who in PEOPLE:
            for scope in scopes:
                for method in methods:
                    if method in SELDOM and (scope not in ("own", "") or who not in SELDOM_BY):
                        continue
                    yield Cell(route, who, scope, method, wanted(route, who, scope, method, model, field), model, field)


def targets(route):
    """What a route can be asked about: (model, field, scopes)."""
    kind = kind_of(route)
    if kind.page == "choices":
        for model, model_admin in admin.site._registry.items():
            for name in model_admin.autocomplete_fields:
                yield model._meta.label_lower, name, [""]
    elif kind.page == "shortcut":
        for label in table.MODELS:
            yield label, "", scopes_of(label)
    elif kind.page == "app":
        for label in sorted({label.split(".")[0] for label in table.MODELS}):
            yield label, "", [""]
    elif route.page in ("change", "history", "restore", "delete", "redirect"):
        yield route.model, "", scopes_of(route.model)
    elif kind.model:
        yield kind.model, "", scopes_of(kind.model)
    else:
        yield route.model, "", [""]


def scopes_of(label):
    return ["own", "none"] if label in table.EVERYONES else SCOPES


class Kind(NamedTuple):
    """A line of ROUTES, taken apart."""

    page: str
    model: str = ""
    method: str = ""  # the only one, GET or POST
    named: frozenset = frozenset()

    def answers(self, method):
        if self.method == "POST":
            return method == "POST"
        return method in ("GET", "HEAD") or (method == "POST" and not self.method)


@cache
def kind_of(route):
    if route.page:
        return Kind(route.page, method="GET" if route.page == "export" else "")
    match = re.fullmatch(r"(public row|[a-z-]+)(?: (\w+\.\w+))?(?: (GET|POST))?(?:: (.+))?", table.ROUTES[route.key])
    named = PEOPLE if match[4] == "*" else (match[4] or "").split()
    return Kind(match[1], match[2] or "", match[3] or "", frozenset(named))


def pages_of(key):
    """"a_{b,c}" in EXCEPTIONS is "a_b" and "a_c"."""
    before, _, choice = key.partition("{")
    return [before + each for each in choice.rstrip("}").split(",")]


@cache
def exceptions_of(page):
    return [(names.split(), *rest, outcome) for (key, names, *rest), (outcome, _) in table.EXCEPTIONS.items()
            if page in pages_of(key)]


# --- what should come ----------------------------------------------------------------------------
def wanted(route, who, scope, method, model, field):
    """open (200), moved (302 to elsewhere), sign-in (302 to the sign-in page), 403, 404 or 405."""
    kind = kind_of(route)
    if kind.page.startswith("public"):
        if method not in ("GET", "HEAD"):
            return "open" if method == "OPTIONS" and route.key.startswith("api-") else "405"
        shown = scope in ("", "own") or (scope == "other" and model in table.ALWAYS_PUBLIC)
        return "open" if shown else "404"
    if kind.page == "sign-in" and method in ("PATCH", "DELETE"):
        return "405"
    if kind.page in ("sign-in", "sign-out"):
        return SIGNING[kind.page](who, method)
    if who in OUTSIDE:
        return "sign-in"
    if not kind.answers(method):
        return "405"
    outcome = inside(kind, who, scope, method, model, field)
    if outcome in ("open", "moved"):
        for names, where, how, exception in exceptions_of(route.key):
            if (who in names or "*" in names) and where in (scope, "*") and how in (method, "*"):
                return exception
    return outcome


SIGNING = {
    "sign-in": lambda who, method: "moved" if who not in OUTSIDE and method == "GET" else "open",
    "sign-out": lambda who, method: "moved" if who in OUTSIDE else "open" if method == "POST" else "405",
}


def inside(kind, who, scope, method, model, field):
    """For those who may come in, by a method that is answered."""
    here = bool(model) and scope != "" and in_scope(who, model, scope)
    named = who in kind.named
    if kind.page == "app":
        return "open" if any(may(who, label) for label in table.MODELS if label.startswith(f"{model}.")) else "404"
    if kind.page == "choices":
        source = apps.get_model(model)._meta.get_field(field).related_model._meta.label_lower
        return "405" if method == "POST" else "open" if may(who, source) else "403"
    if kind.page == "shortcut":
        public = hasattr(apps.get_model(model), "get_absolute_url")
        return "moved" if here and public and may(who, model) else "404"
    if kind.page == "bulk":
        return "moved" if method != "POST" else "open" if named else "403"
    if kind.page == "right" and not (may(who, model) if model in table.MODELS else named):
        return "403"
    if kind.page in ("row", "right"):
        return "404" if not here else "open" if named else "403"
    if kind.page in FIXED:
        return FIXED[kind.page](named)
    return of_model(kind.page, may(who, model), here, method)


FIXED = {
    "staff": lambda named: "open",
    "leads": lambda named: "moved",
    "nowhere": lambda named: "404",
    "page": lambda named: "open" if named else "403",
    "hidden": lambda named: "open" if named else "404",
}


def of_model(page, letters, here, method):
    """The pages that Django makes for every model. History and delete look for the row first, the others last."""
    if page == "redirect":
        return "moved"
    if page in ("changelist", "export"):
        return "open" if letters else "403"
    if page == "add":
        return "open" if "a" in letters else "403"
    if page == "history":
        return "404" if not here else "open" if letters else "403"
    if page == "restore":
        return "404" if not here else "open" if "c" in letters else "403"
    need = {"change": "c" if method == "POST" else "v", "delete": "d"}[page]
    return "403" if need not in letters else "open" if here else "404"


# --- what came -----------------------------------------------------------------------------------
def address(cell, world):
    """The path and the query of a cell."""
    row = world.row(cell.model, cell.scope, cell.who) if cell.scope and cell.model else None
    values = {
        "quarter": "2021Q4", "extension": "csv", "app_label": cell.model, "url": "no/such/page", "slug": None,
        "content_type_id": None, "width": 320,
    }
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
            "postponed_to": "2021-12-31", "proof": "验收合格。", "effective_on": "2021-10-08",
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
    below = answer.path.startswith(BASE)
    sees = cell.who in table.ALL_ROWS.get(cell.model or cell.route.key, SEES_ALL)
    if below and not sees and OTHER in answer.body:
        yield f"{cell}：看到了别的单位的内容：{around(OTHER, answer.body)}"
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
    return cell.scope == "other" or (cell.field and not in_own_world(cell))


def in_own_world(cell):
    target = apps.get_model(cell.model)._meta.get_field(cell.field).related_model
    return target._meta.label_lower != "projects.source"  # more sources than one page of choices


def around(word, body):
    at = body.index(word)
    return re.sub(r"\s+", " ", body[max(0, at - 60):at + 40])


def try_route(route, world, methods=METHODS):
    """Ask every cell of a route by these methods; give (cells tried, sentences of what is wrong)."""
    wrong, count, by_scope = [], 0, {}
    for cell in cells(route, methods):
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
