"""The address by which failed logins are limited: a forged X-Forwarded-For changes nothing."""
import pytest
from axes.helpers import get_client_ip_address
from django.test import RequestFactory


@pytest.mark.parametrize(("proxies", "forwarded", "address"), [
    (0, None, "127.0.0.1"),
    (0, "6.6.6.6", "127.0.0.1"),
    (1, "1.2.3.4", "1.2.3.4"),
    (1, "6.6.6.6, 1.2.3.4", "1.2.3.4"),
    (2, "6.6.6.6, 1.2.3.4, 10.0.0.1", "1.2.3.4"),
    (1, "2001:db8::1", "2001:db8::"),
    (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
    (1, "::ffff:1.2.3.4", "1.2.3.4"),
    (1, None, "127.0.0.1"),
    (2, "1.2.3.4", "127.0.0.1"),
    (1, "不是地址", "127.0.0.1"),
])
def test_client_network(settings, proxies, forwarded, address):
    settings.PROXY_COUNT = proxies
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    request = RequestFactory().get("/admin/login/", REMOTE_ADDR="127.0.0.1", **headers)
    assert get_client_ip_address(request) == address
