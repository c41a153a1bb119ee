"""The back office: the stock Django admin with our words, our way of signing in, and a first page of one's own."""
from functools import partial, update_wrapper

from django.conf import settings
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.http import Http404
from django.shortcuts import redirect
from django.urls import path
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_http_methods, require_safe

BIGGEST = 2**31  # a content type's number; a bigger one is an error on PostgreSQL


class GuichengAdminSite(admin.AdminSite):
    site_title = "桂城办实事后台"
    site_header = "桂城办实事后台"
    index_title = "我的工作台"
    empty_value_display = "—"
    enable_nav_sidebar = False  # the lists need the width

    # the apps are not loaded when the site is made: hence the imports inside
    def get_urls(self):
        from guicheng.accounts import pages as sign_in
        from guicheng.accounts import provider
        from guicheng.files import pages as files
        from guicheng.notices import pages as inbox
        from guicheng.office import saved_filters
        from guicheng.pages.audit import audit, audit_export
        from guicheng.pages.faces import decide, show_faces
        from guicheng.pages.pieces import pieces_style, show_pieces
        from guicheng.pages.seals import seal_ask, seal_decide, seals
        from guicheng.pages.work import show_manual, show_tables, show_work
        from guicheng.upkeep.pages import show_health

        # Django's own shortcut to the public page asks nobody: it would tell the address of any row
        kept = [each for each in super().get_urls() if getattr(each, "name", "") != "view_on_site"]
        pages = [
            ("r/<int:content_type_id>/<int:object_id>/", self.view_on_site, "view_on_site"),
            ("work/<slug:part>/", require_safe(partial(show_work, self)), "work"),
            ("manual/", require_safe(partial(show_manual, self)), "manual"),
            ("tables/", require_safe(partial(show_tables, self)), "tables"),
            ("second-factor/", sign_in.ask_code, "second_factor"),
            ("second-factor/set-up/", sign_in.set_up, "second_factor_set_up"),
            ("second-factor/codes/", sign_in.new_codes, "recovery_codes"),
            ("provider/bind/", provider.bind, "provider_bind"),
            ("inbox/", require_safe(partial(inbox.show, self)), "inbox"),
            ("inbox/read/", inbox.read_all, "inbox_read_all"),
            ("inbox/<int:pk>/read/", inbox.read, "inbox_read"),
            ("filters/keep/", partial(saved_filters.keep_filter, self), "saved_filter_keep"),
            ("filters/<int:pk>/drop/", partial(saved_filters.drop_filter, self), "saved_filter_drop"),
            ("health/", require_safe(partial(show_health, self)), "health"),
            ("media/<slug:code>/<int:width>/", files.staffs_photo_file, "photo-file"),
            ("papers/<slug:code>/", files.staffs_paper_file, "paper-file"),
            ("audit/", audit, "audit"),
            ("audit/export/", audit_export, "audit-export"),
            ("faces/", show_faces, "faces"),
            ("faces/<slug:key>/", decide, "face"),
            ("pieces/", show_pieces, "pieces"),
            ("pieces.css", pieces_style, "pieces_style"),
            ("seals/", seals, "seals"),
            ("seals/ask/", seal_ask, "seal_ask"),
            ("seals/decide/", seal_decide, "seal_decide"),
        ]
        before = [  # of signing in: for who is not in yet
            ("provider/", provider.go, "provider"),
            ("provider/back/", provider.back, "provider_back"),
        ]
        own = [path(address, self.admin_view(view), name=name) for address, view, name in pages]
        return [*(path(address, view, name=name) for address, view, name in before), *own, *kept]

    def admin_view(self, view, cacheable=False):
        """Nothing below /admin/ is put, patched or deleted: Django would show such a request the page.

        What somebody sends whose session ended is given back, and the way leads back to the page of the form.
        """
        from guicheng.access.membership import hold_units
        from guicheng.office.submissions import answered
        from guicheng.public.given_back import signed_out

        inner = super().admin_view(require_http_methods(["GET", "HEAD", "POST"])(answered(self, view)), cacheable)

        def wrapper(request, *args, **kwargs):
            ended = request.method == "POST" and not request.user.is_authenticated
            if ended and request.resolver_match.view_name != "admin:logout":
                return signed_out(request)
            if request.method in ("GET", "HEAD"):
                hold_units(request.user)
            return inner(request, *args, **kwargs)

        return update_wrapper(wrapper, inner)

    def view_on_site(self, request, content_type_id, object_id):
        """Lead from a row of one's scope to its public page."""
        kind = ContentType.objects.filter(pk=content_type_id).first() if content_type_id < BIGGEST else None
        model_admin = kind and self._registry.get(kind.model_class())
        row = model_admin and model_admin.get_object(request, object_id)
        if row is None or not hasattr(row, "get_absolute_url") or not model_admin.has_view_permission(request, row):
            raise Http404
        return redirect(row)

    def index(self, request, extra_context=None):
        from guicheng.pages.staff import first_page

        parts = first_page(request.user, samples=request.GET.get("sample") == "1",
                           unexplained=request.GET.get("unexplained", ""))
        return super().index(request, {**parts, **(extra_context or {})})

    def lists(self, request):
        """{label: model} of the lists this person may open."""
        return {model._meta.label_lower: model for model, each in self._registry.items()
                if each.has_module_permission(request) and each.has_view_or_change_permission(request)}

    def get_app_list(self, request, app_label=None):
        """Every admin is asked for all it allows where a page shows that, and not for the frame of each page."""
        found = partial(super().get_app_list, request, app_label)
        return found() if app_label else SimpleLazyObject(found)

    def login(self, request, extra_context=None):
        from guicheng.accounts.sign_in import SignInForm, TooManyTries
        from guicheng.public.errors import too_many_tries

        self.login_form = SignInForm
        provider = {"provider": settings.OIDC_NAME} if settings.OIDC_ISSUER else {}
        try:
            return super().login(request, {**provider, **(extra_context or {})})
        except TooManyTries as refused:
            return too_many_tries(request, refused)

    def logout(self, request, extra_context=None):
        """Out here; and where the session began elsewhere, out there as well."""
        from guicheng.accounts.provider import end_there, token_of

        token = token_of(request)
        return end_there(request, token, super().logout(request, extra_context))

    def password_change(self, request, extra_context=None):
        from guicheng.accounts.pages import OwnPassword

        return OwnPassword.as_view(extra_context={**self.each_context(request), "title": "改口令"})(request)

    def each_context(self, request):
        """`menu`, `manual` and `unread_messages` for the header, asked only where it is drawn; `taken` for keep.js."""
        from guicheng.notices.inbox import unread_count
        from guicheng.office.submissions import taken
        from guicheng.pages.menu import manual_address, menu_of

        return {**super().each_context(request), "menu": SimpleLazyObject(partial(menu_of, self, request)),
                "manual": SimpleLazyObject(partial(manual_address, request)),
                "unread_messages": SimpleLazyObject(partial(unread_count, request.user)),
                "taken": SimpleLazyObject(partial(taken, request))}
