"""What leaves the site by hand: the picture to forward, and the sheet for the notice board. GET only."""
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from guicheng.days.as_of import NOW
from guicheng.public.errors import error_page
from projects.cards.kept import card_response
from projects.cards.of import card_of_project, card_of_quarter
from projects.cards.poster import PosterSize, poster_of_project
from projects.project_page import ProjectPage
from projects.report.build import outline_of
from projects.views.reports import Asked


@require_safe
def project_card(request, code):
    return card_response(request, card_of_project(ProjectPage(code, NOW)))


@require_safe
def quarter_card(request, quarter):
    """Of the quarter as it was closed last, else as it stands."""
    try:
        asked = Asked.read(quarter, {}, NOW)
    except Http404 as error:
        return error_page(request, 404, str(error))
    document = asked.document.public if asked.close else outline_of(asked.quarter, asked.summary)
    return card_response(request, card_of_quarter(asked.quarter, document))


def poster_page(request, poster_of):
    """The sheet that `poster_of(size)` gives, or a sentence where that size is none."""
    try:
        size = PosterSize.read(request.GET.get("size", ""))
    except ValueError as error:
        return error_page(request, 400, str(error))
    return render(request, "projects/poster.html", {"poster": poster_of(), "size": size, "sizes": PosterSize})


@require_safe
def project_poster(request, code):
    page = ProjectPage(code, NOW)
    return poster_page(request, lambda: poster_of_project(page, request))
