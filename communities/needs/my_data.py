"""《个人信息保护法》第四十五条至第四十七条: who asked sees what is held of them, puts it right, has it erased."""
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from communities.models import NeedOriginal

DAYS = settings.PERSONAL_DAYS
GONE = "您的资料已经清除，不能再改。"


def put_right(need, name, phone, no_phone):
    """Change name and number; an empty number stays as it is unless they want none. Raises ValidationError."""
    with transaction.atomic():
        original = NeedOriginal.objects.select_for_update(no_key=True).get(pk=need.pk)
        if original.is_erased:
            raise ValidationError(GONE)
        original.name = name
        if phone or no_phone:
            original.set_phone("" if no_phone else phone)
        original.full_clean()
        original.save()
