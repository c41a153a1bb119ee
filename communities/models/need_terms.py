"""How many working days each kind of need has, and the numbers they are given."""
from django.db import connection, connections, models
from django.db.models import Q

from communities.models.need_kinds import NeedKind
from guicheng.access.scope import EveryonesQuerySet
from guicheng.fields import ALL, one_of
from guicheng.kept.publication import Publishes
from guicheng.trail.history import History
from guicheng.trail.versions import Edited

# working days to accept it and to answer it, until the office says otherwise
FIRST_TERMS = {NeedKind.QUESTION: (1, 3), NeedKind.HELP: (1, 1), NeedKind.COMPLAINT: (1, 5),
               NeedKind.SUGGESTION: (1, 7), NeedKind.PRAISE: (1, 15), NeedKind.MISTAKE: (1, 3)}


class NeedTermQuerySet(EveryonesQuerySet):
    def of(self, kind):
        """(days to accept, days to answer) of a kind."""
        row = self.filter(kind=kind).values_list("accept_days", "answer_days").first()
        return row or FIRST_TERMS[NeedKind(kind)]


class NeedTerm(Edited):
    """The term of one kind. A need keeps what held on the day it was taken on."""

    publishes = Publishes()

    unwatched = ALL  # numbers

    kind = models.CharField("类别", max_length=20, choices=NeedKind, unique=True, editable=False)
    accept_days = models.PositiveSmallIntegerField("几个工作日内签收", help_text="从反映的第二天数起，1—30。")
    answer_days = models.PositiveSmallIntegerField(
        "签收后几个工作日内答复", help_text="从签收的第二天数起，1—60。已经签收的还按签收那天的时限算。")

    objects = NeedTermQuerySet.as_manager()
    history = History()

    class Meta:
        verbose_name = "诉求时限"
        verbose_name_plural = "诉求时限"
        ordering = ["pk"]
        default_permissions = ("view", "change")
        constraints = [
            one_of("kind", NeedKind.values, "类别不在可选范围内。"),
            models.CheckConstraint(condition=Q(accept_days__range=(1, 30)) & Q(answer_days__range=(1, 60)),
                                   name="communities_needterm_in_range",
                                   violation_error_message="签收应在 1—30 个工作日内，答复应在 1—60 个工作日内。"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}：{self.answer_days} 个工作日答复"


def seed_terms(using="default", **kwargs):
    """Enter the kinds that have no term yet. A `post_migrate` handler: what the office changed is left alone."""
    if NeedTerm._meta.db_table not in connections[using].introspection.table_names():
        return
    rows = NeedTerm.objects.using(using)
    there = set(rows.values_list("kind", flat=True))
    rows.bulk_create([NeedTerm(kind=kind, accept_days=accept, answer_days=answer)
                      for kind, (accept, answer) in FIRST_TERMS.items() if kind not in there], ignore_conflicts=True)


class NeedNumber(models.Model):
    """How many needs a month has had. One statement counts and gives: two who ask at once get two numbers."""

    unwatched = ALL  # written by the system

    month = models.CharField("年月", max_length=4, primary_key=True)
    last = models.PositiveIntegerField("最后一个", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "诉求编号"
        default_permissions = ()

    def __str__(self):
        return f"{self.month}：{self.last}"

    @classmethod
    def next_of(cls, day):
        """The next number of this day's month, such as "GC2611-0047". In the transaction that saves the need."""
        month = f"{day:%y%m}"
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {cls._meta.db_table} (month, last) VALUES (%s, 1) "  # noqa: S608 name of the model
                f"ON CONFLICT (month) DO UPDATE SET last = {cls._meta.db_table}.last + 1 RETURNING last", [month])
            return f"GC{month}-{cursor.fetchone()[0]:04d}"
