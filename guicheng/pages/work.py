"""One section of the menu as a page, and the stock index of all tables."""
from django.http import Http404
from django.shortcuts import render


def show_work(site, request, key):
    """The ways of one section, each with a sentence. 404 for a section this person has nothing in."""
    context = site.each_context(request)
    part = next((part for part in context["menu"] if part.key == key), None)
    if part is None:
        raise Http404
    return render(request, "admin/work.html", {**context, "title": part.title, "part": part})


def show_tables(site, request):
    """Every table this person may open, as the system divides them."""
    context = site.each_context(request)
    return render(request, "admin/tables.html", {**context, "title": "全部表", "app_list": context["available_apps"]})
