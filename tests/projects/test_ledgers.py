"""The corpus of odd ledgers through the import: each cell right, noted or asked about, none wrong in silence."""
import io
from contextlib import suppress
from datetime import date

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings

from communities.models import Community
from guicheng.files.spreadsheets import Unreadable
from projects.excel_import.told import told
from projects.models import Category, Department
from tests import factories
from tests.ledgers import LEDGERS, MODULES, variants
from tests.ledgers.compare import differences
from tests.ledgers.shape import CATEGORIES, DEPARTMENTS, LIST, TODAY

EXAMPLES = 40


@pytest.fixture
def street(facts, monkeypatch):
    """The list, its categories and who answers, on the day of reading."""
    monkeypatch.setattr(timezone, "localdate", lambda *args: date.fromisoformat(TODAY))
    project_list = factories.make_list(**LIST | {"announced_on": date.fromisoformat(LIST["announced_on"])})
    for number, name in enumerate(CATEGORIES, 1):
        factories.make_category(project_list, number=number, name=name)
    for name in DEPARTMENTS:
        factories.make_department(name=name)
    return project_list


class Undone(Exception):
    pass


def stands(project_list, said):
    """A public project as a ledger says that it stands already."""
    said = dict(said)
    updates = said.pop("updates", ())
    if "community" in said:
        said["community"] = Community.objects.get(name=said["community"])
    if "lead_department" in said:
        said["lead_department"] = Department.objects.get(name=said["lead_department"])
    if "category" in said:
        said["category"] = Category.objects.get(project_list=project_list, name=said["category"])
    if "budget" in said:
        said["budget_source"] = project_list.source
    project = factories.make_project(project_list, **said)
    for update in updates:
        factories.make_update(project, **update)


def answer_to(ledger, project_list):
    """What the import says of a ledger; None where it refuses the file."""
    anybody = get_user_model()(is_active=True, is_superuser=True)
    found = None
    try:
        with transaction.atomic():
            for said in ledger.before:
                stands(project_list, said)
            with suppress(Unreadable):
                found = told(io.BytesIO(ledger.content()), anybody, file_name=ledger.file_name, sheet=ledger.sheet,
                             project_list=project_list if ledger.on_list else None)
            raise Undone
    except Undone:
        return found


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.rpartition(".")[2])
def test_no_ledger_is_read_wrong_in_silence(street, module):
    wrong = {}
    for ledger in module.LEDGERS:
        if found := differences(ledger.expected, answer_to(ledger, street)):
            wrong[ledger.name] = found
    assert not wrong, "\n".join(f"{name}: {'; '.join(each)}" for name, each in wrong.items())


def test_control_a_wrong_answer_is_found(street):
    """The comparison sees a percent that is off by one."""
    ledger = next(each for each in LEDGERS if each.name == "percent-beside-words-xlsx")
    found = answer_to(ledger, street)
    assert not differences(ledger.expected, found)
    found["sheets"][0]["rows"][0]["fields"]["percent"] += 1
    assert differences(ledger.expected, found)


@pytest.mark.parametrize("kind", [variants.percent_ledgers, variants.money_ledgers, variants.day_ledgers],
                         ids=["percent", "money", "days"])
def test_no_variant_is_read_wrong_in_silence(street, kind):
    """Headings × formats × units × layouts at random."""
    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(kind())
    def holds(ledger):
        assert not differences(ledger.expected, answer_to(ledger, street))

    holds()
