"""The Chinese error pages: each says what happened and what to do next.

A page that says what went wrong must not go wrong in its turn. Where the frame of all pages cannot be drawn, for want
of the static manifest, of a template or of the database, the words stand alone.
"""
import logging
from math import ceil

from django.conf import settings
from django.core.exceptions import TooManyFilesSent, ValidationError
from django.db import DatabaseError
from django.http import HttpResponse
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join

from guicheng.public.contact import contact, tel
from guicheng.public.context import nobodys

logger = logging.getLogger(__name__)
CANNOT_DRAW = (DatabaseError, OSError, TemplateDoesNotExist, ValueError)  # ValueError: no static manifest
SEARCHES = {400, 404}  # an address that was wrong: what was meant may be found
WORDS = {
    400: ("这个地址没法识别", "请检查地址里的筛选条件，或者在下面搜索。"),
    403: ("没有权限打开这一页", "如果需要这个权限，请找本单位的管理员。"),
    404: ("没有找到这一页", "可能是地址有误，也可能已经不再公开，可以在下面搜索。"),
    413: ("提交的内容太大", "请按浏览器的返回键，选小一些的文件再提交。"),
    500: ("系统出了问题", "已经记录下来，请稍后再试；着急的事请直接打电话。"),
}


def error_page(request, status, sentence="", words=None):
    """The page of a status; without a request, one that knows nothing of who asks."""
    return page_of(request, status, sentence, words)


def page_of(request, status, sentence="", words=None, template="error.html", **context):
    """The page, or its words alone."""
    title, advice = words or WORDS[status]
    try:
        # news: asked of the database, which may be what went wrong
        context = {**({} if request else nobodys()), "status": status, "title": title, "sentence": sentence,
                   "advice": advice, "news": None, "searches": status in SEARCHES, **context}
        return HttpResponse(render_to_string(template, context, request), status=status)
    except CANNOT_DRAW as error:
        logger.warning("An error page in words alone: %s", error)
    paragraphs = format_html_join("", "<p>{}</p>", [(text,) for text in (sentence, advice) if text])
    return HttpResponse(format_html(
        '<!doctype html><html lang="zh-Hans"><head><meta charset="utf-8"><meta name="viewport" '
        'content="width=device-width, initial-scale=1"><title>{}—桂城办实事</title></head><body><h1>{}</h1>{}'
        '{}<p><a href="{}/">回首页</a></p><p>错误编号 {}</p></body></html>',
        title, title, paragraphs, _phones(), settings.BASE_PATH, status), status=status)


def _phones():
    """Whom to call, as in includes/_contact.html."""
    calls = [(whom, tel(phone), phone) for whom, phone in contact().calls]
    return format_html_join("", '<p>{} <a href="tel:{}">{}</a></p>', calls)


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
