"""The Chinese error pages: each says what happened and what to do next.

A page that says what went wrong must not go wrong in its turn. Where the frame of all pages cannot be drawn, for want
of the static manifest, of a template or of the database, the words stand alone.
"""
import logging
import sys
from math import ceil

from django.conf import settings
from django.core.exceptions import TooManyFilesSent, ValidationError
from django.db import DatabaseError
from django.http import HttpResponse, UnreadablePostError
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join

from guicheng.upkeep.disk import lacks_room
from guicheng.upkeep.full_disk import SIGNING_IN

logger = logging.getLogger(__name__)
KEPT_ON_THE_PAGE = (
    "请告诉系统管理员清出空间，这一页先别关。空间清出来以后按“再提交一次”；也可以先把下面的字抄走。选的文件要重新选。")
KEPT_BY_THE_BROWSER = "请告诉系统管理员清出空间。填过的，按浏览器的返回键还在。"
CANNOT_DRAW = (DatabaseError, OSError, TemplateDoesNotExist, ValueError)  # ValueError: no static manifest
WORDS = {
    400: ("这个地址没法识别", "请检查地址里的筛选条件，或者从首页重新找。"),
    403: ("没有权限打开这一页", "如果需要这个权限，请找本单位的管理员。"),
    404: ("没有找到这一页", "可能是地址有误，也可能已经不再公开。可以在下面搜索，或者回首页。"),
    413: ("提交的内容太大", "请按浏览器的返回键，选小一些的文件再提交。"),
    500: ("系统出了问题", "已经记录下来。请稍后再试；着急的事请直接打电话给社区或街道办事处。"),
}


def error_page(request, status, sentence="", words=None):
    """The page of a status; without a request, one that knows nothing of who asks."""
    return _page(request, status, sentence, words)


def _page(request, status, sentence="", words=None, template="error.html", **context):
    """The page, or its words alone."""
    title, advice = words or WORDS[status]
    try:
        context = {"status": status, "title": title, "sentence": sentence, "advice": advice, **context}
        return HttpResponse(render_to_string(template, context, request), status=status)
    except CANNOT_DRAW as error:
        logger.warning("An error page in words alone: %s", error)
    paragraphs = format_html_join("", "<p>{}</p>", [(text,) for text in (sentence, advice) if text])
    return HttpResponse(format_html(
        '<!doctype html><html lang="zh-Hans"><head><meta charset="utf-8"><meta name="viewport" '
        'content="width=device-width, initial-scale=1"><title>{}—桂城办实事</title></head><body><h1>{}</h1>{}'
        '<p><a href="{}/">回首页</a></p><p>错误编号 {}</p></body></html>',
        title, title, paragraphs, settings.BASE_PATH, status), status=status)


def bad_request(request, exception=None):
    sentence = " ".join(exception.messages) if isinstance(exception, ValidationError) else ""
    if isinstance(exception, TooManyFilesSent):
        words = ("选的文件太多", "请按浏览器的返回键，填的还在；少选几个，分几次传。")
        most = settings.DATA_UPLOAD_MAX_NUMBER_FILES
        return error_page(request, 400, f"一次最多传 {most} 个文件，这次的都没有收下。", words)
    return error_page(request, 400, sentence)


def permission_denied(request, exception=None):
    return error_page(request, 403)


def not_found(request, exception=None):
    return error_page(request, 404)


def csrf_failure(request, reason=""):
    return error_page(request, 403, "页面停留太久，或者浏览器没有保存登录信息。请回到上一页刷新后再提交。")


def too_many_tries(request, refused):
    """429 for a sign-in that was not looked at: how long to wait, and who can help."""
    if refused.is_known:
        sentence = f"连着输错的次数太多，现在每 30 秒只能试一次，请过 {refused.seconds} 秒再试。"
        advice = "忘记口令请找本单位的管理员或系统管理员重置。"
    else:
        minutes = ceil(refused.seconds / 60)
        sentence = f"用这个账号或者从这个网络登录，输错的次数太多，请过 {minutes} 分钟再试。"
        advice = "近 90 天在这里登录过的账号不受影响。着急用，或者忘记口令，请打电话给本单位的管理员或系统管理员。"
    response = error_page(request, 429, sentence, ("登录失败次数太多", advice))
    response["Retry-After"] = str(refused.seconds)
    return response


def locked_out(request, response=None, credentials=None):
    """The same where axes refused: for AXES_LOCKOUT_CALLABLE."""
    from guicheng.sign_in import TooManyTries, seconds_for_strangers  # no models are loaded when this module is

    seconds = seconds_for_strangers(request, (credentials or {}).get("username", ""))
    return too_many_tries(request, TooManyTries(seconds, is_known=False))


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
    return _page(request, 507, said, (words[0], KEPT_ON_THE_PAGE), "disk_full.html", again=again, typed=typed)
