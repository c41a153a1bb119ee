"""The portal with a second back office, for the wishes: `@pytest.mark.urls("tests.wishes.urls")`."""
from django.http import HttpResponse
from django.urls import path

from guicheng.excel_import.pages import RosterPages
from guicheng.office.base import ScopedAdmin
from guicheng.pages.admin_site import GuichengAdminSite
from guicheng.review.pages import ForMeFilter, ReviewPages
from guicheng.urls import handler400, handler403, handler404, handler500  # noqa: F401
from guicheng.urls import urlpatterns as portal
from tests.wishes.imports import WishRoster
from tests.wishes.models import Wish

site = GuichengAdminSite(name="wishes")


class WishAdmin(RosterPages, ReviewPages, ScopedAdmin):
    list_display = ["text", "state"]
    list_filter = ["state", ForMeFilter]
    is_exported = False
    roster, import_title, import_list = WishRoster, "导入心愿", "心愿表"

    def show(self, request, wish, status=200, decision=None):
        found = self.review_context(request, wish, decision)
        return HttpResponse(f"{wish.get_state_display()}；{found['waits_for'] or '请审核'}", status=status)

    def log_review(self, request, wish):
        self.log_change(request, wish, wish.get_state_display())


site.register(Wish, WishAdmin)
urlpatterns = [path("admin/second/", site.urls), *portal]
