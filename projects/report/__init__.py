"""The quarterly report: one frozen document, and what is rendered from it.

`document.py` reads the database once; every renderer sees only the document, so that the same document gives
the same file in ten years.
"""


class Missing(Exception):
    """A part that this machine lacks for a format; its text is the one sentence for the reader."""
