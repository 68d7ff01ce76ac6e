"""Text for a CSV that somebody will open in a spreadsheet: whatever it says, it is never run as a formula."""

_BEGINS = frozenset("=+-@＝＋－＠")  # the last four: full-width forms, as an input method writes them
_BLANKS = ("\t", "\r", "\n")


def harmless(text: str) -> str:
    """Return a cell's text, with an apostrophe before it where a spreadsheet would take it for a formula."""
    return "'" + text if text.startswith(_BLANKS) or text.lstrip()[:1] in _BEGINS else text
