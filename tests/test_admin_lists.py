"""Every list of the back office: searched, joined by name, and no query more for a row more."""
import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

pytestmark = pytest.mark.django_db
OURS = ("projects", "communities", "partybuilding")
# no fact names an office, and no staff have worked yet
EMPTY = {"department", "reviewstep", "bulkchange", "importbatch", "exportfile", "supervisionnotice",
         "quarterreport", "reportingtask", "superiorform", "reportedreading", "need", "needanswer", "answertemplate"}
LISTS = [model for model in admin.site._registry if model._meta.app_label in OURS]


def queries(client, model):
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("model", LISTS, ids=lambda model: model._meta.model_name)
def test_a_full_list_asks_a_fixed_number(sign_in, superuser, facts, model):
    """With all the real facts: at most session, user, count, rows, and what the filters choose from,
    with what the person keeps of them."""
    assert model.objects.count() or model._meta.model_name in EMPTY
    assert queries(sign_in(superuser), model) <= 15


@pytest.mark.parametrize("model", LISTS, ids=lambda model: model._meta.model_name)
def test_a_list_can_be_searched(model):
    assert admin.site._registry[model].search_fields
