"""What search engines are told: robots.txt, and every public address with the day of its last publication."""
from functools import cached_property

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import sitemap
from django.core.paginator import Paginator
from django.db.models import Max
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

import projects.summary
from communities.models import Community
from guicheng.public.address import whole_address
from guicheng.seal.middleware import already_covered
from projects.faces import COMPARISON
from projects.models import ProgressUpdate, Project, ProjectList

SIGN = settings.BASE_DIR / "static" / "img" / "favicon.ico"


class _Public(Sitemap):
    """Addresses by PUBLIC_URL where it is set. `items` gives (path, instant of the last publication or None)."""

    limit = 5000

    def get_domain(self, site=None):
        return settings.PUBLIC_ROOT.partition("://")[2] if settings.PUBLIC_URL else super().get_domain(site)

    def get_protocol(self, protocol=None):
        return settings.PUBLIC_ROOT.partition("://")[0] if settings.PUBLIC_URL else super().get_protocol(protocol)

    def location(self, item):
        return item[0]

    def lastmod(self, item):
        return item[1]


def _last():
    """When anything real was last published: the first of an index, where a maximum over a join reads all."""
    real = ProgressUpdate.objects.published().filter(project__is_sample=False)
    return real.order_by("-recorded_at").values_list("recorded_at", flat=True).first()


class Pages(_Public):
    """The pages there is one of."""

    def items(self):
        names = ["home", "list-index", "project-index", "community-index", "secretary-index", "party", "report-index",
                 "report-verify", "source-list", "about", *(["report-compare"] if COMPARISON.is_on else [])]
        follow = {"home", "list-index", "project-index", "community-index", "report-index"}
        last = _last()
        return [(reverse(name), last if name in follow else None) for name in names]


class _ByKey(Paginator):
    """Pages of a table by its key: nothing is counted, and the last page costs no more than the first.

    Where rows have gone a page holds few, or none. `dated` adds to the rows of a page when they last changed.
    """

    def __init__(self, rows, size, dated):
        super().__init__(rows, size)
        self.dated = dated

    @cached_property
    def count(self):
        return self.object_list.order_by("-pk").values_list("pk", flat=True).first() or 0

    def page(self, number):
        last = self.validate_number(number) * self.per_page
        rows = self.object_list.filter(pk__gt=last - self.per_page, pk__lte=last)
        return self._get_page(self.dated(rows), number, self)


class _Rows(_Public):
    """Rows of a table: `named_by` makes their address, `said` leads to what was published of them."""

    route, named_by, said = "", "slug", "projects__updates"

    def rows(self):
        raise NotImplementedError

    @property
    def paginator(self):
        return _ByKey(self.rows(), self.limit, self.dated)

    def dated(self, rows):
        """(what the address is made of, the last publication) of each, in a stable order."""
        rows = rows.order_by(self.named_by).annotate(last=Max(f"{self.said}__recorded_at"))
        return rows.values_list(self.named_by, "last")

    def location(self, item):
        return reverse(self.route, args=[item[0]])


class Lists(_Rows):
    route = "list-detail"

    def rows(self):
        return ProjectList.objects.published().real()


class Projects(_Rows):
    route, named_by, said = "project-detail", "code", "updates"

    def rows(self):
        return Project.objects.published().real()


class Communities(_Rows):
    route = "community-detail"

    def rows(self):
        return Community.objects.published()


class Quarters(_Public):
    def items(self):
        return [(reverse("report-detail", args=[quarter]), None) for quarter in self._quarters]

    @cached_property
    def _quarters(self):
        return [row.quarter for row in projects.summary.quarters_with_news()]


SITEMAPS = {"pages": Pages, "lists": Lists, "projects": Projects, "communities": Communities, "quarters": Quarters}


@require_safe
def sitemap_index(request):
    """The sitemaps, one for each kind of page, in parts of 5,000 addresses."""
    addresses = []
    for section, kind in SITEMAPS.items():
        path = whole_address(reverse("sitemap-section", args=[section]), request)
        addresses += [f"{path}?p={page}" if page > 1 else path for page in kind().paginator.page_range]
    return render(request, "sitemap_index.xml", {"sitemaps": [{"location": each} for each in addresses]},
                  content_type="application/xml")


@require_safe
def sitemap_section(request, section):
    return sitemap(request, SITEMAPS, section)


@require_safe
def robots_txt(request):
    """What crawlers are asked to leave alone. No query: there are readers of this file that take “/?” for “/”."""
    base = settings.BASE_PATH
    lines = ["User-agent: *", f"Disallow: {base}/admin/", f"Disallow: {base}/api/",
             f"Disallow: {base}/needs/", "",
             f"Sitemap: {whole_address(reverse('sitemap'), request)}"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
def favicon(request):
    """The sign of the site for whoever asks for it where it always stood."""
    response = FileResponse(SIGN.open("rb"), content_type="image/x-icon")
    response["Cache-Control"] = "public, max-age=86400"
    return already_covered(response)
