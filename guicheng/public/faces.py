"""Public faces: what residents are shown only once somebody answers for it.

One table says of each: on or off, since when, 批准人, 依据.
An app registers a face where its pages are, in its `faces.py`, which its `AppConfig.ready` imports:

    COMPARISON = register(Face("comparison", "比一比", "居民可以……"))

and asks it wherever it shows: `@COMPARISON.guards` on a view (404 while it is off), `{% face "comparison" %}` to
`{% endface %}` around what leads there, `COMPARISON.is_on` where rows and files are made. What has no page yet is not
registered: a switch that moves nothing would lie.
"""
from dataclasses import dataclass
from functools import wraps

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.http import Http404
from django.utils import timezone

from guicheng.fields import ALL, CleanCharField, CleanTextField, DayField
from guicheng.kept.publication import Publishes, stamp_of_this_answer
from guicheng.trail.append_only import AppendOnly
from guicheng.trail.audit import AuditEntry

KEPT_FOR = 20  # seconds that a process remembers what was decided; another process learns of it no later
UNFOUNDED = "开放给居民看，要写明批准人和依据。"
DECIDED_MEANWHILE = "刚才有人对这一项另作了决定，请看过下面的记录再定；填的都还在。"
WORDS = {True: "开放", False: "不开放"}

_faces = {}


@dataclass(frozen=True)
class Face:
    """Something that residents see or do not. `shows` says in one sentence what they see.

    With `needs_approval` it is off in production until a decision switches it on; elsewhere it is on.
    """

    key: str
    label: str
    shows: str
    needs_approval: bool = True

    @property
    def is_on(self):
        return _decided().get(self.key, self.starts_on)

    @property
    def starts_on(self):
        """Whether it is on while nobody has decided anything."""
        return not (settings.PUBLIC_URL and self.needs_approval)

    def guards(self, view):
        """A decorator: while the face is off there is no such page."""
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if not self.is_on:
                raise Http404
            return view(request, *args, **kwargs)

        return guarded


def register(face):
    """Add a face to the table; gives it back. Of two with one key the second is a mistake."""
    if _faces.setdefault(face.key, face) != face:
        raise ValueError(f"There is a face {face.key} already.")
    return face


def named(key):
    """The face with this key. Raises KeyError."""
    return _faces[key]


def registered():
    return list(_faces.values())


# --- what was decided ------------------------------------------------------------------------------
class FaceDecisionQuerySet(models.QuerySet):
    def of(self, face):
        return self.filter(face=face.key)

    def in_force(self, day):
        """Those whose day has come. Of each face the last one counts."""
        return self.filter(since__lte=day)

    def in_order(self):
        return self.order_by("number")

    def newest_first(self):
        return self.select_related("by").order_by("-at", "-pk")

    def next_number(self, face):
        return (self.of(face).aggregate(last=models.Max("number"))["last"] or 0) + 1


class FaceDecision(models.Model):
    """One decision that a face is on or off from a day on. Of those in force the one made last counts."""

    publishes = Publishes()

    unwatched = ALL  # read by staff

    append_only = AppendOnly(frozen_by="", sentence="对外发布的决定不能修改或删除；要改就再作一次决定。", let_go="")

    face = models.CharField("哪一项", max_length=40, editable=False)
    number = models.PositiveIntegerField("第几次", editable=False)
    is_on = models.BooleanField("开放给居民看")
    since = DayField("从哪天起", help_text="到这一天才生效。")
    approved_by = CleanCharField("批准人", max_length=80, blank=True, help_text="姓名和职务。开放时要写。")
    basis = CleanTextField("依据", max_length=500, blank=True, help_text="哪次会议、哪份文件。开放时要写。")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="录入人", on_delete=models.PROTECT, related_name="+",
                           editable=False)
    at = models.DateTimeField("录入时刻", default=timezone.now, editable=False)

    objects = FaceDecisionQuerySet.as_manager()

    class Meta:
        verbose_name = "对外发布的决定"
        verbose_name_plural = "对外发布的决定"
        default_permissions = ()
        permissions = [("decide_faces", "决定对外发布的开关")]
        constraints = [
            models.CheckConstraint(condition=models.Q(is_on=False) | ~models.Q(approved_by="") & ~models.Q(basis=""),
                                   name="guicheng_facedecision_founded", violation_error_message=UNFOUNDED),
            models.UniqueConstraint(fields=["face", "number"], name="guicheng_facedecision_once",
                                    violation_error_message=DECIDED_MEANWHILE),
        ]

    def __str__(self):
        return f"{self.label}：{WORDS[self.is_on]}"

    def clean(self):
        if self.since and self.since < timezone.localdate():
            raise ValidationError({"since": "“从哪天起”不能早于今天：以前给居民看没看，已经改不了。"})

    @property
    def label(self):
        """What the face is called; its key, where the program has no such face any more."""
        return _faces[self.face].label if self.face in _faces else self.face

    def enter(self, face, number, by):
        """Write this decision down, in the audit trail too. Raises ValidationError.

        `number` is that of the decision as its page was shown: of two who decide at once the second is told.
        """
        self.face, self.number, self.by = face.key, number, by
        self.full_clean()
        before = standing(face)
        with transaction.atomic():
            self.save(force_insert=True)
            AuditEntry.of(self, AuditEntry.Kind.ADDED, changes=self._said(before), by=by, reason=self.basis,
                          history_id=0).save()
            _forget()
            transaction.on_commit(_forget)
        return self

    def _said(self, before):
        was = WORDS[before.is_on]
        lines = [("is_on", "给居民看", was, WORDS[self.is_on]), ("since", "从哪天起", "", self.since.isoformat()),
                 ("approved_by", "批准人", "", self.approved_by), ("basis", "依据", "", self.basis)]
        return [{"field": field, "label": label, "old": old, "new": new} for field, label, old, new in lines if new]


@dataclass(frozen=True)
class Standing:
    """A line of the table: a face, what is in force, and what was decided for a later day."""

    face: Face
    decision: FaceDecision | None
    coming: list

    @property
    def is_on(self):
        return self.decision.is_on if self.decision else self.face.starts_on

    @property
    def word(self):
        return WORDS[self.is_on]


def standings():
    """Every registered face with its state today. One query."""
    found = {key: [] for key in _faces}
    for row in FaceDecision.objects.in_order().select_related("by"):
        found.setdefault(row.face, []).append(row)
    return [_standing(face, found[face.key]) for face in registered()]


def standing(face):
    return _standing(face, list(FaceDecision.objects.of(face).in_order().select_related("by")))


def _standing(face, rows):
    today = timezone.localdate()
    decision = next((row for row in reversed(rows) if row.since <= today), None)
    # what was decided before the one in force is overtaken by it, though its day is still to come
    last = decision.number if decision else 0
    return Standing(face, decision, [row for row in rows if row.number > last])


def _key():
    return f"faces:{stamp_of_this_answer.get() or timezone.localdate()}"  # a page that is kept rests on its stamp


def _forget():
    cache.delete(_key())


def _decided():
    """{key of a face: on or off} of what is in force today."""
    decided = cache.get(_key())
    if decided is None:
        rows = FaceDecision.objects.in_force(timezone.localdate()).in_order()
        decided = dict(rows.values_list("face", "is_on"))
        cache.set(_key(), decided, KEPT_FOR)
    return decided
