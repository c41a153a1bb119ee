from projects.admin import bulk, evidence, exports, imports, ledger, lists, media, project, review, supervision

__all__ = ["bulk", "evidence", "exports", "imports", "ledger", "lists", "media", "project", "review", "supervision"]
