"""The quarterly report: one frozen document, and what is rendered from it.

`build.py` reads the database once into a `Document`; every renderer sees only that, so that the same document gives
the same file in ten years.
"""


class Missing(Exception):
    """A part that this machine lacks for a format; its text is the one sentence for the reader."""
