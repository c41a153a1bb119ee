"""The public pages of projects, lists and reports."""
