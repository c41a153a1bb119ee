"""Whom to call when nobody nearer is known: the street's own number, and 12345."""
import re
import unicodedata
from dataclasses import dataclass

from django.conf import settings

HOTLINE, HOTLINE_NAME = "12345", "政务服务便民热线"
NUMBER = re.compile(r"\+?\(?\d[\d ()-]*")
WHOLE = re.compile(r"(?:\+?86)?\d{7,12}|1\d{2,4}")  # with its area or without, a mobile one, or one such as 12345
WITH_EXTENSION = re.compile(r"(\(?0\d{2,3}[) -]+\d{7,8}|\d{8})-(\d{2,4})")  # 0757-12345678-801
AFTER = re.compile(r" *,? *(?:转|分机|ext\.?) *:? *(\d{1,6})", re.IGNORECASE)


@dataclass(frozen=True)
class Contact:
    """An office that answers. `hotline`: 12345 where it is named beside it, else ""."""

    name: str
    phone: str = ""
    hours: str = ""
    hotline: str = ""

    @property
    def tel(self):
        return tel(self.phone)

    @property
    def calls(self):
        """(whom, the number as it is written) of all that may be called, the nearest first."""
        return [each for each in ((self.name, self.phone), (HOTLINE_NAME, self.hotline)) if each[1]]


def tel(phone):
    """The first number in a text as `tel:` takes it, "" where there is none.

    Its digits, an extension after a comma: phones dial that, and not the `;ext=` of RFC 3966.
    """
    text = re.sub(r"[‐-―−]", "-", unicodedata.normalize("NFKC", phone))
    for found in NUMBER.finditer(text):
        number, extension = _parted(text, found)
        if WHOLE.fullmatch(number):
            return f"{number},{extension}" if extension else number
    return ""


def _parted(text, found):
    written = WITH_EXTENSION.fullmatch(found[0].strip())
    after = AFTER.match(text, found.end())
    number, extension = written.groups() if written else (found[0], after[1] if after else "")
    return re.sub(r"[^\d+]", "", number), extension


def contact():
    """What the settings say of the street office."""
    hotline = HOTLINE if settings.HOTLINE_12345 else ""
    return Contact(settings.OFFICE_NAME, settings.OFFICE_PHONE, settings.OFFICE_HOURS, hotline)
