"""A sealed photo or paper: found by what a person pastes, and erased where it is personal data."""
import re

from django.core.exceptions import ValidationError

from guicheng import media_store
from guicheng.files.models import attachments, with_code
from guicheng.seal.models import Seal, SealKind
from guicheng.seal.work import work

CODE = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
NOT_FOUND = "没有找到这张照片或这份附件。请在公开页面上复制它的网址，整个贴过来。"


def named_by(kind, text):
    """The photo or paper that an address names. Raises ValidationError."""
    code = CODE.search(text)
    row = code and with_code(kind, code[0], lambda model: model.objects.all())
    if not row:
        raise ValidationError(NOT_FOUND)
    return row


@work
def erase():
    """Take the files of what is sealed as personal data from the disk, of every row that shows them.

    During a backup nothing is taken away: it stays unfinished, not to be fetched, and is begun again.
    """
    for kind in (SealKind.PHOTO, SealKind.PAPER):
        for seal in Seal.objects.in_force().of_files(kind).filter(is_personal=True, erased_at=None):
            with media_store.removing():
                for path in files_of(kind, seal.sha256):
                    path.unlink(missing_ok=True)
            seal.erased()


def files_of(kind, sha256):
    """The files of every photo or paper with this digest."""
    for model in attachments(kind):
        for row in model.objects.filter(sha256=sha256):
            yield from (media_store.path_of(row.file, ending) for ending in row.endings)


def erased_digests():
    """The digests of what is gone by a seal: not lost."""
    return set(Seal.objects.filter(erased_at__isnull=False).values_list("sha256", flat=True))


