"""What was published of a community, for readers of feeds."""
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from communities.models import Community
from projects.feeds import feed_response
from projects.models import Project


@require_safe
def community_feed(request, slug):
    community = get_object_or_404(Community.objects.published(), slug=slug)
    return feed_response(request, f"{community}的进展", community.get_absolute_url(),
                         Project.objects.published().real().in_community(community))
