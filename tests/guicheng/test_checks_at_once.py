"""A sound row is asked about once; a broken one gets the sentences it always got."""
import pytest
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from guicheng.fields import ChecksAtOnce
from projects.models import Project
from tests import factories

pytestmark = pytest.mark.django_db
CHECKS = sum(isinstance(each, models.CheckConstraint) for each in Project._meta.constraints)


def queries(row):
    with CaptureQueriesContext(connection) as asked:
        row.validate_constraints()
    return sum(each["sql"].startswith("SELECT") for each in asked)


def test_a_sound_row_is_asked_about_once(project, monkeypatch):
    saved = queries(project)
    monkeypatch.delattr(ChecksAtOnce, "validate_constraints")
    assert queries(project) == saved + CHECKS - 1 > saved + 5


def test_a_broken_row_gets_the_same_sentences(key_list):
    row = factories.make_project(key_list, number=3)
    row.percent, row.target_quantity = 120, -1
    with pytest.raises(ValidationError) as at_once:
        row.validate_constraints()
    with pytest.raises(ValidationError) as one_by_one:
        models.Model.validate_constraints(row)
    assert at_once.value.messages == one_by_one.value.messages != []


def test_what_may_stand_only_once_is_still_asked(key_list):
    factories.make_project(key_list, number=3)
    second = Project(project_list=key_list, number=3, name="另一个", code="another")
    with pytest.raises(ValidationError):
        second.validate_constraints()
