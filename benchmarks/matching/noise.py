"""Faults of hand-kept lists, planted into names, dates and numbers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from matching.text import fold

_SIMILAR = {"s": "x", "x": "s", "n": "ng", "t": "c", "c": "t", "i": "y", "y": "i", "d": "đ", "l": "n", "r": "g"}
_TONE_SWAPS = {"ả": "ã", "ã": "ả", "ẻ": "ẽ", "ẽ": "ẻ", "ỏ": "õ", "õ": "ỏ", "ủ": "ũ", "ũ": "ủ", "ỉ": "ĩ",
"ĩ": "ỉ", "ơ": "o", "ư": "u",
               "ê": "e", "ô": "o", "â": "a", "ă": "a", "ị": "i", "ạ": "a"}  # fmt: skip
_TELEX = {"ư": "uw", "ơ": "ow", "ê": "ee", "ô": "oo", "â": "aa", "đ": "dd", "ă": "aw"}


def typo(rng: np.random.Generator, name: str) -> str:
    """One letter dropped, doubled, swapped or replaced by a neighbour in sound."""
    letters = [i for i, c in enumerate(name) if c.isalpha()]
    at = letters[int(rng.integers(0, len(letters)))]
    kind = rng.integers(0, 4)
    if kind == 0 and len(name) > 4:
        return name[:at] + name[at + 1 :]
    if kind == 1:
        return name[:at] + name[at] + name[at:]
    if kind == 2 and at + 1 < len(name) and name[at + 1].isalpha():
        return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    return name[:at] + _SIMILAR.get(name[at].lower(), "h") + name[at + 1 :]


def accent_slip(rng: np.random.Generator, name: str) -> str:
    """Hỏi for ngã, a lost hat or horn."""
    spots = [i for i, c in enumerate(name) if c in _TONE_SWAPS]
    if not spots:
        return name
    at = spots[int(rng.integers(0, len(spots)))]
    return name[:at] + _TONE_SWAPS[name[at]] + name[at + 1 :]


def telex(_rng: np.random.Generator, name: str) -> str:
    """Typed with the keyboard driver off for one letter."""
    for letter, keys in _TELEX.items():
        if letter in name:
            return name.replace(letter, keys, 1)
    return name


def drop_middle(rng: np.random.Generator, name: str) -> str:
    """One of the middle names left out (Thị most of all)."""
    words = name.split()
    if len(words) < 3:
        return name
    del words[1 if rng.random() < 0.7 else int(rng.integers(1, len(words) - 1))]
    return " ".join(words)


def abbreviate(_rng: np.random.Generator, name: str) -> str:
    """Ng. Văn A, Trần Th. Ba."""
    words = name.split()
    if len(words) < 3:
        return name
    words[1] = "Th." if words[1] == "Thị" else words[1][0] + "."
    return " ".join(words)


def reverse(_rng: np.random.Generator, name: str) -> str:
    """Given name first."""
    words = name.split()
    return " ".join([words[-1], *words[:-1]])


def vowel_y(_rng: np.random.Generator, name: str) -> str:
    """Lý/Lí, Mỹ/Mĩ, Quý/Quí."""
    for a, b in (("ý", "í"), ("ỹ", "ĩ"), ("ỳ", "ì"), ("ỵ", "ị")):
        if name.endswith(a) or a + " " in name:
            return name.replace(a, b)
        if name.endswith(b):
            return name[:-1] + a
    return name


def surname(_rng: np.random.Generator, name: str) -> str:
    """Huỳnh/Hoàng, Võ/Vũ."""
    words = name.split()
    swap = {"Huỳnh": "Hoàng", "Hoàng": "Huỳnh", "Võ": "Vũ", "Vũ": "Võ"}
    return " ".join([swap.get(words[0], words[0]), *words[1:]])


def honorific(rng: np.random.Generator, name: str) -> str:
    return f"{['Ông', 'Bà', 'Cụ'][int(rng.integers(0, 3))]} {name}"


def alias(rng: np.random.Generator, name: str) -> str:
    nick = ["Tư", "Ba", "Sáu", "Út", "Năm"][int(rng.integers(0, 5))]
    return f"{name} ({nick})" if rng.random() < 0.6 else f"{name} tức {nick}"


def tone_place(_rng: np.random.Generator, name: str) -> str:
    """Old-style tone marks: hoà, thuỷ."""
    for a, b in (("òa", "oà"), ("óa", "oá"), ("ủy", "uỷ"), ("úy", "uý"), ("òe", "oè"), ("ỏe", "oẻ")):
        name = name.replace(a, b)
    return name


Noise = Callable[[np.random.Generator, str], str]
ROSTER_NOISE: list[tuple[Noise, float]] = [
    (typo, 3), (accent_slip, 3), (telex, 0.7), (drop_middle, 1.5), (abbreviate, 1.2), (reverse, 0.5), (vowel_y, 2),
    (surname, 1.2), (honorific, 1.5), (alias, 1.2), (tone_place, 2),
]  # fmt: skip
BANK_NOISE: list[tuple[Noise, float]] = [
    (typo, 3.5), (drop_middle, 2), (abbreviate, 0.8), (reverse, 1), (vowel_y, 2), (surname, 1), (telex, 0.1),
]  # fmt: skip


def names(rng: np.random.Generator, column: np.ndarray, rate: float, kinds: list[tuple[Noise, float]]) -> np.ndarray:
    """Plant one or (rarely) two faults into a share of the names."""
    out = column.copy()
    shares = np.array([w for _, w in kinds]) / sum(w for _, w in kinds)
    for at in np.flatnonzero(rng.random(len(out)) < rate * 1.3):  # 1.3: several kinds leave many names as they are
        for _ in range(2 if rng.random() < 0.08 else 1):
            out[at] = kinds[int(rng.choice(len(kinds), p=shares))][0](rng, out[at])
    return out


def wrong_digit(rng: np.random.Generator, digits: str) -> str:
    """One digit replaced, or two neighbours swapped, behind the prefix."""
    at = int(rng.integers(3, len(digits) - 1))
    if rng.random() < 0.4 and digits[at] != digits[at + 1]:
        return digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]
    other = str((int(digits[at]) + int(rng.integers(1, 10))) % 10)
    return digits[:at] + other + digits[at + 1 :]


def wrong_date(rng: np.random.Generator, day: int, month: int, year: int) -> tuple[int, int, int]:
    """Day and month swapped, a year off by one or ten, or a wrong day."""
    kind = rng.random()
    if kind < 0.35 and day <= 12 and day != month:
        return month, day, year
    if kind < 0.65:
        return day, month, year + (1 if rng.random() < 0.5 else -1)
    if kind < 0.75:
        return day, month, year + (10 if rng.random() < 0.5 else -10)
    if kind < 0.9:
        return int(rng.integers(1, 29)), month, year
    return day, int(rng.integers(1, 13)), year


def bank_style(name: str) -> str:
    """Upper case without accents, as core banking prints it."""
    return fold(name).upper()
