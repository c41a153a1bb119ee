"""What the portal is made of: the packages pinned and installed, their licences, and a paper that machines read.

The paper is CycloneDX JSON, written by ourselves: a library for it would bring more packages than it would name.
`make audit` holds it against the published schema.
"""
import json
import re
import tomllib
import uuid
from dataclasses import dataclass
from importlib import metadata

from guicheng.upkeep.version import PYPROJECT, VERSION

REQUIRED, OPTIONAL = "required", "optional"  # as CycloneDX says it
LOCKS = {"requirements.txt": REQUIRED, "deploy/requirements-pdf.txt": OPTIONAL}
PIN = re.compile(r"([\w.-]+)==([^\s;\\]+)(?: *; *([^\\]+))?")
NAME = re.compile(r"[\w.-]+")

# what may come in; the rest waits for a person who reads its licence
ALLOWED = {"Apache-2.0", "BSD License", "BSD-2-Clause", "BSD-3-Clause", "MIT", "MIT-0", "MIT-CMU", "MPL-1.1", "PSF-2.0",
           "Unlicense"}
CLASSIFIED = {"Apache Software License": "Apache-2.0", "BSD License": "BSD License", "MIT License": "MIT"}
# What a person read where a package's own words are none or are not in ALLOWED. Holds as long as it says the same.
READ = {  # package: (its own words, licence, why it may stay)
    "psycopg2-binary": ("GNU Library or Lesser General Public License (LGPL)", "LGPL-3.0-or-later",
                        "只调用，没有改动；换成自己编译的也能用，许可允许这样用。"),
    "pyphen": ("GNU General Public License v2 or later (GPLv2+) AND GNU Lesser General Public License v2 or later "
               "(LGPLv2+) AND Mozilla Public License 1.1 (MPL 1.1)",
               "GPL-2.0-or-later OR LGPL-2.1-or-later OR MPL-1.1", "三种任选，本站按 MPL 1.1 用，没有改动。"),
    "resvg-py": ("", "MIT", "元数据没有写，读过它的 LICENSE 文件。"),
}


class NotAsPinned(Exception):
    """What is installed is not what the lock files say."""


@dataclass(frozen=True)
class Package:
    """One pinned and installed package."""

    name: str
    version: str
    scope: str
    licence: str
    hashes: tuple  # of the files it may be installed from
    needs: frozenset  # names

    @property
    def purl(self):
        return f"pkg:pypi/{self.name}@{self.version}"

    @property
    def note(self):
        """Why it may stay, where a person read its licence."""
        _, licence, why = READ.get(self.name, ("", None, ""))
        return why if licence == self.licence else ""

    @property
    def is_allowed(self):
        return bool(self.note) or any(set(each.split(" AND ")) <= ALLOWED for each in self.licence.split(" OR "))


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(path):
    """(name, version, whether only on some machines, hashes) of each package of a lock file."""
    for entry in re.split(r"\n(?=\S)", path.read_text(encoding="utf-8")):
        if found := PIN.match(entry):
            yield normal(found[1]), found[2], bool(found[3]), tuple(re.findall(r"--hash=sha256:(\w{64})", entry))


def packages(root=PYPROJECT.parent):
    """Every package that is pinned and installed, by name; what is optional and not installed is left out.

    Raises NotAsPinned where a required one is missing or another version is installed.
    """
    found = {}
    for lock, scope in LOCKS.items():
        for name, version, on_some, hashes in pins(root / lock):
            if name in found:
                continue
            try:
                installed = metadata.distribution(name)
            except metadata.PackageNotFoundError:
                if scope == REQUIRED and not on_some:
                    raise NotAsPinned(f"没有安装 {name}，请先运行 deploy/venv.sh {lock}。") from None
                continue
            if installed.version != version:
                raise NotAsPinned(
                    f"{name} 装的是 {installed.version}，{lock} 里是 {version}，请先运行 deploy/venv.sh {lock}。")
            found[name] = Package(name, version, scope, licence_of(name, installed.metadata), hashes,
                                  needed_by(installed.requires or ()))
    return [found[name] for name in sorted(found)]


def licence_of(name, words):
    """The licence as SPDX names it, from what a person read or from the package's metadata; "" where it says none."""
    own, licence, _ = READ.get(name, (None, "", ""))
    said = said_by(words)
    return licence if said == own else said


def said_by(words):
    if stated := words.get("License-Expression"):
        return stated
    short = (words.get("License") or "").strip()
    classes = [each.rpartition(" :: ")[2] for each in words.get_all("Classifier") or () if each.startswith("License")]
    return short if short in ALLOWED else " AND ".join(CLASSIFIED.get(each, each) for each in classes)


def needed_by(requirements):
    return frozenset(normal(NAME.match(each)[0]) for each in requirements if "extra ==" not in each)


def not_allowed(found):
    """A sentence for each package whose licence nobody has agreed to."""
    advice = "不在允许之列：先读它的许可，再写进 READ 或 ALLOWED，或者不用它。"
    return [f"{each.name} 的许可是“{each.licence or '没有写明'}”，{advice}" for each in found if not each.is_allowed]


# --- the paper ---------------------------------------------------------------------------------------
def bill(found):
    """The CycloneDX document: the same packages give the same bytes."""
    own = {"type": "application", "bom-ref": f"guicheng@{VERSION}", "name": "guicheng", "version": VERSION,
           "description": "桂城办实事"}
    refs = {each.name: each.purl for each in found}
    direct = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]
    asked = needed_by([*direct["dependencies"], *sum(direct["optional-dependencies"].values(), [])])
    needs = {own["bom-ref"]: asked, **{each.purl: each.needs for each in found}}
    document = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json", "bomFormat": "CycloneDX", "specVersion": "1.6",
        "version": 1, "metadata": {"component": own}, "components": [component(each) for each in found],
        "dependencies": [{"ref": ref, "dependsOn": sorted(refs[name] for name in names if name in refs)}
                         for ref, names in needs.items()],
    }
    document["serialNumber"] = uuid.uuid5(uuid.NAMESPACE_OID, written(document)).urn
    return document


def component(package):
    hashes = [{"alg": "SHA-256", "content": each} for each in package.hashes]
    files = {"type": "distribution", "url": package.purl, "comment": "可以安装的各个文件", "hashes": hashes}
    return {"type": "library", "bom-ref": package.purl, "purl": package.purl, "name": package.name,
            "version": package.version, "scope": package.scope, "licenses": [licence_entry(package.licence)],
            "externalReferences": [files]}


def licence_entry(licence):
    if re.search(" (OR|AND) ", licence):
        return {"expression": licence}
    is_spdx = re.fullmatch(r"[\w.-]+", licence)
    return {"license": {"id": licence} if is_spdx else {"name": licence or "没有写明"}}


def written(document):
    return json.dumps(document, ensure_ascii=False, sort_keys=True, indent=1) + "\n"


# --- for people ----------------------------------------------------------------------------------------
LICENCES = """# 用到的软件和许可

由 `manage.py sbom --licences --output docs/licences.md` 写成；依赖变了要重写，`make test` 核对。这里是随本站安装的
Python 软件；操作系统、数据库、Chromium 和字体由发行版提供，测试用的工具不随本站分发，都不在内。网页上没有别人的脚本、
样式和字体（后台用的 jQuery、Select2、XRegExp 是 Django 自带的，都是 MIT）。各版本和校验值见 `manage.py sbom`。

| 软件 | 用在 | 许可 | 说明 |
|---|---|---|---|
"""
USES = {REQUIRED: "运行", OPTIONAL: "PDF（可不装）"}


def licences(found):
    """The table of docs/licences.md."""
    return LICENCES + "".join(
        f"| {each.name} | {USES[each.scope]} | {each.licence or '没有写明'} | {each.note} |\n" for each in found)
