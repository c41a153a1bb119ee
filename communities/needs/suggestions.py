"""Which unit could handle a need: those that answered past needs of its community, or with words like its own.

A plain count of the newest answered needs. Nothing is learned that cannot be counted again by hand.
"""
import re
from collections import Counter

from communities.models import Community, Need
from projects.models import Department

LOOKED_AT = 1000
SHARED = 2  # pairs of characters that two needs share where they are alike
SUGGESTED = 5
HAN = re.compile("[\u4e00-\u9fff]+")


def pairs_of(*texts):
    """The pairs of neighbouring Chinese characters: the words, most of which have two."""
    return {run[at:at + 2] for text in texts for run in HAN.findall(text) for at in range(len(run) - 1)}


def suggested_units(need):
    """[(unit, how many needs like this it answered)], most first. Three queries."""
    own, counts = pairs_of(need.title, need.place), Counter()
    rows = Need.objects.filter(answered_at__isnull=False).exclude(pk=need.pk).order_by("-pk")
    for title, place, first, community, department in rows.values_list(
            "title", "place", "first_community", "community", "department")[:LOOKED_AT]:
        near = first is not None and first == need.first_community_id
        if (community or department) and (near or len(own & pairs_of(title, place)) >= SHARED):
            counts[(Community, community) if community else (Department, department)] += 1
    best = counts.most_common(SUGGESTED + 1)
    there = {model: model.objects.in_bulk([pk for (of, pk), _ in best if of is model])
             for model in (Community, Department)}
    return [(there[model][pk], number) for (model, pk), number in best
            if there[model][pk] != need.holder][:SUGGESTED]
