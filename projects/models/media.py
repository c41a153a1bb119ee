"""The photos and papers of a statement."""
from django.db import models

from guicheng.files import models as files
from projects.models.ledger import ProgressUpdate


class Photo(files.Photo):
    of, append_only = "update", files.frozen_with("update", "进展")

    update = models.ForeignKey(
        ProgressUpdate, verbose_name="进展", on_delete=models.PROTECT, related_name="photos", editable=False
    )

    class Meta(files.Photo.Meta):
        constraints = files.photo_constraints("update", "进展")


class Paper(files.Paper):
    of, append_only = "update", files.frozen_with("update", "进展")

    update = models.ForeignKey(
        ProgressUpdate, verbose_name="进展", on_delete=models.PROTECT, related_name="papers", editable=False
    )

    class Meta(files.Paper.Meta):
        constraints = files.paper_constraints("update", "进展")
