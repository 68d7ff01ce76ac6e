"""Accounts, statements about them, candidates and links."""
