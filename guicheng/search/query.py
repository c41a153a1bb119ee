"""What somebody looks for: the words, those that mean the same, and how near a row comes to them."""
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db.models import Case, F, IntegerField, Q, Value, When
from django.db.models.functions import Greatest, StrIndex
from django.db.models.lookups import LessThan

from guicheng.search.folding import BETWEEN, fold
from guicheng.search.text import NAME_ENDS, SPELLED
from guicheng.text import clean_text

LONGEST = 80  # characters of a resident's search
MOST_WORDS = 10  # each is a condition on every column, and SQLite refuses a query of a thousand
EXACT, BEGINS, IN_NAME, BESIDE, BY_PINYIN, IN_WORDS, ALIKE = range(7)


@cache
def _alike():
    """(word -> those that mean the same, the words of who wants to speak to somebody), all folded."""
    same, contact = {}, set()
    for line in (Path(__file__).parent / "synonyms.txt").read_text(encoding="utf-8").splitlines():
        words = [fold(word) for word in line.lstrip("> ").split()]
        if line.startswith(">"):
            contact.update(words)
        elif not line.startswith("#"):
            for word in words:
                same.setdefault(word, []).extend(other for other in words if other != word)
    return same, contact


@dataclass(frozen=True)
class Term:
    """One typed word, folded, and the words that mean the same."""

    word: str
    alike: tuple = ()

    @property
    def forms(self):
        return (self.word, *self.alike)

    @property
    def least(self):
        """The forms to look for: where a longer one stands, the shorter one in it does too."""
        return tuple(form for form in self.forms if not any(each in form and each != form for each in self.forms))


class Query:
    """The words that are looked for; every one of them must stand somewhere in a row.

    `widened`: also words that mean the same, which `synonyms.txt` lists.
    """

    def __init__(self, text, widened=True):
        self.text = " ".join(clean_text(text).split())
        same, self._contact = _alike()
        words = dict.fromkeys(filter(None, map(fold, self.text.split())))
        self.terms = [Term(word, tuple(dict.fromkeys(same.get(word, ()))) if widened else ())
                      for word in list(words)[:MOST_WORDS]]
        self.candidates = {}  # (model, database) -> those of its rows that the index names, asked once

    @classmethod
    def read(cls, text):
        """What a resident typed. Raises ValidationError with one sentence."""
        if len(text) > LONGEST:
            raise ValidationError(f"要找的词太长，最多 {LONGEST} 个字。")
        if any(unicodedata.category(sign) == "Cc" and not sign.isspace() or sign in "\x1c\x1d\x1e\x1f\x85"
               for sign in text):
            raise ValidationError("要找的词里有看不见的控制字符，请重新输入。")
        if len(text.split()) > MOST_WORDS:
            raise ValidationError(f"要找的词太多，最多 {MOST_WORDS} 个。")
        return cls(text)

    def __bool__(self):
        return bool(self.terms)

    @property
    def whole(self):
        return fold(self.text)

    @property
    def forms(self):
        """Every text that is looked for, and the whole: by each of them a row could be found."""
        return [self.whole, *(form for term in self.terms for form in term.forms)]

    @property
    def alike(self):
        """The words that were looked for beside the typed ones."""
        return list(dict.fromkeys(form for term in self.terms for form in term.alike))

    @property
    def asks_for_contact(self):
        """Whether somebody wants to know whom to call."""
        return any(word in term.word for term in self.terms for word in self._contact)

    # --- as the database asks it -----------------------------------------------------------------
    def condition(self, columns, sealed=()):
        """The rows in whose columns every word stands; a column that holds a sealed text is not looked into."""
        open_to = {column: ~_any_of(column, map(fold, sealed)) for column in columns}
        found = Q()
        for term in self.terms:
            stands = Q(pk__in=[])
            for column in columns:
                stands |= open_to[column] & _any_of(column, term.least) if sealed else _any_of(column, term.least)
            found &= stands
        return found

    def rank(self, columns):
        """An expression: how near a row comes, EXACT first; of several words the one that is farthest away."""
        ranks = [self._rank_of(term, columns) for term in self.terms]
        if len(ranks) > 1:
            ranks = [Greatest(*ranks)]
        whole = When(search_text__startswith=self.whole + NAME_ENDS, then=Value(EXACT))
        return Case(whole, default=ranks[0], output_field=IntegerField())

    def _rank_of(self, term, columns):
        stands = Q(search_text__contains=term.word)
        place = StrIndex(F("search_text"), Value(term.word))
        others = [column for column in columns if column != "search_text"]
        whens = [
            When(Q(search_text__startswith=term.word), then=Value(BEGINS)),
            When(stands & Q(LessThan(place, StrIndex(F("search_text"), Value(NAME_ENDS)))), then=Value(IN_NAME)),
            When(stands & Q(LessThan(place, StrIndex(F("search_text"), Value(SPELLED)))), then=Value(BESIDE)),
            When(stands, then=Value(BY_PINYIN)),
            *(When(**{f"{column}__contains": term.word}, then=Value(IN_WORDS)) for column in others),
        ]
        return Case(*whens, default=Value(ALIKE), output_field=IntegerField())

    # --- as a reader sees it ---------------------------------------------------------------------
    def marked(self, text):
        """[(piece, is it looked for)]: the text whole, with the words in it that the search found."""
        signs = re.findall(r"[\s\S][\u0300-\u036f\u200b-\u200f\ufe00-\ufe0f]*", text)
        line, places = "", []  # the folded text, and from which sign each of its characters came
        for place, sign in enumerate(signs):
            folded = fold(sign)
            line, places = line + folded, places + [place] * len(folded)
        for match in reversed(list(BETWEEN.finditer(line))):
            line = line[:match.start()] + line[match.end():]
            del places[match.start():match.end()]
        new = [False] * len(signs)
        for form in sorted({form for term in self.terms for form in term.forms}, key=len, reverse=True):
            for match in re.finditer(re.escape(form), line):
                for place in range(places[match.start()], places[match.end() - 1] + 1):
                    new[place] = True
        pieces = []
        for sign, is_new in zip(signs, new, strict=True):
            if pieces and pieces[-1][1] is is_new:
                pieces[-1] = (pieces[-1][0] + sign, is_new)
            else:
                pieces.append((sign, is_new))
        return pieces

    def stands_in(self, text):
        """How many of the words stand in a text."""
        folded = fold(text)
        return sum(any(form in folded for form in term.forms) for term in self.terms)

    def sentence_of(self, text):
        """The sentence of a text in which most of the words stand."""
        sentences = re.findall(r"[^。！？；\n]+[。！？；]?", text) or [text]
        return max(sentences, key=self.stands_in).strip()


def _any_of(column, forms):
    found = Q(pk__in=[])
    for form in forms:
        found |= Q(**{f"{column}__contains": form})
    return found
