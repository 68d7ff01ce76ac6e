"""Payers and what they report as paid and unpaid."""
