"""The pieces every admin of the portal is made of, and the accounts."""
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.forms import ModelForm
from django.http import Http404
from django.shortcuts import redirect

from guicheng.editing import GuardedEditing
from guicheng.history_pages import HistoryPages
from guicheng.list_export import ExportedList
from guicheng.membership import Membership
from guicheng.models import User
from guicheng.permissions import can_name_members, sees_everything
from guicheng.scope import rows_for
from guicheng.text import clean_text


class ScopedRelatedFilter(admin.RelatedFieldListFilter):
    """A filter by another row offers those this person may see, and no others' names."""

    def field_choices(self, field, request, model_admin):
        rows = rows_for(request.user, field.remote_field.model._default_manager.all())
        ordering = self.field_admin_ordering(field, request, model_admin)
        return field.get_choices(include_blank=False, ordering=ordering, limit_choices_to={"pk__in": rows.values("pk")})


admin.FieldListFilter.register(lambda field: field.remote_field, ScopedRelatedFilter, take_priority=True)


class Scoped:
    """Rows and choices of an admin or an inline are those `visible_to` shows; nobody's rows are an error."""

    def get_queryset(self, request):
        return rows_for(request.user, super().get_queryset(request))

    def _get_obj_does_not_exist_redirect(self, request, opts, object_id):
        raise Http404

    def _choices(self, db_field, request, kwargs):
        if "queryset" not in kwargs:
            rows = db_field.remote_field.model._default_manager.complex_filter(db_field.get_limit_choices_to())
            kwargs["queryset"] = rows_for(request.user, rows)
        return kwargs

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        return super().formfield_for_foreignkey(db_field, request, **self._choices(db_field, request, kwargs))

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        return super().formfield_for_manytomany(db_field, request, **self._choices(db_field, request, kwargs))


class GuardedLists:
    """Lists that answer odd addresses with a sentence: filters by an allow-list, ticked rows by their numbers."""

    def lookup_allowed(self, lookup, value, request=None):
        """Only the filters a list shows: a hidden field cannot be read letter by letter."""
        shown = [getattr(each, "parameter_name", each) if not isinstance(each, tuple | list) else each[0]
                 for each in self.get_list_filter(request)]
        endings = ("", "__exact", "__id__exact", "__isnull", "__gte", "__lt")
        return any(lookup == name + ending for name in shown for ending in endings)

    def get_search_results(self, request, queryset, search_term):
        """Autocompletes come here without a form before them: a NUL is a 500 on PostgreSQL."""
        return super().get_search_results(request, queryset, clean_text(search_term))

    def changelist_view(self, request, extra_context=None):
        if any("\0" in value for values in request.GET.lists() for value in values[1]):  # a 500 on PostgreSQL
            messages.warning(request, "地址里的筛选条件没法识别，已经去掉。")
            return redirect(request.path)
        ticked = request.POST.getlist(ACTION_CHECKBOX_NAME)
        if any(not (each.isascii() and each.isdecimal() and len(each) < 19) for each in ticked):
            messages.warning(request, "没有选中任何一行，请重新勾选。")
            return redirect(request.path)
        return super().changelist_view(request, extra_context)


class ScopedAdmin(Scoped, HistoryPages, GuardedEditing, GuardedLists, ExportedList, admin.ModelAdmin):
    """An admin that shows a person what `visible_to` shows, and answers 404 outside it."""

    list_per_page = 50
    show_full_result_count = False

    def get_readonly_fields(self, request, obj=None):
        """What points outside this person's scope stands there to be read: a choice would lose or refuse it."""
        return [*super().get_readonly_fields(request, obj), *self._outside(request.user, obj)]

    def _outside(self, user, obj):
        if obj is None or sees_everything(user):
            return []
        return [field.name for field in obj._meta.fields
                if field.remote_field and getattr(obj, field.attname) is not None
                and not rows_for(user, field.remote_field.model._default_manager.all()).filter(
                    pk=getattr(obj, field.attname)).exists()]


class MembersForm(ModelForm):
    """The form of a unit with clerks and reviewers. `by` is who fills it in."""

    by = None

    def clean(self):
        data = super().clean()
        self.instance.check_members(self.by, **{name: data[name] for name in Membership.MEMBERS if name in data})
        return data


class MembersAdmin(ScopedAdmin):
    """A unit with clerks and reviewers: only the office names them, and nobody names themselves."""

    form = MembersForm
    filter_horizontal = ["clerks", "reviewers"]  # a few hundred staff, and no right to read accounts needed

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        form.by = request.user
        return form

    def get_readonly_fields(self, request, obj=None):
        fixed = [] if can_name_members(request.user) else Membership.POWERS
        return [*super().get_readonly_fields(request, obj), *fixed]


admin.site.unregister(Group)  # the roles are written in roles.py and made after every migration


class LabelledInline(Scoped, admin.TabularInline):
    """An inline table whose fields each carry their column's name for a screen reader."""

    extra = 0

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None:
            field.widget.attrs["aria-label"] = str(db_field.verbose_name)
        return field


@admin.register(User)
class UserAdmin(Scoped, GuardedLists, DjangoUserAdmin):
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
class LogEntryAdmin(ScopedAdmin):
    """Who did what, when. Read only."""

    list_display = ["action_time", "user", "content_type", "object_repr", "get_change_message"]
    list_filter = ["action_time", "content_type"]
    search_fields = ["object_repr", "user__name", "user__username"]
    list_select_related = ["user", "content_type"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
