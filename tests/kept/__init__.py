"""Public answers drawn once per change: none is ever stale."""
