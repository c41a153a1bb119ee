"""Forms that residents send. A public page has no cookie, so a signed, dated key stands in for Django's token."""
from functools import wraps
from urllib.parse import urlsplit

from django.core import signing
from django.views.decorators.csrf import csrf_exempt

from guicheng.public.errors import error_page

SALT = "public-form"
LASTS = 12 * 3600  # seconds
OLD = "页面停留太久，请回到上一页刷新后再提交；选的文件要重新选。"
MAX_BODY = 25 * 1024 * 1024  # of the whole form, as in deploy/nginx.conf; of one file: guicheng/files/uploads.py
FOREIGN = "这次提交不是从本站的网页发出的，没有收下。"


def form_key(name):
    """The hidden value of a public form: says which form, and when the page was made."""
    return signing.dumps(name, salt=SALT)


def public_form(name, too_big="提交的内容太多，没有收下。", at_secret_address=False):
    """For a view: a POST must come from our own page with a key that is not older than LASTS. Else 403, in words.

    The page is kept nowhere. A body over MAX_BODY is refused unread: 413, with the sentence `too_big`.
    `at_secret_address`: no other site knows where to send it, and its page sends no referrer; browsers then say
    `Origin: null` of our own form too.

    The only `csrf_exempt` of the portal (docs/design.md): Django's token needs a cookie.
    """
    def decorate(view):
        @csrf_exempt
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if request.method == "POST":
                if is_foreign(request, nameless=at_secret_address):
                    return error_page(request, 403, FOREIGN)
                if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BODY:
                    return error_page(request, 413, too_big)
                if not is_fresh(request.POST.get("form_key", ""), name):
                    return error_page(request, 403, OLD)
            response = view(request, *args, **kwargs)
            response.headers.setdefault("Cache-Control", "no-store")  # its key is of this minute
            return response

        return guarded

    return decorate


def is_fresh(key, name):
    try:
        return signing.loads(key, salt=SALT, max_age=LASTS) == name
    except signing.BadSignature:
        return False


def is_hasty(key, seconds):
    """Whether a fresh key is younger than this: nobody reads a page and fills it in so fast."""
    try:
        signing.loads(key, salt=SALT, max_age=seconds)
    except signing.SignatureExpired:
        return False
    return True


def is_foreign(request, nameless=False):
    """Whether the browser says that another site's page sent this. `nameless`: one that says null is not meant."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return True
    origin = request.headers.get("Origin")
    if origin is None or nameless and origin == "null":
        return False
    return urlsplit(origin).netloc != request.get_host()
