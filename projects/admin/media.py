"""The page of one statement's photos and papers, and their files for staff."""
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_safe

from guicheng.office.submissions import once
from projects.ledger.attach import editing
from projects.ledger.media_forms import AttachmentsForm, PaperForm, PhotoForm
from projects.models import Paper, Photo, ProgressUpdate, WatchedWord
from projects.permissions import can_edit_media
from projects.views.files import paper_response, photo_response


def urls(site):
    """Routes of the admin site: below the statement they belong to, and the files."""
    view = site.admin_view
    return [
        path("projects/progressupdate/<int:pk>/photos/", view(photos_page), name="projects_progressupdate_photos"),
        path("media/<slug:code>/<int:width>/", view(photo_file), name="photo-file"),
        path("papers/<slug:code>/", view(paper_file), name="paper-file"),
    ]


# --- files ------------------------------------------------------------------------------------
def _visible(request, model, code):
    if not request.user.has_perm("projects.view_progressupdate"):
        raise PermissionDenied
    return get_object_or_404(model.objects.visible_to(request.user), code=code)


@require_safe
def photo_file(request, code, width):
    return photo_response(_visible(request, Photo, code), width)


@require_safe
def paper_file(request, code):
    return paper_response(_visible(request, Paper, code))


# --- the page ---------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
def photos_page(request, pk):
    """See a statement's photos and papers; its author adds, describes and removes them until it is published."""
    if not request.user.has_perm("projects.view_progressupdate"):
        raise PermissionDenied
    rows = ProgressUpdate.objects.visible_to(request.user).select_related("project", "author")
    update = get_object_or_404(rows, pk=pk)
    may_edit = can_edit_media(request.user, update)
    if request.method != "POST":
        return _page(request, update, may_edit)
    if not may_edit:
        raise PermissionDenied
    return _save(request, update)


def _forms(update, data=None, only=None):
    """A form for each photo and paper; bound to `data` where it speaks of that row."""
    made = []
    for form_class, manager in ((PhotoForm, update.photos), (PaperForm, update.papers)):
        forms = []
        for row in manager.order_by("order", "pk"):
            named = data is not None and f"{row.code}-order" in data
            forms.append(form_class(data if named else None, instance=row, prefix=row.code))
        made.append(forms)
    return made


def _save(request, update):
    """Keep all that is good of what came, and say of the rest what is wrong: nothing is lost."""
    was_in_review = update.state in ProgressUpdate.IN_REVIEW
    uploads = AttachmentsForm(request.POST, request.FILES, by=request.user)
    uploads.is_valid()
    forms = [form for each in _forms(update, request.POST) for form in each if form.is_bound]
    good, refused, done = _are_good(forms), False, []
    with once(request) as sending:
        try:
            if good and (said := _changed(update, forms, request.user)):
                done.append(said)
            if added := uploads.attach(update):
                done.append(f"新增 {added} 个文件")
        except ValidationError as error:
            refused = True
            messages.error(request, " ".join(error.messages))
        sending.leads_to = request.path
        if not done:
            sending.nothing_saved()
    if done:
        admin.site.get_model_admin(ProgressUpdate).log_change(request, update, "；".join(done))
        messages.success(request, f"已保存：{'；'.join(done)}。")
        if was_in_review:
            messages.warning(request, "照片或附件有改动，这条进展回到草稿，请重新提交审核。")
    if uploads.cleaned_data.get("people_agreed") and not uploads.rows and not uploads.errors:
        messages.warning(request, "“新照片”的确认只管这次选的照片，这次没有选。已有的照片，请在它自己那一栏勾。")
    for sentence in [each for errors in uploads.errors.values() for each in errors]:
        messages.error(request, sentence)
    if not good or refused or (uploads.errors and not uploads.rows):
        still = uploads if refused or not uploads.rows else None
        return _page(request, update, can_edit_media(request.user, update), request.POST, still)
    if "back" in request.POST and not uploads.errors:
        return redirect("admin:projects_progressupdate_change", update.pk)
    return redirect(request.path)


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


def _changed(update, forms, by):
    """Write what the forms say, all or nothing; give the sentence for the log, "" when nothing changed."""
    removed = [form.instance for form in forms if form.cleaned_data.get("remove")]
    changed = [form for form in forms if form.has_changed() and form.instance not in removed]
    if not removed and not changed:
        return ""
    with editing(update, by) as held:
        for row in removed:
            row.delete()
        # through nothing: two photos may change places within a pair
        places = [form.instance.pk for form in changed if isinstance(form.instance, Photo)]
        held.photos.filter(pk__in=places).update(role=Photo.Role.SINGLE, pair=None)
        for form in changed:
            form.instance.full_clean()
            form.instance.save()
    parts = [f"修改 {len(changed)} 个"] * bool(changed) + [f"去掉 {len(removed)} 个"] * bool(removed)
    return "、".join(parts) + "照片或附件"


def _words(update):
    """The words of the list that stand beside the photos and papers: shown to be looked at again, no refusal."""
    said = [text for photo in update.photos.all() for text in (photo.alt, photo.caption, photo.credit)]
    return WatchedWord.objects.all().found_in("\n".join([*said, *(paper.title for paper in update.papers.all())]))


def _page(request, update, may_edit, data=None, uploads=None):
    photos, papers = _forms(update, data)
    good = _are_good([form for form in [*photos, *papers] if form.is_bound])
    return render(request, "admin/projects/photos.html", {
        **admin.site.each_context(request), "title": "照片和附件", "opts": ProgressUpdate._meta, "update": update,
        "project": update.project, "may_edit": may_edit, "photo_forms": photos, "paper_forms": papers,
        "photos": update.photos.all(), "papers": update.papers.all(),
        "uploads": uploads or (AttachmentsForm(by=request.user) if may_edit else None),
        "missing": update.photos.unready() if may_edit else [],
        "in_review": update.state in ProgressUpdate.IN_REVIEW, "words": _words(update) if may_edit else [],
    }, status=200 if good and uploads is None else 400)
