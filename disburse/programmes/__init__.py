"""Benefit programmes, their types and dated rates."""
