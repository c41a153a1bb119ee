"""What every page of the site may name."""
from django.conf import settings

SITE = {"owner": settings.SITE_OWNER, "code": settings.SITE_CODE, "icp": settings.SITE_ICP}
SECTIONS = {"": "home", "secretary-projects": "communities"}


def site(request):
    """`site` for the footer, `section` for the current entry of the navigation, `moment` of a page that travels."""
    match = request.resolver_match
    first = match.route.partition("/")[0] if match else "none"
    return {"site": SITE, "section": SECTIONS.get(first, first), "moment": getattr(request, "moment", None)}
