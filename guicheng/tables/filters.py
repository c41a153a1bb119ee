"""How rows are found: one set of filters for a page, its files and its API, and the pages of what they find."""
import django_filters
from django.core.exceptions import ValidationError

from guicheng.tables.paging import Keyset, numbered_page

NO_SUCH_CHOICE = "没有“%(value)s”这一项，请重新选。"


class PagedFilter(django_filters.FilterSet):
    """Filters with choices that are read when they are asked for, and pages in several orders.

    A subclass says `newest`, the day by which rows come newest first, and in `orders` those that have no keyset: name
    -> the fields they go by. `choices`: filter -> [(value, label)].
    """

    newest = ""
    orders = {}

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
    def sentence_of_errors(self):
        """One sentence that names the filters that cannot be read."""
        return "；".join(
            f"“{self.filters[name].label}”：{' '.join(messages)}" for name, messages in self.form.errors.items())

    @property
    def is_narrowed(self):
        return any(self.data.get(name) for name in self.filters)

    @property
    def is_searched(self):
        """Whether finding a row means reading it: its first page then counts and finds in one scan."""
        return bool(self.data.get("q", "").strip())

    def page(self, columns, size=20):
        """The page that the address asks for. Raises ValidationError."""
        order = self.data.get("order")
        if order in self.orders:
            return numbered_page(self.in_order(order), columns, self.data.get("page"), size)
        return Keyset(self.newest, size).page(
            self.qs, columns, self.data.get("after", ""), self.data.get("before", ""), search=self.is_searched)

    def in_order(self, order):
        return self.qs.order_by(*self.orders[order])


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

    def check(self):
        if not self.is_valid():
            raise ValidationError(self.sentence_of_errors)
