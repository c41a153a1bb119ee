"""Sent twice is saved once: of two equal sendings of one form the second finds what the first did.

A page of the back office draws its CSRF token anew each time it is shown, so that token, the address, the person and
what was typed are one sending: a double click, a second click while the first is waiting, 重新发送 after a lost line.
The same form with other words in it is another sending, and so is the same form shown again; but a new row with the
same words from another page (a second tab, 后退) within TWIN_MINUTES is the same row.

What the tab keeps of a form (static/js/keep.js) it lets go of where `taken` names the number of its sending.
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
from guicheng.public.given_back import KEPT, words_of

KEPT_DAYS = 30
TWIN_MINUTES = 10
ALREADY_SAVED = "刚才已经保存，没有重复保存。"
SAME_WORDS = f"{TWIN_MINUTES} 分钟内已经交过一样的内容，没有再加一条；确实要再加一条，请改一个字再交。"
NUMBER = re.compile(r"[a-z0-9]{8,32}")  # of a sending, as the tab made it up
TAKEN, MOST_TAKEN = "taken", 20


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
def once(request, again=ALREADY_SAVED, new_row=False):
    """One transaction for what a form asks to be written; it is entered only the first time the form is sent.

    With `new_row` the same words from another page of the same person are the same sending for a while.

    Set `leads_to` of what it gives: a second sending is led there. Raises AlreadySaved, with nothing written, the
    second time; `GuichengAdminSite.admin_view` answers it. Two at the same instant: the second waits for the first.
    """
    sending, twin = Sending(key_of(request)), None
    with transaction.atomic():
        if not _take(sending.key, request.user, again):
            refuse_again(request)
            raise AlreadySaved(again, "")  # its row was swept between the two statements
        if new_row:
            twin = _take_twin(request)
        yield sending
        is_saved = not transaction.get_rollback()
        if sending.leads_to and is_saved:
            Submission.objects.filter(pk__in=[sending.key, twin]).update(leads_to=sending.leads_to[:300])
    request.is_saved = is_saved


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


def _take_twin(request):
    """The key of these words, whatever page they come from. Raises AlreadySaved where it was taken a moment ago."""
    key, now = _digest(request, any_page=True), timezone.now()
    if not _take(key, request.user, SAME_WORDS):
        rows = Submission.objects.filter(pk=key)
        if saved := rows.filter(at__gte=now - timedelta(minutes=TWIN_MINUTES)).first():
            raise AlreadySaved(SAME_WORDS, saved.leads_to)
        rows.update(at=now, leads_to="")
    return key


def key_of(request):
    """What makes two sendings the same: person, address, the page's own token and every word and file, as they came."""
    if not hasattr(request, "submission_key"):
        request.submission_key = _digest(request)
    return request.submission_key


def _digest(request, any_page=False):
    """The fingerprint of a sending; with `any_page` without what each page draws anew and which button it was."""
    digest = hashlib.sha256(b"any page" if any_page else b"")

    def add(*parts):
        for part in parts:
            part = part if isinstance(part, bytes) else str(part).encode("utf-8", "surrogatepass")
            digest.update(b"%d:" % len(part) + part)

    add(request.user.pk, request.get_full_path())
    for name, values in sorted(request.POST.lists()):
        if not any_page or not (name.startswith("_") or name == "csrfmiddlewaretoken"):
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
            return _told(request, view(request, *args, **kwargs))
        except AlreadySaved as twice:
            messages.info(request, str(twice))
            return _told(request, redirect(twice.leads_to or "admin:index"))
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


def _told(request, response):
    """The answer; where it says that a sending was taken, the session remembers its number for the pages after it.

    Taken is what `once` saved, or what leads on without a warning: a verb that is held by its claim alone.
    """
    numbers = [each for each in request.POST.getlist(KEPT) if NUMBER.fullmatch(each)][:3]
    if numbers and (getattr(request, "is_saved", False) or _leads_on(request, response)):
        request.session[TAKEN] = [*request.session.get(TAKEN, []), *numbers][-MOST_TAKEN:]
    return response


def _leads_on(request, response):
    queued = getattr(messages.get_messages(request), "_queued_messages", ())  # those said for this very request
    return response.status_code == 302 and not any(each.level >= messages.WARNING for each in queued)


def taken(request):
    """The numbers of the sendings of this session that were saved of late, for the page that is drawn now."""
    numbers = list(request.session.get(TAKEN, []))
    if getattr(request, "is_saved", False):
        numbers += [each for each in request.POST.getlist(KEPT) if NUMBER.fullmatch(each)][:3]
    return " ".join(numbers)


def not_saved(site, request, sentence, status=409):
    """The page of a form that came too late: the sentence, and the words that were typed, to be copied."""
    said, _ = words_of(request.POST)
    came_from = request.headers.get("referer", "")
    is_ours = url_has_allowed_host_and_scheme(came_from, allowed_hosts={request.get_host()})
    return render(request, "admin/not_saved.html", {
        **site.each_context(request), "title": "没有保存", "sentence": sentence, "said": said,
        "back": came_from if is_ours else reverse("admin:index")}, status=status)
