"""One number says which version this is, wherever it is asked."""
import re
from pathlib import Path

import pytest
from django.urls import reverse

from guicheng.upkeep.version import VERSION

CHANGELOG = Path(__file__).parents[2] / "CHANGELOG.md"


@pytest.mark.no_database
def test_the_newest_entry_of_the_changelog_is_of_this_version():
    newest = re.search(r"^## (\S+)", CHANGELOG.read_text(encoding="utf-8"), re.MULTILINE)
    assert newest[1] == VERSION


@pytest.mark.django_db
def test_the_page_about_the_figures_names_it(client):
    assert f"程序版本：{VERSION}。" in client.get(reverse("about")).content.decode()
