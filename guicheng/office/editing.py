"""The change form of a row that several people edit: who saves second chooses, nobody overwrites."""
from collections import Counter

from django.contrib import messages
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from guicheng.office.merging import MERGED, Merge, Snapshot, apply_picks, readable, typed
from guicheng.trail.audit import AuditEntry
from guicheng.trail.versions import StaleVersion, Versioned

OURS = ("_seen", "_original", "_choose", "csrfmiddlewaretoken")


class GuardedEditing:
    """For a ModelAdmin of a Versioned model; any other model passes through."""

    @property
    def is_guarded(self):
        return issubclass(self.model, Versioned) and self.model.guards_saves

    def _page_of(self, row, name="change"):
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{name}", args=[row.pk])

    def key_of(self, object_id):
        return f"{self.model._meta.label_lower}:{object_id}"

    # the form carries what its reader saw
    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if change and self.is_guarded and self.has_change_permission(request, obj):
            if request.method == "POST":
                context["seen"] = request.POST.get("_seen", "")
            else:
                formsets = [each.formset for each in context["inline_admin_formsets"] if each.has_change_permission]
                context["seen"] = Snapshot.of(obj, context["adminform"].form, formsets).token
        return super().render_change_form(request, context, add, change, form_url, obj)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if request.method != "POST" or object_id is None or not self.is_guarded:
            return super().changeform_view(request, object_id, form_url, extra_context)
        row = self.get_object(request, unquote(object_id))
        if row is None:
            return self._gone(request, unquote(object_id))
        if not self.has_change_permission(request, row):
            raise PermissionDenied
        data = request.POST.copy()
        seen = Snapshot.read(data.get("_seen"), self.key_of(row.pk))
        missing = apply_picks(data, seen)
        if seen and seen.version == row.version and not missing:
            return self._save_as_seen(request, data, seen.version, object_id, form_url, extra_context)
        return self._settle(request, row, data, seen, missing, object_id, form_url, extra_context)

    def _save_as_seen(self, request, data, version, object_id, form_url, extra_context):
        request.POST, request.seen_version = data, version
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except StaleVersion:  # between our look and the UPDATE
            row = self.get_object(request, unquote(object_id))
            seen = Snapshot.read(data.get("_seen"), self.key_of(unquote(object_id)))
            return self._conflict(request, row, data, seen) if row else self._gone(request, unquote(object_id))

    def save_model(self, request, obj, form, change):
        """The version in the form's condition, not the one read a moment ago."""
        if change and hasattr(request, "seen_version"):
            obj.version = request.seen_version
        super().save_model(request, obj, form, change)

    # what happens when the row moved on
    def _settle(self, request, row, data, seen, missing, *view):
        """Save all the same when nothing the form shows was changed; else show both."""
        if missing:
            original = Snapshot.read(data.get("_original"), self.key_of(row.pk))
            return self._conflict(request, row, data, original, missing)
        form, formsets = self._unbound(request, row)
        if seen and seen.says_the_same(Snapshot.of(row, form, formsets)):
            return self._save_as_seen(request, data, row.version, *view)
        return self._conflict(request, row, data, seen)

    def _unbound(self, request, row):
        """The form and the inlines this person may edit, as the change page would show them now."""
        fields = flatten_fieldsets(self.get_fieldsets(request, row))
        form = self.get_form(request, row, change=True, fields=fields)(instance=row)
        formsets, times = [], Counter()
        for formset_class, inline in self.get_formsets_with_inlines(request, row):
            prefix = formset_class.get_default_prefix()
            times[prefix] += 1
            if inline.has_change_permission(request, row):
                prefix = prefix if times[prefix] == 1 else f"{prefix}-{times[prefix]}"
                formsets.append(formset_class(instance=row, prefix=prefix, queryset=inline.get_queryset(request)))
        return form, formsets

    def _conflict(self, request, row, data, original, missing=()):
        form, formsets = self._unbound(request, row)
        theirs = Snapshot.of(row, form, formsets)
        merge = Merge(row, form, formsets, original, theirs, data)
        if not (merge.differences or merge.kept):
            messages.info(request, "你填的与现在的内容一样，没有要保存的。")
            return redirect(self._page_of(row))
        for each in merge.differences:  # what was chosen before stays chosen
            each.picked = data.get(f"pick-{each.name}", "") if missing else each.picked
            each.typed_merged = data.get(MERGED + each.name, each.merged) if missing else each.merged
        entries = list(AuditEntry.objects.about(row).newest_first()[:20])
        since = [each for each in entries if original and each.at >= original.seen_at]
        self._name(merge.differences, since)
        known = {*OURS, *merge.data}
        rest = [(name, value) for name, values in data.lists() for value in values
                if name not in known and name.startswith("_") and name != "_save"]
        return render(request, "admin/conflict.html", {
            **self.admin_site.each_context(request), "opts": self.opts, "row": row, "title": "刚才有人先保存了",
            "page": self._page_of(row),
            "differences": merge.differences, "added": merge.added, "kept": merge.kept, "missing": missing,
            "since": since or entries[:1],
            "hidden": [*((name, value) for name, values in merge.data.lists() for value in values), *rest],
            "theirs": theirs.token, "original": original.token if original else "",
            "choose": " ".join(each.name for each in merge.differences if each.both),
        }, status=409)

    @staticmethod
    def _name(differences, entries):
        """Say of each difference who made it: the newest entry about that field."""
        by_label = {}
        for entry in reversed(entries):
            by_label |= {change["field"]: entry for change in entry.changes}
        for each in differences:
            each.who = by_label.get(each.name.rpartition("-")[2])

    def _gone(self, request, object_id):
        """The row was deleted while it was edited: say so, with everything that was typed."""
        if not self.has_change_permission(request):
            raise PermissionDenied  # as for a row that is there
        if Snapshot.read(request.POST.get("_seen"), self.key_of(object_id)) is None:
            raise Http404
        if self.model._base_manager.filter(pk=object_id).exists():
            raise Http404  # it is there, and out of this person's scope by now
        form = self.get_form(request, None, change=False)()
        said = [(each.label, readable(each, typed(request.POST, name, each) or [])) for name, each in
                form.fields.items() if typed(request.POST, name, each)]
        entry = AuditEntry.objects.filter(model=self.model._meta.label_lower, row_id=object_id, kind="-").first()
        return render(request, "admin/gone.html", {
            **self.admin_site.each_context(request), "opts": self.opts, "title": "这一行已经被删除",
            "said": [(label, text) for label, text in said if text != "（空）"], "entry": entry,
            "now": timezone.now(),
        }, status=410)
