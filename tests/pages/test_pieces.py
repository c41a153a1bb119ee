"""The page of the pieces: all of them, for staff, without a row in the database."""
import re
from pathlib import Path

import pytest
from django.template.loader import render_to_string

from guicheng.pages.pieces import samples

pytestmark = pytest.mark.django_db
FOLDER = Path(__file__).resolve().parents[2] / "templates" / "pieces"
# what stands inside of others, or needs the page around it
PARTS = {"chip", "mini", "cells", "find", "foot"}


def names():
    return {path.stem[1:] for path in FOLDER.glob("_*.html")}


def test_every_piece_is_shown():
    assert {name for name, _, _ in samples()} == names() - PARTS


@pytest.mark.parametrize("name", sorted(names() - PARTS))
def test_a_piece_is_drawn_from_its_context(name, django_assert_num_queries):
    context = next(context for each, _, context in samples() if each == name)
    with django_assert_num_queries(0):
        drawn = render_to_string(f"pieces/_{name}.html", context)
    assert re.search(r"[\u4e00-\u9fff]", drawn), "a piece says something"


def test_each_says_its_context():
    heads = {path.name: path.read_text(encoding="utf-8").splitlines()[:3] for path in FOLDER.glob("_*.html")}
    assert [name for name, lines in heads.items() if "ontext" not in "".join(lines)] == []


def test_only_staff_sees_the_page(client, sign_in, superuser):
    assert client.get("/admin/pieces/").status_code == 302
    assert client.get("/admin/pieces.css").status_code == 302
    client = sign_in(superuser)
    page = client.get("/admin/pieces/")
    assert page.status_code == 200 and "一张清单站在五级台阶上" in page.content.decode()
    assert 'class="elder"' in client.get("/admin/pieces/?elder=1").content.decode()


def test_dark_stands_beside_light(sign_in, superuser):
    style = sign_in(superuser).get("/admin/pieces.css").content.decode()
    dark, paper = style.split(".as-print")
    assert "--ground: #17181b" in dark and "--ground: #fff" in paper
