"""What the frame of every public page tells of the apps."""
from django.utils.functional import SimpleLazyObject

import projects.summary


def news(request):
    """`news`: how new the material is, or None. Asked only by a page that shows it."""
    return {"news": SimpleLazyObject(projects.summary.news)}
