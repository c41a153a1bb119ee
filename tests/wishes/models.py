"""A wish: reviewed like a statement, but of a community alone, without a number and without a project."""
from django.conf import settings
from django.db import models

from guicheng.fields import CleanTextField
from guicheng.files import models as files
from guicheng.ledger import LedgerRow, ledger_constraints
from guicheng.review.models import Reviewed, ReviewedQuerySet, Step, review_constraints
from guicheng.tables.long_exports import LongExport
from guicheng.trail.append_only import AppendOnly


class WishQuerySet(ReviewedQuerySet):
    def visible_to(self, user):
        return self.answered_by_units_of(user)

    def shown(self):
        return self.published()


class Wish(Reviewed):
    """What somebody wishes for in a community."""

    answered_by = ("community",)
    append_only = AppendOnly()

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

    def may_change_media(self, user):
        return self.is_open and self.author_id == user.pk

    def before_move(self, state):
        self.photos.follow(state, self.recorded_at)
        self.papers.follow(state, self.recorded_at)


class WishStep(Step):
    """One step of one wish's review."""

    scope_follows = ("wish",)

    wish = models.ForeignKey(Wish, verbose_name="心愿", on_delete=models.PROTECT, related_name="steps")

    def __str__(self):
        return f"{self.get_verb_display()}：{self.wish}"


class WishPhoto(files.Photo):
    of, append_only = "wish", files.frozen_with("wish", "心愿")

    wish = models.ForeignKey(Wish, verbose_name="心愿", on_delete=models.PROTECT, related_name="photos", editable=False)

    class Meta(files.Photo.Meta):
        constraints = files.photo_constraints("wish", "心愿")


class WishPaper(files.Paper):
    of, append_only = "wish", files.frozen_with("wish", "心愿")

    wish = models.ForeignKey(Wish, verbose_name="心愿", on_delete=models.PROTECT, related_name="papers", editable=False)

    class Meta(files.Paper.Meta):
        constraints = files.paper_constraints("wish", "心愿")


class WishEvent(LedgerRow):
    """What was said of how far a wish is: a ledger without review, and an owner without projections."""

    class Kind(models.TextChoices):
        PROGRESS = "progress", "进展"
        CORRECTION = "correction", "更正"
        WITHDRAWAL = "withdrawal", "撤回"

    ledger_of = "wish"
    append_only = AppendOnly(let_go="")

    wish = models.ForeignKey(Wish, verbose_name="心愿", on_delete=models.PROTECT, related_name="events")
    kind = models.CharField("性质", max_length=20, choices=Kind, default=Kind.PROGRESS)
    text = CleanTextField("说了什么", blank=True)

    class Meta:
        verbose_name = "心愿的进展"
        verbose_name_plural = "心愿的进展"
        constraints = [*ledger_constraints("wish", "进展", "心愿")]

    def __str__(self):
        return self.text


class WishFile(LongExport):
    """A long export of wishes."""

    title = "心愿明细"

    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta(LongExport.Meta):
        pass
