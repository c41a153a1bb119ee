from projects.admin import bulk, evidence, ledger, lists, media, project, review, supervision

__all__ = ["bulk", "evidence", "ledger", "lists", "media", "project", "review", "supervision"]
