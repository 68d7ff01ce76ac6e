"""The vocabulary of evidence: every field, its levels in order. Weights, explanations and tests speak it."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

FIELDS: dict[str, tuple[str, ...]] = {
    "name": (
        "unknown",
        "exact",
        "variant",
        "reordered",
        "middle_missing",
        "typo",
        "middle_differs",
        "typo_given",
        "family_differs",
        "given_differs",
        "different",
    ),
    "accents": ("unknown", "same", "differs"),
    "birth": (
        "unknown",
        "full",
        "placeholder",
        "year",
        "swapped",
        "near_year_same_day",
        "other_year_same_day",
        "same_year_part",
        "same_year_other_day",
        "id_year",
        "near_year",
        "different",
    ),
    "number": (
        "unknown",
        "equal",
        "shared",
        "near",
        "differs",
        "old_equal",
        "old_near",
        "old_differs",
        "damaged_agrees",
        "damaged_differs",
    ),
    "sex": ("unknown", "same", "differs"),
    "phone": ("unknown", "same", "differs"),
    "place": ("unknown", "hamlet", "commune", "other", "other_hamlet"),
}

CODE: dict[str, dict[str, int]] = {f: {level: i for i, level in enumerate(levels)} for f, levels in FIELDS.items()}
NAMES_AGREE = ("exact", "variant", "reordered", "middle_missing")  # levels whose rarity is that of the whole name
SIZES = tuple(len(levels) for levels in FIELDS.values())
COMBINATIONS = int(np.prod(SIZES))

Codes = npt.NDArray[np.int32]
Levels = npt.NDArray[np.int8]  # (pairs, fields)


def codes_of(levels: Levels) -> Codes:
    """One number below `COMBINATIONS` for the levels of each pair."""
    codes = np.zeros(len(levels), dtype=np.int32)
    for column, size in enumerate(SIZES):
        codes *= np.int32(size)
        codes += levels[:, column]
    return codes


def levels_of(codes: npt.NDArray[np.signedinteger[Any]]) -> Levels:
    """The levels that `codes_of` numbered."""
    return np.column_stack(np.unravel_index(codes, SIZES)).astype(np.int8)
