"""Whose is it, and who may: roles, members of units, permissions that know no app, whose rows are shown."""
