"""Every constraint of every model, both ways: the valid row saves, the other is refused by form and database."""
import re

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction

from tests.communities.need_rules import BY_HAND as NEED_BY_HAND
from tests.communities.need_rules import RULES as NEED_RULES
from tests.communities.rules import RULES as COMMUNITY_RULES
from tests.guicheng.inbox_rules import RULES as INBOX_RULES
from tests.guicheng.rules import BY_HAND as GUICHENG_BY_HAND
from tests.guicheng.rules import RULES as GUICHENG_RULES
from tests.partybuilding.reading_rules import BY_HAND as READING_BY_HAND
from tests.partybuilding.reading_rules import RULES as READING_RULES
from tests.partybuilding.rules import RULES as PARTY_RULES
from tests.projects.rules import BY_HAND as PROJECT_BY_HAND
from tests.projects.rules import RULES as PROJECT_RULES
from tests.rules import Once

BY_HAND = PROJECT_BY_HAND | GUICHENG_BY_HAND | READING_BY_HAND | NEED_BY_HAND
RULES = [*GUICHENG_RULES, *PROJECT_RULES, *COMMUNITY_RULES, *PARTY_RULES, *READING_RULES, *INBOX_RULES,
         *NEED_RULES]
OURS = ["guicheng", "projects", "communities", "partybuilding"]
CHINESE = re.compile(r"[\u4e00-\u9fff]")

every_rule = pytest.mark.parametrize("rule", RULES, ids=str)


def constraints():
    models_ = [model for label in OURS for model in apps.get_app_config(label).get_models()]
    return [constraint for model in models_ for constraint in model._meta.constraints]


def leave_out(monkeypatch, rule):
    """Take a rule out of the model, with those that no row breaking it can keep."""
    names = {rule.name, *rule.shared_with}
    kept = [each for each in rule.model._meta.constraints if each.name not in names]
    monkeypatch.setattr(rule.model._meta, "constraints", kept)


@every_rule
def test_a_valid_row_saves(db, rule):
    row = rule.good_row()
    row.full_clean()
    row.save()
    assert rule.model.objects.filter(pk=row.pk).exists()


@every_rule
def test_the_invalid_row_is_refused_with_its_sentence(db, rule):
    row = rule.bad_row()
    with pytest.raises(ValidationError) as refused:
        row.full_clean()
    assert all(CHINESE.search(message) for message in refused.value.messages)
    with pytest.raises(ValidationError) as refused:
        row.validate_constraints()
    assert rule.constraint.violation_error_message in refused.value.messages


@every_rule
def test_control_no_other_rule_refuses_the_row(db, rule, monkeypatch):
    row = rule.bad_row()
    leave_out(monkeypatch, rule)
    row.validate_constraints()


def assert_named(error, rule):
    """PostgreSQL names every constraint, SQLite only the conditions."""
    if connection.vendor == "postgresql" or not isinstance(rule, Once):
        assert any(name in str(error.value) for name in [rule.name, *rule.shared_with])


@every_rule
def test_the_database_refuses_to_insert(db, rule):
    row = rule.bad_row()
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        rule.model.objects.bulk_create([row])
    assert_named(refused, rule)


@every_rule
def test_the_database_refuses_to_update(db, rule):
    bad = rule.bad_row()
    row = rule._row()
    row.save()
    names = [each.attname for each in rule.model._meta.concrete_fields
             if each.name not in ("id", "code") and not getattr(each, "auto_now_add", False)]
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        rule.model.objects.filter(pk=row.pk).update(**{name: getattr(bad, name) for name in names})
    assert_named(refused, rule)


def drop(rule):
    """Take the rule out of the database; False where this database cannot."""
    with connection.cursor() as cursor:
        table = rule.model._meta.db_table
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints = ON")
            return not isinstance(rule, Once)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for name in [rule.name, *rule.shared_with]:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}")
            cursor.execute(f"DROP INDEX IF EXISTS {name}")
    return True


@every_rule
def test_control_without_it_the_database_takes_the_row(db, rule):
    row = rule.bad_row()
    try:
        if drop(rule):
            rule.model.objects.bulk_create([row])
            assert rule.model.objects.filter(pk=row.pk).exists()
    finally:
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA ignore_check_constraints = OFF")


# --- the table itself -------------------------------------------------------------------------------
def unnamed():
    return {constraint.name for constraint in constraints()} - {rule.name for rule in RULES} - BY_HAND


def test_every_constraint_is_in_the_table():
    assert not unnamed()


def test_control_a_new_constraint_would_be_missed(monkeypatch):
    model = apps.get_model("projects", "Source")
    new = models.CheckConstraint(condition=~models.Q(title=""), name="projects_source_new")  # no sentence
    monkeypatch.setattr(model._meta, "constraints", [*model._meta.constraints, new])
    assert unnamed() == {"projects_source_new"}
    assert without_sentence() == ["projects_source_new"]


def without_sentence():
    """Django's own sentence is Chinese too, but it says only the constraint's name."""
    return [each.name for each in constraints()
            if each.violation_error_message == each.default_violation_error_message
            or not CHINESE.search(each.violation_error_message)]


def test_every_constraint_has_a_chinese_sentence():
    assert not without_sentence()


def test_every_constraint_name_fits_both_databases():
    names = [constraint.name for constraint in constraints()]
    assert len(names) == len(set(names))
    assert max(map(len, names)) <= 63
