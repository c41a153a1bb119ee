"""What of a resident do we hold, and when does it go? What in a text points at a person?

    cipher.py     a telephone number, encrypted; phones.py how it is written; rotating.py a new key; health.py its check
    finding.py    find: what points at a person, of all kinds, in one text; hidden: the text without it
    markers.py    the kinds, a marker, the masked text and the text in marked parts
    plain.py      one form of the text to look in, whatever dress the digits wear
    numbers.py    phone, ID number, bank card
    signs.py      plate, e-mail, accounts
    rooms.py      the door of a home
    names.py      persons by title, role and verb; surnames.py and broken.py are its words
    related.py    persons by who they are to somebody, or by the number beside them
    illness.py    poverty and illness where they are somebody's

What is held goes by the timetable of guicheng/upkeep/erasing.py.
"""
