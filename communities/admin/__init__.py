"""Communities in the back office, one module a concept."""
from communities.admin import needs, places

__all__ = ["needs", "places"]
