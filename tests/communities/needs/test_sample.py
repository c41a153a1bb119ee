"""Sample needs in every state: made again they add nothing, and they go without a trace."""
import pytest
from django.apps import apps

from communities.models import Need, NeedRating
from guicheng.notices.inbox import InboxMessage
from projects.sample import remove_sample, seed_more
from tests import factories

pytestmark = pytest.mark.django_db


def test_it_works():
    for number in range(3):
        factories.make_community(code=f"4406050{number:05}")
    real = factories.make_need()
    seed_more(28)
    needs = Need.objects.filter(is_sample=True)
    assert needs.count() == 28
    assert {need.state for need in needs} >= {
        "received", "accepted", "handling", "waiting", "shelved", "in_review", "answered", "reopened", "refused"}
    assert needs.late().exists()
    assert NeedRating.objects.exists()
    assert not InboxMessage.objects.exists()
    assert all("示例" in need.title for need in needs)
    seed_more(28)
    assert needs.count() == 28
    remove_sample()
    assert list(Need.objects.all()) == [real]
    for model in apps.get_app_config("communities").get_models():
        if hasattr(model, "is_sample"):
            assert not model._base_manager.filter(is_sample=True).exists()
