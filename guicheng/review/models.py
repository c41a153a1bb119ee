"""What is reviewed before it is public: the row, its steps, and the verbs that move it.

A model says `class Wish(Reviewed)` with `answered_by`, its two permissions (check_…, publish_…) and
`constraints = [*review_constraints("心愿")]`, and has a small append-only table of `Step`s that point at it.
"""
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from guicheng.access.scope import FollowingQuerySet
from guicheng.access.units import Answered, AnsweredQuerySet, behind
from guicheng.fields import ALL, CleanTextField, one_of
from guicheng.notices.inbox import tell
from guicheng.review import states
from guicheng.review.checked import TICKS, UNTICKED, Checked, Openness, whole_or_absent
from guicheng.review.permissions import Clauses, can_review_in_one_step
from guicheng.review.states import CLOSED, MOVES, Verb
from guicheng.text import clean_text
from guicheng.trail.append_only import AppendOnly
from guicheng.trail.versions import Versioned


class ReviewedQuerySet(AnsweredQuerySet):
    def published(self):
        return self.filter(recorded_at__isnull=False)

    def waiting(self):
        """Those in review: 待初审 and 待终审."""
        return self.filter(state__in=states.IN_REVIEW)

    def for_review_by(self, user):
        """Those whose next step `can_approve` gives to this person."""
        clauses = Clauses(user, self.model)
        steps = Q(pk__in=[])
        for state in states.IN_REVIEW:
            steps |= Q(state=state) & clauses.next_step(state)
        return self.waiting().filter(clauses.theirs).filter(steps)

    def published_next_by(self, user):
        """Those that become public where this person approves them: what is asked for ticks."""
        clauses = Clauses(user, self.model)
        at_once = Q(state=states.State.SUBMITTED) & clauses.theirs & clauses.at_once
        return self.filter(Q(state=states.State.CHECKED) | at_once)

    def open_work_of(self, user):
        """What this person began and is not public yet; for guicheng/accounts/hand_over.py."""
        return self.filter(author=user).exclude(state__in=CLOSED).order_by("pk")


class Reviewed(Versioned, Answered):
    """A row that goes from draft over 初审 and 终审 to publication, and is never public before."""

    State = states.State
    IN_REVIEW = states.IN_REVIEW
    guards_saves = False  # `_claim` does
    becomes_public = True  # False of what is sent to one person: another reads it, nothing is ticked
    REMEMBERED = ("state", "version", "recorded_at", "author", "checker", "reviewer", "one_step", "is_sample")

    state = models.CharField("处理情况", max_length=20, choices=State, default=State.DRAFT, editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="填报人", null=True, blank=True, editable=False,
        on_delete=models.PROTECT, related_name="+",
    )
    checker = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="初审人", null=True, blank=True, editable=False,
        on_delete=models.PROTECT, related_name="+",
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="终审人", null=True, blank=True, editable=False,
        on_delete=models.PROTECT, related_name="+",
    )
    one_step = models.BooleanField("一步审完", default=False, editable=False)
    created_at = models.DateTimeField("填报时刻", auto_now_add=True)
    recorded_at = models.DateTimeField("发布时刻", null=True, blank=True, editable=False)
    is_sample = models.BooleanField("示例", default=False, editable=False)

    class Meta:
        abstract = True

    # what a model may say of itself
    def before_publishing(self):
        """Whatever has to be settled first, inside the transaction; sets `recorded_at`."""
        self.recorded_at = timezone.now()

    def published(self, by):
        """Whatever follows from the publication, in its transaction."""

    def before_move(self, state):
        """Whatever goes along into `state`, of a row that is there already. May raise ValidationError."""

    def inherited(self):
        """The values that follow from what the row is about, set with every move."""
        return {}

    def about(self):
        """What its author is told of it: (what it is about, what it says), each a few words."""
        return str(self), ""

    def staff_page(self):
        """Where staff see it."""
        return reverse(f"admin:{self._meta.app_label}_{self._meta.model_name}_change", args=[self.pk])

    @classmethod
    def published_word(cls):
        return "已发布" if cls.becomes_public else "已发出"

    # questions
    @property
    def is_published(self):
        return self.recorded_at is not None

    @property
    def is_open(self):
        """Whether it still may become public: neither published nor dropped."""
        return self.state not in CLOSED

    @property
    def is_kept_draft(self):
        """Whether it stands there as a draft: what its author types is kept in it (`autosave`)."""
        return self.pk is not None and self.state == self.State.DRAFT

    @classmethod
    def steps_model(cls):
        return behind(cls, "steps")

    @classmethod
    def step_field(cls):
        """The foreign key by which a step names its row."""
        return cls._meta.get_field("steps").field.name

    def what_happened(self):
        """What was last done with it, in a sentence for a reviewer who comes too late."""
        step = self.steps.in_order().select_related("by").last()
        if self.state == self.State.DRAFT or step is None:
            return "填报人已收回修改。"
        return {
            "checked": f"已由{step.by}初审通过。", "published": f"已由{step.by}终审通过。",
            "returned": f"已由{step.by}退回。", "dropped": f"已由{step.by}撤销。", "handed_over": f"{step.note}。",
        }.get(step.verb, "填报人改过了，请再看一遍。")

    # verbs: each checks the state, saves, writes who and when into `steps`, and tells whom it concerns
    def save_draft(self, by):
        """Keep what the author has so far; rules of the form hold, nobody else is asked."""
        self._author(by)
        self._move(by, self.State.DRAFT)

    def autosave(self, by):
        """Keep what the author is typing into a draft of their own: no step, no history, no move.

        Raises ValidationError where it is no draft of theirs any more, or the draft breaks a rule as it stands.
        """
        if self.author_id != by.pk or self.state != self.State.DRAFT:
            raise ValidationError(f"这条{self._noun}不是你的草稿，没有自动保存。")
        self._move(by, self.State.DRAFT)

    def submit(self, by):
        """Hand it in for review: 待初审. What was checked before is checked again.

        Raises ValidationError with the sentences of the rules it breaks.
        """
        self._author(by)
        self._step(by, Verb.SUBMITTED, checker=None)

    def approve(self, by, checked=UNTICKED, tells=True):
        """Do the next step of the review: 初审, or 终审 with publication; both where a small unit's rule says so.

        `checked`: what was ticked; only a publication asks for it. With `tells` false the author is told by whoever
        calls, of many at once.
        """
        if self.state == self.State.CHECKED or can_review_in_one_step(by, self):
            return self.publish(by, checked, tells)
        self._step(by, Verb.CHECKED, f"这条{self._noun}不在审核中。", checker=by)
        return self

    def send_back(self, by, reason, tells=True):
        """Return it to its author with a reason."""
        if self.state not in self.IN_REVIEW:
            raise ValidationError(f"这条{self._noun}不在审核中，不能退回。")
        if not reason.strip():
            raise ValidationError("退回要写明原因。")
        self._step(by, Verb.RETURNED, note=reason, checker=None, tells=tells)

    def drop(self, by, reason=""):
        """Drop an unpublished row. It stays readable to staff and is never public."""
        self._step(by, Verb.DROPPED, note=reason)

    def hand_over(self, to, by):
        """Hand an unpublished row over to another author. Who wrote and handed it in stays in `steps`.

        What the new author had checked themselves is to be checked again, by somebody else.
        """
        note = f"{self.author}移交给{to}"
        state, checker = self.state, self.checker
        if checker == to:
            state, checker = self.State.SUBMITTED, None
        self._move(by, state, note=note, verb=Verb.HANDED_OVER, author=to, checker=checker)

    def publish(self, by, checked=UNTICKED, tells=True):
        """Make it public. `by` does the 终审; a row that nobody checked before is checked and published in one step.

        Raises ValidationError unless all is ticked in `checked` and it is open by itself.
        """
        if self.becomes_public:
            checked.require()
        else:
            checked = UNTICKED
        with transaction.atomic():
            before = self._remembered()
            self.before_publishing()
            self.reviewer = by
            if self.checker_id is None:
                self.checker, self.one_step = by, True
            try:
                self._step(by, Verb.PUBLISHED, tells=tells, checked=checked)
            except ValidationError:
                self._remember(before)
                raise
            self.published(by)
        return self

    @classmethod
    def in_bulk(cls, rows, by, verb, note=""):
        """Take one step with many rows, as its verb does with one, in a few statements; give how many.

        For 提交 of new rows, and 退回 and 撤销 of rows that are there: nothing else follows from these, and whoever
        calls tells the authors. The rows' rules are the database's alone here. Raises ValidationError, with nothing
        written, where a row was changed meanwhile.
        """
        leaves, state = MOVES[verb]
        with transaction.atomic():
            if verb == Verb.SUBMITTED:
                for row in rows:
                    row._author(by)
                    row._remember({"state": state, **row.inherited()})
                cls._default_manager.bulk_create(rows)
            elif verb in (Verb.DROPPED, Verb.RETURNED):
                changes = {"state": state} | ({"checker": None} if verb == Verb.RETURNED else {})
                seen = {row.pk: row.version for row in rows}
                there = cls._default_manager.select_for_update(no_key=True, of=("self",)).in_bulk(seen)
                same = [pk for pk, row in there.items() if row.state in leaves and row.version == seen[pk]]
                if len(same) < len(seen):
                    raise ValidationError(f"有{cls._meta.verbose_name}刚被别人改过或处理过，请刷新后再看。")
                cls._default_manager.filter(pk__in=same).update(**changes, version=F("version") + 1)
                for row in rows:
                    row._remember({**changes, "version": row.version + 1})
            else:
                raise ValueError(f"{verb} is no step for many rows at once")
            step, of, note = cls.steps_model(), f"{cls.step_field()}_id", clean_text(note)
            step.objects.bulk_create([step(**{of: row.pk}, verb=verb, by_id=by.pk, note=note, is_sample=row.is_sample)
                                      for row in rows])  # by number: to set a row takes longer than to make a step
        return len(rows)

    @property
    def _noun(self):
        return self._meta.verbose_name

    def _author(self, by):
        if self.author_id is None:
            self.author = by

    def _remembered(self):
        return {name: getattr(self, name) for name in self.REMEMBERED}

    def _remember(self, values):
        for name, value in values.items():
            setattr(self, name, value)

    def _step(self, by, verb, refusal="", note="", tells=False, checked=UNTICKED, **changes):
        """Move by the table of moves. Raises ValidationError with `refusal` where the step leaves another state."""
        leaves, state = MOVES[verb]
        if refusal and self.state not in leaves:
            raise ValidationError(refusal)
        self._move(by, state, note, verb, tells, checked, **changes)

    def _move(self, by, state, note="", verb="", tells=False, checked=UNTICKED, **changes):
        """Save with a new state and write the step down; refuse when somebody changed the row meanwhile."""
        before, is_new = self._remembered(), self.pk is None
        self._remember({"state": state, **self.inherited(), **changes})
        try:
            with transaction.atomic():
                if not is_new:
                    self._claim()
                    self.before_move(state)
                self.full_clean()
                self.save()
                if self.author_id and verb:  # what came with the facts had no review
                    step = self.steps.create(verb=verb, by=by, note=clean_text(note), is_sample=self.is_sample,
                                             **checked.as_dict())
                    if tells:
                        self._tell_author(step)
        except ValidationError:
            self._remember(before)
            raise

    def _tell_author(self, step):
        """Tell the author that it was returned, and why, or is published; nobody of what they did themselves."""
        if self.author_id == step.by_id or step.verb not in (Verb.RETURNED, Verb.PUBLISHED):
            return
        what, says = self.about()
        done = self.published_word() if step.verb == Verb.PUBLISHED else "已退回"
        if step.verb == Verb.RETURNED:
            says = f"{step.by}：{step.note}"
        tell([self.author], f"step:{step.pk}", f"{done}：{what}", says, self.staff_page(),
             matter="审核", direct=not getattr(self, "is_sample", False))

    def _claim(self):
        """Take the next version of the row. The database decides who of two is first."""
        mine = type(self)._default_manager.filter(pk=self.pk, version=self.version, recorded_at=None)
        if not mine.exclude(state=self.State.DROPPED).update(version=self.version + 1):
            now = type(self)._default_manager.values_list("state", flat=True).get(pk=self.pk)
            raise ValidationError({
                self.State.PUBLISHED: "这一条已经发布，不能再发布一次，也不能再改。",
                self.State.DROPPED: "这一条已经撤销。",
            }.get(now, f"这条{self._noun}刚被别人改过或处理过，请刷新后再看。"))
        self.version += 1


def review_constraints(noun, numbered=False):
    """What the database keeps of a review. `noun` is what people call the row; a `numbered` one has a `seq` as well."""
    filled = ["recorded_at", "seq"] if numbered else ["recorded_at"]
    has = "序号和发布时刻" if numbered else "发布时刻"
    public = Q(state="published", **{f"{name}__isnull": False for name in filled})
    hidden = Q(state__in=[each for each in states.State.values if each != "published"],
               **{f"{name}__isnull": True for name in filled})
    rules = {
        "state_consistent": (public | hidden, f"已发布的{noun}要有{has}，未发布的没有。"),
        "two_people": (_two("author", "reviewer"), f"填报人不能审核自己填的{noun}。"),
        "checked_by_another": (_two("author", "checker"), f"填报人不能初审自己填的{noun}。"),
        "two_reviewers": (_two("checker", "reviewer") | Q(one_step=True),
                          "初审和终审要由两个人做；人手少的单位才可以由一人兼任。"),
        "reviewed": (~Q(state="published") | Q(author__isnull=True) | Q(reviewer__isnull=False, checker__isnull=False),
                     f"工作人员填报的{noun}，要经过初审和终审才能发布。"),
    }
    return [models.CheckConstraint(condition=condition, name=f"%(app_label)s_%(class)s_{name}",
                                   violation_error_message=sentence) for name, (condition, sentence) in rules.items()]


def _two(one, other):
    return Q(**{f"{one}__isnull": True}) | Q(**{f"{other}__isnull": True}) | ~Q(**{one: F(other)})


class StepQuerySet(FollowingQuerySet):
    def in_order(self):
        return self.order_by("at", "pk")


class Step(models.Model):
    """One step of one row's review: who did what, when, and why. 审核记录.

    The table of an app adds the foreign key to its row, with `related_name="steps"`, and names it in `scope_follows`.
    """

    unwatched = ALL  # read by staff

    Verb = Verb
    append_only = AppendOnly(frozen_by="", sentence="审核记录不能修改或删除。")

    verb = models.CharField("步骤", max_length=20, choices=Verb)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="办理人", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("时刻", auto_now_add=True)
    note = CleanTextField("意见", blank=True)
    is_sample = models.BooleanField("示例", default=False, editable=False)

    # what the last reviewer ticked; of a publication before there were ticks, and of all other steps, nothing
    politics, secrecy, privacy, figures = (models.BooleanField(label, default=False) for label in TICKS.values())
    openness = models.CharField("公开属性", max_length=10, choices=Openness, blank=True)

    objects = StepQuerySet.as_manager()

    class Meta:
        abstract = True
        verbose_name = "审核记录"
        verbose_name_plural = "审核记录"
        ordering = ["-at", "-pk"]
        constraints = [
            one_of("verb", Verb.values, "步骤不在可选范围内。"),
            models.CheckConstraint(
                condition=~Q(verb="returned") | ~Q(note=""), name="%(app_label)s_%(class)s_return_explained",
                violation_error_message="退回要写明原因。",
            ),
            whole_or_absent(),
        ]

    @property
    def checked(self):
        return Checked.from_dict({name: getattr(self, name) for name in (*TICKS, "openness")})
