"""Which version this is: pyproject.toml says it, once."""
import tomllib
from pathlib import Path

PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"

VERSION = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]["version"]
