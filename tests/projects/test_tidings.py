"""The author hears what became of a statement, the uploader of an import: once each, with the reason."""
import contextlib
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse

from guicheng.notices.inbox import InboxMessage
from guicheng.office.seen import seal
from projects.excel_import.review import approve_all, send_back_all
from projects.models import ImportBatch, ImportRow, ProgressUpdate, Source
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def head(office):
    user = factories.make_user("head", name="终审员", roles=["审核员"], is_established=True)
    office.reviewers.add(user)
    return user


@pytest.fixture
def update(project, clerk):
    update = factories.make_update(project, published=False, author=clerk, status="in_progress")
    update.submit(clerk)
    return update


@pytest.fixture
def batch(clerk, project, update):
    """An import that said one thing, handed in for review."""
    batch = ImportBatch.objects.create(
        uploader=clerk, file_name="清单.xlsx", sha256="0" * 64, effective_on=date(2021, 9, 30),
        source=Source.objects.own(), project_list=project.project_list, state="confirmed")
    ProgressUpdate.objects.filter(pk=update.pk).update(version=1)  # as an import writes it
    update.refresh_from_db()
    ImportRow.objects.create(batch=batch, number=2, outcome="changed", project=project, update=update)
    return batch


def told(user):
    return [(message.title, message.text) for message in InboxMessage.objects.filter(recipient=user).order_by("pk")]


def test_it_works(update, clerk, reviewer, head):
    """Returned with the reason, handed in again, published: the author hears of both."""
    update.send_back(reviewer, "请补充照片。")
    update.submit(clerk)
    update.approve(reviewer)
    update.publish(head, factories.CHECKED)
    assert told(clerk) == [("已退回：半月岛公园", f"{reviewer}：请补充照片。"), ("已发布：半月岛公园", "推进中")]
    message = InboxMessage.objects.first()
    assert message.path == reverse("admin:projects_progressupdate_change", args=[update.pk])


def test_never_twice_for_the_same_return(update, clerk, reviewer):
    update.send_back(reviewer, "请补充照片。")
    with pytest.raises(ValidationError):
        update.send_back(reviewer, "请补充照片。")
    assert len(told(clerk)) == 1
    update.submit(clerk)
    update.send_back(reviewer, "还是没有照片。")
    assert len(told(clerk)) == 2, "the negative control: another return is another cause"


def test_what_is_taken_back_is_told_to_nobody(update, clerk, reviewer):
    with contextlib.suppress(RuntimeError), transaction.atomic():
        update.send_back(reviewer, "请补充照片。")
        raise RuntimeError
    assert not told(clerk)


def test_a_first_review_is_no_news(update, clerk, reviewer):
    update.approve(reviewer)
    assert not told(clerk)


def test_nobody_is_told_of_what_they_did_themselves(update, clerk):
    update.send_back(clerk, "请补充照片。")
    assert not told(clerk)


def test_what_came_with_the_facts_has_nobody_to_tell(project):
    factories.make_update(project)
    assert not InboxMessage.objects.exists()


def test_several_at_once_from_the_list(update, clerk, reviewer, head, sign_in):
    update.approve(reviewer)
    data = {"action": "approve_selected", "_selected_action": [update.pk], "seen": seal([update]), "ticked": "1"}
    data |= factories.TICKED
    sign_in(head).post(reverse("admin:projects_progressupdate_changelist"), data)
    update.refresh_from_db()
    assert update.is_published and told(clerk) == [("已发布：半月岛公园", "推进中")]


# --- a whole import --------------------------------------------------------------------------------
def test_the_uploader_hears_of_the_import_and_not_of_each_row(batch, clerk, reviewer, head):
    approve_all(batch, reviewer, factories.CHECKED)
    assert not told(clerk), "nothing is public yet"
    approve_all(batch, head, factories.CHECKED)
    approve_all(batch, head, factories.CHECKED)
    assert told(clerk) == [("终审员审了导入：清单.xlsx", "发布 1 条。")]


def test_the_uploader_hears_why_it_was_returned(batch, clerk, reviewer):
    send_back_all(batch, reviewer, "没有照片。")
    send_back_all(batch, reviewer, "没有照片。")
    assert told(clerk) == [(f"{reviewer}审了导入：清单.xlsx", "退回 1 条：没有照片。")]


def test_who_took_a_row_over_hears_of_it(batch, update, clerk, office, reviewer):
    heir = factories.make_user("heir", roles=["部门经办人"])
    office.clerks.add(heir)
    update.hand_over(heir, clerk)
    send_back_all(batch, reviewer, "没有照片。")
    assert told(heir) == [("已退回：半月岛公园", f"{reviewer}：没有照片。")]
