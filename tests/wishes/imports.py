"""A list of wishes from Excel: the second user of what reads, judges and shows tables."""
from datetime import date

from communities.models import Community
from guicheng.excel_import.columns import Field, Fields
from guicheng.excel_import.days import day_of
from guicheng.excel_import.names import Names
from guicheng.excel_import.rows import Loader, Outcome
from guicheng.excel_import.short import ShortRoster
from guicheng.review.states import Verb
from tests.wishes.models import Wish


def read_community(line, field):
    return {field.key: line.roster.communities.get(line.text(field.key))}


WISHES = Fields({"心愿": [
    Field("community", "社区", "所在社区", read=read_community, link="communities",
          show=lambda stored, roster: roster.names[stored], options=lambda roster: list(roster.names.values())),
    Field("text", "心愿", "愿望 想要什么"),
    Field("created_at", "哪天说的", "日期", read=lambda line, field: {field.key: day_of(line.cells[field.key])},
          store=date.isoformat, load=date.fromisoformat),
]}, naming=["text"], not_ours=["备注"])


class WishRoster(ShortRoster):
    """A wish has neither a code nor a plan: it is its community and its words, and it is new or there."""

    fields, thing, counted, most, needs = WISHES, "心愿", "个心愿", 3, [["text"], ["community"]]

    def __init__(self, by):
        super().__init__(by)
        rows = Community.objects.values_list("pk", "name")
        self.communities = self.finder = Names([(pk, name, "") for pk, name in rows], "社区", strip="社区")

    def identify(self, line):
        said = self.read(line, ["community", "text"])
        if not line.problems:
            line.known = Wish.objects.filter(**said).first()
            self.once(line, (said["community"], said["text"]))

    def compare(self, line):
        line.name, line.seen = line.text("text"), line.known.pk if line.known else 0
        line.values = {} if line.problems else self.read(line, ["community", "text"])
        line.changes = self.changes(line.values, {})
        line.outcome = Outcome.WRONG if line.problems else Outcome.UNCHANGED if line.known else Outcome.NEW

    def write(self, rows):
        new = [row.values for row in rows if row.outcome == Outcome.NEW]
        loader = Loader(Wish, self.fields)
        loader.read_links(new)
        return Wish.in_bulk([Wish(**loader.loaded(values)) for values in new], self.by, Verb.SUBMITTED, "导入")
