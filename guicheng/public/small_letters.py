"""An address typed in capitals (/projects/KP01/) leads to that in small letters, where there is one."""
from functools import wraps

from django.http import Http404, HttpResponsePermanentRedirect
from django.urls import reverse


def small_letters(name, rows):
    """A decorator for the page of one row: `name` is its part of the address, `rows()` those that have a page.

    A row whose own name has capitals is found before.
    """
    def decorate(view):
        @wraps(view)
        def found(request, **named):
            try:
                return view(request, **named)
            except Http404:
                small = named | {name: named[name].lower()}
                if small == named or not rows().filter(**{name: small[name]}).exists():
                    raise
            query = request.META.get("QUERY_STRING", "")
            address = reverse(request.resolver_match.view_name, kwargs=small)
            return HttpResponsePermanentRedirect(f"{address}?{query}" if query else address)

        return found

    return decorate
