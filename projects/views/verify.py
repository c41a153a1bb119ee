"""核对: the page where anybody holds a file or a printed fingerprint against what was closed."""
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from guicheng.public.forms import form_key, public_form
from guicheng.public.proxies import client_network
from guicheng.public.turns import Busy
from guicheng.text import clean_text
from projects import heads
from projects.report import verify as verifying

FORM = "verify"
TOO_BIG = "文件太大，本站留存的文件没有这么大的。"
BUSY = "这个文件不是留存的原件，里面的内容要打开看；现在正在看别人的，请过 {seconds} 秒再核对一次，文件要重新选。"
SHARE_TAKEN = "从这个网络核对的文件太多了，请过 {seconds} 秒再核对，文件要重新选。"


@require_http_methods(["GET", "HEAD", "POST"])
@public_form(FORM, TOO_BIG)
def verify(request):
    answer, sentence, name, status, busy = None, "", "", 200, None
    typed = clean_text(request.GET.get("fingerprint", ""))[:100]
    if request.method == "POST":
        upload = request.FILES.get("file")
        if "file" in getattr(request, "too_large_uploads", ()):
            sentence, status = TOO_BIG, 400
        elif upload is None:
            sentence, status = "请选一个要核对的文件。", 400
        else:
            name = clean_text(upload.name)[:80]
            try:
                answer = verifying.of_file(upload, client_network(request) or "")
            except Busy as error:
                busy = error
                sentence = (SHARE_TAKEN if busy.own_share else BUSY).format(seconds=busy.seconds)
                status = 429 if busy.own_share else 503
    elif typed:
        answer = verifying.of_fingerprint(typed)
    response = render(request, "projects/report_verify.html", {
        "head": heads.of_verifying(),
        "answer": answer, "sentence": sentence, "name": name, "typed": typed, "form_key": form_key(FORM),
    }, status=status)
    if busy:
        response["Retry-After"] = str(busy.seconds)
    return response
