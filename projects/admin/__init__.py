from projects.admin import evidence, ledger, lists, media, project

__all__ = ["evidence", "ledger", "lists", "media", "project"]
