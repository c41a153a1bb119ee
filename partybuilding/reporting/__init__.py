"""Readings in a 报送任务: what communities type, how it is read, kept and handed in."""
