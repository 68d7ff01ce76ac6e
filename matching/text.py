"""Vietnamese text for people's names: cleaning, folding, order, honorifics. Pure Python, no pandas."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from matching.legacy import detect_legacy, from_tcvn3, from_vni, to_tcvn3, to_vni
from matching.letters import BARE_TABLE, BLANKS, INVISIBLE, KEPT_TABLE, is_syllable, split_tone
from matching.names import NameParts, honorifics, name_parts, title_case

__all__ = [
    "NameParts",
    "detect_legacy",
    "fold",
    "fold_keep_accents",
    "from_tcvn3",
    "from_vni",
    "honorifics",
    "is_syllable",
    "name_parts",
    "nfc",
    "place_tone",
    "sort_key",
    "strip_invisible",
    "title_case",
    "to_tcvn3",
    "to_vni",
]

_INVISIBLE = dict.fromkeys(map(ord, INVISIBLE))
_BLANKS = dict.fromkeys(map(ord, BLANKS), " ")
_DEES = {0xD0: "Đ", 0xF0: "đ"}  # Icelandic eth typed for Đ: NFC leaves it, so it is mapped by hand
_NOT_WORD = re.compile(r"[\W_]+")
_LETTER_KEY = {"ă": "a2", "â": "a3", "đ": "d2", "ê": "e2", "ô": "o2", "ơ": "o3", "ư": "u2"}


def nfc(text: str) -> str:
    """Unicode NFC with Ð/ð (U+00D0, U+00F0) made Đ/đ. Legacy code pages must be decoded before this."""
    return unicodedata.normalize("NFC", text).translate(_DEES)


def strip_invisible(text: str) -> str:
    """Zero-width, bidi and soft-hyphen characters removed, every kind of blank made one space, ends cut.

    Only after legacy decoding: in TCVN3 the soft hyphen *is* the letter ư.
    """
    return " ".join(text.translate(_INVISIBLE).translate(_BLANKS).split())


@lru_cache(maxsize=131072)
def fold(text: str) -> str:
    """Lower case, accents off, đ/Đ/Ð → d, punctuation to blanks: `Đặng  T. ÁNH` → `dang t anh`."""
    plain = " ".join(text.translate(BARE_TABLE).split())
    if plain.isascii():
        return plain
    letters = (c for c in unicodedata.normalize("NFKD", plain).lower() if not unicodedata.combining(c))
    return " ".join(_NOT_WORD.sub(" ", "".join(letters)).split())


@lru_cache(maxsize=131072)
def fold_keep_accents(text: str) -> str:
    """Lower case, NFC, one tone placement, punctuation to blanks; accents stay: `HOÀ  Đ.` → `hòa đ`."""
    plain = unicodedata.normalize("NFC", text).translate(KEPT_TABLE)
    return " ".join(place_tone(w) for w in plain.lower().split())


@lru_cache(maxsize=65536)
def place_tone(word: str) -> str:
    """The tone mark of one lower-case syllable at its new-style place: hoà → hòa, thuỷ → thủy, qúy → quý."""
    plain, tone = split_tone(word)
    if tone < 2 or (plain.isascii() and len(plain) < 2):
        return word
    index = _tone_seat(plain)
    mark = _MARKS[tone]
    if index is None:
        return word
    return unicodedata.normalize("NFC", plain[: index + 1] + mark + plain[index + 1 :])


_MARKS = {2: "\u0300", 3: "\u0309", 4: "\u0303", 5: "\u0301", 6: "\u0323"}
_VOWELS = "aăâeêioôơuưy"


def _tone_seat(plain: str) -> int | None:
    """Where the tone sits: a shaped vowel (the last), else by the shape of the rime."""
    start = 2 if plain.startswith("qu") and len(plain) > 2 else 0
    if plain.startswith("gi") and any(c in _VOWELS for c in plain[2:]):
        start = 2
    seats = [i for i in range(start, len(plain)) if plain[i] in _VOWELS]
    if not seats or seats[-1] - seats[0] != len(seats) - 1:
        return None
    shaped = [i for i in seats if plain[i] in "ăâêôơư"]
    if shaped:
        return shaped[-1]
    closed = seats[-1] < len(plain) - 1
    if len(seats) == 1:
        return seats[0]
    return seats[-1] if closed and len(seats) == 2 else seats[1] if len(seats) == 3 else seats[0]


@lru_cache(maxsize=65536)
def _word_key(word: str) -> str:
    plain, tone = split_tone(word)
    return "".join(_LETTER_KEY.get(c, c + "1") for c in plain) + str(tone or 1)


def sort_key(text: str) -> str:
    """A key that sorts names the Vietnamese way under plain byte order: given name first, then the rest.

    Letters a ă â b c d đ e ê …, tones ngang huyền hỏi ngã sắc nặng. Only [a-z0-9], two characters a letter,
    so that SQLite, PostgreSQL C and ICU collations agree. `Nguyễn Văn Ánh` sorts after `Trần Thị An`.
    """
    words = [w for w in fold_keep_accents(text).split() if w]
    return "0".join(_word_key(w) for w in words[-1:] + words[:-1])
