"""The back office: the stock Django admin with our words and a first page that shows what waits."""
from functools import partial

from django.contrib import admin
from django.urls import path
from django.utils.functional import SimpleLazyObject


class GuichengAdminSite(admin.AdminSite):
    site_title = "桂城办实事后台"
    site_header = "桂城办实事后台"
    index_title = "我的工作台"
    empty_value_display = "—"
    enable_nav_sidebar = False  # the lists need the width

    def index(self, request, extra_context=None):
        from guicheng.pages.staff import waiting_for  # the apps are not loaded when the site is made

        return super().index(request, {**waiting_for(request.user), **(extra_context or {})})

    def get_urls(self):
        from guicheng.pages import inbox

        return [
            path("inbox/", self.admin_view(partial(inbox.show, self)), name="inbox"),
            path("inbox/read/", self.admin_view(inbox.read_all), name="inbox_read_all"),
            path("inbox/<int:pk>/read/", self.admin_view(inbox.read), name="inbox_read"),
            *super().get_urls(),
        ]

    def each_context(self, request):
        """`unread_messages` for the header: asked for only where the header is drawn."""
        from guicheng.inbox import unread_count

        context = super().each_context(request)
        return {**context, "unread_messages": SimpleLazyObject(partial(unread_count, request.user))}
