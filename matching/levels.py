"""The vocabulary of evidence: every field, its levels in order. Weights, explanations and tests speak it."""

from __future__ import annotations

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
