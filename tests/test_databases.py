"""Tests that ask no database run once: none of them may reach one all the same."""
import pytest

from tests.databases import refuse_a_hidden_one


def test_a_database_that_is_asked_for_late_is_refused(request):
    with pytest.raises(pytest.fail.Exception, match="写上 db"):
        refuse_a_hidden_one("db", request.node)
    refuse_a_hidden_one("tmp_path", request.node)


def test_a_database_that_is_announced_is_given(db, request):
    refuse_a_hidden_one("db", request.node)


@pytest.mark.django_db
def test_a_mark_announces_it_too(request):
    refuse_a_hidden_one("db", request.node)
