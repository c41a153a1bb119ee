from projects.admin import bulk, evidence, imports, ledger, lists, media, project, report, review, supervision

__all__ = ["bulk", "evidence", "imports", "ledger", "lists", "media", "project", "report", "review", "supervision"]
