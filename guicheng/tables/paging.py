"""Pages that cost the same however many rows there are: a capped count and a keyset."""
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db.models import Q

COUNT_CAP = 1000
PAGE_SIZE = 20
PLACES = ("after", "before", "page")  # what an address says of the place in the pages
WRONG_PLACE = "翻页的地址不完整，请从第一页重新翻。"
NO_PAGE = "没有这一页，请从第一页重新翻。"


class NoSuchPage(ValidationError):
    """A page beyond the last one: the address is well made, and leads nowhere (404).

    Not the last page instead: it would show other rows than the address says, under endless addresses.
    """


@dataclass(frozen=True)
class Page:
    """Some rows, and the query parameters that lead to the pages before and after."""

    rows: list
    previous: dict | None
    next: dict | None
    count: int  # capped: COUNT_CAP + 1 means "more than COUNT_CAP"

    @property
    def count_text(self):
        return count_text(self.count)


def count_text(count):
    """A capped count in words."""
    return f"{COUNT_CAP} 多" if count > COUNT_CAP else str(count)


def capped_count(queryset):
    """Count the rows, but never beyond COUNT_CAP + 1."""
    if getattr(queryset, "is_of_many", False) and queryset.has_over(COUNT_CAP):
        return COUNT_CAP + 1
    return queryset.order_by()[: COUNT_CAP + 1].count()


class Keyset:
    """Pages of a queryset in descending order of (`day_field`, pk). A token is "2021-12-31_57"."""

    def __init__(self, day_field, size=PAGE_SIZE):
        self.day_field, self.size = day_field, size

    def page(self, queryset, columns, after="", before="", search=False, parts=()):
        """The page of `columns` (for `values()`) after or before a token. Raises ValidationError.

        `search`: the condition reads every row, so the first page counts and finds in the same scan, unless what is
        searched for stands in so many that the page is found at once.
        `parts`: conditions of which each row meets one, and each has an index in this order. Of many rows the page is
        put together from the first ones of each part: no index gives all of them in order.
        """
        newest = queryset.order_by(f"-{self.day_field}", "-pk")
        if search and not (after or before) and not getattr(queryset, "is_of_many", False):
            keys = list(newest.values_list("pk", flat=True)[: COUNT_CAP + 1])
            chosen = newest.model.objects.filter(pk__in=keys[: self.size]).order_by(*newest.query.order_by)
            rows = list(chosen.values("pk", *columns)) if keys else []
            return self._page(rows, has_next=len(keys) > self.size, has_previous=False, count=len(keys))
        count = capped_count(queryset)
        parts = parts if count > COUNT_CAP else ()
        if before:
            oldest = self._beyond(queryset, before, "gt").order_by(self.day_field, "pk")
            rows = self._first(oldest, columns, parts)
            return self._page(rows[: self.size][::-1], True, len(rows) > self.size, count)
        rows = self._beyond(newest, after, "lt") if after else newest
        rows = self._first(rows, columns, parts, is_newest=True) if count else []
        return self._page(rows[: self.size], len(rows) > self.size, bool(after), count)

    def _first(self, ordered, columns, parts, is_newest=False):
        """One row more than a page holds."""
        found = [row for part in parts or [Q()] for row in ordered.filter(part).values("pk", *columns)[: self.size + 1]]
        if parts:
            found.sort(key=lambda row: (row[self.day_field], row["pk"]), reverse=is_newest)
        return found[: self.size + 1]

    def _page(self, rows, has_next, has_previous, count):
        return Page(
            rows,
            {"before": self._token(rows[0])} if rows and has_previous else None,
            {"after": self._token(rows[-1])} if rows and has_next else None,
            count,
        )

    def _token(self, row):
        return f"{row[self.day_field].isoformat()}_{row['pk']}"

    def _beyond(self, queryset, token, way):
        """The first condition is a range of the index, the second only breaks ties."""
        day, pk = self._read(token)
        field = self.day_field
        return queryset.filter(Q(**{f"{field}__{way}e": day})).filter(
            Q(**{f"{field}__{way}": day}) | Q(**{f"pk__{way}": pk}))

    @staticmethod
    def _read(token):
        try:
            day, _, pk = token.partition("_")
            pk = int(pk)
            if not 0 <= pk < 2**63:
                raise ValueError(pk)
            return date.fromisoformat(day), pk
        except ValueError as error:
            raise ValidationError(WRONG_PLACE) from error


def numbered_page(queryset, columns, number, size=PAGE_SIZE):
    """A page of `columns` by its number, for the orders that have no keyset. Raises as `numbered_rows` does."""
    return numbered_rows(queryset.values("pk", *columns), number, size)


def numbered_rows(queryset, number, size=PAGE_SIZE):
    """A page of these rows by its number. Raises ValidationError, NoSuchPage beyond the end."""
    number = str(number or 1)
    if not number.isascii() or not number.isdecimal() or not number.strip("0"):
        raise ValidationError(f"“{number[:20]}”不是页码，请从第一页重新翻。")
    if len(number.lstrip("0")) > 6:
        raise NoSuchPage(NO_PAGE)
    first = (int(number) - 1) * size
    rows = list(queryset[first: first + size + 1])
    if first and not rows:
        raise NoSuchPage(NO_PAGE)
    return Page(
        rows[:size],
        {"page": int(number) - 1} if first else None,
        {"page": int(number) + 1} if len(rows) > size else None,
        capped_count(queryset),
    )
