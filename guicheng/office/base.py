"""The pieces every admin of the portal is made of."""
from functools import partial

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import SEARCH_VAR, ChangeList
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import Http404
from django.shortcuts import redirect
from django.utils.html import format_html

from guicheng.access.membership import PARTS
from guicheng.access.permissions import sees_everything
from guicheng.access.scope import rows_for
from guicheng.office.addresses import row_address
from guicheng.office.editing import GuardedEditing
from guicheng.office.history_pages import HistoryPages
from guicheng.office.list_export import ExportedList
from guicheng.office.seen import seal
from guicheng.office.submissions import ALREADY_SAVED, once
from guicheng.office.watched import WatchedEditing, WatchedInline
from guicheng.text import SEARCHED, clean_text, is_row_number


class ScopedRelatedFilter(admin.RelatedFieldListFilter):
    """A filter by another row offers those this person may see, and no others' names."""

    def field_choices(self, field, request, model_admin):
        rows = rows_for(request.user, field.remote_field.model._default_manager.all())
        ordering = self.field_admin_ordering(field, request, model_admin)
        return field.get_choices(include_blank=False, ordering=ordering, limit_choices_to={"pk__in": rows.values("pk")})


admin.FieldListFilter.register(lambda field: field.remote_field, ScopedRelatedFilter, take_priority=True)


class RowChoiceField(forms.ModelChoiceField):
    """A choice of a row by its number. What can be none is refused before the database is asked.

    Django's autocomplete asks for it once more, to show the page again: an error of the server.
    """

    def to_python(self, value):
        if isinstance(value, str) and value not in self.empty_values and not is_row_number(value):
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice",
                                  params={"value": value})
        return super().to_python(value)

    def bound_data(self, data, initial):
        return data if data and is_row_number(data) else ""


class RowsChoiceField(forms.ModelMultipleChoiceField):
    """The same for several rows."""

    def clean(self, value):
        if wrong := [each for each in value or () if not is_row_number(str(each))]:
            raise ValidationError(self.error_messages["invalid_pk_value"], code="invalid_pk_value",
                                  params={"pk": wrong[0]})
        return super().clean(value)

    def bound_data(self, data, initial):
        return [each for each in data or () if is_row_number(each)]


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
        kwargs = {"form_class": RowChoiceField, **self._choices(db_field, request, kwargs)}
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        kwargs = {"form_class": RowsChoiceField, **self._choices(db_field, request, kwargs)}
        return super().formfield_for_manytomany(db_field, request, **kwargs)


class GuardedInitials:
    """An add form opened with values in its address: what the field could not take is left out, with a sentence."""

    def get_changeform_initial_data(self, request):
        asked = super().get_changeform_initial_data(request)
        fields = {name: self.opts.get_field(name) for name in asked if name in _named_fields(self.opts)}
        wrong = [name for name, field in fields.items() if not _may_begin_with(field, request.GET[name])]
        if wrong:
            named = "”“".join(str(fields[name].verbose_name) for name in wrong)
            messages.warning(request, f"地址里给“{named}”预先填的值没法识别，已经去掉，请在下面填写。")
        return {name: value for name, value in asked.items() if name in fields and name not in wrong}


def _named_fields(opts):
    return {field.name for field in (*opts.fields, *opts.many_to_many)}


def _may_begin_with(field, text):
    """Whether a form could be opened with this in the field: a row by its number, else what the field itself takes."""
    if "\0" in text:
        return False
    if field.is_relation:
        return all(map(is_row_number, text.split(",") if field.many_to_many else [text]))
    try:
        box = field.formfield(required=False)
        if box is not None:
            field.run_validators(box.clean(text))
    except ValidationError:
        return False
    return box is not None


class GuardedLists:
    """Lists that answer odd addresses with a sentence: filters by an allow-list, ticked rows by their numbers."""

    def lookup_allowed(self, lookup, value, request=None):
        """Only the filters a list shows: a hidden field cannot be read letter by letter."""
        filters = self.get_list_filter(request)
        own = [name for each in filters if isinstance(each, type)
               for name in getattr(each, "parameter_names", None) or [each.parameter_name]]
        shown = [each if isinstance(each, str) else each[0] for each in filters if not isinstance(each, type)]
        return lookup in own or any(lookup == name + ending for name in shown for ending in self._endings(name))

    def _endings(self, name):
        """A row is filtered by as our filters do, by its number: its other lookups take more than SQLite's columns."""
        if self.opts.get_field(name).is_relation:
            return ("__id__exact", "__isnull")
        return ("", "__exact", "__isnull", "__gte", "__lt")

    def get_search_results(self, request, queryset, search_term):
        """Autocompletes come here without a form before them: a NUL is a 500 on PostgreSQL."""
        return super().get_search_results(request, queryset, clean_text(search_term)[:SEARCHED])

    def changelist_view(self, request, extra_context=None):
        if any("\0" in value for values in request.GET.lists() for value in values[1]):  # a 500 on PostgreSQL
            messages.warning(request, "地址里的筛选条件没法识别，已经去掉。")
            return redirect(request.path)
        if len(request.GET.get(SEARCH_VAR, "")) > SEARCHED:
            messages.warning(request, f"搜索的词太长，只按前 {SEARCHED} 个字找。")
        ticked, across = (request.POST.getlist(name) for name in (ACTION_CHECKBOX_NAME, "select_across"))
        if not all(map(is_row_number, ticked)) or not {*across} <= {"0", "1"}:  # to Django any word is "all rows"
            messages.warning(request, "没有选中任何一行，请重新勾选。")
            return redirect(request.path)
        return super().changelist_view(request, extra_context)


class SavedOnce:
    """The stock forms: sent twice they write once, and of two people who enter the same the second is told."""

    said_again = ALREADY_SAVED

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        view = partial(super().changeform_view, request, object_id, form_url, extra_context)
        if object_id is None:
            return self._once(request, view, self.has_add_permission(request), new_row=True)
        return self._once(request, view, self._may(request, object_id, self.has_change_permission))

    def delete_view(self, request, object_id, extra_context=None):
        view = partial(super().delete_view, request, object_id, extra_context)
        return self._once(request, view, self._may(request, object_id, self.has_delete_permission))

    def _may(self, request, object_id, permission):
        row = self.get_object(request, unquote(object_id)) if request.method == "POST" else None
        return row is not None and permission(request, row)

    def _once(self, request, view, may, new_row=False):
        if request.method != "POST" or not may:  # who may not is refused by the view, before anything is written
            return view()
        try:
            return self._written_once(request, view, new_row)
        except (IntegrityError, ValidationError):  # the form looked before another wrote; now it says so itself
            return self._written_once(request, view, new_row)

    def _written_once(self, request, view, new_row):
        request.written = None
        with once(request, self.said_again, new_row) as sending:
            response = view()
            if request.written is None:
                sending.nothing_saved()
            else:
                sending.leads_to = response.get("Location", "") or self._page_of(request.written)
        return response

    # Django says by these three that the form was written
    def log_addition(self, request, obj, message):
        request.written = obj
        return super().log_addition(request, obj, message)

    def log_change(self, request, obj, message):
        request.written = obj
        return super().log_change(request, obj, message)

    def log_deletions(self, request, queryset):
        request.written = queryset
        return super().log_deletions(request, queryset)


class Kept(HistoryPages, WatchedEditing, GuardedInitials, GuardedEditing):
    """What a row was before can be looked up, of two who edit it the second is told, and watched words are asked of."""


class Lists(GuardedInitials, GuardedLists, ExportedList):
    """Pages that take from an address only what they can show, and lists that go as a file."""


class Rows(ChangeList):
    def url_for_result(self, result):
        if not isinstance(result.pk, int):
            return super().url_for_result(result)
        return row_address(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", result.pk,
                           self.model_admin.admin_site.name)


class ScopedAdmin(SavedOnce, Scoped, Kept, Lists, admin.ModelAdmin):
    """An admin that shows a person what `visible_to` shows, and answers 404 outside it."""

    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # they would count the whole list once for every choice
    seals_rows = False  # whether an action asks for the versions that the list showed

    def action_checkbox(self, obj):
        """The stock box without a template of its own for each row: that was a quarter of a list's time."""
        return format_html('<input type="checkbox" name="{}" value="{}" class="action-select" aria-label="{}">',
                           ACTION_CHECKBOX_NAME, obj.pk, f"选中“{obj}”")

    def get_changelist(self, request, **kwargs):
        return Rows

    def get_changelist_instance(self, request):
        changelist = super().get_changelist_instance(request)
        changelist.seen = seal(changelist.result_list) if self.seals_rows and request.method == "GET" else ""
        return changelist

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


class MembershipAdmin(ScopedAdmin):
    """An admin of units: who works for one is read here and changed on the account's page, by who gives roles."""

    def get_readonly_fields(self, request, obj=None):
        """Whether one person may do both steps of a review is the office's to say, not the unit's."""
        fixed = [] if sees_everything(request.user) else ["one_step_review"]
        return [*super().get_readonly_fields(request, obj), *PARTS, *fixed]

    def get_exclude(self, request, obj=None):
        return super().get_exclude(request, obj) if obj else [*(super().get_exclude(request, obj) or []), *PARTS]


class LabelledInline(Scoped, WatchedInline, admin.TabularInline):
    """An inline table whose fields each carry their column's name for a screen reader."""

    extra = 0

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None:
            field.widget.attrs["aria-label"] = str(db_field.verbose_name)
        return field
