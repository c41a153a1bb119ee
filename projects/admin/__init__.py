from projects.admin import evidence, ledger, lists, project

__all__ = ["evidence", "ledger", "lists", "project"]
