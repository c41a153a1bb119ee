"""The constraints of 上级表样, each with a row that breaks nothing else."""
from functools import partial
from itertools import count

from projects.models import SuperiorForm
from tests import factories as make
from tests.rules import Check, Once

FORM = {"title": "示例月报表", "file": "forms/example.xlsx", "file_name": "示例.xlsx", "sha256": "0" * 64,
        "sheet": "表", "header_row": 1, "uploaded_by": make.make_user}

_numbers = count(1)
form = partial(Check, model=SuperiorForm, base=FORM)

RULES = [
    form("projects_superiorform_titled", bad={"title": ""}),
    Once("projects_superiorform_title_once", SuperiorForm, FORM, twins=lambda: {"title": f"示例表 {next(_numbers)}"},
         apart=lambda: {"title": f"示例表 {next(_numbers)}"}),
    form("projects_superiorform_lines_in_order", good={"first_line": 4, "last_line": 8},
         bad={"first_line": 8, "last_line": 4}),
]
