"""An add form opened with odd values in its address: never an error of the server, on any model, in any field."""
import pytest
from django.contrib import admin
from django.db import models
from django.urls import reverse

from guicheng.office.base import GuardedInitials
from tests import factories

pytestmark = pytest.mark.django_db

ODD = ["abc", "9" * 24, "-1", "1e9", "９", "\x00", "[1]", "1,2,abc", "2021-13-45", "字" * 5000, "9999999999-01-01", ""]
ADMINS = sorted(admin.site._registry.items(), key=lambda pair: pair[0]._meta.label_lower)


def add_page(model):
    return reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_add")


def fields_of(model):
    """Every field that an address could name."""
    return [field for field in (*model._meta.fields, *model._meta.many_to_many) if not field.auto_created]


@pytest.mark.parametrize(("model", "own"), ADMINS, ids=lambda each: getattr(each, "__name__", ""))
def test_no_field_of_any_model(model, own, sign_in, superuser):
    client = sign_in(superuser)
    client.raise_request_exception = False
    address, fields = add_page(model), fields_of(model)
    plain = client.get(address).status_code
    wrong = {}
    for odd in ODD:
        if client.get(address, {field.name: odd for field in fields}).status_code != plain:
            wrong |= {(field.name, odd): code for field in fields
                      if (code := client.get(address, {field.name: odd}).status_code) != plain}
    assert wrong == {} and plain in (200, 302, 403)
    if plain == 200:
        assert isinstance(own, GuardedInitials)


def test_what_is_left_out_is_said(sign_in, superuser):
    page = sign_in(superuser).get(reverse("admin:projects_project_add"), {
        "community": "abc", "planned_end": "2021-13-45", "name": "长者食堂"})
    assert page.status_code == 200 and "没法识别，已经去掉" in page.text and "社区" in page.text
    form = page.context["adminform"].form
    assert "community" not in form.initial and form.initial["name"] == "长者食堂"


def test_what_is_sound_is_kept(sign_in, superuser):
    place, other = factories.make_community(), factories.make_department()
    page = sign_in(superuser).get(reverse("admin:projects_project_add"), {
        "community": place.pk, "supporting_departments": str(other.pk), "name": "长者食堂", "nothing": "x"})
    form = page.context["adminform"].form
    assert form.initial == {"community": str(place.pk), "supporting_departments": [str(other.pk)], "name": "长者食堂"}
    assert "没法识别" not in page.text


def test_without_the_guard_it_would_be_an_error(sign_in, superuser, monkeypatch):
    """Negative control."""
    monkeypatch.setattr(GuardedInitials, "get_changeform_initial_data",
                        lambda self, request: admin.ModelAdmin.get_changeform_initial_data(self, request))
    client = sign_in(superuser)
    client.raise_request_exception = False
    failed = [model for model, _ in ADMINS
              if any(client.get(add_page(model), {field.name: "abc"}).status_code == 500
                     for field in fields_of(model) if isinstance(field, models.ForeignKey))]
    assert len(failed) > 4
