"""Who did what to whom: an append-only, keyed chain of events."""
