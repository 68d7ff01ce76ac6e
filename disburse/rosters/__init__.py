"""Rosters: read, staged, compared with last month, applied, undone."""
