"""Whether a pinned package has a known vulnerability: pip-audit asks, and its answer is read with care.

Where it reaches no data it says of each package that it was skipped, and then "no known vulnerabilities" with code 0.
"""
import json
import subprocess
from dataclasses import dataclass, field

from guicheng.upkeep.version import PYPROJECT

ROOT = PYPROJECT.parent
TOOLS = ROOT / ".venv-audit" / "bin"
LOCK = ROOT / "requirements-dev.txt"  # all that is pinned, the tools of the tests too
PATIENCE = 600  # seconds
VALIDATOR = """
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
sys.exit(JsonStrictValidator(SchemaVersion.V1_6).validate_str(sys.stdin.read()) and 1)
"""


@dataclass
class Answer:
    """What is known: sentences about vulnerabilities, how many packages were looked up, and which were not."""

    found: list = field(default_factory=list)
    looked_up: int = 0
    skipped: list = field(default_factory=list)


def ask():
    """The Answer about all that is pinned; one that looked nothing up where pip-audit could not ask."""
    command = [TOOLS / "pip-audit", "--requirement", LOCK, "--require-hashes", "--disable-pip", "--format", "json",
               "--progress-spinner", "off"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return Answer()
    return read(done.stdout)


def read(text):
    """Read the JSON of pip-audit. What it printed instead says that it could not ask."""
    try:
        rows = json.loads(text)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return Answer()
    answer = Answer()
    for row in rows:
        if "skip_reason" in row:
            answer.skipped.append(row["name"])
            continue
        answer.looked_up += 1
        for each in row["vulns"]:
            mended = f"改用 {'、'.join(each['fix_versions'])}" if each["fix_versions"] else "还没有修好的版本"
            answer.found.append(f"{row['name']} {row['version']}：{each['id']}，{mended}。")
    return answer


def is_valid(bill):
    """Whether the written bill of materials keeps to the published schema of CycloneDX."""
    command = [TOOLS / "python", "-c", VALIDATOR]
    return subprocess.run(command, input=bill, text=True, capture_output=True, check=False).returncode == 0
