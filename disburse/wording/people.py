"""The sentences about people, their recipients and hamlets. No logic."""

PEOPLE: dict[str, tuple[str, str]] = {}
