"""The portal's addresses, what stock views give, and a constant 30 KB answer through the same middleware, the limit."""
from django.http import HttpResponse
from django.urls import include, path

from guicheng import urls as portal
from guicheng.urls import handler400, handler403, handler404, handler500  # noqa: F401

BODY = b"<!doctype html>" + b"x" * 30 * 1024


def constant(request):
    return HttpResponse(BODY)


urlpatterns = [path("bench/constant/", constant), path("bench/stock/", include("tests.bench.stock"))]
urlpatterns += portal.urlpatterns
