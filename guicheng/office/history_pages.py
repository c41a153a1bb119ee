"""The history of one row in the back office: 谁 · 什么时候 · 哪一项 · 原来 → 现在, and the way back to a version."""
from django import forms
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path

from guicheng.fields import CleanTextField
from guicheng.office.merging import Merge, Snapshot, posted, readable
from guicheng.trail.audit import AuditEntry
from guicheng.trail.history import BASELINE, acting

PER_PAGE = 50


class ReasonForm(forms.Form):
    reason = CleanTextField("为什么恢复").formfield(
        max_length=500, widget=forms.Textarea(attrs={"rows": 2}), error_messages={"required": "请写一句原因。"})


class HistoryPages:
    """For a ModelAdmin of a Recorded model; any other keeps the stock history."""

    @property
    def is_recorded(self):
        return hasattr(self.model, "recorder")

    def get_urls(self):
        if not self.is_recorded:
            return super().get_urls()
        name = f"{self.opts.app_label}_{self.opts.model_name}_restore"
        view = self.admin_site.admin_view(self.restore_view)
        return [path("<path:object_id>/history/<int:history_id>/restore/", view, name=name), *super().get_urls()]

    def history_view(self, request, object_id, extra_context=None):
        if not self.is_recorded:
            return super().history_view(request, object_id, extra_context)
        row = self._row(request, object_id)
        if not self.has_view_or_change_permission(request, row):
            raise PermissionDenied
        number = request.GET.get("page", "1")
        number = int(number) if number.isascii() and number.isdecimal() and 0 < len(number) < 6 else 1
        start = max(number - 1, 0) * PER_PAGE
        entries = list(AuditEntry.objects.about(row).newest_first()[start: start + PER_PAGE + 1])
        is_last = len(entries) <= PER_PAGE
        own = [each for each in entries if not each.is_of_an_inline_row]
        return render(request, "admin/row_history.html", {
            **self.admin_site.each_context(request), "title": f"历史：{row}", "opts": self.opts, "row": row,
            "entries": entries[:PER_PAGE], "number": number, "newer": number - 1, "is_last": is_last,
            "baseline": self.model.history.filter(id=row.pk, history_change_reason=BASELINE).first()
            if is_last else None,
            "newest": own[0].history_id if own and number == 1 else None,
            "may_restore": self.has_change_permission(request, row), "page": self._page_of(row),
            **(extra_context or {}),
        })

    def restore_view(self, request, object_id, history_id):
        """Show what would change; with a reason it is a new change, under the form's rules and the version guard."""
        row = self._row(request, object_id)
        if not self.has_change_permission(request, row):
            raise PermissionDenied
        version = get_object_or_404(self.model.history, id=row.pk, history_id=history_id)
        form, formsets = self._unbound(request, row)
        now = Snapshot.of(row, form, formsets)
        merge = Merge(row, form, formsets, now, now, self._as_of(version, form))
        asked = ReasonForm(request.POST or None)
        if request.method == "POST" and asked.is_valid() and merge.differences:
            return self._restore(request, row, merge.data, asked.cleaned_data["reason"])
        entry = AuditEntry.objects.about(row).filter(history_id=history_id, model=row._meta.label_lower).first()
        return render(request, "admin/restore.html", {
            **self.admin_site.each_context(request), "title": f"恢复：{row}", "opts": self.opts, "row": row,
            "entry": entry, "form": asked, "seen": request.POST.get("_seen") or now.token,
            "changes": [{"label": each.label, "old": readable(each.field, each.theirs),
                         "new": readable(each.field, each.mine)} for each in merge.differences],
            "history": self._page_of(row, "history"),
        }, status=400 if asked.errors else 200)

    def _row(self, request, object_id):
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        return row

    @staticmethod
    def _as_of(version, form):
        """What the form would post for a version: its values, and who was a member then."""
        data = QueryDict(mutable=True)
        members = {field.name: field.m2m_reverse_name() for field in version._history_m2m_fields}
        initial = {name: list(getattr(version, name).values_list(column, flat=True))
                   for name, column in members.items()}
        then = type(form)(instance=version.instance, initial=initial)
        for name in form.fields:
            data.setlist(name, posted(then[name]))
        return data

    def _restore(self, request, row, data, reason):
        data["_seen"] = request.POST.get("_seen", "")
        request.POST = data
        with acting(reason=reason):
            response = self.changeform_view(request, str(row.pk), form_url=self._page_of(row))
        return redirect(self._page_of(row, "history")) if response.status_code == 302 else response
