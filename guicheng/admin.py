"""The pieces every admin of the portal is made of, and the accounts."""
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect

from guicheng.models import User


class GuardedLists:
    """Lists that answer odd addresses with a sentence: filters by an allow-list, ticked rows by their numbers."""

    def lookup_allowed(self, lookup, value, request=None):
        """Only the filters a list shows: a hidden field cannot be read letter by letter."""
        shown = [each if isinstance(each, str) else each[0] for each in self.get_list_filter(request)]
        endings = ("", "__exact", "__id__exact", "__isnull", "__gte", "__lt")
        return any(lookup == name + ending for name in shown for ending in endings)

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


class LabelledInline(admin.TabularInline):
    """An inline table whose fields each carry their column's name for a screen reader."""

    extra = 0

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None:
            field.widget.attrs["aria-label"] = str(db_field.verbose_name)
        return field


@admin.register(User)
class UserAdmin(GuardedLists, DjangoUserAdmin):
    """Accounts are disabled, never deleted: what a person did stays theirs."""

    list_display = ["username", "name", "role_names", "is_active", "last_login"]
    list_filter = ["is_active", "groups"]
    search_fields = ["username", "name"]
    ordering = ["username"]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        ("本人", {"fields": ["name", "phone", "email"]}),
        ("权限", {"fields": ["is_active", "is_staff", "groups", "is_superuser"],
                 "description": "角色决定能做什么；能动哪些项目，由责任单位、社区和党组织的“经办人”“审核员”决定。"}),
        ("时间", {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [(None, {"fields": ["username", "name", "password1", "password2", "is_staff"]})]
    filter_horizontal = ["groups"]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description="角色")
    def role_names(self, user):
        return "、".join(group.name for group in user.groups.all()) or "—"

    def get_readonly_fields(self, request, obj=None):
        """Nobody makes themselves or another stronger: roles are given by a superuser only."""
        fixed = ["last_login", "date_joined"]
        return fixed if request.user.is_superuser else [*fixed, "groups", "is_superuser"]

    def has_change_permission(self, request, obj=None):
        if obj is not None and obj.is_superuser and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)

    def user_change_password(self, request, id, form_url=""):
        """Who sets a password can act as that person: for an account with a role only a superuser may."""
        user = self.get_object(request, unquote(id))
        if user and user.groups.exists() and not request.user.is_superuser:
            raise PermissionDenied
        return super().user_change_password(request, id, form_url)

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(LogEntry)
class LogEntryAdmin(GuardedLists, admin.ModelAdmin):
    """Who did what, when. Read only."""

    list_display = ["action_time", "user", "content_type", "object_repr", "get_change_message"]
    list_filter = ["action_time", "content_type"]
    search_fields = ["object_repr", "user__name", "user__username"]
    list_select_related = ["user", "content_type"]
    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


from guicheng import calendar_admin  # noqa: E402, F401  (it is made of the pieces above)
