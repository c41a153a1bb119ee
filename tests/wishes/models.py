"""A wish: reviewed like a statement, but of a community alone, without a number and without a project."""
from django.db import models

from guicheng.fields import CleanTextField
from guicheng.review.models import Reviewed, ReviewedQuerySet, Step, review_constraints


class WishQuerySet(ReviewedQuerySet):
    def visible_to(self, user):
        return self.answered_by_units_of(user)


class Wish(Reviewed):
    """What somebody wishes for in a community."""

    answered_by = ("community",)

    community = models.ForeignKey("communities.Community", verbose_name="社区", on_delete=models.PROTECT,
                                  related_name="+")
    text = CleanTextField("心愿")

    objects = WishQuerySet.as_manager()

    class Meta:
        verbose_name = "心愿"
        verbose_name_plural = "心愿"
        permissions = [("check_wish", "初审心愿"), ("publish_wish", "终审并发布心愿")]
        constraints = [*review_constraints("心愿")]

    def __str__(self):
        return self.text

    def about(self):
        return str(self.community), self.text

    def staff_page(self):
        return "/admin/"

    def published(self, by):
        self.published_by = by


class WishStep(Step):
    """One step of one wish's review."""

    scope_follows = ("wish",)

    wish = models.ForeignKey(Wish, verbose_name="心愿", on_delete=models.PROTECT, related_name="steps")

    def __str__(self):
        return f"{self.get_verb_display()}：{self.wish}"
