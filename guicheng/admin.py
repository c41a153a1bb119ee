"""The pieces every admin of the portal is made of."""
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.admin import GroupAdmin  # noqa: F401, registered so that it can be taken away
from django.contrib.auth.models import Group
from django.http import Http404
from django.shortcuts import redirect
from django_otp.plugins.otp_static.admin import StaticDevice
from django_otp.plugins.otp_totp.admin import TOTPDevice

from guicheng.membership import PARTS


class GuardedLists:
    """Lists that answer odd addresses with a sentence: filters by an allow-list, ticked rows by their numbers."""

    def lookup_allowed(self, lookup, value, request=None):
        """Only the filters a list shows: a hidden field cannot be read letter by letter."""
        filters = self.get_list_filter(request)
        own = [name for each in filters if isinstance(each, type)
               for name in getattr(each, "parameter_names", None) or [each.parameter_name]]
        shown = [each if isinstance(each, str) else each[0] for each in filters if not isinstance(each, type)]
        endings = ("", "__exact", "__id__exact", "__isnull", "__gte", "__lt")
        return lookup in own or any(lookup == name + ending for name in shown for ending in endings)

    def changelist_view(self, request, extra_context=None):
        ticked = request.POST.getlist(ACTION_CHECKBOX_NAME)
        if any(not (each.isascii() and each.isdecimal() and len(each) < 19) for each in ticked):
            messages.warning(request, "没有选中任何一行，请重新勾选。")
            return redirect(request.path)
        return super().changelist_view(request, extra_context)


class ScopedAdmin(GuardedLists, admin.ModelAdmin):
    """An admin that shows a person what `visible_to` shows, and answers 404 outside it."""

    list_per_page = 50
    show_full_result_count = False

    def get_queryset(self, request):
        queryset = super().get_queryset(request)
        return queryset.visible_to(request.user) if hasattr(queryset, "visible_to") else queryset

    def _get_obj_does_not_exist_redirect(self, request, opts, object_id):
        raise Http404

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        queryset = db_field.remote_field.model._default_manager.all()
        if "queryset" not in kwargs and hasattr(queryset, "visible_to"):
            kwargs["queryset"] = queryset.visible_to(request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


admin.site.unregister(Group)  # the roles are written in roles.py and made after every migration
admin.site.unregister([TOTPDevice, StaticDevice])  # a second factor is set up by its person, reset on the account


class MembershipAdmin(ScopedAdmin):
    """An admin of units: who works for one is read here and changed on the account's page, by who gives roles."""

    def get_readonly_fields(self, request, obj=None):
        return [*super().get_readonly_fields(request, obj), *PARTS]

    def get_exclude(self, request, obj=None):
        return super().get_exclude(request, obj) if obj else [*(super().get_exclude(request, obj) or []), *PARTS]


class LabelledInline(admin.TabularInline):
    """An inline table whose fields each carry their column's name for a screen reader."""

    extra = 0

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None:
            field.widget.attrs["aria-label"] = str(db_field.verbose_name)
        return field


# the accounts and the logs have modules of their own; autodiscovery reads this one
from guicheng import admin_accounts, admin_logs  # noqa: E402, F401
