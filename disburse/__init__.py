"""Disburse: what is true about people, accounts and payments, and what may change. No HTTP here."""

__version__ = "0.1.0"
