"""Where a statement comes from, and what was stated beside progress."""
import re

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, When
from django.db.models.functions import Coalesce
from django.db.models.lookups import IsNull, LessThanOrEqual
from django.urls import reverse
from django.utils import timezone

from guicheng.access.scope import EveryonesQuerySet, FollowingQuerySet
from guicheng.fields import (
    CleanCharField,
    CleanTextField,
    DayField,
    Qualifier,
    in_order,
    listed_order,
    one_of,
    with_unit,
)
from guicheng.kept.publication import Publishes
from guicheng.natural_keys import Coded, Keyed
from guicheng.search.models import Searched, SearchedQuerySet
from guicheng.trail.history import History
from guicheng.trail.versions import Edited

# a sentence: quotations whole, and anything else up to a full stop
SENTENCE = re.compile(r"(?:“[^”]*”|[^。])*。?")


class SourceQuerySet(SearchedQuerySet, EveryonesQuerySet):
    def published(self):
        """Every source is public."""
        return self.all()

    def own(self):
        """本单位填报: the office says so itself."""
        return self.get_or_create(
            code="own", defaults={"title": "本单位填报", "kind": Source.Kind.OWN, "publisher": "桂城街道"}
        )[0]


class SourceKind(models.TextChoices):
    ARTICLE = "article", "报道"
    DOCUMENT = "document", "文件"
    DATASET = "dataset", "公开数据"
    OWN = "own", "本单位填报"


class Source(Searched, Edited, Keyed):
    """The article or document that proves a statement; 本单位填报 is one."""

    publishes = Publishes()

    Kind = SourceKind

    code = models.SlugField("编号", max_length=40, unique=True)
    kind = models.CharField("类别", max_length=20, choices=Kind, default=Kind.ARTICLE)
    title = CleanCharField("标题", max_length=200)
    subtitle = CleanCharField("副题、引题", max_length=200, blank=True)
    publisher = CleanCharField("报纸或发布单位", max_length=80, blank=True)

    published_on = DayField("发布日期", null=True, blank=True, help_text="确切知道哪天发布时才填。")
    published_from = DayField("最早可能", null=True, blank=True)
    published_to = DayField("最迟可能", null=True, blank=True)
    date_basis = CleanCharField("日期依据", max_length=300, blank=True)

    authors = CleanCharField("作者", max_length=200, blank=True)
    scope = CleanCharField("所讲范围", max_length=40, blank=True, help_text="桂城街道、南海区 ……")
    url = models.URLField("网址", blank=True)
    note = CleanTextField("说明", blank=True)

    objects = SourceQuerySet.as_manager()
    history = History(derived=Searched.derived)

    class Meta:
        verbose_name = "来源"
        verbose_name_plural = "来源"
        ordering = ["code"]
        constraints = [
            one_of("kind", SourceKind.values, "来源类别不在可选范围内。"),
            in_order("published_from", "published_to", "最早可能的发布日期不能晚于最迟可能的日期。"),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("source-list") + f"#{self.code}"

    def searched_parts(self):
        return self.title, self.subtitle, self.publisher


class About(models.Model):
    """What a statement is about: any of these, or the street as a whole when all are empty."""

    project = models.ForeignKey(
        "projects.Project", verbose_name="项目", null=True, blank=True, on_delete=models.PROTECT
    )
    community = models.ForeignKey(
        "communities.Community", verbose_name="社区", null=True, blank=True, on_delete=models.PROTECT
    )
    organisation = models.ForeignKey(
        "partybuilding.PartyOrganisation", verbose_name="党组织", null=True, blank=True, on_delete=models.PROTECT
    )

    class Meta:
        abstract = True
        default_related_name = "%(class)ss"


def told_by(day, source="source", own=()):
    """The condition: by the end of `day` it had been told. It was so by a day of its own, or its source was out.

    A source without a last possible day was not out before its first one; one without any day was always there.
    """
    days = Coalesce(*own, *(f"{source}__published_{which}" for which in ("on", "to", "from")))
    return Q(LessThanOrEqual(days, day)) | Q(IsNull(days, True))


def public_where(model, name):
    """The condition: the row of `model` is about nothing by this `name`, or about what is public.

    With EXISTS: for `IN (…)` beside OR the databases first make the list of everything public.
    """
    about = model._meta.get_field(name)
    public = Exists(about.related_model._default_manager.published().filter(pk=OuterRef(about.attname)))
    return Q(**{name: None}) | public if about.null else Q(public)


class AboutQuerySet(FollowingQuerySet):
    def published(self):
        """Without what is said of a project, a list, an organisation or a metric that is not public."""
        names = {field.name for field in self.model._meta.fields if field.remote_field}
        rows = self
        for name in sorted({"project", "project_list", "organisation", "metric"} & names):
            rows = rows.filter(public_where(self.model, name))
        return rows


class FactKind(models.TextChoices):
    """What a sourced statement is of; a noun that gets tables of its own takes its rows over."""

    FACT = "fact", "记述"
    LIST = "list", "清单"
    MILESTONE = "milestone", "节点"
    ACTIVITY = "activity", "活动"
    MEETING = "meeting", "会议"
    SERIES = "series", "系列"
    PROGRAMME = "programme", "品牌和工程"
    MECHANISM = "mechanism", "做法"
    GOAL = "goal", "目标"
    ORGANISATION = "organisation", "单位和机构"
    TEAM = "team", "队伍和专班"
    DOCUMENT = "document", "文件"
    HONOUR = "honour", "荣誉"
    STORY = "story", "故事"
    VOICE = "voice", "声音"


class Layer(models.TextChoices):
    """Whose it is: the street's own, or of whom it is only told beside it."""

    STREET = "street", "桂城街道"
    DISTRICT = "district", "南海区"
    TOWN = "town", "其他镇街"


class FactQuerySet(SearchedQuerySet, AboutQuerySet):
    def by(self, day):
        """What was so by the end of `day`; without a day all."""
        return self if day is None else self.filter(told_by(day, own=["effective_on"]))

    def by_kind(self):
        """Kind by kind, as FactKind lists them, and below that by topic."""
        return self.order_by(listed_order("kind", FactKind), "topic", "order", "code")


class DiscrepancyQuerySet(AboutQuerySet):
    def by(self, day):
        """Those whose two sources were out by the end of `day`; without a day all."""
        return self if day is None else self.filter(told_by(day, "source_1"), told_by(day, "source_2"))

    def told(self, day=None):
        """Those of the day as a page tells them: `is_settled` where the office had settled it by then."""
        settled = {} if day is None else {"settled_on__lte": day}
        is_settled = Case(When(~Q(settled=""), **settled, then=True), default=False,
                          output_field=models.BooleanField())
        return self.by(day).annotate(is_settled=is_settled).select_related("source_1", "source_2", "settled_source")


class Fact(Searched, Edited, Coded, About):
    """A sourced statement that is neither progress nor a metric."""

    publishes = Publishes()

    Kind = FactKind
    alone = "不迟于 "
    scope_follows = ("project", "community", "organisation", "venue", "place")

    kind = models.CharField("类别", max_length=20, choices=Kind, default=Kind.FACT)
    topic = CleanCharField("主题", max_length=60)
    text = CleanTextField("记述")
    value = models.DecimalField("数值", max_digits=16, decimal_places=4, null=True, blank=True)
    unit = CleanCharField("单位", max_length=20, blank=True)
    qualifier = models.CharField("数前后的字", max_length=4, choices=Qualifier, blank=True)

    venue = models.ForeignKey(
        "partybuilding.Venue", verbose_name="阵地", null=True, blank=True, on_delete=models.PROTECT
    )
    place = models.ForeignKey(
        "communities.Unit", verbose_name="基层单元", null=True, blank=True, on_delete=models.PROTECT
    )
    project_list = models.ForeignKey(
        "projects.ProjectList", verbose_name="清单", null=True, blank=True, on_delete=models.PROTECT
    )
    layer = models.CharField("层级", max_length=20, default=Layer.STREET, choices=Layer)

    effective_from = DayField("最早日", null=True, blank=True)
    effective_on = DayField("最迟日", null=True, blank=True, help_text="到这一天一定已是如此。")
    attribution = CleanCharField("据谁所说", max_length=120, blank=True)
    source = models.ForeignKey(Source, verbose_name="来源", on_delete=models.PROTECT, related_name="facts")
    order = models.PositiveSmallIntegerField("顺序", default=0)

    objects = FactQuerySet.as_manager()
    history = History(derived=Searched.derived)

    class Meta(About.Meta):
        abstract = False
        verbose_name = "记述"
        verbose_name_plural = "记述"
        ordering = ["topic", "order", "code"]
        constraints = [
            in_order("effective_from", "effective_on", "最早日不能晚于最迟日。"),
            with_unit("value", "unit", "有数值就要写单位。"),
            one_of("qualifier", Qualifier.values, "“超、多、约、近、左右”以外的字不能用。"),
            one_of("kind", FactKind.values, "记述的类别不在可选范围内。"),
        ]

    def __str__(self):
        return self.text[:60]

    def searched_parts(self):
        return self.topic, self.text

    @property
    def first_sentence(self):
        """Up to its first full stop that stands in no quotation."""
        return SENTENCE.match(self.text)[0]


class Discrepancy(Edited, Coded, About):
    """Two sources that disagree about one thing, side by side, until the office settles it by its own word."""

    publishes = Publishes()

    scope_follows = ("project", "community", "organisation", "metric")

    topic = CleanCharField("分歧之处", max_length=80)
    statement_1 = CleanTextField("说法一")
    source_1 = models.ForeignKey(Source, verbose_name="来源一", on_delete=models.PROTECT, related_name="+")
    statement_2 = CleanTextField("说法二")
    source_2 = models.ForeignKey(Source, verbose_name="来源二", on_delete=models.PROTECT, related_name="+")
    treatment = CleanTextField("核实以前怎样写", blank=True)

    # 本单位核定: all of it or nothing; the difference stays to be read
    settled = CleanTextField("核定的说法", blank=True, help_text="居民会看到；两种说法仍然留着。")
    settled_on = DayField("核定日期", null=True, blank=True)
    settled_by = CleanCharField("核定人", max_length=80, blank=True, help_text="姓名和职务，不公开。")
    settled_source = models.ForeignKey(
        Source, verbose_name="核定的依据", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    project_list = models.ForeignKey(
        "projects.ProjectList", verbose_name="清单", null=True, blank=True, on_delete=models.PROTECT
    )
    metric = models.ForeignKey(
        "partybuilding.Metric", verbose_name="数据项", null=True, blank=True, on_delete=models.PROTECT
    )

    objects = DiscrepancyQuerySet.as_manager()
    history = History()

    class Meta(About.Meta):
        abstract = False
        verbose_name = "来源分歧"
        verbose_name_plural = "来源分歧"
        default_related_name = "discrepancies"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(statement_1=models.F("statement_2")),
                name="projects_discrepancy_statements_differ",
                violation_error_message="两处说法相同，就不是分歧。",
            ),
            models.CheckConstraint(
                condition=Q(settled="", settled_on__isnull=True, settled_by="", settled_source__isnull=True)
                | ~Q(settled="") & ~Q(settled_by="") & Q(settled_on__isnull=False, settled_source__isnull=False),
                name="projects_discrepancy_settled_whole",
                violation_error_message="核定要写明说法、日期、核定人和依据，四项都填。",
            ),
        ]

    def __str__(self):
        return self.topic

    def clean(self):
        if self.settled_on and self.settled_on > timezone.localdate():
            raise ValidationError({"settled_on": "核定日期不能在今天以后。"})


class PolicyDocumentStage(models.TextChoices):
    DRAFT = "draft", "草案"
    ISSUED = "issued", "已制定"
    REVISED = "revised", "已修订"
    IN_REVISION = "in_revision", "修订中"


class PolicyDocumentQuerySet(SearchedQuerySet, EveryonesQuerySet):
    def published(self):
        """Every document is public."""
        return self.all()


class PolicyDocument(Searched, Edited, Coded):
    """A guideline that was issued or revised."""

    publishes = Publishes()

    Stage = PolicyDocumentStage
    alone = "不迟于 "

    title = CleanCharField("名称", max_length=200, unique=True)
    field = CleanCharField("领域", max_length=60, blank=True)
    office = CleanCharField("发文单位", max_length=80, blank=True)
    stage = models.CharField("状态", max_length=20, choices=Stage)
    effective_from = DayField("最早日", null=True, blank=True)
    effective_on = DayField("状态日期", null=True, blank=True)
    url = models.URLField("网址", blank=True)
    source = models.ForeignKey(Source, verbose_name="来源", on_delete=models.PROTECT, related_name="documents")

    objects = PolicyDocumentQuerySet.as_manager()
    history = History(derived=Searched.derived)

    class Meta:
        verbose_name = "文件指引"
        verbose_name_plural = "文件指引"
        ordering = ["title"]
        constraints = [
            one_of("stage", PolicyDocumentStage.values, "文件状态不在可选范围内。"),
            in_order("effective_from", "effective_on", "最早日不能晚于状态日期。"),
        ]

    def __str__(self):
        return self.title

    def searched_parts(self):
        return self.title, self.field, self.office
