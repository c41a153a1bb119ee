"""What an address names on 这些数怎么算 and 数据从哪里来 is open, and without JavaScript stands there to be opened."""
import pytest

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("place", ["about/#done", "about/#metric-members", "about/#silence"])
def test_what_the_address_names_is_open(live_server, facts, watched, place):
    page = watched(f"{live_server.url}/{place}", width=390)
    named = f"[id='{place.partition('#')[2]}']"
    assert page.is_visible(f"{named} > p") and page.faults == []
    page.evaluate("location.hash = '#rate'")
    page.wait_for_selector("#rate[open]")


def test_without_javascript_its_name_is_in_sight(live_server, facts, open_page):
    page = open_page(f"{live_server.url}/about/#metric-members", width=390, java_script_enabled=False)
    top = page.locator("#metric-members > summary").bounding_box()
    assert 0 <= top["y"] < 900 and top["height"] >= 44
    page.click("#metric-members > summary")
    assert page.is_visible("#metric-members > p >> nth=0")


def test_a_source_is_in_sight(live_server, facts, open_page):
    from projects.models import Source

    source = Source.objects.exclude(url="").first() or Source.objects.first()
    page = open_page(f"{live_server.url}{source.get_absolute_url()}", width=390)
    assert 0 <= page.locator(f"[id='{source.code}'] h2").bounding_box()["y"] < 900


@pytest.mark.parametrize("address", ["/about/", "/sources/"])
def test_neither_is_long_on_a_phone(live_server, facts, open_page, address):
    page = open_page(live_server.url + address, width=390)
    assert page.evaluate("document.documentElement.scrollHeight") <= 6100
