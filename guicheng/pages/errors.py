"""The Chinese error pages: each says what happened and what to do next."""
from django.conf import settings
from django.core.exceptions import TooManyFilesSent, ValidationError
from django.shortcuts import render

WORDS = {
    400: ("这个地址没法识别", "请检查地址里的筛选条件，或者从首页重新找。"),
    403: ("没有权限打开这一页", "如果需要这个权限，请找本单位的管理员。"),
    404: ("没有找到这一页", "可能是地址有误，也可能已经不再公开。可以在下面搜索，或者回首页。"),
    413: ("提交的内容太大", "请按浏览器的返回键，选小一些的文件再提交。"),
    429: ("登录失败次数太多", "为了安全，请过 15 分钟再试；忘记密码请找本单位的管理员。"),
    500: ("系统出了问题", "已经记录下来。请稍后再试；着急的事请直接打电话给社区或街道办事处。"),
}


def error_page(request, status, sentence="", words=None):
    title, advice = words or WORDS[status]
    context = {"status": status, "title": title, "sentence": sentence, "advice": advice}
    return render(request, "error.html", context, status=status)


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


def locked_out(request, response=None, credentials=None, *args, **kwargs):
    return error_page(request, 429)


def server_error(request):
    """A 500 must not fail in its turn: no database, no context but the words."""
    from django.http import HttpResponseServerError
    from django.template.loader import render_to_string

    title, advice = WORDS[500]
    return HttpResponseServerError(
        render_to_string("error.html", {"status": 500, "title": title, "advice": advice})
    )
