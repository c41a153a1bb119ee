"""Who must hear of it? The inbox, what leaves it, and its pages."""
