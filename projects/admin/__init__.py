from projects.admin import bulk, evidence, ledger, lists, media, project, review

__all__ = ["bulk", "evidence", "ledger", "lists", "media", "project", "review"]
