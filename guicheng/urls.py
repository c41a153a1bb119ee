"""Where everything is. Below a path of another site everything moves along: no address is written by hand."""
from django.contrib import admin
from django.urls import include, path

from guicheng.pages import views
from guicheng.public import errors
from guicheng.upkeep import full_disk
from guicheng.upkeep.pages import security_txt

urlpatterns = [
    path("", views.home, name="home"),
    path("sources/", views.source_list, name="source-list"),
    path("about/", views.about, name="about"),
    path(".well-known/security.txt", security_txt, name="security-txt"),
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
