"""The back office on a full disk: it is read, people sign in, and nothing that somebody typed is lost.

The page of an error of the server stands here too: it has to ask whether the disk was the reason.
"""
import sys

from django.conf import settings
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import DatabaseError
from django.http import UnreadablePostError

from guicheng.public.errors import error_page, page_of
from guicheng.upkeep.disk import fill_reserve, is_full, lacks_room, let_go_if_needed

KEPT_ON_THE_PAGE = (
    "请告诉系统管理员清出空间，这一页先别关。空间清出来以后按“再提交一次”；也可以先把下面的字抄走。选的文件要重新选。")
KEPT_BY_THE_BROWSER = "请告诉系统管理员清出空间。填过的，按浏览器的返回键还在。"
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
        return disk_is_full(request, request.POST)


def server_error(request):
    """Without the request: neither its session nor its user is looked at again. Django logs the status given here."""
    error = sys.exception()
    if isinstance(error, UnreadablePostError):
        words = ("没有收全", "上传的时候网络断了，什么也没有保存。请再提交一次。")
        return error_page(None, 400, words=words)
    if lacks_room(error):
        return disk_is_full(request, getattr(request, "_post", {}))  # where the form itself could not be read, nothing
    return error_page(None, 500)


def disk_is_full(request, posted):
    """What was to be saved could not be: say so and give everything back, to be sent again or copied."""
    words = ("磁盘已满", "请告诉系统管理员清出空间，再试一次。")
    if request.resolver_match is None or request.resolver_match.url_name in SIGNING_IN:
        return error_page(None, 507, "这一步没有办成，以前保存的都在。", words)
    said = "刚才的没有保存，以前保存的都在。"
    if not posted or any("password" in name for name in posted):  # a password stands on no page
        return error_page(None, 507, said, (words[0], KEPT_BY_THE_BROWSER))
    again = [(name, value) for name, values in posted.lists() for value in values
             if name != "csrfmiddlewaretoken" and value]
    typed = [value for _, value in again if not value.isascii()]  # words, and not keys, days and numbers
    return page_of(request, 507, said, (words[0], KEPT_ON_THE_PAGE), "disk_full.html", again=again, typed=typed)
