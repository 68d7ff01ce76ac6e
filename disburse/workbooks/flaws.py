"""What can be wrong with a cell, a row or a file, as a code with a severity and facts. The sentences: wording.py."""

from __future__ import annotations

from typing import Literal, NamedTuple

from disburse.workbooks.wording import ROW_ISSUES

Severity = Literal["error", "warning", "info"]


class Flaw(NamedTuple):
    """One thing wrong (or repaired) with a cell. facts are texts for the sentence."""

    code: str
    facts: dict[str, str] = {}

    @property
    def severity(self) -> Severity:
        return ROW_ISSUES[self.code][0]


Flaws = tuple[Flaw, ...]
NONE: Flaws = ()


def flaw(code: str, **facts: object) -> Flaws:
    """One flaw as a tuple, its facts as text."""
    return (Flaw(code, {k: str(v) for k, v in facts.items()}),)


def row_sentence(code: str, facts: dict[str, str], lang: str = "vi") -> str:
    """Reason and remedy of a row issue in Vietnamese or English."""
    _, vietnamese, english = ROW_ISSUES[code]
    return (vietnamese if lang == "vi" else english).format_map(_Facts(facts))


def file_sentence(table: dict[str, tuple[str, str]], code: str, facts: dict[str, str], lang: str = "vi") -> str:
    """The sentence of a file warning or a refusal."""
    vietnamese, english = table[code]
    return (vietnamese if lang == "vi" else english).format_map(_Facts(facts))


class _Facts(dict[str, str]):
    """Facts for `format_map`: a missing one is left out of the sentence instead of breaking it."""

    def __missing__(self, key: str) -> str:
        return "…"
