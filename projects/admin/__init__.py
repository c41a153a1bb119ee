from projects.admin import evidence, imports, ledger, lists, project

__all__ = ["evidence", "imports", "ledger", "lists", "project"]
