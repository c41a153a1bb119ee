"""The terms of the kinds: a row each, in bounds."""
import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from communities.models import NeedKind, NeedTerm

pytestmark = pytest.mark.django_db


def test_each_kind_has_its_term():
    assert set(NeedTerm.objects.values_list("kind", flat=True)) == set(NeedKind.values)


@pytest.mark.parametrize("change", [{"accept_days": 0}, {"accept_days": 31}, {"answer_days": 0}, {"answer_days": 61},
                                    {"kind": "report"}])
def test_what_is_out_of_bounds_is_refused(change):
    term = NeedTerm.objects.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        NeedTerm.objects.filter(pk=term.pk).update(**change)
    for name, value in change.items():
        setattr(term, name, value)
    with pytest.raises(ValidationError):
        term.validate_constraints()
