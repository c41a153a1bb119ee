"""Who works for whom: the clerks and reviewers of a department, a community, a party organisation."""
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models


class MembershipQuerySet(models.QuerySet):
    def served_by(self, user):
        """The rows this member of staff is a clerk or reviewer of."""
        return self.filter(models.Q(clerks=user) | models.Q(reviewers=user)).distinct()


class Membership(models.Model):
    """Scope is membership: a row's clerks record for it, its reviewers check what they recorded."""

    clerks = models.ManyToManyField(
        settings.AUTH_USER_MODEL, verbose_name="经办人", blank=True, related_name="%(class)s_clerk_of"
    )
    reviewers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, verbose_name="审核员", blank=True, related_name="%(class)s_reviewer_of"
    )

    one_step_review = models.BooleanField(
        "初审终审由一人兼任", default=False, help_text="人手少的单位才勾：在编审核员一步审完。填报人仍不能审自己填的。"
    )

    MEMBERS = ("clerks", "reviewers")
    POWERS = (*MEMBERS, "one_step_review")

    class Meta:
        abstract = True

    def check_members(self, by, **wanted):
        """Raise ValidationError where `by` would come in or go out. Nobody makes themselves stronger.

        `wanted`: clerks=, reviewers= as they shall be.
        """
        for name, people in wanted.items():
            was_in = self.pk is not None and getattr(self, name).filter(pk=by.pk).exists()
            if (by in people) != was_in:
                raise ValidationError({name: "不能把自己加进或移出“经办人”“审核员”，请另一位管理员来办。"})
