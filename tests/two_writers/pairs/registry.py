"""Which pair is of which POST, by the name of its route in docs/posts.md."""
from django.urls import reverse

PAIRS = {}


def pair(route):
    def add(make):
        PAIRS.setdefault(route, []).append(make)
        return make

    return add


def url(name, *args):
    return reverse(f"admin:{name}", args=args)
