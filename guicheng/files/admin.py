"""The page of the photos and papers of one row, mixed into the admin of what has them."""
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods

from guicheng.files.attach import editing
from guicheng.files.forms import AttachmentsForm, forms_of
from guicheng.files.models import Role
from guicheng.files.pages import may_see
from guicheng.office.submissions import once
from guicheng.office.watched import texts_of, words_in
from guicheng.review.states import IN_REVIEW


class AttachmentPages:
    """Mixed into the admin of a `Reviewed` model that has photos and papers, before ScopedAdmin.

    The admin names its template and what stands in it beside the photos. Words of the office's list in their texts
    are shown to be looked at again; asked about they are where the row is handed in.
    """

    attachments_template, attachments_with = "", ()

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_photos"
        view = self.admin_site.admin_view(require_http_methods(["GET", "HEAD", "POST"])(self.photos_page))
        return [path("<int:pk>/photos/", view, name=name), *super().get_urls()]

    def attachments_context(self, row):
        """What the template says of the row itself."""
        return {"row": row}

    def photos_page(self, request, pk):
        """See a row's photos and papers; its author adds, describes and removes them until it is published."""
        if not may_see(request.user, self.model):
            raise PermissionDenied
        rows = self.model._default_manager.visible_to(request.user).select_related(*self.attachments_with, "author")
        row = get_object_or_404(rows, pk=pk)
        may_edit = row.may_change_media(request.user)
        if request.method != "POST":
            return self._photos(request, row, may_edit)
        if not may_edit:
            raise PermissionDenied
        return self._save_photos(request, row)

    def _save_photos(self, request, row):
        """Keep all that is good of what came, and say of the rest what is wrong: nothing is lost."""
        was_in_review = row.state in IN_REVIEW
        uploads = AttachmentsForm(request.POST, request.FILES, by=request.user, of=self.model)
        uploads.is_valid()
        forms = [form for each in _forms(row, request.POST) for form in each if form.is_bound]
        good, refused, done = _are_good(forms), False, []
        with once(request) as sending:
            try:
                if good and (said := _changed(row, forms, request.user)):
                    done.append(said)
                if added := uploads.attach(row):
                    done.append(f"新增 {added} 个文件")
            except ValidationError as error:
                refused = True
                messages.error(request, " ".join(error.messages))
            sending.leads_to = request.path
            if not done:
                sending.nothing_saved()
        if done:
            self.log_change(request, row, "；".join(done))
            messages.success(request, f"已保存：{'；'.join(done)}。")
            if was_in_review:
                noun = self.opts.verbose_name
                messages.warning(request, f"照片或附件有改动，这条{noun}回到草稿，请重新提交审核。")
        _say_what_is_wrong(request, uploads)
        if not good or refused or (uploads.errors and not uploads.rows):
            still = uploads if refused or not uploads.rows else None
            return self._photos(request, row, row.may_change_media(request.user), request.POST, still)
        if "back" in request.POST and not uploads.errors:
            return redirect(row.staff_page())
        return redirect(request.path)

    def _photos(self, request, row, may_edit, data=None, uploads=None):
        photo_forms, paper_forms = _forms(row, data)
        good = _are_good([form for form in [*photo_forms, *paper_forms] if form.is_bound])
        photos, papers = row.photos.all(), row.papers.all()
        return render(request, self.attachments_template, {
            **self.admin_site.each_context(request), "title": "照片和附件", "opts": self.opts,
            **self.attachments_context(row), "may_edit": may_edit, "photos": photos, "papers": papers,
            "photo_forms": photo_forms, "paper_forms": paper_forms,
            "uploads": uploads or (AttachmentsForm(by=request.user, of=self.model) if may_edit else None),
            "missing": row.photos.unready() if may_edit else [], "in_review": row.state in IN_REVIEW,
            "words": words_in(*texts_of([*photos, *papers])) if may_edit else [],
        }, status=200 if good and uploads is None else 400)


def _say_what_is_wrong(request, uploads):
    if uploads.cleaned_data.get("people_agreed") and not uploads.rows and not uploads.errors:
        messages.warning(request, "“新照片”的确认只管这次选的照片，这次没有选。已有的照片，请在它自己那一栏勾。")
    for sentence in [each for errors in uploads.errors.values() for each in errors]:
        messages.error(request, sentence)


def _forms(row, data=None):
    """A form for each photo and paper; bound to `data` where it speaks of that one."""
    made = []
    for form_class, manager in zip(forms_of(row), (row.photos, row.papers), strict=True):
        forms = []
        for each in manager.order_by("order", "pk"):
            named = data is not None and f"{each.code}-order" in data
            forms.append(form_class(data if named else None, instance=each, prefix=each.code))
        made.append(forms)
    return made


def _are_good(forms):
    """Whether each form holds or takes its row away, and the two photos of a pair are not twice the same."""
    good, taken = True, set()
    for form in forms:
        data = form.cleaned_data if form.is_valid() else getattr(form, "cleaned_data", {})
        if data.get("remove"):
            continue
        good = good and form.is_valid()
        place = (data.get("pair"), data.get("role"))
        if data.get("pair") is not None and place in taken:
            form.add_error("pair", "这一对里已经有一张这样的照片。")
            good = False
        taken.add(place)
    return good


def _changed(owner, forms, by):
    """Write what the forms say, all or nothing; give the sentence for the log, "" when nothing changed."""
    removed = [form.instance for form in forms if form.cleaned_data.get("remove")]
    changed = [form for form in forms if form.has_changed() and form.instance not in removed]
    if not removed and not changed:
        return ""
    with editing(owner, by) as held:
        for row in removed:
            row.delete()
        # through nothing: two photos may change places within a pair
        places = [form.instance.pk for form in changed if form.instance.kind == "photo"]
        held.photos.filter(pk__in=places).update(role=Role.SINGLE, pair=None)
        for form in changed:
            form.instance.full_clean()
            form.instance.save()
    parts = [f"修改 {len(changed)} 个"] * bool(changed) + [f"去掉 {len(removed)} 个"] * bool(removed)
    return "、".join(parts) + "照片或附件"
