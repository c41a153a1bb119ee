"""Photos and papers put on their owner, changed and taken off: one operation each, logged by who calls.

The files are read and written before (`read_photo`, `read_paper`): the transaction only writes rows.
"""
import hashlib
from contextlib import contextmanager
from itertools import count

from django.core.exceptions import ValidationError
from django.db import transaction

from guicheng import media_store
from guicheng.files.models import Paper, Photo, Role, models_of
from guicheng.files.papers import clean_paper
from guicheng.files.photos import clean_photo
from guicheng.review.states import IN_REVIEW
from guicheng.text import clean_text


def read_photo(file, by, model):
    """An unsaved photo, a row of `model`, whose files are in place. Raises ValidationError with one sentence."""
    cleaned = clean_photo(file)
    largest = cleaned.files[max(cleaned.files)]
    photo = model(uploaded_by=by, width=cleaned.width, height=cleaned.height, size=len(largest),
                  sha256=hashlib.sha256(largest).hexdigest())
    for width, content in cleaned.files.items():
        media_store.write(photo.file, f"-{width}.jpg", content)
    return photo


def read_paper(file, by, model):
    """An unsaved paper, a row of `model`, whose file is in place. Raises ValidationError with one sentence."""
    content, pages = clean_paper(file)
    title = clean_text(file.name).rsplit(".", 1)[0].strip()[:120] or "附件"
    paper = model(uploaded_by=by, title=title, pages=pages, size=len(content),
                  sha256=hashlib.sha256(content).hexdigest())
    media_store.write(paper.file, ".pdf", content)
    return paper


@contextmanager
def editing(owner, by):
    """Hold the owner while its photos and papers change.

    What is in review leaves it: nobody publishes a photo that was not there when it was checked.
    Gives the row as it is now; raises ValidationError when its media may not change (any more).
    """
    with transaction.atomic():
        row = type(owner)._default_manager.select_for_update(no_key=True, of=("self",)).get(pk=owner.pk)
        if not row.may_change_media(by):
            noun = row._meta.verbose_name
            raise ValidationError(f"这条{noun}已经发布、撤销，或者不是你填报的，照片和附件不能改。")
        yield row
        if row.state in IN_REVIEW:
            row.save_draft(by)
    owner.state, owner.version, owner.checker_id = row.state, row.version, row.checker_id


def attach(owner, rows, by):
    """Put photos and papers (unsaved rows of `read_…`) behind those that are there; give the number added.

    One that the owner has already is passed over. Raises ValidationError when there are too many.
    """
    with editing(owner, by) as held:
        return _put(held, rows)


def attach_to_new(owner, rows):
    """The same for an owner that was made in this very transaction: nobody has looked at it, it stays in review.

    Raises ValidationError where a photo could not be handed in as it is.
    """
    with transaction.atomic():
        added = _put(owner, rows)
        for model in models_of(owner):
            if sentences := model.objects.filter(**{model.of: owner}).missing():
                raise ValidationError(sentences)
    return added


def _put(owner, rows):
    added = 0
    for model in models_of(owner):
        there = list(model.objects.filter(**{model.of: owner}))
        known = {row.sha256 for row in there}
        last = max((row.order for row in there), default=0)
        new = [row for row in rows if isinstance(row, model) and row.sha256 not in known]
        new = list({row.sha256: row for row in new}.values())
        if len(there) + len(new) > model.most:
            raise ValidationError(f"一条{owner._meta.verbose_name}最多 {Photo.most} 张照片、{Paper.most} 份附件。")
        _pair(new, there)
        for number, row in enumerate(new, 1):
            setattr(row, row.of, owner)
            row.order = last + number
            row.full_clean()
            row.save()
        added += len(new)
    return added


def _pair(new, there):
    """Give those of the new that are before or after the first pair in which their places are free."""
    new = [row for row in new if row.kind == "photo" and row.role != Role.SINGLE and row.pair is None]
    taken = {(row.pair, row.role) for row in there if row.kind == "photo"}
    number = next(number for number in count(1) if not any((number, row.role) in taken for row in new))
    for row in new:
        row.pair = number


def copy_attachments(old, new, by):
    """Let a correction, still a draft, start with the photos and papers of what it corrects."""
    return attach(new, [_copy(row, by) for row in [*old.photos.all(), *old.papers.all()]], by)


def copy_to_new(pairs, by):
    """Let many rows made in this very transaction start with what those have that they stand for: (old, new)."""
    new_of = {old.pk: new for old, new in pairs}
    for model in models_of(pairs[0][0]):
        copies = []
        for row in model.objects.filter(**{f"{model.of}__in": new_of}):
            copies.append(_copy(row, by))
            setattr(copies[-1], model.of, new_of[getattr(row, f"{model.of}_id")])
        model.objects.bulk_create(copies)


def _copy(row, by):
    kept = {field.name: getattr(row, field.name) for field in row._meta.concrete_fields
            if field.name not in ("id", "code", row.of, "uploaded_by", "uploaded_at", "frozen_at")}
    return type(row)(uploaded_by=by, **kept)
