"""A change form of the back office as a person's browser holds it: open it, change a field, post all of it."""
import re
from html.parser import HTMLParser

from django.http import QueryDict


class _Fields(HTMLParser):
    def __init__(self):
        super().__init__()
        self.data, self.select, self.area = QueryDict(mutable=True), None, None

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        name = attrs.get("name")
        if tag == "input" and name and attrs.get("type") not in ("submit", "image", "file"):
            if attrs.get("type") not in ("checkbox", "radio") or "checked" in attrs:
                ticked = attrs.get("type") in ("checkbox", "radio")
                self.data.appendlist(name, attrs.get("value", "on" if ticked else "") or "")
        elif tag == "select":
            self.select, self.first, self.chosen = name, None, False
            self.many = "multiple" in attrs
        elif tag == "option" and self.select:
            if "selected" in attrs:
                self.data.appendlist(self.select, attrs.get("value", ""))
                self.chosen = True
            elif self.first is None:
                self.first = attrs.get("value", "")
        elif tag == "textarea":
            self.area, self.text = name, ""

    def handle_data(self, data):
        if self.area:
            self.text += data

    def handle_endtag(self, tag):
        if tag == "select" and self.select:
            if not self.chosen and not self.many and self.first is not None:
                self.data.appendlist(self.select, self.first)
            self.select = None
        elif tag == "textarea" and self.area:
            self.data.appendlist(self.area, self.text.removeprefix("\n"))
            self.area = None


def held(response):
    """What the form of a page would post untouched, without the empty rows that wait for JavaScript."""
    page = response.content.decode()
    form = max(re.findall(r"<form.*?</form>", page, re.S), key=len)
    fields = _Fields()
    fields.feed(form)
    for name in [name for name in fields.data if "__prefix__" in name or name == "csrfmiddlewaretoken"]:
        del fields.data[name]
    return fields.data


def opened(client, address):
    return held(client.get(address))


def changed(data, **values):
    """A copy of the form's data with some fields filled in otherwise."""
    data = data.copy()
    for name, value in values.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return data


def post(client, address, data, **values):
    return client.post(address, changed(data, **values).urlencode(),
                       content_type="application/x-www-form-urlencoded")
