"""报送任务: opening and closing one, what is typed in its tables, and handing it in."""
