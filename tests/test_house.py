"""The house: where everything stands, which way imports go, how big a thing may be. Each rule has a control."""
import ast
import inspect
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
APPS = ("guicheng", "projects", "communities", "partybuilding")
# what stands beside the packages of guicheng/; a new tool goes into the package whose question it answers
FLAT = {"admin", "apps", "fields", "figures", "ledger", "locks", "media_store", "models", "natural_keys", "settings",
        "text", "urls", "words", "wsgi"}
PACKAGES = {"access", "accounts", "connectors", "days", "excel_import", "files", "kept", "management", "migrations",
            "notices", "office", "pages", "personal", "public", "review", "seal", "search", "tables", "templatetags",
            "trail", "upkeep"}
LONGEST = 450  # lines of a module
MOST_BASES = 4  # of our own
RUN_BY_A_CHILD = {"guicheng.files.spreadsheet_reader", "projects.report.verify_reader"}


def sources():
    return [path for app in APPS for path in sorted((ROOT / app).rglob("*.py")) if "migrations" not in path.parts]


def name_of(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


# --- which way imports go --------------------------------------------------------------------------
def lint(folder):
    """What import-linter says of the packages in this folder, by the contracts of its pyproject.toml."""
    script = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return subprocess.run([sys.executable, "-c", script, "--no-cache"], cwd=folder, capture_output=True, text=True)


def test_imports_go_one_way_and_in_no_circle():
    done = lint(ROOT)
    assert done.returncode == 0 and "2 kept, 0 broken" in done.stdout, done.stdout


@pytest.mark.parametrize("name, source, broken", [
    ("guicheng/text.py", "import projects.models", "guicheng ← projects"),
    ("guicheng/text.py", "def late():\n    from communities import models", "guicheng ← projects"),
    ("guicheng/tables/paging.py", "import guicheng.files.photos", "no circle"),
    ("guicheng/pages/views.py", "import projects.models", ""),
])
def test_control_an_import_that_goes_wrong_is_found(tmp_path, name, source, broken):
    for app in APPS:
        (tmp_path / app).mkdir()
        (tmp_path / app / "models.py").write_text("")
    for package in ("files", "tables", "pages"):
        (tmp_path / "guicheng" / package).mkdir()
    (tmp_path / "guicheng/files/photos.py").write_text("from guicheng.tables import paging")
    (tmp_path / "guicheng/tables/paging.py").write_text("")
    for folder in [path for path in tmp_path.rglob("*") if path.is_dir()]:
        (folder / "__init__.py").write_text("")
    (tmp_path / name).write_text(source)
    settings = (ROOT / "pyproject.toml").read_text()
    (tmp_path / "pyproject.toml").write_text(settings[settings.index("[tool.importlinter]"):])
    done = lint(tmp_path)
    assert bool(done.returncode) == bool(broken), done.stdout
    assert not broken or re.search(f"{broken}.* BROKEN", done.stdout), done.stdout


UPWARD = re.compile(r"get_field\([^()]*\)\.(remote_field\.)?related_model|apps\.get_model\(\s*[\"'](?!guicheng\.)")


def reaching_up(sources):
    """Where a model of a later app may be reached past the imports: only `behind` does that, and the cases named."""
    return {(name_of(path), found[0]) for path, text in sources for found in UPWARD.finditer(text)}


def test_only_one_helper_reaches_up():
    allowed = {("guicheng.access.units", "get_field(name).related_model"),
               ("projects.models.ledger", 'apps.get_model("')}  # its own app's close, which is made of statements
    assert reaching_up((path, path.read_text()) for path in sources()) == allowed
    control = [(ROOT / "guicheng/text.py", 'Project._meta.get_field("community").related_model.objects')]
    assert reaching_up(control) == {("guicheng.text", 'get_field("community").related_model')}


# --- where everything stands -----------------------------------------------------------------------
def top_of(folder):
    """The modules and the packages of a folder."""
    modules = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    return modules, {path.parent.name for path in folder.glob("*/__init__.py")}


def test_no_drawer(tmp_path):
    modules, packages = top_of(ROOT / "guicheng")
    assert modules == FLAT and len(FLAT) <= 14 and packages == PACKAGES
    (tmp_path / "helpers.py").write_text("")
    assert top_of(tmp_path)[0] - FLAT == {"helpers"}


def test_every_package_says_what_it_is_for():
    silent = [name_of(path) for path in sources() if path.name == "__init__.py"
              and path.parent.name not in (*APPS, "management", "commands", "templatetags")
              and not ast.get_docstring(ast.parse(path.read_text()))]
    assert silent == []


# --- how big a thing may be ------------------------------------------------------------------------
def too_long(lines):
    return {name for name, number in lines.items() if number > LONGEST}


def test_no_module_is_too_long():
    lines = {name_of(path): len(path.read_text().splitlines()) for path in sources()}
    assert too_long(lines) == set()
    assert too_long({**lines, "guicheng.drawer": LONGEST + 1}) == {"guicheng.drawer"}


def with_many_bases(classes):
    ours = {cls: [base for base in cls.__bases__ if base.__module__.partition(".")[0] in APPS] for cls in classes}
    return {cls.__name__ for cls, bases in ours.items() if len(bases) > MOST_BASES}


def test_no_class_has_too_many_bases():
    modules = [import_module(name) for name in map(name_of, sources())
               if name not in RUN_BY_A_CHILD and name != "guicheng.wsgi"]
    classes = {cls for module in modules for cls in vars(module).values()
               if inspect.isclass(cls) and cls.__module__ == module.__name__}
    assert len(classes) > 300 and with_many_bases(classes) == set()
    bases = [type(f"Base{number}", (), {"__module__": "guicheng.text"}) for number in range(MOST_BASES + 1)]
    assert with_many_bases([type("TooMany", tuple(bases), {})]) == {"TooMany"}


# --- two processes collect the same tests -----------------------------------------------------------
AT_ANOTHER_MOMENT = {"time", "now", "today", "localdate", "dumps", "uuid4", "random", "token_hex", "token_urlsafe"}


def moving_cases(tree):
    """Lines of `parametrize` whose cases are another each time: two workers would not collect the same tests."""
    marks = [call for call in ast.walk(tree) if isinstance(call, ast.Call)
             and isinstance(call.func, ast.Attribute) and call.func.attr == "parametrize"]
    return {mark.lineno for mark in marks for call in ast.walk(mark) if isinstance(call, ast.Call)
            and isinstance(call.func, ast.Attribute) and call.func.attr in AT_ANOTHER_MOMENT
            and ast.unparse(call.func) != "json.dumps"}


def test_cases_stand_still():
    moving = {path.relative_to(ROOT).as_posix(): lines for path in sorted((ROOT / "tests").rglob("*.py"))
              if (lines := moving_cases(ast.parse(path.read_text())))}
    assert moving == {}


def test_control_a_moving_case_is_found():
    moving = '@pytest.mark.parametrize("said", [{"exp": int(time.time())}])\ndef test_it(said): pass'
    still = '@pytest.mark.parametrize("said", [{"exp": -3600}])\ndef test_it(said): return time.time()'
    assert moving_cases(ast.parse(moving)) == {1} and moving_cases(ast.parse(still)) == set()
