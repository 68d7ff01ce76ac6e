"""Banks by code, BIN, name and alias."""
