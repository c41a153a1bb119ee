"""The back office: the stock Django admin with our words, our way of signing in, and a first page of one's own."""
from django.contrib import admin
from django.urls import path


class GuichengAdminSite(admin.AdminSite):
    site_title = "桂城办实事后台"
    site_header = "桂城办实事后台"
    index_title = "我的工作台"
    empty_value_display = "—"
    enable_nav_sidebar = False  # the lists need the width

    # the apps are not loaded when the site is made: hence the imports inside
    def get_urls(self):
        from guicheng.pages import sign_in

        pages = [
            ("second-factor/", sign_in.ask_code, "second_factor"),
            ("second-factor/set-up/", sign_in.set_up, "second_factor_set_up"),
            ("second-factor/codes/", sign_in.new_codes, "recovery_codes"),
        ]
        own = [path(route, self.admin_view(view), name=name) for route, view, name in pages]
        return own + super().get_urls()

    def index(self, request, extra_context=None):
        from guicheng.pages.staff import waiting_for

        return super().index(request, {**waiting_for(request.user), **(extra_context or {})})

    def login(self, request, extra_context=None):
        from guicheng.pages.errors import locked_out
        from guicheng.sign_in import SignInForm, has_failed_too_often

        if request.method == "POST" and has_failed_too_often(request):
            return locked_out(request)
        self.login_form = SignInForm
        return super().login(request, extra_context)

    def password_change(self, request, extra_context=None):
        from guicheng.pages.sign_in import OwnPassword

        return OwnPassword.as_view(extra_context={**self.each_context(request), "title": "改口令"})(request)
