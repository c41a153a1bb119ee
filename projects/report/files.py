"""The files of a quarter: what each is called, who may have it, and what renders it from a document."""
from collections.abc import Callable
from dataclasses import dataclass

from projects.report.document import canonical

EVERYBODY, RELEASED, STAFF = "everybody", "released", "staff"


@dataclass(frozen=True)
class Format:
    """One kind of file. `audience`: EVERYBODY, RELEASED (with the text, once it is), STAFF."""

    label: str
    extension: str
    content_type: str
    audience: str
    renderer: Callable

    def render(self, document, address=""):
        """The file's bytes: the same for the same document. Raises Missing where this machine cannot make it."""
        return self.renderer(document.public if self.audience == EVERYBODY else document, address)

    def name(self, document, mark=""):
        """The name under which it is saved; `mark` says more of it, like 报批稿."""
        mark = mark or ("（内部）" if self.audience == STAFF else "")
        return f"桂城办实事{document.quarter}{mark}.{self.extension}"


def _json(document, address):
    return canonical(document.figures).encode()


FORMATS = {"json": Format("JSON", "json", "application/json", EVERYBODY, _json)}
