"""核对: the page where anybody holds a file or a printed fingerprint against what was closed."""
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from guicheng.public_forms import form_key, public_form
from guicheng.text import clean_text
from projects import verify as verifying

FORM = "verify"


@require_http_methods(["GET", "HEAD", "POST"])
@public_form(FORM)
def verify(request):
    answer, sentence, name = None, "", ""
    typed = clean_text(request.GET.get("fingerprint", ""))[:100]
    if request.method == "POST":
        upload = request.FILES.get("file")
        if "file" in getattr(request, "too_large_uploads", ()):
            sentence = "文件太大，本站留存的文件没有这么大的。"
        elif upload is None:
            sentence = "请选一个要核对的文件。"
        else:
            answer, name = verifying.of_file(upload.read()), clean_text(upload.name)[:80]
    elif typed:
        answer = verifying.of_fingerprint(typed)
    return render(request, "projects/report_verify.html", {
        "answer": answer, "sentence": sentence, "name": name, "typed": typed, "form_key": form_key(FORM),
    }, status=400 if sentence else 200)
