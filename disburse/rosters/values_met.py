"""Texts of a file that its reader could not resolve, or that an officer decided: each once, with its count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

_MOST = 200  # distinct texts an officer is asked about; more than that is a wrong column
_LONGEST = 100


@dataclass(slots=True)
class Met:
    """One text: how many rows bear it, what it may mean, what it was told to mean."""

    count: int = 0
    choices: tuple[tuple[str, str], ...] = ()
    told: str = ""


@dataclass(slots=True)
class ValuesMet:
    """The texts of one kind (communes, benefits) met so far."""

    texts: dict[str, Met] = field(default_factory=dict)

    def note(self, text: str, told: str = "", choices: Sequence[tuple[str, str]] = ()) -> None:
        """Say what a text may mean, or was told to mean."""
        if text and len(self.texts) < _MOST:
            met = self.texts.setdefault(text[:_LONGEST], Met())
            met.told, met.choices = told, tuple(choices)

    def count(self, text: str) -> None:
        """Count one row that bears the text."""
        if (met := self.texts.get(text[:_LONGEST])) is not None:
            met.count += 1

    def as_json(self) -> list[dict[str, Any]]:
        """Return the texts, the most frequent first."""
        ordered = sorted(self.texts.items(), key=lambda one: (-one[1].count, one[0]))
        return [
            {"text": text, "count": met.count, "choices": [list(choice) for choice in met.choices], "told": met.told}
            for text, met in ordered
        ]
