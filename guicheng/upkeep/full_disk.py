"""The back office on a full disk: it is read, people sign in, and nothing that somebody typed is lost."""
from django.conf import settings
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import DatabaseError

from guicheng.upkeep.disk import fill_reserve, is_full, lacks_room, let_go_if_needed

STAFF = "/admin/"
SIGNING_IN = {"login", "logout", "second_factor", "second_factor_set_up", "password_change"}  # what POSTs go on


class Sessions(SessionMiddleware):
    """Where the disk is full, what is lost of the session somebody came with is the touch or a message, not the page.

    Nobody stays longer for it: the session ends 30 minutes after the last touch that was kept.
    """

    def process_request(self, request):
        if request.path_info.startswith(STAFF):
            let_go_if_needed()
        super().process_request(request)

    def process_response(self, request, response):
        try:
            return super().process_response(request, response)
        except (DatabaseError, SessionInterrupted) as error:
            is_same = request.session.session_key == request.COOKIES.get(settings.SESSION_COOKIE_NAME)
            if not (is_same and lacks_room(error)):
                raise
            return response


class RefuseWhenFull:
    """Take no words of staff that could not be kept: what room there is is for signing in."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if request.method != "POST" or not request.path_info.startswith(STAFF):
            return None
        if not is_full():
            fill_reserve()
            return None
        if request.resolver_match.url_name in SIGNING_IN or not request.user.is_authenticated:
            return None
        from guicheng.pages.errors import disk_is_full  # the pages look up to the apps

        return disk_is_full(request, request.POST)
