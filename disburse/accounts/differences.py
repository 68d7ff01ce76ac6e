"""In what a pair differs, as one word that may be stored and filtered by: a kind, never a value. No database."""

from __future__ import annotations

from functools import lru_cache

# In the order of weight for a clerk: the first that applies is the pair's kind.
KINDS: tuple[tuple[str, frozenset[str]], ...] = (
    ("number", frozenset({"differs", "near", "shared", "old_differs", "old_near", "damaged_differs"})),
    (
        "birth",
        frozenset(
            {
                "different", "near_year", "same_year_other_day", "same_year_part", "other_year_same_day",
                "near_year_same_day", "swapped",
            }
        ),
    ),
    (
        "name",
        frozenset({"different", "given_differs", "family_differs", "typo_given", "middle_differs", "typo"}),
    ),
    ("accents", frozenset({"differs"})),
    ("sex", frozenset({"differs"})),
    ("phone", frozenset({"differs"})),
    ("place", frozenset({"other"})),
)  # fmt: skip
RIVAL, THIN, STATED = "rival", "thin", "stated"


@lru_cache(maxsize=1 << 14)
def difference(reasons: str) -> str:
    """Return the kind of difference that the matcher's reasons tell: `number` … `place`, else `rival`, `stated`
    (only a roster states the account) or `thin` (nothing contradicts, too little agrees)."""
    words = reasons.split()
    level_of = dict(word.split(":", 1) for word in words if ":" in word and not word.startswith("veto:"))
    for kind, levels in KINDS:
        if level_of.get(kind) in levels:
            return kind
    if "rival" in words:
        return RIVAL
    return STATED if "stated" in words else THIN


@lru_cache(maxsize=1 << 14)
def forbidden(reasons: str) -> bool:
    """Whether a conflict forbids an automatic match of the pair, at whatever score."""
    return any(word.startswith("veto:") for word in reasons.split())
