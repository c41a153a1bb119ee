"""What the portal is made of: the paper, the licences, and an audit that never takes silence for safety."""
import json
import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from guicheng.management.commands import audit_packages
from guicheng.upkeep import supply, vulnerabilities
from guicheng.upkeep.version import PYPROJECT, VERSION

ROOT = PYPROJECT.parent
HASH = "a" * 64


def said(command, *args):
    out = StringIO()
    call_command(command, *args, stdout=out)
    return out.getvalue()


# --- the bill of materials -------------------------------------------------------------------------
def test_every_package_that_runs_is_in_it_as_pinned():
    bill = json.loads(said("sbom"))
    lock = (ROOT / "requirements.txt").read_text()
    found = re.findall(r"^(\S+?)==(\S+)( ;)?", lock, re.M)
    pinned = {f"{name}@{version}" for name, version, _ in found}
    everywhere = {f"{name}@{version}" for name, version, marker in found if not marker}
    listed = {f"{each['name']}@{each['version']}" for each in bill["components"] if each["scope"] == "required"}
    assert everywhere <= listed <= pinned and len(everywhere) > 20
    assert bill["metadata"]["component"]["version"] == VERSION
    django = next(each for each in bill["components"] if each["name"] == "django")
    entry = re.search(r"^django==.*?(?=^\S)", lock, re.M | re.S)[0]
    hashes = [each["content"] for each in django["externalReferences"][0]["hashes"]]
    assert hashes == re.findall(r"sha256:(\w{64})", entry)


def test_it_names_who_needs_whom_and_its_licence():
    bill = json.loads(said("sbom"))
    refs = {each["bom-ref"] for each in bill["components"]} | {f"guicheng@{VERSION}"}
    needs = {each["ref"]: each["dependsOn"] for each in bill["dependencies"]}
    assert set(needs) == refs and all(set(names) <= refs for names in needs.values())
    django = next(each for each in bill["components"] if each["name"] == "django")
    assert django["bom-ref"] in needs[f"guicheng@{VERSION}"]
    assert [each.partition("@")[0] for each in needs[django["bom-ref"]]] == ["pkg:pypi/asgiref", "pkg:pypi/sqlparse"]
    assert django["licenses"] == [{"license": {"id": "BSD-3-Clause"}}]


def test_the_same_packages_give_the_same_bytes(tmp_path):
    said("sbom", "--output", str(tmp_path / "a.json"))
    said("sbom", "--output", str(tmp_path / "b.json"))
    text = (tmp_path / "a.json").read_bytes()
    assert text == (tmp_path / "b.json").read_bytes()
    assert re.search(rb'"urn:uuid:[0-9a-f-]{36}"', text) and b"timestamp" not in text


def test_a_place_that_takes_no_file_is_a_sentence(tmp_path):
    with pytest.raises(CommandError, match="写不进去"):
        said("sbom", "--output", str(tmp_path / "none" / "a.json"))


def locked(folder, text):
    """A folder with these lines as its lock file."""
    (folder / "deploy").mkdir()
    for name, content in zip(supply.LOCKS, (text, ""), strict=True):
        (folder / name).write_text(content)
    return folder


@pytest.mark.parametrize(("line", "sentence"), [
    ("no-such-package==1.0", "没有安装 no-such-package"), ("django==1.0", "django 装的是 5")])
def test_what_is_not_installed_as_pinned_stops_it(tmp_path, line, sentence):
    with pytest.raises(supply.NotAsPinned, match=sentence):
        supply.packages(locked(tmp_path, f"{line} \\\n    --hash=sha256:{HASH}\n"))


def test_what_only_another_machine_needs_is_left_out(tmp_path):
    assert supply.packages(locked(tmp_path, f"no-such==1 ; sys_platform == 'win32' \\\n --hash=sha256:{HASH}\n")) == []


# --- licences --------------------------------------------------------------------------------------
def test_no_licence_came_in_that_nobody_agreed_to():
    assert supply.not_allowed(supply.packages()) == []


def test_the_list_of_licences_is_of_today():
    assert (ROOT / "docs/licences.md").read_text() == said("sbom", "--licences")


@pytest.mark.parametrize(("name", "words"), [
    ("new", {}), ("new", {"License-Expression": "GPL-3.0-only"}),
    ("new", {"License-Expression": "MIT AND GPL-3.0-only"}),
    ("new", {"Classifier": "License :: OSI Approved :: GNU General Public License (GPL)"}),
    ("new", {"License": "see the file"}),
    ("resvg-py", {"License-Expression": "GPL-3.0-only"}),  # what a person read was another licence
])
def test_another_licence_or_none_is_found(name, words):
    words = Words(words)
    package = supply.Package(name, "1", "required", supply.licence_of(name, words), (), frozenset())
    assert re.fullmatch(rf"{name} 的许可是“.+”，不在允许之列.*", supply.not_allowed([package])[0])


@pytest.mark.parametrize(("words", "licence"), [
    ({"License-Expression": "GPL-3.0-only OR MIT"}, "GPL-3.0-only OR MIT"), ({"License": "MIT"}, "MIT"),
    ({"License": "BSD, see the file", "Classifier": "License :: OSI Approved :: BSD License"}, "BSD License")])
def test_one_that_may_be_chosen_is_enough(words, licence):
    package = supply.Package("new", "1", "required", supply.licence_of("new", Words(words)), (), frozenset())
    assert package.licence == licence and package.is_allowed


class Words(dict):
    """The metadata of a package, with one classifier at most."""

    def get_all(self, name):
        return [self[name]] if name in self else None


# --- vulnerabilities -------------------------------------------------------------------------------
SAFE = {"name": "django", "version": "5.2.19", "vulns": []}
SKIPPED = {"name": "pillow", "skip_reason": "Dependency not found on PyPI and could not be audited: pillow (13.0.0)"}
HIT = {"name": "segno", "version": "1.6.6", "vulns": [
    {"id": "CVE-2099-1", "fix_versions": ["1.6.7"], "aliases": [], "description": ""},
    {"id": "CVE-2099-2", "fix_versions": [], "aliases": [], "description": ""}]}


@pytest.fixture
def tools(tmp_path, monkeypatch):
    """A place for tools; `answers(text)` makes a pip-audit there that prints it, and a validator that is content."""
    def answers(text, code=0):
        answer = tmp_path / "answer"
        answer.write_text(text)
        for name, body in {"pip-audit": f"cat {answer}; exit {code}", "python": "exit 0"}.items():
            (tmp_path / name).write_text(f"#!/bin/sh\n{body}\n")
            (tmp_path / name).chmod(0o755)

    monkeypatch.setattr(vulnerabilities, "TOOLS", tmp_path)
    return answers


def of(*rows):
    return json.dumps({"dependencies": rows, "fixes": []})


def test_all_looked_up_and_nothing_known(tools):
    tools(of(SAFE))
    assert "锁定的 1 个软件都核对过，没有已知漏洞。" in said("audit_packages")


@pytest.mark.parametrize(("answer", "code", "sentence"), [
    (of(SAFE, HIT, SKIPPED), 1, "有 2 个已知漏洞"),
    (of(SKIPPED), 3, "一个也没有核对"),  # pip-audit itself ends with 0 here, and says that nothing is known
    (of(SAFE, SKIPPED), 3, "核对了 1 个，没有已知漏洞；pillow 没能核对"),
    ("Traceback (most recent call last)", 3, "一个也没有核对"), ("", 3, "一个也没有核对"), ("[]", 3, "一个也没有核对"),
])
def test_what_is_known_and_what_was_not_asked_are_told_apart(tools, answer, code, sentence):
    tools(answer, code=int(code == 1))
    with pytest.raises(CommandError, match=sentence) as error:
        said("audit_packages")
    assert error.value.returncode == code


def test_each_vulnerability_is_named_with_what_mends_it():
    assert vulnerabilities.read(of(SAFE, HIT)).found == [
        "segno 1.6.6：CVE-2099-1，改用 1.6.7。", "segno 1.6.6：CVE-2099-2，还没有修好的版本。"]


def test_without_its_tools_it_says_how(tmp_path, monkeypatch):
    monkeypatch.setattr(vulnerabilities, "TOOLS", tmp_path)
    with pytest.raises(CommandError, match="请用 make audit 运行") as error:
        said("audit_packages")
    assert error.value.returncode == audit_packages.NOT_ASKED


def test_it_is_no_step_of_the_tests():
    steps = (ROOT / "Makefile").read_text().partition("\ntest:")[2].partition("\n\n")[0]
    assert "audit" not in steps + Path(ROOT / "tests/run_all.py").read_text()
