"""What the forms of a statement ask for, and what they remark without refusing."""
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from projects.models import ProgressUpdate, Source

pytestmark = pytest.mark.django_db


# --- 延期 names only its own fields --------------------------------------------------------------
def test_a_postponement_without_anything_names_its_own_fields(project, clerk):
    with pytest.raises(ValidationError) as caught:
        ProgressUpdate(project=project, kind="postponement", source=Source.objects.own(), author=clerk,
                       effective_on=date(2021, 10, 8)).full_clean()
    assert set(caught.value.message_dict) == {"postponed_to", "reason"}


def test_control_progress_without_anything_still_says_what_there_is_to_say(project, clerk):
    with pytest.raises(ValidationError, match="状态、百分比、数量和进展至少填一项"):
        ProgressUpdate(project=project, source=Source.objects.own(), author=clerk,
                       effective_on=date(2021, 10, 8)).full_clean()


def test_the_form_of_a_postponement_asks_for_nothing_else(sign_in, clerk, project):
    client, address = sign_in(clerk), reverse("admin:projects_progressupdate_postpone", args=[project.pk])
    page = client.post(address, {"version": 1, "effective_on": "2021-10-08"})
    assert page.status_code == 400
    assert set(page.context["form"].errors) == {"postponed_to", "reason"}
    assert {len(errors) for errors in page.context["form"].errors.values()} == {1}
    text = page.content.decode()
    assert "百分比" not in text.split('class="progress-form"')[1].split("</form>")[0]
    assert set(page.context["form"].fields) == {
        "effective_on", "postponed_to", "reason", "next_step", "version", "words_checked"}
