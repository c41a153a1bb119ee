"""Every cell of the table: what is asked and what should come."""
import re
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from django.apps import apps
from django.contrib import admin
from django.urls import get_resolver

from guicheng.access.roles import ROLES
from tests.matrix import table
from tests.matrix.table import DISABLED, NO_ROLE, NOT_STAFF, OUTSIDE, SEES_ALL, SUPER, VISITOR

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


def cells(route):
    """Every cell of one route."""
    for model, field, scopes in targets(route):
        for who in PEOPLE:
            for scope in scopes:
                for method in METHODS:
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
    if kind.page == "public-form" and method == "POST":
        return "403"
    if kind.page.startswith("public"):
        if method not in ("GET", "HEAD"):
            return "open" if method == "OPTIONS" and route.key.startswith("api-") else "405"
        shown = scope in ("", "own") or (scope == "other" and model in table.ALWAYS_PUBLIC)
        return "open" if shown else "404"
    if kind.page == "off":
        return "404" if kind.answers(method) else "405"
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
