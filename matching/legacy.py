"""The code pages before Unicode, TCVN3 (ABC, fonts .Vn*) and VNI-Windows, and how to tell them by column."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import Literal

from matching.letters import is_syllable

Legacy = Literal["tcvn3", "vni"]
_SAMPLE = 2000  # distinct values read per column: more never changed a decision in the tests
_MARGIN = 0.10  # share of syllables the decoded reading must win by
_WORD = re.compile(r"[^\W\d_]+")
_MARKED = re.compile(r"[^\x00-\x7f]")


@cache
def _pairs(charset: str) -> dict[str, str]:
    """Legacy letters → Unicode letters of one charset, from the packaged table."""
    with files("matching").joinpath("data/legacy_vietnamese_charsets.csv").open(encoding="utf-8") as lines:
        return {row["legacy"]: row["unicode"] for row in csv.DictReader(lines) if row["charset"] == charset}


@cache
def _tcvn3_tables() -> tuple[dict[int, str], dict[int, str]]:
    decode = {ord(legacy): letter for legacy, letter in _pairs("TCVN3").items()}
    encode = {ord(letter): chr(code) for code, letter in decode.items()}
    for letter, legacy in list(encode.items()):
        upper = ord(chr(letter).upper())
        encode.setdefault(upper, legacy)  # no capitals with a tone: the H fonts draw the small codes as capitals
    return decode, encode


@cache
def _vni_tables() -> tuple[re.Pattern[str], dict[str, str], dict[int, str]]:
    decode = _pairs("VNI-Windows")
    longest_first = sorted(decode, key=len, reverse=True)
    encode = {ord(letter): legacy for legacy, letter in decode.items()}
    return re.compile("|".join(map(re.escape, longest_first))), decode, encode


def from_tcvn3(text: str, upper: bool = False) -> str:
    """TCVN3 shown as Latin-1 → Unicode NFC. `upper` = the font ends in H, so small codes stand for capitals.

    TCVN3 has no capital vowels with a tone; where every other word starts with a capital ("NguyÔn ThÞ ¸nh"),
    the lone small initial is made a capital again.
    """
    decoded = unicodedata.normalize("NFC", text.translate(_tcvn3_tables()[0]))
    return decoded.upper() if upper else _restore_initials(decoded)


def _restore_initials(text: str) -> str:
    """Capital first letters where only toned vowels, which TCVN3 cannot capitalise, are small."""
    words = text.split(" ")
    small = [w for w in words if w[:1].islower()]
    if not small or (len(small) == len([w for w in words if w]) and len(small) > 1):
        return text
    if any(w[0].isascii() or w[0] in "ăâđêôơư" for w in small):
        return text
    return " ".join(w[:1].upper() + w[1:] for w in words)


def to_tcvn3(text: str) -> str:
    """Unicode → TCVN3 shown as Latin-1 (capitals with a tone become small codes; all else survives)."""
    return unicodedata.normalize("NFC", text).translate(_tcvn3_tables()[1])


def from_vni(text: str) -> str:
    """VNI-Windows shown as Latin-1 → Unicode NFC."""
    pattern, decode, _ = _vni_tables()
    return unicodedata.normalize("NFC", pattern.sub(lambda m: decode[m.group()], text))


def to_vni(text: str) -> str:
    """Unicode → VNI-Windows shown as Latin-1."""
    return unicodedata.normalize("NFC", text).translate(_vni_tables()[2])


def _score(values: list[str]) -> float:
    """Share of words, weighted by length, that are Vietnamese syllables."""
    good = total = 0
    for value in values:
        for word in _WORD.findall(value):
            total += len(word)
            good += len(word) * is_syllable(word)
    return good / total if total else 0.0


def detect_legacy(values: Iterable[str]) -> Legacy | None:
    """Is a column written in TCVN3 or VNI? Decided over its distinct values, with a margin, never by a cell.

    Only values with a non-ASCII character are looked at (the others read the same in every code page).
    Returns None for Unicode, for too little evidence, and where both readings are nearly as good.
    """
    seen = dict.fromkeys(v for v in values if v and _MARKED.search(v))
    sample = list(islice(seen, _SAMPLE))
    if not sample:
        return None
    plain = _score([unicodedata.normalize("NFC", v) for v in sample])
    scores: dict[Legacy, float] = {
        "tcvn3": _score([from_tcvn3(v) for v in sample]),
        "vni": _score([from_vni(v) for v in sample]),
    }
    best = max(scores, key=lambda k: scores[k])
    other = min(scores.values())
    if scores[best] < plain + _MARGIN or scores[best] < other + _MARGIN / 2:
        return None
    return best
