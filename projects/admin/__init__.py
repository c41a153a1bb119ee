"""Projects in the back office, one module a concept."""
from projects.admin import (
    bulk,
    evidence,
    exports,
    imports,
    ledger,
    lists,
    project,
    report,
    reporting,
    review,
    superior_form,
    supervision,
)

__all__ = ["bulk", "evidence", "exports", "imports", "ledger", "lists", "project", "report", "reporting", "review",
           "superior_form",
           "supervision"]
