"""Who else has read it? Nothing that staff write is public unread."""
