"""One section of the menu as a page, the stock index of all tables, the 使用手册."""
from django.http import Http404
from django.shortcuts import render

from guicheng.office.manual import chapter_for, chapters


def show_work(site, request, part):
    """The ways of one section, each with a sentence. 404 for a section this person has nothing in."""
    context = site.each_context(request)
    found = next((each for each in context["menu"] if each.key == part), None)
    if found is None:
        raise Http404
    return render(request, "admin/work.html", {**context, "title": found.title, "part": found})


def show_tables(site, request):
    """Every table this person may open, as the system divides them."""
    context = site.each_context(request)
    return render(request, "admin/tables.html", {**context, "title": "全部表", "app_list": context["available_apps"]})


def show_manual(site, request):
    """The 使用手册, all chapters on one page that prints."""
    context = site.each_context(request)
    return render(request, "admin/manual.html", {
        **context, "title": "使用手册", "chapters": chapters(), "own": chapter_for(request.user)})
