"""Where everything is. Below a path of another site everything moves along: no address is written by hand."""
from django.contrib import admin
from django.urls import include, path, re_path

from guicheng.files import pages as files
from guicheng.pages import search, sitemaps, views
from guicheng.public import errors
from guicheng.upkeep import full_disk
from guicheng.upkeep.pages import security_txt

urlpatterns = [
    path("", views.home, name="home"),
    path("search/", search.search, name="search"),
    path("sources/", views.source_list, name="source-list"),
    path("about/", views.about, name="about"),
    path("robots.txt", sitemaps.robots_txt, name="robots"),
    path("sitemap.xml", sitemaps.sitemap_index, name="sitemap"),
    path("sitemap-<slug:section>.xml", sitemaps.sitemap_section, name="sitemap-section"),
    path("favicon.ico", sitemaps.favicon, name="favicon"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path(".well-known/security.txt", security_txt, name="security-txt"),
    re_path("^media/(?P<code>[0-9a-f]{32})-(?P<width>320|800|1600)[.]jpg$", files.photo_file, name="photo-file"),
    re_path("^papers/(?P<code>[0-9a-f]{32})[.]pdf$", files.paper_file, name="paper-file"),
    path("", include("projects.urls")),
    path("", include("communities.urls")),
    path("", include("partybuilding.urls")),
    path("api/", include("projects.api")),
    path("admin/", admin.site.urls),
]

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.not_found
handler500 = full_disk.server_error
