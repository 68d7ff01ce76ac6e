"""The sentences about bank partners and their programs. No logic."""

BANKS: dict[str, tuple[str, str]] = {}
