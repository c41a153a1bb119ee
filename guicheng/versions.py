"""Nothing overwritten: a row that several people edit counts its versions."""
from django.db import models


class Versioned(models.Model):
    """A row whose editors each say which version they saw; the second of two is told, not obeyed."""

    version = models.PositiveIntegerField("版本", default=1, editable=False)

    class Meta:
        abstract = True
