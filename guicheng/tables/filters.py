"""How rows are found: one set of filters for a page, its files and its API, and the pages of what they find."""
from urllib.parse import urlencode

import django_filters
from django.core.exceptions import ValidationError

from guicheng.tables.paging import PLACES, WRONG_PLACE, Keyset, numbered_page

NO_SUCH_CHOICE = "没有“%(value)s”这一项，请重新选。"
NEWEST = "newest"  # the order that has a keyset


class PagedFilter(django_filters.FilterSet):
    """Filters with choices that are read when they are asked for, and pages in several orders.

    A subclass says `newest`, the day by which rows come newest first, and in `orders` those that have no keyset: name
    -> the fields they go by. `choices`: filter -> [(value, label)].

    One way for every page, file and answer: a name nobody knows is passed over (messengers add their own), a value
    that a known name has not is refused in one sentence, 400; a page beyond the last one is not there, 404.
    """

    newest = ""
    orders = {}
    kept = {}  # what else an address of this page says
    parts = ()  # what `Keyset.page` is told of what they find
    follows = {}  # filter -> the filters that choose within what it chose, and go when it changes

    def __init__(self, data, queryset, choices):
        super().__init__(data, queryset)
        self.choices = choices
        for name, each in choices.items():
            self.filters[name].extra["choices"] = each
        for each in self.choosing():
            each.extra["error_messages"] = {"invalid_choice": NO_SUCH_CHOICE}

    def choosing(self):
        """The filters that choose."""
        return [each for each in self.filters.values() if isinstance(each, django_filters.ChoiceFilter)]

    @property
    def order(self):
        """The order that is asked for; "newest" where none is."""
        return self.data.get("order") or NEWEST

    def is_valid(self):
        return super().is_valid() and not self._wrong_order

    @property
    def _wrong_order(self):
        return "" if self.order in (NEWEST, *self.orders) else NO_SUCH_CHOICE % {"value": self.order[:20]}

    @property
    def sentence_of_errors(self):
        """One sentence that names the filters that cannot be read."""
        wrong = {self.filters[name].label: " ".join(messages) for name, messages in self.form.errors.items()}
        wrong |= {"排序": self._wrong_order} if self._wrong_order else {}
        return "；".join(f"“{label}”：{sentence}" for label, sentence in wrong.items())

    def check(self):
        """Raises ValidationError where something cannot be read."""
        if not self.is_valid():
            raise ValidationError(self.sentence_of_errors)

    def without(self, *names):
        """What the filters find but for these."""
        rows = self.queryset.all()
        for name, value in self.form.cleaned_data.items():
            rows = rows if name in names else self.filters[name].filter(rows, value)
        return rows

    def address(self, **change):
        """The query of this page with some filters changed, from its first page on; "?" where nothing is chosen."""
        gone = {below for name in change for below in self.follows.get(name, ())}
        query = {name: self.data.get(name) for name in (*self.filters, "order") if name not in gone}
        query |= self.kept | change
        return "?" + urlencode({name: value for name, value in query.items() if value})

    @property
    def is_narrowed(self):
        return any(self.data.get(name) for name in self.filters)

    @property
    def is_asked(self):
        """Whether words are looked for."""
        return bool(self.data.get("q", "").strip())

    @property
    def is_searched(self):
        """Whether finding a row means reading it: its first page then counts and finds in one scan."""
        return self.is_asked

    def page(self, columns, size=20):
        """The page that the address asks for. Raises ValidationError, and NoSuchPage beyond the last one."""
        places = {name: self.data[name] for name in PLACES if self.data.get(name)}
        if len(places) > 1 or places and self.order != NEWEST and "page" not in places:
            raise ValidationError(WRONG_PLACE)
        if self.order != NEWEST or "page" in places:
            return numbered_page(self.in_order(), columns, places.get("page"), size)
        return Keyset(self.newest, size).page(self.qs, columns, **places, search=self.is_searched, parts=self.parts)

    def in_order(self):
        """What they find, in the order that is asked for."""
        return self.qs.order_by(*self.orders.get(self.order, [f"-{self.newest}", "-pk"]))


class KeptFilter:
    """Mixed in where what was chosen is kept and said: an export that is made later."""

    nothing_chosen = ""

    @property
    def chosen(self):
        """The filters that are set, as they are kept and asked again: name -> value. Raises ValidationError."""
        self.check()
        return {name: value for name in self.filters if (value := self.form.cleaned_data.get(name))}

    @property
    def sentence(self):
        """What is chosen, in words. Raises ValidationError."""
        words = []
        for name, value in self.chosen.items():
            each = self.filters[name]
            label = dict(each.extra.get("choices", [])).get(value)
            words.append(f"{each.label}：{label}" if label else f"名称等有“{value}”")
        return "；".join(words) or self.nothing_chosen

    @property
    def rows(self):
        """What they find. Raises ValidationError, where a FilterSet leaves a filter out that it cannot read."""
        self.check()
        return self.qs
