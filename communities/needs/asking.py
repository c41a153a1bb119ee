"""Taking a need in: masked for everybody, as it was typed for who handles it, once for each form."""
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from communities.models import Community, Need, NeedEvent, NeedNumber, NeedOriginal, NeedTerm
from communities.models.need_moves import Verb
from guicheng.days.workdays import UnknownYear, WorkCalendar
from guicheng.personal.finding import hidden
from guicheng.text import clean_text

MOST_PHOTOS = 6
MOST_A_DAY = 10  # needs of one telephone number
MOST_TRIES = 5  # wrong ones at the door of one need, whoever tries


def ask(sending, kind, title, *, text="", place="", community=None, project=None, about_path="", name="", phone="",
        channel=Need.Channel.WEB, photos=(), by=None, is_sample=False):
    """Take a need in; gives it, and whether it is new: of two sendings of one form the second finds the first's need.

    `photos`: unsaved NeedPhoto rows whose files are in place. `by`: the member of staff who entered it for a resident.
    Raises ValidationError, with the field's sentences, and writes nothing.
    """
    if there := Need.objects.filter(sending=sending).first():
        return there, False
    own = [clean_text(each) for each in (name, phone) if each]
    now = timezone.now()
    need = Need(sending=sending, kind=kind, channel=channel, asked_at=now, title=hidden(clean_text(title), own),
                text=hidden(clean_text(text), own), place=hidden(clean_text(place), own), project=project,
                about_path=about_path, first_community=community, community=community, is_sample=is_sample,
                accept_by=accept_by(kind, now))
    original = NeedOriginal(title=title, text=text, place=place, name=name)
    try:
        with transaction.atomic():
            need.number = NeedNumber.next_of(timezone.localdate(now))
            need.full_clean(validate_unique=False)
            need.save(force_insert=True)
            original.need = need
            original.set_phone(phone)
            original.clean_fields(exclude=["need"])  # the rest the database asks
            original.save(force_insert=True)
            NeedEvent.objects.create(need=need, seq=1, verb=Verb.ASK, state=need.state, at=now, by=by,
                                     is_sample=is_sample)
            for order, photo in enumerate(photos[:MOST_PHOTOS], 1):
                photo.need, photo.order = need, order
                photo.save(force_insert=True)
    except Exception:
        if there := Need.objects.filter(sending=sending).first():  # the other of two at the same instant
            return there, False
        raise
    return need, True


def accept_by(kind, now):
    """The last day to accept a need of this kind that came at `now`; None where the calendar does not know."""
    try:
        return WorkCalendar.load().add(timezone.localdate(now), NeedTerm.objects.of(kind)[0])
    except UnknownYear:
        return None


def asked_enough(phone):
    """Whether this number was left with so many needs since yesterday that it is somebody's play."""
    since = timezone.now() - timedelta(days=1)
    return NeedOriginal.objects.of_phone(phone).filter(need__asked_at__gte=since).count() >= MOST_A_DAY


def found_again(number, digits):
    """The need with this number that was left with a telephone number of these last four digits, or None.

    A try is taken before the digits are looked at: of many at once no more than MOST_TRIES are. What finds it gives
    the tries back.
    """
    need = Need.objects.select_related("original").filter(number=clean_text(number).upper()).first()
    if need is None:
        return None
    door = NeedOriginal.objects.filter(pk=need.pk, erased_at=None)
    if not door.filter(wrong_tries__lt=MOST_TRIES).update(wrong_tries=F("wrong_tries") + 1):
        return None
    if not need.original.ends_with(clean_text(digits)):
        return None
    door.update(wrong_tries=0)
    return need


def communities_to_choose():
    """The communities a resident may name, by pinyin."""
    return Community.objects.published().order_by("slug").only("pk", "slug", "name")

