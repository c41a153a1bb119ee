from projects.admin import evidence, ledger, lists, project, supervision

__all__ = ["evidence", "ledger", "lists", "project", "supervision"]
