"""Telephone numbers as people write them."""
import re
import unicodedata

MOBILE = re.compile(r"1[3-9]\d{9}")
LANDLINE = re.compile(r"0\d{2,3}[2-8]\d{6,7}")
BETWEEN = re.compile(r"[\s\-‐-―()（）+]+")


def plain_phone(text):
    """The digits of a mobile number, or of a landline with its area code; "" where it is neither."""
    digits = BETWEEN.sub("", unicodedata.normalize("NFKC", text or ""))
    digits = digits.removeprefix("0086") if digits.startswith("0086") else digits
    digits = digits.removeprefix("86") if len(digits) == 13 else digits
    return digits if digits.isascii() and (MOBILE.fullmatch(digits) or LANDLINE.fullmatch(digits)) else ""


def hidden_phone(digits):
    """138****5678; "" of none."""
    return f"{digits[:3]}****{digits[-4:]}" if digits else ""
