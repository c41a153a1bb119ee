"""What no page of ours would send, in every field of the back office that names a row and in every address."""
import re

import pytest
from django import forms
from django.contrib import admin
from django.urls import reverse

from projects.models import Project
from tests import factories
from tests.forms import changed, held, opened, post
from tests.matrix import cells

pytestmark = pytest.mark.django_db

# not ９: Python takes it for 9, and no page of ours sends it
NO_ROWS = ["abc", "9" * 20, "1e9", "９", str(2**63), "-1", "\x00", "[1]"]
HAN = re.compile("[\u4e00-\u9fff]")
MODELS = sorted(model._meta.label_lower for model in admin.site._registry)


def name_of(model, page):
    return reverse(f"admin:{model.replace('.', '_')}_{page}")


def of_rows(form):
    """The names under which a form chooses rows; not which row an inline is, or of which."""
    return [form.add_prefix(name) for name, field in form.fields.items()
            if isinstance(field, forms.ModelChoiceField) and name != "id"]


def filled(page):
    """What the form of a page would post with one row begun in each inline, and the fields in it that choose rows."""
    data, names = held(page), of_rows(page.context["adminform"].form)
    for each in page.context["inline_admin_formsets"]:
        prefix, number = each.formset.prefix, int(data[f"{each.formset.prefix}-TOTAL_FORMS"])
        data[f"{prefix}-TOTAL_FORMS"] = str(number + 1)
        begun = type(each.formset)(prefix=prefix, instance=each.formset.instance).empty_form
        names += [name.replace("__prefix__", str(number)) for name in of_rows(begun)]
    return data, names


def errors_of(answer):
    found = dict(answer.context["adminform"].form.errors)
    for each in answer.context["inline_admin_formsets"]:
        for form in each.formset.forms:
            found |= {form.add_prefix(name): errors for name, errors in form.errors.items()}
    return found


def send(client, address, data, **values):
    return client.post(address, changed(data, **values).urlencode(),
                       content_type="application/x-www-form-urlencoded")


# --- fields that choose a row ----------------------------------------------------------------------
def test_what_is_no_number_is_an_error_of_the_form_on_every_model(sign_in, superuser):
    client, fields = sign_in(superuser), 0
    for model in MODELS:
        page = client.get(name_of(model, "add"))
        if page.status_code != 200 or "adminform" not in (page.context or ()):
            continue  # nobody adds one, or by a page of its own
        data, names = filled(page)
        fields += len(names)
        for odd in NO_ROWS if model == "projects.fact" else NO_ROWS[:2] if names else ():
            answer = send(client, name_of(model, "add"), data, **dict.fromkeys(names, odd))
            assert answer.status_code == 200, (model, odd)
            errors = errors_of(answer)
            assert set(names) <= set(errors), (model, odd)
            assert all(HAN.search(str(errors[name])) for name in names)
    assert fields > 40


@pytest.mark.parametrize(("field", "odd"), [("parent", "abc"), ("supporting_departments", "abc")])
def test_control_django_asks_the_database_for_it(sign_in, superuser, monkeypatch, field, odd):
    monkeypatch.setattr("guicheng.office.base.RowChoiceField", forms.ModelChoiceField)
    monkeypatch.setattr("guicheng.office.base.RowsChoiceField", forms.ModelMultipleChoiceField)
    with pytest.raises(ValueError, match="expected a number"):
        sign_in(superuser).post(name_of("projects.project", "add"), {field: odd})


def test_one_wrong_row_among_good_ones_is_named_and_the_good_stay(sign_in, superuser, project, office):
    client, address = sign_in(superuser), reverse("admin:projects_project_change", args=[project.pk])
    answer = post(client, address, opened(client, address), name="新名字",
                  supporting_departments=[str(office.pk), "abc"])
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "“abc”" in page and "新名字" in page
    assert f'<option value="{office.pk}" selected>' in page
    assert not project.supporting_departments.exists()


def test_a_row_that_is_there_is_chosen_as_before(sign_in, superuser, project, office):
    client, address = sign_in(superuser), reverse("admin:projects_project_change", args=[project.pk])
    other = factories.make_project()
    answer = post(client, address, opened(client, address), continues=str(other.pk),
                  supporting_departments=[str(office.pk)])
    assert answer.status_code == 302
    project.refresh_from_db()
    assert project.continues == other and list(project.supporting_departments.all()) == [office]


@pytest.mark.parametrize("odd", NO_ROWS)
def test_a_conflict_shows_it_as_one_that_cannot_be_chosen(sign_in, superuser, project, odd):
    client, address = sign_in(superuser), reverse("admin:projects_project_change", args=[project.pk])
    data = opened(client, address)
    Project.objects.get(pk=project.pk).save()
    Project.objects.filter(pk=project.pk).update(place="别处")
    answer = post(client, address, data, lead_department=odd, supporting_departments=[odd])
    assert answer.status_code == 409 and "选不到的一项" in answer.content.decode()


# --- numbers in addresses ----------------------------------------------------------------------------
def numbered():
    """Every address with the number of a row in it, which is more than a column holds."""
    words = {"slug": "x", "code": "0" * 32, "name": "x", "width": "320"}
    for route in cells.routes():
        if re.search("<int:|<path:object_id>|<id>", route.pattern):
            yield "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda match: words.get(match[1], str(2**63)), route.pattern)


def test_a_number_that_no_column_holds_is_not_found(sign_in, superuser):
    client, addresses = sign_in(superuser), list(numbered())
    assert len(addresses) > 100
    for address in addresses:
        assert client.get(address).status_code in (302, 403, 404, 405), address
        assert client.post(address).status_code in (302, 403, 404, 405), address


# --- lists and choices -------------------------------------------------------------------------------
def filters_of(model):
    for each in admin.site._registry[model].list_filter:
        if isinstance(each, type):
            yield from getattr(each, "parameter_names", None) or [each.parameter_name]
        else:
            name = each if isinstance(each, str) else each[0]
            of_a_row = model._meta.get_field(name).is_relation
            yield from (name + ending for ending in (["", "__id__exact", "__gte"] if of_a_row else ["__exact"]))


def test_no_filter_of_a_list_is_an_error_of_the_server(sign_in, superuser):
    client, tried = sign_in(superuser), 0
    for model in admin.site._registry:
        for name in filters_of(model):
            for odd in ("x", "9" * 20):
                answer = client.get(name_of(model._meta.label_lower, "changelist"), {name: odd})
                assert answer.status_code in (200, 302, 400), (model, name, odd)
                tried += 1
    assert tried > 90


MANY = "园 " * 1200  # three times the depth that SQLite allows in one condition


@pytest.mark.parametrize("model", ["projects.project", "projects.source", "guicheng.user"])
def test_a_search_of_a_thousand_words_is_cut_and_said(sign_in, superuser, project, model):
    client = sign_in(superuser)
    answer = client.get(name_of(model, "changelist"), {"q": MANY})
    assert answer.status_code == 200 and "搜索的词太长，只按前 200 个字找。" in answer.content.decode()
    file = reverse(f"admin:{model.replace('.', '_')}_export", args=["csv"])
    assert client.get(file, {"q": MANY}).status_code == 200
    assert "太长" not in client.get(name_of(model, "changelist"), {"q": "园" * 200}).content.decode()


def choices(client, **query):
    start = {"app_label": "projects", "model_name": "fact", "field_name": "source", "term": "", "page": "1"}
    return client.get(reverse("admin:autocomplete"), start | query)


@pytest.mark.parametrize("query", [
    {"term": MANY}, {"term": "\x00"}, {"term": "园" * 60_000}, {"page": "x"}, {"page": "9" * 30}, {"page": "-1"},
    {"page": "９"}, {"app_label": "\x00"}, {"app_label": "9" * 300}, {"model_name": "a.b"}, {"model_name": "\x00"},
    {"field_name": "text"}, {"field_name": "source__title"}, {"field_name": "\x00"}, {"field_name": "pk"},
])
def test_choices_answer_odd_questions(sign_in, superuser, query):
    assert choices(sign_in(superuser), **query).status_code in (200, 403, 404)


def test_control_choices_are_there(sign_in, superuser, project):
    assert choices(sign_in(superuser)).json()["results"]


@pytest.mark.parametrize("data", [
    {"_selected_action": ["abc"]}, {"_selected_action": [str(2**63)]}, {"_selected_action": ["\x00"]},
    {"select_across": "x"}, {"select_across": "9" * 30}, {"index": "9" * 30}, {"index": "-1"}, {"action": "\x00"},
    {"action": "__class__"}, {"action": ["a", "b"]},
])
def test_an_action_with_odd_rows_does_nothing(sign_in, superuser, project, data):
    whole = {"action": "hide_selected", "_selected_action": ["0"], "select_across": "0", "index": "0"} | data
    answer = sign_in(superuser).post(name_of("projects.project", "changelist"), whole)
    assert answer.status_code in (200, 302)
    assert Project.objects.get(pk=project.pk).is_published
