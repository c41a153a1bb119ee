"""One sending of a page: drafts are kept, rows handed in, and what came of it is told to the page or by itself."""
from guicheng.text import is_row_number
from projects.models import Standing
from projects.reporting.drafts import save_drafts
from projects.reporting.hand_in import hand_in
from projects.reporting.typed import marks_of, typed_in

HANDED_IN = "有的行刚被别人交了，你写的没有存，还在这一页。"
ASK = "有的格刚被别人改过，两边写的都在格里，请选一个。"
SAY = 5  # sentences of rows that did not go


class Sent:
    """What one form holds of the rows of a kind. `save` before `hand_in`, both in the transaction of the caller.

    `rows`: those the page is about, a queryset; `do`: what its button said; `only`: see `typed_in`.
    """

    def __init__(self, kind, rows, post, do, task, only=None):
        self.kind, self.rows, self.outcome = kind, rows, None
        self.saved, self.refused = [], []
        self.seen = typed_in(post, kind, kind.names_of(task), only)
        self.wanted = self._wanted(do)
        if do in ("nil_all", "nil") or do.startswith("nil:"):
            self.seen |= {pk: self._as_nil(self.seen[pk]) for pk in self.wanted}
        if do == "one" or do.startswith("row:"):  # by name: as it stands on the page, touched or not
            self.seen |= {pk: self.seen[pk]._replace(drawn=None) for pk in self.wanted}

    def _wanted(self, do):
        """The rows that are to be handed in."""
        if do in ("all", "one", "nil"):
            return list(self.seen)
        if do == "nil_all":
            # what was returned is answered with a word of its own, never by the way
            returned = set(self.rows.filter(pk__in=self.seen).with_standing().filter(
                standing=Standing.RETURNED).values_list("pk", flat=True)) if self.seen else ()
            return [pk for pk, typed in self.seen.items() if not typed.draft and pk not in returned]
        verb, _, row = do.partition(":")
        pk = row.removeprefix(self.kind.prefix[1:])
        is_ours = row == f"{self.kind.prefix[1:]}{pk}" and is_row_number(pk) and int(pk) in self.seen
        return [int(pk)] if verb in ("row", "nil") and is_ours else []

    def _as_nil(self, typed):
        """零报告 by one tap: what was typed beside it goes along as the reason alone."""
        reason = typed.draft.get(self.kind.nil_reason)
        return typed._replace(draft={"nil": "1", **({self.kind.nil_reason: reason} if reason else {})},
                              unseen=frozenset())

    def save(self, by):
        """Keep the drafts; give the rows about which somebody has to be asked first."""
        if self.seen:
            self.saved, self.refused = save_drafts(self.rows, self.seen, by)
        return self.refused

    def hand_in(self, by):
        """Hand in what was asked for. Of a row in which somebody else typed as well the page has not shown all."""
        versions = {pk: typed.version for pk, typed in self.seen.items()}
        versions |= {row.pk: versions[row.pk] + 1 for row in self.saved}
        if self.wanted:
            self.outcome = hand_in(self.rows, {pk: versions[pk] for pk in self.wanted}, by)

    def told(self):
        """(done, warnings): sentences of what was handed in."""
        if self.outcome is None:
            return [], []
        number, wrong = self.outcome.number, [
            f"“{row}”没有交：{'；'.join(errors.values())}"
            for row, errors in self.outcome.refused.items() if row.has_draft]
        done = self.kind.done.format(number=number, in_review=len(self.outcome.in_review),
                                     nils=len(self.outcome.nils))
        return [done] * bool(number), wrong[:SAY]


def told_to_page(sendings, at):
    """What a page learns of drafts that it kept by itself (static/js/keep.js).

    What somebody else typed into cells that were not touched here comes back to be put there; of a cell that both
    touched nothing is saved, and their text comes back to stand beside it.
    """
    told = {"at": at, "kept": [], "set": {}, "put": {}, "both": {}}
    for sent in sendings:
        for row in sent.saved:
            name, typed = f"{sent.kind.prefix}{row.pk}", sent.seen[row.pk]
            told["set"] |= {f"{name}-version": row.version, f"{name}-drawn": marks_of(row.draft)}
            told["put"] |= {f"{name}-{each}": row.draft.get(each, "")
                            for each in {*typed.draft, *row.draft} - typed.unseen
                            if typed.draft.get(each, "") != row.draft.get(each, "")}
        for row in sent.refused:
            name, kept = f"{sent.kind.prefix}{row.pk}", row.kept
            _, clash = sent.seen[row.pk].over(kept).beside(kept)
            told["both"] |= {f"{name}-{each}": {
                "theirs": kept.get(each, ""), "mark": marks_of({each: kept.get(each, "")})} for each in clash}
        refused = {row.pk for row in sent.refused}
        told["kept"] += [f"{sent.kind.prefix}{pk}-{name}" for pk, typed in sent.seen.items()
                         for name in sent.kind.names if pk not in refused and name not in typed.unseen]
    if refused := [row for sent in sendings for row in sent.refused]:
        told["said"] = HANDED_IN if any(row.standing_now in Standing.ANSWERED for row in refused) else ASK
    return told
