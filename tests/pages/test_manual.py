"""The 使用手册: in the words of the screens, and every page points at a heading that is there."""
import re
from pathlib import Path

import pytest

from guicheng.office.manual import FOLDER, Picture, chapter_for, chapters, read
from guicheng.pages import menu
from tests import factories as make

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
LARGEST = 60_000  # bytes of one picture


def screens():
    """All that the templates and the code of the back office say."""
    files = [*ROOT.glob("templates/admin/**/*.html"), *(path for app in ("guicheng", "projects", "communities",
             "partybuilding") for path in ROOT.glob(f"{app}/**/*.py") if "migrations" not in path.parts)]
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def unknown(text, said):
    """The quoted words of a chapter that stand on no screen."""
    return [words for words in re.findall("“([^”]+)”", text) if words not in said and words not in CHAPTERS]


CHAPTERS = {chapter.title for chapter in chapters()}


def test_it_speaks_the_words_of_the_screens():
    said = screens()
    assert {path.name: unknown(path.read_text(encoding="utf-8"), said) for path in FOLDER.glob("*.md")} == {
        path.name: [] for path in FOLDER.glob("*.md")}
    assert unknown("点“改好再交”，再点“没有这个按钮”。", said) == ["没有这个按钮"]  # negative control


def test_a_line_before_the_first_heading_is_refused(tmp_path):
    path = tmp_path / "9-x.md"
    path.write_text("# 章\n\n一句话。\n", encoding="utf-8")
    with pytest.raises(ValueError, match="before the first heading"):
        read(path)


@pytest.mark.parametrize("address", ["/admin/", "/admin/work/record/", "/admin/projects/project/", "/admin/health/",
                                     "/admin/projects/reportingtask/", "/admin/manual/", "/admin/faces/"])
def test_every_page_points_at_a_heading(sign_in, superuser, address):
    client = sign_in(superuser)
    at = re.search(r'href="(/admin/manual/)#([\w-]+)">这一页怎么用', client.get(address).text)
    assert f'id="{at[2]}"' in client.get(at[1]).text


def test_keys_of_pages_are_headings():
    keys = {heading.key for chapter in chapters() for heading in chapter.headings}
    assert set(menu.KINDS.values()) <= keys
    assert [chapter.title for chapter in chapters()] == ["填报员", "审核人", "领导", "书记", "管理员"]


def test_the_pictures_are_there_and_small():
    named = {picture.name for chapter in chapters() for picture in chapter.pictures}
    kept = {path.name: path.stat().st_size for path in (FOLDER / "images").iterdir()}
    assert set(kept) == named
    assert max(kept.values()) < LARGEST
    assert all(chapter.pictures for chapter in chapters())


def test_a_picture_is_read_with_its_caption(tmp_path):
    path = tmp_path / "9-x.md"
    path.write_text("# 章\n\n## 节 {#x}\n\n![写着“退回”。](images/a-b.png)\n\n![别处](a.png)\n", encoding="utf-8")
    picture, other = read(path).headings[0].parts
    assert picture == ("picture", Picture("写着“退回”。", "a-b.png"))
    assert other[0] == "text"  # negative control: not of this folder


@pytest.mark.parametrize(("role", "slug"), [
    ("部门经办人", "clerk"), ("审核员", "reviewer"), ("领导", "leader"), ("业务管理员", "administrator")])
def test_everybody_has_a_chapter(role, slug):
    assert chapter_for(make.make_user(roles=[role])) == slug
