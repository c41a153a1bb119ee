from projects.admin import bulk, evidence, ledger, lists, project, review

__all__ = ["bulk", "evidence", "ledger", "lists", "project", "review"]
