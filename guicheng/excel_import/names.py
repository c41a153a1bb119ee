"""Things known by name, with the nearest names for whoever mistypes one."""
import re
from difflib import SequenceMatcher, get_close_matches
from functools import lru_cache

from guicheng.excel_import.values import Choice

LIKE = 0.5  # two names are of one thing, written differently


class NotFound(Exception):
    """What a cell names is not there; the text is the end of a sentence, `choices` what may be meant."""

    def __init__(self, sentence, choices=(), question=""):
        super().__init__(sentence)
        self.choices, self.question = tuple(choices), question


@lru_cache(5000)  # offices and communities come again and again
def key_of(name):
    """A name without spaces and signs, so that “A（一期）” and "A(一期)" are the same."""
    return re.sub(r"[\W_]+", "", name).casefold()


def is_like(one, other):
    """Whether two names are of one thing, written differently."""
    one, other = key_of(one), key_of(other)
    return one in other or other in one or SequenceMatcher(None, one, other).ratio() >= LIKE


class Names:
    """The rows of one kind by their names."""

    def __init__(self, rows, what, strip=""):
        """`rows`: (pk, name, other name). `strip`: an ending that may be there or not."""
        self.what, self.strip, self.names, self._by_key = what, strip, {}, {}
        for pk, name, other in rows:
            self.names[pk] = name
            for each in (other, name):
                if each:
                    self._by_key[self._key(each)] = pk

    def _key(self, name):
        key = key_of(name)
        return key[: -len(self.strip)] if self.strip and key.endswith(self.strip) and key != self.strip else key

    def find(self, name):
        return self._by_key.get(self._key(name))

    def get(self, name):
        """The key of what is called so. Raises NotFound, naming the nearest."""
        pk = self.find(name)
        if pk is not None:
            return pk
        near = get_close_matches(name, self.names.values(), 3, 0.4)
        raise NotFound(f"没有叫“{name[:30]}”的{self.what}"
                       + (f"，是不是“{'”“'.join(near)}”" if near else ""),
                       [Choice(each, f"是“{each}”") for each in near])
