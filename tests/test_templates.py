"""A line of a template has one block element and at most 120 characters, so that a change shows as what it is.

The back office keeps to it. The public pages do not yet: below stands how many lines of each file break it, a number
that only falls, to nothing when a page is redrawn. Lines are broken by hand: a break in a Chinese sentence is a space
that people see, and `{% sentence %}` takes it out.
"""
import re
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "templates"
LONGEST = 120
BLOCKS = (
    "address|article|aside|blockquote|body|caption|dd|details|dialog|div|dl|dt|fieldset|figcaption|figure|footer|form|"
    "h1|h2|h3|h4|h5|h6|head|header|hr|legend|li|main|nav|noscript|ol|p|pre|section|summary|table|tbody|td|tfoot|th|"
    "thead|tr|ul"
)
OPENING = re.compile(rf"<(?:{BLOCKS})(?=[\s>{{]|$)")

LEFT = {}


def is_too_full(line):
    return len(line) > LONGEST or len(OPENING.findall(line)) > 1


def too_full(path):
    """The numbers of the lines that break the rule."""
    return [number for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if is_too_full(line)]


def complaints(folder, left):
    """What is wrong with the templates of a folder, a sentence for each file; [] is nothing."""
    said = []
    for path in sorted(folder.rglob("*.html")):
        name = path.relative_to(folder).as_posix()
        lines, allowed = too_full(path), left.get(name, 0)
        if len(lines) > allowed:
            said.append(f"{name}: {len(lines)} lines, {allowed} allowed: {lines}")
        if len(lines) < allowed:
            said.append(f"{name}: lower the number from {allowed} to {len(lines)}")
    return said + [f"{name}: it is not there" for name in left if not (folder / name).exists()]


def test_no_line_is_too_full():
    assert complaints(FOLDER, LEFT) == []


def test_the_back_office_has_none_left():
    assert [name for name in LEFT if name.startswith("admin/")] == []


def test_it_would_be_seen(tmp_path):
    """Negative control."""
    (tmp_path / "long.html").write_text("字" * 120 + "\n" + "字" * 121, encoding="utf-8")
    (tmp_path / "two.html").write_text("<ul>\n<li><p>one</p></li>\n<li><b>two</b></li>\n</ul>\n", encoding="utf-8")
    assert complaints(tmp_path, {}) == ["long.html: 1 lines, 0 allowed: [2]", "two.html: 1 lines, 0 allowed: [2]"]
    assert complaints(tmp_path, {"long.html": 1, "two.html": 1}) == []
    assert complaints(tmp_path, {"long.html": 3, "two.html": 1}) == ["long.html: lower the number from 3 to 1"]
    assert complaints(tmp_path, {"long.html": 1, "two.html": 1, "gone.html": 2}) == ["gone.html: it is not there"]
    assert is_too_full("<td{% if a %}><p") and not is_too_full("<section><a><b></section>")


# --- how people are spoken to ---------------------------------------------------------------------------
def spoken_to(folder, word):
    """Templates below this folder that say the word."""
    return [path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*.html")) if word in path.read_text()]


def test_staff_are_colleagues_and_residents_are_guests():
    """The back office says 你 throughout, public pages say 您."""
    assert spoken_to(FOLDER / "admin", "您") == []
    assert [name for name in spoken_to(FOLDER, "你") if not name.startswith("admin/")] == []


def test_control_the_other_word_would_be_seen(tmp_path):
    (tmp_path / "page.html").write_text("<p>请您决定</p>")
    assert spoken_to(tmp_path, "您") == ["page.html"] and spoken_to(tmp_path, "你") == []
