"""One pair in words and weights, in Vietnamese or English, for the review card and the audit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from matching.compare import Evidence, bank_addresses, compare, with_rarity
from matching.decide import VETOES, vetoes
from matching.explain_words import CONFLICTS, FIELD_NAMES, SENTENCES
from matching.frequency import Counts, Frequencies
from matching.levels import CODE, FIELDS, codes_of
from matching.matcher import Matcher
from matching.normalise import normalise
from matching.score import best_reading, table, terms
from matching.settings import Settings

Lang = Literal["vi", "en"]


@dataclass(slots=True, frozen=True)
class Line:
    """One piece of evidence: field and level codes, its weight (natural log odds) and a sentence."""

    field: str
    level: str
    weight: float
    words: str


@dataclass(slots=True, frozen=True)
class Explanation:
    """Evidence in order of weight, its sum, and what else decided: conflicts, rivals, the holder."""

    lines: tuple[Line, ...]
    conflicts: tuple[str, ...]
    log_odds: float
    preset: str

    def text(self) -> str:
        """The explanation as lines of text."""
        shown = [f"{line.weight:+.1f}  {line.words}" for line in self.lines]
        return "\n".join([*shown, *(f"  !  {c}" for c in self.conflicts)])


def explain(
    roster_row: Mapping[str, Any],
    registration_row: Mapping[str, Any],
    settings: Settings | None = None,
    lang: Lang = "vi",
    places: pd.DataFrame | None = None,
    frequencies: Frequencies | None = None,
) -> Explanation:
    """Why a roster row and a registration look like one person or two.

    The rows carry the columns of `link`. Rivals are not part of it: they belong to the whole list. Without
    `frequencies` (of the run that decided) the name counts as rare.
    """
    settings = settings or Settings.preset()
    roster = normalise(pd.DataFrame([{"row_id": "a", **roster_row}]), "full_name")
    bank = normalise(pd.DataFrame([{"row_id": "b", **registration_row}]), "holder_name")
    matcher = Matcher(roster, settings, places, indexed=False)
    zero = np.zeros(1, dtype=np.int64)
    levels = compare(roster, bank, zero, zero, matcher.context, bank_addresses(bank, matcher.table))
    evidence = with_rarity(codes_of(levels), roster, zero, frequencies or nothing_known(), matcher.table)
    return explain_evidence(evidence, settings, lang)


def explain_evidence(evidence: Evidence, settings: Settings, lang: Lang) -> Explanation:
    """Words for evidence already compared (its first pair)."""
    weights = table(settings)
    log_odds, reading = best_reading(evidence.at(np.zeros(1, dtype=np.int64)), weights)
    shares = terms(reading, weights)
    lines = []
    for column, (field, levels) in enumerate(FIELDS.items()):
        level = levels[int(evidence.levels[0, column])]
        beside = {"name": "rarity", "place": "size"}.get(field)
        weight = float(shares[field][0]) + (float(shares[beside][0]) if beside else 0.0)
        lines.append(
            Line(field, level, round(weight, 2), f"{FIELD_NAMES[lang][field]}: {SENTENCES[lang][field][level]}")
        )
    lines.sort(key=lambda line: -abs(line.weight))
    bits = int(vetoes(evidence)[0])
    conflicts = tuple(CONFLICTS[lang][v] for bit, v in enumerate(VETOES) if bits >> bit & 1)
    return Explanation(tuple(lines), conflicts, round(float(log_odds[0]), 2), settings.name)


def explain_stored(reasons: str, settings: Settings, lang: Lang = "vi", alike: int = 1) -> Explanation:
    """Words and weights for a pair decided earlier, from the `reasons` of its result.

    `alike` = how many people bear the name: the run's own counts are not kept with a pair. Words of no field (a
    statement on a roster) are left aside.
    """
    said = dict(word.split(":", 1) for word in reasons.split() if ":" in word and not word.startswith("veto:"))
    levels = np.array([[CODE[field].get(said.get(field, "unknown"), 0) for field in FIELDS]], dtype=np.int8)
    rarity = np.full(1, np.log(max(alike, 1)), dtype=np.float32)
    found = explain_evidence(Evidence.of(levels, rarity, rarity, np.zeros_like(rarity)), settings, lang)
    words = [
        w.removeprefix("veto:") for w in reasons.split() if w.startswith("veto:") or w in ("rival", "weak", "holder")
    ]
    return replace(found, conflicts=tuple(CONFLICTS[lang][word] for word in words if word in CONFLICTS[lang]))


def read_reasons(reasons: str, lang: Lang = "vi") -> list[str]:
    """The `reasons` column of a result as sentences."""
    out = []
    for word in reasons.split():
        field, _, level = word.partition(":")
        if field == "veto":
            out.append(CONFLICTS[lang][level])
        elif field in FIELD_NAMES[lang]:
            out.append(f"{FIELD_NAMES[lang][field]}: {SENTENCES[lang][field][level]}")
        else:
            out.append(CONFLICTS[lang][field])
    return out


def nothing_known() -> Frequencies:
    """Return the frequencies of a list without anybody: every name counts as rare."""
    none = Counts(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))
    return Frequencies(none, none, none, 0)
