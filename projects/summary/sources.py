"""How much rests on each source."""
from collections import Counter

from django.db.models import Count

from guicheng.figures import Definition
from projects.models import Declaration, Fact, UpdatesBySource

SOURCE_USE = Definition(
    "source-use", "用到这个来源的内容",
    "以它为出处、现在公开的进展、公布数、数据、记述和社区各有多少；更正或撤回的、示例、各社区报的数不算。", unit="条")


def declarations_of_sources():
    """The declared totals that are public: what the page of the sources lists."""
    return Declaration.objects.filter(project_list__is_sample=False, project_list__is_published=True)


def uses_of_sources():
    """{"updates", "declarations", "facts"}: source id -> how many. Three queries."""
    return {"updates": Counter(dict(UpdatesBySource.objects.counts("source"))),
            "declarations": by_source(declarations_of_sources()), "facts": by_source(Fact.objects.all())}


def by_source(rows):
    """Source id -> how many of these rows, in a Counter. One query."""
    return Counter(dict(rows.order_by().values_list("source").annotate(count=Count("pk"))))
