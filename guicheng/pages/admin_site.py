"""The back office: the stock Django admin with our words and a first page that shows what waits."""
from django.contrib import admin


class GuichengAdminSite(admin.AdminSite):
    site_title = "桂城办实事后台"
    site_header = "桂城办实事后台"
    index_title = "我的工作台"
    empty_value_display = "—"
    enable_nav_sidebar = False  # the lists need the width

    def get_urls(self):
        from projects.admin import media

        return [*media.urls(self), *super().get_urls()]

    def index(self, request, extra_context=None):
        from guicheng.pages.staff import waiting_for  # the apps are not loaded when the site is made

        return super().index(request, {**waiting_for(request.user), **(extra_context or {})})
