"""The public pages of this app: communities and their secretaries' projects, and what a resident asks."""
