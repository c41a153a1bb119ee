"""What in this text points at a person? Found before it is public, marked for the clerk, masked for everybody else.

    markers.py    the kinds, a marker, the masked text and the text in marked parts
    finding.py    find: all kinds in one text, with the resident's own name and number
    plain.py      one form of the text to look in, whatever dress the digits wear
    numbers.py    phone, ID number, bank card
    signs.py      plate, e-mail, accounts
    rooms.py      the door of a home
    names.py      persons by title, role and verb; surnames.py and broken.py are its words
    illness.py    poverty and illness where they are somebody's
"""
from guicheng.review.personal.finding import find
from guicheng.review.personal.markers import MASK, Kind, Marker, masked, shown

__all__ = ["MASK", "Kind", "Marker", "find", "masked", "shown"]
