"""封存: a text, a name, a photo or a paper that may no longer be read in public. Two people seal, two people lift.

From the instant at which the confirmation is committed every public answer is covered: pages, tables, the API and the
figures of quarters as they are read (`guicheng/seal/middleware.py`), photos and papers at their address. What was drawn
before, the files of closed quarters, is withheld until its covered edition is made (`guicheng/seal/work.py`): never
half. The original stays as it was for the audit: the ledger, the close and its fingerprint, behind the sign-in.

**Personal data.** Of a photo or a paper that is sealed as personal data the files are removed from the disk, for good;
the row, its digest and the audit entry stay. A text the ledger and the closes cannot let go of (the database forbids
it, and a fingerprint would no longer hold), so its words are never shown again but where they stood: the page of the
seals and the audit tell their length and digest. The seal itself keeps them: else nothing could be covered.
"""
import hashlib

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from guicheng.days.compiled import compiled
from guicheng.fields import ALL, CleanCharField, CleanTextField, one_of
from guicheng.kept.publication import Publishes
from guicheng.seal import work
from guicheng.seal.permissions import can_ask_seal, can_confirm_seal
from guicheng.seal.words import LONGEST, cover_of, folded, what_is_wrong
from guicheng.trail.audit import AuditEntry

BY_ONE = "封存要两个人：提出的人不能自己确认，请另一位确认。"
LIFTED_BY_ONE = "解除封存要两个人：提出的人不能自己确认，请另一位确认。"
GONE = "这一条刚被别人办过，请刷新后再看。"


class SealKind(models.TextChoices):
    TEXT = "text", "一段话"
    NAME = "name", "姓名或名称"
    PHOTO = "photo", "照片"
    PAPER = "paper", "附件"


WORDS = [SealKind.TEXT.value, SealKind.NAME.value]
FILES = [SealKind.PHOTO.value, SealKind.PAPER.value]


class SealQuerySet(models.QuerySet):
    def in_force(self):
        return self.filter(confirmed_at__isnull=False, lifted_at__isnull=True)

    def open(self):
        """Those that wait for a second person, to be sealed or to be lifted."""
        return self.filter(Q(confirmed_at=None, dropped_at=None) | Q(lifted_at=None, lift_asked_at__isnull=False))

    def of_words(self):
        return self.filter(kind__in=WORDS)

    def of_files(self, kind):
        return self.filter(kind=kind)

    def unfinished(self):
        """Those in force of which something drawn before is not covered yet."""
        return self.in_force().filter(covered_at=None)

    def cover(self):
        """What covers every sealed word there is now. One query."""
        return cover_of(tuple(_sealed_words()))

    def hides(self, row):
        """Whether a photo or paper is sealed: by what it shows, so that a copy of it is too."""
        return self.in_force().of_files(row.kind).filter(sha256=row.sha256).exists()


@compiled()
def _sealed_words():
    """Asked for every answer."""
    return Seal.objects.in_force().of_words().order_by("pk").values_list("words", flat=True)


def _person(title):
    return models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=title, null=True, editable=False,
                             on_delete=models.PROTECT, related_name="+")


def _instant(title):
    return models.DateTimeField(title, null=True, editable=False)


class Seal(models.Model):
    """One seal: what it covers, why, and the two people of each step."""

    publishes = Publishes()

    unwatched = ALL  # what it covers is never public

    Kind = SealKind

    kind = models.CharField("封存什么", max_length=10, choices=SealKind)
    words = CleanCharField("要遮的字", max_length=LONGEST, blank=True)
    code = models.CharField("照片或附件的编号", max_length=32, blank=True)
    sha256 = models.CharField("照片或附件的指纹", max_length=64, blank=True, editable=False)
    is_personal = models.BooleanField("是个人信息", default=False)
    ground = CleanTextField("依据", max_length=1000)

    # the steps, each with its person
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="提出人", on_delete=models.PROTECT,
                                 related_name="+", editable=False)
    asked_at = models.DateTimeField("提出时刻", default=timezone.now, editable=False)
    confirmed_by, confirmed_at = _person("确认人"), _instant("封存时刻")
    dropped_by, dropped_at = _person("作废人"), _instant("作废时刻")
    covered_at, erased_at = _instant("留存的文件遮完的时刻"), _instant("原件删除的时刻")
    lift_ground = CleanTextField("解除的依据", max_length=1000, blank=True)
    lift_asked_by, lift_asked_at = _person("解除的提出人"), _instant("解除的提出时刻")
    lifted_by, lifted_at = _person("解除的确认人"), _instant("解除时刻")

    objects = SealQuerySet.as_manager()

    class Meta:
        verbose_name = "封存"
        verbose_name_plural = "封存"
        default_permissions = ()
        permissions = [("see_seals", "查看封存"), ("ask_seal", "提出封存"), ("confirm_seal", "确认封存")]
        ordering = ["-pk"]
        constraints = [
            one_of("kind", SealKind.values, "封存的种类不在可选范围内。"),
            models.CheckConstraint(
                condition=Q(kind__in=WORDS, sha256="") & ~Q(words="") | Q(kind__in=FILES, words="") & ~Q(sha256=""),
                name="guicheng_seal_target_stated",
                violation_error_message="要写明遮哪些字，或者封存哪张照片、哪份附件。"),
            models.CheckConstraint(condition=~Q(ground=""), name="guicheng_seal_explained",
                                   violation_error_message="封存要写明依据。"),
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False, dropped_at=None)
                & ~Q(confirmed_by=F("asked_by")),
                name="guicheng_seal_two_people", violation_error_message=BY_ONE),
            models.CheckConstraint(
                condition=Q(lifted_by=None, lifted_at=None)
                | Q(lifted_by__isnull=False, lifted_at__isnull=False, lift_asked_at__isnull=False)
                & ~Q(lifted_by=F("lift_asked_by")),
                name="guicheng_seal_two_people_lift", violation_error_message=LIFTED_BY_ONE),
            models.CheckConstraint(
                condition=Q(lift_asked_by=None, lift_asked_at=None)
                | Q(lift_asked_by__isnull=False, lift_asked_at__isnull=False, confirmed_at__isnull=False)
                & ~Q(lift_ground=""),
                name="guicheng_seal_lift_explained",
                violation_error_message="解除的是确认过的封存，要写明依据。"),
            models.UniqueConstraint(
                fields=["kind", "words", "sha256"], condition=Q(dropped_at=None, lifted_at=None),
                name="guicheng_seal_once", violation_error_message="这一项已经提出过封存。"),
        ]

    def __str__(self):
        return f"第 {self.pk} 号封存（{self.get_kind_display()}）"

    def clean(self):
        if self.is_of_words and self.words and (sentence := what_is_wrong(self.words)):
            raise ValidationError({"words": sentence})

    # what it is
    @property
    def is_of_words(self):
        return self.kind in WORDS

    @property
    def is_in_force(self):
        return bool(self.confirmed_at and not self.lifted_at)

    @property
    def waits(self):
        return not self.confirmed_at and not self.dropped_at

    @property
    def waits_to_be_lifted(self):
        return bool(self.lift_asked_at and not self.lifted_at)

    @property
    def can_be_lifted(self):
        return bool(self.is_in_force and not self.lift_asked_at and not self._is_erased)

    @property
    def _is_erased(self):
        return self.is_personal and not self.is_of_words

    def second(self, user):
        """(verb, its word) of the step that waits for this person; None where it waits for another."""
        if not can_confirm_seal(user):
            return None
        if self.waits:
            return None if user.pk == self.asked_by_id else ("confirm", "确认封存")
        return None if user.pk == self.lift_asked_by_id else ("lift", "确认解除")

    @property
    def shown(self):
        """What the back office says of its target: of personal data the length and the digest alone."""
        if not self.is_of_words:
            return f"编号 {self.code}"
        if self.is_personal and self.confirmed_at:
            return f"（个人信息，{len(self.words)} 个字，指纹 {self.digest[:16]}）"
        return self.words

    @property
    def digest(self):
        return hashlib.sha256(folded(self.words).encode()).hexdigest() if self.is_of_words else self.sha256

    @property
    def state(self):
        if self.dropped_at:
            return "已作废"
        if self.lifted_at:
            return "已解除"
        if self.waits:
            return "等另一位确认"
        if self.waits_to_be_lifted:
            return "已封存，等另一位确认解除"
        return f"已封存{'' if self.covered_at else self._left}"

    @property
    def _left(self):
        """What of it the worker has still to do."""
        if self.is_of_words:
            return "，锁定的文件正在遮盖，遮好以前不能下载"
        return "，原件等着删除" if self._is_erased and not self.erased_at else ""

    # what happens to it
    def ask(self, by):
        """The first person. Raises ValidationError."""
        if not can_ask_seal(by):
            raise ValidationError("只有安全管理员能提出封存。")
        self.asked_by = by
        self.full_clean()
        with transaction.atomic():
            self.save()
            self._write_down("提出封存", by, self.ground)
        return self

    def confirm(self, by):
        """The second person: from the commit on it is covered. Raises ValidationError."""
        _check_second(by, self.asked_by_id, BY_ONE)
        self._step(Q(confirmed_at=None, dropped_at=None) & ~Q(asked_by=by), "确认封存", by,
                   confirmed_by=by, confirmed_at=timezone.now())
        transaction.on_commit(work.begin)

    def drop(self, by):
        """Drop it before it is confirmed: whoever asked, or whoever could confirm. Raises ValidationError."""
        if not (can_ask_seal(by) or can_confirm_seal(by)):
            raise ValidationError("没有权限作废封存。")
        self._step(Q(confirmed_at=None, dropped_at=None), "作废", by, dropped_by=by, dropped_at=timezone.now())

    def ask_lift(self, by, ground):
        """The first of the two who lift it. Raises ValidationError."""
        if not can_ask_seal(by):
            raise ValidationError("只有安全管理员能提出解除封存。")
        if not ground.strip():
            raise ValidationError("解除要写明依据。")
        if self._is_erased:
            raise ValidationError("这一项按个人信息封存，原件已经删除，不能解除。")
        self._step(Q(confirmed_at__isnull=False, lift_asked_at=None), "提出解除封存", by, ground,
                   lift_ground=ground, lift_asked_by=by, lift_asked_at=timezone.now())

    def lift(self, by):
        """The second: it may be read again. Raises ValidationError."""
        _check_second(by, self.lift_asked_by_id, LIFTED_BY_ONE)
        self._step(Q(lift_asked_at__isnull=False, lifted_at=None) & ~Q(lift_asked_by=by), "确认解除封存", by,
                   lifted_by=by, lifted_at=timezone.now())
        transaction.on_commit(work.begin)

    def erased(self):
        """Say that its files are gone, once."""
        with transaction.atomic():
            if type(self).objects.filter(pk=self.pk, erased_at=None).update(erased_at=timezone.now()):
                self._write_down("删除原件（个人信息）", None, "")

    def _step(self, condition, what, by, reason="", **values):
        """One claim in one statement: of two at the same instant the second gets a sentence."""
        with transaction.atomic():
            if not type(self).objects.filter(condition, pk=self.pk).update(**values):
                raise ValidationError(GONE)
            self._write_down(what, by, reason)
        self.refresh_from_db()

    def _write_down(self, what, by, reason):
        changes = [{"field": "state", "label": what, "old": "", "new": f"{self}，指纹 {self.digest[:16]}"}]
        kind = AuditEntry.Kind.ADDED if what == "提出封存" else AuditEntry.Kind.CHANGED
        AuditEntry.of(self, kind, changes=changes, by=by, reason=reason, history_id=0).save()


def _check_second(by, first_id, sentence):
    if by.pk == first_id:
        raise ValidationError(sentence)
    if not can_confirm_seal(by):
        raise ValidationError("确认的人要是另一位安全管理员，或者业务管理员。")
