"""Who may take the next step of a review: said once, asked of one row and of a set alike."""
from functools import cached_property

from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce

from guicheng.access.permissions import sees_everything
from guicheng.review.states import IN_REVIEW, State

NOBODYS = Q(pk__in=[])
EVERYBODYS = ~NOBODYS  # not Q(), which says nothing: "Q() | x" is x


class Clauses:
    """The conditions on rows of `model`, a `Reviewed`, under which a person may review them.

    `theirs`: rows of their units, and not their own words. Beside that, by step: `check`, `publish`, and `at_once` for
    both in one. What the row's state allows, `next_step` says.
    """

    def __init__(self, user, model):
        self.user, self.model = user, model

    def may(self, verb):
        """Whether a role lets this person "check" or "publish" such rows at all."""
        return self.user.has_perm(f"{self.model._meta.app_label}.{verb}_{self.model._meta.model_name}")

    @cached_property
    def may_publish(self):
        """终审 is done by who is marked 在编."""
        return self.may("publish") and self.user.is_established

    @cached_property
    def own_words(self):
        """What this person wrote, or submitted before it was handed over."""
        handed_in = self.model.steps_model().objects.filter(by=self.user, verb="submitted")
        return Q(author=self.user) | Q(pk__in=handed_in.values(self.model.step_field()))

    @cached_property
    def theirs(self):
        """Rows of units this person reviews for, never their own words."""
        mine = Q() if sees_everything(self.user) else self.model.of_units_reviewed_by(self.user)
        return mine & ~self.own_words

    @cached_property
    def check(self):
        """初审: not by the only one who could do the 终审, for then nobody could go on."""
        if not self.may("check"):
            return NOBODYS
        return Q(pk__in=self.publishable_by_another.order_by().values("pk")) if self.may_publish else EVERYBODYS

    @cached_property
    def publish(self):
        """终审: not by who did the 初审."""
        return ~Q(checker=self.user) if self.may_publish else NOBODYS

    @cached_property
    def at_once(self):
        """初审 and 终审 by one person, where the unit's rule allows it."""
        return self.publish & self.model.of_small_units(self.user) if self.may_publish else NOBODYS

    @cached_property
    def publishable_by_another(self):
        """Rows whose 终审 somebody else could do, who is not the author."""
        def people_with(permission):
            return get_user_model().objects.with_perm(permission, backend="django.contrib.auth.backends.ModelBackend")

        label = self.model._meta.app_label, self.model._meta.model_name
        everywhere = people_with("guicheng.see_everything").values("pk")
        others = people_with("{}.publish_{}".format(*label)).filter(
            self.model.reviewers_of_outer_row() | Q(pk__in=everywhere), is_established=True)
        others = others.exclude(pk=self.user.pk).exclude(pk=Coalesce(OuterRef("author"), 0))
        return self.model._default_manager.filter(Exists(others))

    def next_step(self, state):
        """The condition of the step that comes after `state`."""
        return {State.SUBMITTED: self.check | self.at_once, State.CHECKED: self.publish}.get(state, NOBODYS)

    def hold(self, row, condition=EVERYBODYS):
        """Whether `theirs`, and beside it `condition`, hold for this row as it is kept."""
        return condition is not NOBODYS and self.model._default_manager.filter(
            self.theirs, condition, pk=row.pk).exists()


def handed_in(user, row):
    """Whether these are this person's own words: its author, or who submitted it before it was handed over."""
    return row.author_id == user.pk or row.steps.filter(by=user, verb="submitted").exists()


def takes_part_in_review(user, row):
    """Whether a step of its review could be this person's: a reviewer of its units, never the author."""
    clauses = Clauses(user, type(row))
    return clauses.may("check") and clauses.hold(row)


def is_kept_for_publishing(user, row):
    """Whether this person could do the 终审 and nobody else could: the 初审 is then somebody else's."""
    clauses = Clauses(user, type(row))
    return can_publish(user, row) and not clauses.publishable_by_another.filter(pk=row.pk).exists()


def can_check(user, row):
    """初审: by the unit's own reviewer, never by the author, and not by the only one who could do the 终审."""
    clauses = Clauses(user, type(row))
    return clauses.hold(row, clauses.check)


def can_publish(user, row):
    """终审: by a reviewer marked 在编, who is neither its author nor did the 初审."""
    clauses = Clauses(user, type(row))
    return clauses.hold(row, clauses.publish)


def can_review_in_one_step(user, row):
    """初审 and 终审 by one person, where the unit this person reviews for has that rule."""
    clauses = Clauses(user, type(row))
    return row.state == State.SUBMITTED and clauses.hold(row, clauses.at_once)


def would_publish(user, row):
    """Whether the row becomes public where this person approves it."""
    rows = type(row)._default_manager.filter(pk=row.pk)
    return row.becomes_public and rows.published_next_by(user).exists()


def can_approve(user, row):
    """Whether the next step of its review is this person's to take; to send it back asks the same."""
    clauses = Clauses(user, type(row))
    return row.state in IN_REVIEW and clauses.hold(row, clauses.next_step(row.state))
