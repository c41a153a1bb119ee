"""The people of one community, and a need of theirs."""
import pytest

from communities.needs import handling
from tests import factories
from tests.communities.desk.sending import PHONE


@pytest.fixture
def community():
    return factories.make_community()


@pytest.fixture
def clerk(community):
    user = factories.make_user(roles=["社区经办人"], name="社区经办人甲")
    community.clerks.add(user)
    return user


@pytest.fixture
def reviewers(community):
    users = [factories.make_user(roles=["审核员"], is_established=True) for _ in range(2)]
    community.reviewers.add(*users)
    return users


@pytest.fixture
def elsewhere():
    """A clerk of another community."""
    user = factories.make_user(roles=["社区经办人"])
    factories.make_community().clerks.add(user)
    return user


@pytest.fixture
def need(community):
    return factories.make_need(community=community, name="诸葛示", phone=PHONE)


@pytest.fixture
def accepted(need, clerk):
    handling.accept(need, clerk)
    return need
