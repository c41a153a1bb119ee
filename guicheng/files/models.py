"""Photos and papers of whatever has some: its to show, frozen with it.

A concrete table names in `of` the foreign key to what it belongs to, its owner, which knows it as "photos" or "papers":

    class WishPhoto(Photo):
        of, append_only = "wish", frozen_with("wish", "心愿")
        wish = models.ForeignKey(Wish, …, related_name="photos")

        class Meta(Photo.Meta):
            constraints = photo_constraints("wish", "心愿")

The owner says `may_change_media(user)`, and its queryset `visible_to(user)` and `shown()`: those whose photos and
papers anybody may fetch. Sweeping, the public addresses and the search for missing files ask every concrete table.
"""
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from guicheng import media_store
from guicheng.access.units import behind
from guicheng.fields import CleanCharField, one_of
from guicheng.files.photos import WIDTHS, slots
from guicheng.review.states import IN_REVIEW, State
from guicheng.seal.models import Seal
from guicheng.trail.append_only import AppendOnly

PEOPLE = "照片里能认出的人（尤其是未成年人）已同意，或已遮挡"


def frozen_with(of, noun):
    """The rule of a table of attachments: published with its owner, they stay as they are."""
    return AppendOnly(parent=of, sentence=f"已发布的{noun}，照片和附件不能增加、修改或删除。")


class AttachmentQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self._of(behind(self.model, self.model.of)._default_manager.visible_to(user))

    def published(self):
        """What anybody may fetch."""
        return self.frozen()._of(behind(self.model, self.model.of)._default_manager.shown())

    def _of(self, owners):
        return self.filter(**{f"{self.model.of}__in": owners})

    def frozen(self):
        """Those of published owners, in their order; which of them still stand, the owners know."""
        return self.filter(frozen_at__isnull=False).order_by("order", "pk")

    def with_seals(self):
        """Say of each whether it is sealed: `is_sealed`."""
        seals = Seal.objects.in_force().of_files(self.model.kind)
        return self.annotate(is_sealed=models.Exists(seals.filter(sha256=models.OuterRef("sha256"))))

    def missing(self):
        """A sentence for each that may not be handed in yet."""
        return []

    def follow(self, state, at):
        """Go with the owner into `state`: complete when it is handed in, frozen when it is published."""
        if state in (*IN_REVIEW, State.PUBLISHED) and (sentences := self.missing()):
            raise ValidationError(sentences)
        if state == State.PUBLISHED:
            self.update(frozen_at=at)


class Attachment(models.Model):
    """A file that belongs to one owner. Several rows may show the same file: a correction takes them along."""

    of = ""
    most = 0  # of one owner

    code = models.SlugField("编号", max_length=32, unique=True, default=media_store.new_name, editable=False)
    order = models.PositiveSmallIntegerField("顺序", default=0)
    file = models.CharField("文件", max_length=32, default=media_store.new_name, editable=False)
    size = models.PositiveIntegerField("字节数", editable=False)
    sha256 = models.CharField("指纹", max_length=64, editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="上传人", on_delete=models.PROTECT, related_name="+", editable=False
    )
    uploaded_at = models.DateTimeField("上传时刻", default=timezone.now, editable=False)
    frozen_at = models.DateTimeField("发布时刻", null=True, blank=True, editable=False)

    class Meta:
        abstract = True
        ordering = ["order", "pk"]

    @property
    def owner(self):
        return getattr(self, self.of)

    @property
    def endings(self):
        """How the names of its files end."""
        raise NotImplementedError

    @property
    def is_whole(self):
        """Whether all its files are there; after a restore without them they are not."""
        return all(media_store.path_of(self.file, ending).exists() for ending in self.needed)

    def delete(self, *args, **kwargs):
        """Take the row away, and its files once that is certain and no other row shows them."""
        done = super().delete(*args, **kwargs)
        if not any(model.objects.filter(file=self.file).exists() for model in attachments(type(self).kind)):
            transaction.on_commit(lambda: media_store.remove(self.file, self.endings))
        return done


class PhotoQuerySet(AttachmentQuerySet):
    def unready(self):
        """(photo, sentence) for each that may not be handed in yet."""
        rows = []
        for number, photo in enumerate(self.order_by("order", "pk"), 1):
            left = ["写替代文字"] * (not photo.alt) + [f"勾选“{PEOPLE}”"] * (not photo.people_agreed)
            if left:
                rows.append((photo, f"第 {number} 张照片还要{'，'.join(left)}。"))
        return rows

    def missing(self):
        return [sentence for _, sentence in self.unready()]


class Role(models.TextChoices):
    """Where a photo is shown."""

    SINGLE = "single", "单张"
    BEFORE = "before", "改造前"
    AFTER = "after", "改造后"


class Photo(Attachment):
    """A photo, kept as sRGB JPEG in up to three widths."""

    kind, most = "photo", 20
    Role = Role

    role = models.CharField("放在哪里", max_length=10, choices=Role, default=Role.SINGLE)
    pair = models.PositiveSmallIntegerField("第几对", null=True, blank=True)
    alt = CleanCharField("替代文字", max_length=200, blank=True, help_text="看不见照片的人会听到这句话。")
    caption = CleanCharField("图片说明", max_length=200, blank=True)
    credit = CleanCharField("拍摄者", max_length=40, blank=True)
    people_agreed = models.BooleanField(PEOPLE, default=False)
    width = models.PositiveSmallIntegerField("宽", editable=False)
    height = models.PositiveSmallIntegerField("高", editable=False)

    objects = PhotoQuerySet.as_manager()

    class Meta(Attachment.Meta):
        abstract = True
        verbose_name = "照片"
        verbose_name_plural = "照片"

    def __str__(self):
        return self.alt or f"照片 {self.code[:6]}"

    def get_absolute_url(self):
        return self.address(max(self.widths))

    @property
    def widths(self):
        return slots(self.width)

    @property
    def endings(self):
        return [f"-{each}.jpg" for each in WIDTHS]

    @property
    def needed(self):
        """The files it cannot be without: of the widths it really has."""
        return [f"-{each}.jpg" for each in self.widths]

    @property
    def fallback(self):
        """For a browser that cannot choose: the middle width."""
        return self.address(self.widths[:2][-1])

    def address(self, width):
        return reverse("photo-file", args=[self.code, width])

    @property
    def srcset(self):
        """The addresses with the width each really has."""
        return ", ".join(f"{self.address(each)} {min(each, self.width)}w" for each in self.widths)

    @property
    def is_tall(self):
        return self.height > self.width


def photo_constraints(of, noun):
    """What the database keeps of the photos of one owner. `noun` is what people call it."""
    return [
        one_of("role", Role.values, "照片放在哪里不在可选范围内。"),
        models.CheckConstraint(
            condition=Q(role="single", pair__isnull=True) | (~Q(role="single") & Q(pair__isnull=False)),
            name="%(app_label)s_%(class)s_pair_stated",
            violation_error_message="改造前、改造后的照片要写是第几对；单张的不写。",
        ),
        models.UniqueConstraint(
            fields=[of, "pair", "role"], name="%(app_label)s_%(class)s_one_of_a_pair",
            violation_error_message="这一对里已经有一张这样的照片。",
        ),
        models.UniqueConstraint(
            fields=[of, "sha256"], name="%(app_label)s_%(class)s_once",
            violation_error_message=f"这条{noun}已经有这张照片。",
        ),
        models.CheckConstraint(
            condition=Q(frozen_at__isnull=True) | (Q(people_agreed=True) & ~Q(alt="")),
            name="%(app_label)s_%(class)s_ready_when_published",
            violation_error_message="发布的照片要有替代文字，照片里能认出的人要已同意或已遮挡。",
        ),
    ]


def arranged(photos):
    """The photos as they are shown: lists of one, or of two that are before and after."""
    figures, pairs = [], {}
    for photo in photos:
        if photo.pair in pairs:
            pairs[photo.pair].append(photo)
            pairs[photo.pair].sort(key=lambda each: each.role == Role.AFTER)
            continue
        figures.append([photo])
        if photo.pair is not None:
            pairs[photo.pair] = figures[-1]
    return figures


class Paper(Attachment):
    """A PDF, handed out as a download."""

    kind, most = "paper", 10
    endings = needed = (".pdf",)

    title = CleanCharField("名称", max_length=120)
    pages = models.PositiveIntegerField("页数", null=True, blank=True, editable=False)

    objects = AttachmentQuerySet.as_manager()

    class Meta(Attachment.Meta):
        abstract = True
        verbose_name = "附件"
        verbose_name_plural = "附件"

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("paper-file", args=[self.code])


def paper_constraints(of, noun):
    """What the database keeps of the papers of one owner."""
    return [
        models.CheckConstraint(
            condition=~Q(title=""), name="%(app_label)s_%(class)s_title_given",
            violation_error_message="附件要有名称。",
        ),
        models.UniqueConstraint(
            fields=[of, "sha256"], name="%(app_label)s_%(class)s_once",
            violation_error_message=f"这条{noun}已经有这份附件。",
        ),
    ]


# --- every concrete table --------------------------------------------------------------------------
def attachments(kind=""):
    """The tables of photos and papers of all apps; with `kind`, "photo" or "paper", those alone."""
    return [model for model in apps.get_models()
            if issubclass(model, Attachment) and kind in ("", model.kind)]


def with_code(kind, code, rows):
    """The photo or paper with this code, of whichever table, or None. `rows(model)` says which may be found."""
    return next((row for model in attachments(kind) if (row := rows(model).filter(code=code).first())), None)


def models_of(owner):
    """The tables of the photos and of the papers of an owner, a model or a row; one that has no papers has but one."""
    has = {field.name for field in owner._meta.get_fields()}
    return [behind(owner, name) for name in ("photos", "papers") if name in has]
