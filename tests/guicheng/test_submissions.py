"""A form that was sent before is not written again; a rule that another writer broke is told in its own sentence."""
from datetime import timedelta
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import RequestFactory
from django.utils import timezone

from guicheng.office.refusals import BUSY, SOMEBODY_ELSE, sentence_of
from guicheng.office.submissions import ALREADY_SAVED, AlreadySaved, Submission, key_of, once
from projects.models import Category, Declaration, Fact, QuarterReport
from tests import factories
from tests.two_writers.scene import Page

FACT = "/admin/projects/fact/add/"


def sent(user, path="/admin/x/", files=(), **data):
    request = RequestFactory().post(path, data)
    request.user = user
    for name, content in files:
        request.FILES.appendlist(name, SimpleUploadedFile("a.txt", content))
    return request


def test_it_works(clerk, project):
    with once(sent(clerk, text="一")) as sending:
        Fact.objects.create(topic="记述", text="一", source=project.source, project=project)
        sending.leads_to = "/admin/there/"
    with pytest.raises(AlreadySaved, match=ALREADY_SAVED) as refused, once(sent(clerk, text="一")):
        Fact.objects.create(topic="记述", text="一", source=project.source, project=project)
    assert refused.value.leads_to == "/admin/there/" and Fact.objects.count() == 1


def test_what_makes_two_sendings_the_same(clerk, other_clerk):
    same = {"path": "/admin/x/", "text": "一", "files": [("file", b"1")]}
    first = key_of(sent(clerk, **same))
    assert key_of(sent(clerk, **same)) == first
    others = [
        sent(other_clerk, **same), *(sent(clerk, **same | change) for change in (
            {"path": "/admin/y/"}, {"path": "/admin/x/?a=1"}, {"text": "二"}, {"files": [("file", b"2")]},
            {"csrfmiddlewaretoken": "of another page"}))]
    assert len({first, *map(key_of, others)}) == len(others) + 1
    assert key_of(sent(clerk, a="bc")) != key_of(sent(clerk, ab="c"))  # no two words run together


def test_what_was_not_saved_may_be_sent_again(clerk):
    for _ in range(2):
        with once(sent(clerk)) as sending:
            sending.nothing_saved()
        with pytest.raises(ZeroDivisionError), once(sent(clerk)):
            1 / 0  # noqa: B018
    assert not Submission.objects.exists()


def test_a_wrong_form_keeps_its_words_and_may_be_mended(superuser, project):
    page = Page(superuser, FACT).fill(topic=["记述"], source=[project.source_id])
    assert page.send().status_code == 200 and not Fact.objects.exists()
    assert page.fill(text=["现在写了。"]).send().status_code == 302
    again = page.send()
    assert again.status_code == 302 and Fact.objects.count() == 1
    assert ALREADY_SAVED in page.browser.get(again.url).content.decode()


def test_the_author_of_what_was_published_meanwhile_gets_the_words_back(clerk, project):
    """It was open when the form was shown; what was typed since stands on the page that says so."""
    update = factories.make_update(project, published=False, author=clerk)
    page = Page(clerk, f"/admin/projects/progressupdate/{update.pk}/change/").fill(text=["又铺好一段路。"])
    update.submit(clerk)
    update.publish(factories.make_user(), factories.CHECKED)
    answer = page.send()
    assert answer.status_code == 409 and "又铺好一段路。" in answer.content.decode()
    assert "已由" in answer.content.decode()


def test_old_keys_are_swept(clerk):
    for days in (29, 31):
        Submission.objects.create(key=str(days), by=clerk, at=timezone.now() - timedelta(days=days), again="。")
    for options, sentence, left in ((["--dry-run"], "会清掉 1 个", 2), ([], "清掉了 1 个", 1)):
        out = StringIO()
        call_command("sweep_submissions", *options, stdout=out)
        assert sentence in out.getvalue() and Submission.objects.count() == left


# --- the sentences of refusals ----------------------------------------------------------------------
def refused(write):
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        write()
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return sentence_of(error.value)


def test_a_constraint_of_several_columns(db):
    QuarterReport.objects.create(year=2021, number=4)
    sentence = refused(lambda: QuarterReport.objects.create(year=2021, number=4))
    assert sentence == "这个季度已有报告，请在原来的上面改。"


def test_a_check(key_list):
    sentence = refused(lambda: QuarterReport.objects.create(year=1999, number=4))
    assert sentence == "年度应在 2000 到 2099 之间。"


def test_a_unique_column(db):
    first = factories.make_department(name="城建办公室")
    sentence = refused(lambda: type(first).objects.create(name="城建办公室"))
    assert sentence == "具有 名称 的 责任单位 已存在。"


def test_a_condition(project, clerk):
    """A unique constraint with a condition is an index to both databases."""
    first = factories.make_update(project)
    factories.make_correction(first)
    second = factories.make_update(project, published=False, kind="correction", amends=first, reason="又错了。")
    sentence = refused(lambda: type(first).objects.filter(pk=second.pk).update(
        state="published", recorded_at=timezone.now(), seq=99))
    assert sentence == "这条进展已经更正或撤回过。"


def test_a_trigger(project):
    update = factories.make_update(project)
    sentence = refused(lambda: type(update).objects.filter(pk=update.pk).update(text="改写"))
    assert sentence.startswith("已发布的记录不能修改或删除")


def test_what_it_points_at_is_gone(key_list):
    category = factories.make_category(key_list)
    if connection.vendor == "postgresql":
        sentence = refused(lambda: Category.objects.filter(pk=category.pk).update(project_list=99_999))
    else:  # SQLite looks at the end of the transaction, and a test has none
        sentence = sentence_of(IntegrityError("FOREIGN KEY constraint failed"))
    assert sentence == SOMEBODY_ELSE


def test_an_empty_column_is_a_bug_and_no_sentence(key_list):
    assert refused(lambda: Declaration.objects.create(project_list=key_list, total=None, effective_on=None)) is None


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_busy_gives_the_words_back():
    """Real locks of another connection: on PostgreSQL one that is not waited for, on SQLite its one writer."""
    superuser, source = factories.make_user(is_staff=True, is_superuser=True), factories.make_source()
    page = Page(superuser, FACT).fill(topic=["记述"], text=["太忙的时候写的。"], source=[source.pk])
    other = connection.copy()
    quick = "SET lock_timeout = 100" if connection.vendor == "postgresql" else "PRAGMA busy_timeout = 100"
    with other.cursor() as holder, connection.cursor() as cursor:
        holder.execute("BEGIN" if connection.vendor == "postgresql" else "BEGIN IMMEDIATE")
        if connection.vendor == "postgresql":
            holder.execute("LOCK TABLE guicheng_submission IN ACCESS EXCLUSIVE MODE")
        cursor.execute(quick)
        answer = page.send()
        holder.execute("ROLLBACK")
    other.close()
    connection.close()  # with its short patience
    said = answer.content.decode()
    assert answer.status_code == 503 and "太忙的时候写的。" in said and BUSY in said
    assert page.send().status_code == 302 and Fact.objects.count() == 1


def test_what_a_verb_refuses_after_the_form_is_a_sentence(superuser, monkeypatch):
    """Between the form and the verb somebody else made the account."""
    def refuse(*args, **kwargs):
        raise ValidationError("已存在一位使用该名字的用户。")

    monkeypatch.setattr("guicheng.accounts.admin.make_account", refuse)
    page = Page(superuser, "/admin/guicheng/user/add/").fill(username=["xinlai"], name=["新来的"])
    answer = page.send()
    said = answer.content.decode()
    assert answer.status_code == 409 and "已存在一位使用该名字的用户。" in said and "新来的" in said
