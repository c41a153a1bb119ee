"""Sent twice is saved once: of two equal sendings of one form the second finds what the first did.

A page of the back office draws its CSRF token anew each time it is shown, so that token, the address, the person and
what was typed are one sending: a double click, a second click while the first is waiting, 重新发送 after a lost line.
The same form with other words in it is another sending, and so is the same form shown again.
"""
import hashlib
import re
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, OperationalError, connection, models, transaction
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from guicheng.fields import ALL
from guicheng.office.refusals import BUSY, is_busy, sentence_of

KEPT_DAYS = 30
ALREADY_SAVED = "刚才已经保存，没有重复保存。"
CODE = re.compile(r"[\x00-\x7f]{0,80}")  # numbers, days, choices, tokens: nothing that one would copy


class AlreadySaved(Exception):
    """This form was sent and saved before; `leads_to` is the page it led to then."""

    def __init__(self, sentence, leads_to):
        super().__init__(sentence)
        self.leads_to = leads_to


class Submission(models.Model):
    """One sending that was saved. The database lets only one writer have its key."""

    unwatched = ALL  # written by the system

    key = models.CharField("编号", max_length=64, primary_key=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="谁", on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField("时刻", default=timezone.now)
    leads_to = models.CharField("到哪一页", max_length=300, blank=True)
    again = models.CharField("再发一次时说", max_length=200)

    class Meta:
        verbose_name = "保存过的表单"
        verbose_name_plural = "保存过的表单"
        default_permissions = ()
        indexes = [models.Index("at", name="submission_at")]

    def __str__(self):
        return self.key


class Sending:
    """What `once` gives: where the answer leads, and a way to say that nothing was saved after all."""

    def __init__(self, key):
        self.key, self.leads_to = key, ""

    def nothing_saved(self):
        """Take back whatever the block wrote, the key included: the form may be sent again."""
        transaction.set_rollback(True)


@contextmanager
def once(request, again=ALREADY_SAVED):
    """One transaction for what a form asks to be written; it is entered only the first time the form is sent.

    Set `leads_to` of what it gives: a second sending is led there. Raises AlreadySaved, with nothing written, the
    second time; `GuichengAdminSite.admin_view` answers it. Two at the same instant: the second waits for the first.
    """
    sending = Sending(key_of(request))
    with transaction.atomic():
        if not _take(sending.key, request.user, again):
            refuse_again(request)
            raise AlreadySaved(again, "")  # its row was swept between the two statements
        yield sending
        if sending.leads_to and not transaction.get_rollback():
            Submission.objects.filter(pk=sending.key).update(leads_to=sending.leads_to[:300])


def refuse_again(request):
    """Raise AlreadySaved where this form was sent and saved before."""
    if saved := Submission.objects.filter(pk=key_of(request)).first():
        raise AlreadySaved(saved.again, saved.leads_to)


def _take(key, by, again):
    """Whether the key is ours. The first statement of the transaction: on PostgreSQL it waits for who has it."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Submission._meta.db_table} (key, by_id, at, leads_to, again) "  # noqa: S608
            "VALUES (%s, %s, %s, '', %s) ON CONFLICT DO NOTHING",
            [key, by.pk, connection.ops.adapt_datetimefield_value(timezone.now()), again])
        return cursor.rowcount == 1


def key_of(request):
    """What makes two sendings the same: person, address, the page's own token and every word and file, as they came."""
    if not hasattr(request, "submission_key"):
        request.submission_key = _digest(request)
    return request.submission_key


def _digest(request):
    digest = hashlib.sha256()

    def add(*parts):
        for part in parts:
            part = part if isinstance(part, bytes) else str(part).encode("utf-8", "surrogatepass")
            digest.update(b"%d:" % len(part) + part)

    add(request.user.pk, request.get_full_path())
    for name, values in sorted(request.POST.lists()):
        add(name, *values)
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            file.seek(0)
            add(name, file.name, hashlib.file_digest(file, "sha256").digest())
            file.seek(0)
    return digest.hexdigest()


def sweep(dry_run=False):
    """Remove the keys of more than KEPT_DAYS ago, since nobody's page is that old; give how many."""
    rows = Submission.objects.filter(at__lt=timezone.now() - timedelta(days=KEPT_DAYS))
    return rows.count() if dry_run else rows.delete()[0]


# --- the answers ------------------------------------------------------------------------------------
def answered(site, view):
    """A view of the back office whose doubles and collisions are told in a sentence; nothing typed is lost."""

    def wrapper(request, *args, **kwargs):
        try:
            if request.method == "POST" and request.user.is_authenticated:
                refuse_again(request)
            return view(request, *args, **kwargs)
        except AlreadySaved as twice:
            messages.info(request, str(twice))
            return redirect(twice.leads_to or "admin:index")
        except ValidationError as error:  # of a verb, after the form was found good
            if request.method != "POST":
                raise
            return not_saved(site, request, " ".join(error.messages))
        except IntegrityError as error:
            sentence = sentence_of(error)
            if request.method != "POST" or sentence is None:
                raise
            return not_saved(site, request, sentence)
        except OperationalError as error:
            if request.method != "POST" or not is_busy(error):
                raise
            return not_saved(site, request, BUSY, 503)

    return wrapper


def not_saved(site, request, sentence, status=409):
    """The page of a form that came too late: the sentence, and the words that were typed, to be copied."""
    said = [value for name, values in request.POST.lists() for value in values
            if not name.startswith("_") and not CODE.fullmatch(value)]
    came_from = request.headers.get("referer", "")
    is_ours = url_has_allowed_host_and_scheme(came_from, allowed_hosts={request.get_host()})
    return render(request, "admin/not_saved.html", {
        **site.each_context(request), "title": "没有保存", "sentence": sentence, "said": said,
        "back": came_from if is_ours else reverse("admin:index")}, status=status)
