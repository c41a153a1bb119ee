from projects.admin import evidence, ledger, lists, project, review

__all__ = ["evidence", "ledger", "lists", "project", "review"]
