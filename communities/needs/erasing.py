"""What is held of who asked, and when it goes."""
from datetime import timedelta

from django.conf import settings
from django.db.models import OuterRef, Subquery

from communities.models import NeedEvent, NeedOriginal, NeedPhoto
from communities.models.need_moves import ENDED
from guicheng.upkeep.erasing import Held, erase, register

GONE = {"title": "", "text": "", "place": "", "name": "", "phone_kept": b"", "phone_found_by": ""}


def due(now):
    """The originals of needs that ended so many days ago; one that was taken up again counts anew."""
    last = NeedEvent.objects.filter(need=OuterRef("pk")).newest_first().values("at")[:1]
    ended = NeedOriginal.objects.filter(erased_at=None, need__state__in=ENDED).annotate(ended_at=Subquery(last))
    over = ended.filter(ended_at__lt=now - timedelta(days=settings.PERSONAL_DAYS))
    return over.values_list("need__sending", flat=True)


def forget(keys, now):
    """Let the words, the name, the number and the photos of these needs go; what is masked stays."""
    NeedOriginal.objects.filter(need__sending__in=keys, erased_at=None).update(**GONE, erased_at=now)
    for photo in NeedPhoto.objects.filter(need__sending__in=keys):
        photo.delete()


ASKERS = register(Held(
    "needoriginal", "反映人的姓名、电话、原话和照片",
    f"办结后留 {settings.PERSONAL_DAYS} 天，遮掉个人信息的写法和办理记录照档案保管。", due, forget))


def erase_at_wish(need):
    """清除 as who asked wishes it, at once."""
    erase(ASKERS, [need.sending])
