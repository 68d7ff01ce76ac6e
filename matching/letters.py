"""Vietnamese letters and syllables: folding tables, tones, possible syllables. No names, no code pages."""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache

TONES = {
    "\u0300": 2,
    "\u0309": 3,
    "\u0303": 4,
    "\u0301": 5,
    "\u0323": 6,
}  # huyền hỏi ngã sắc nặng; ngang is 1
_SHAPES = "\u0302\u0306\u031b"  # circumflex, breve, horn: part of the letter, not a tone
INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff\u00ad"
BLANKS = "\u00a0\u1680\u202f\u205f\u3000\t\r\n\v\f" + "".join(map(chr, range(0x2000, 0x200B)))
_EXTRA_D = {
    "đ": "d",
    "Đ": "d",
    "Ð": "d",
    "ð": "d",
}  # Ð is U+00D0, typed by many for Đ; NFD splits none of them


def _every_letter() -> list[str]:
    """All precomposed letters a Vietnamese text may hold, both cases."""
    bases = ["a", "ă", "â", "e", "ê", "i", "o", "ô", "ơ", "u", "ư", "y"]
    lower = [unicodedata.normalize("NFC", b + t) for b in bases for t in ["", *TONES]]
    lower += list("bcdđfghjklmnpqrstvwxz")
    return lower + [c.upper() for c in lower]


def _bare(letter: str) -> str:
    """One letter without tone and shape, lower case."""
    if letter in _EXTRA_D:
        return "d"
    return unicodedata.normalize("NFD", letter)[0].lower()


def _tables() -> tuple[dict[int, str | None], dict[int, str | None]]:
    """Translation tables: (to bare ASCII, to lower case with accents kept). Punctuation becomes a blank."""
    bare: dict[int, str | None] = {}
    kept: dict[int, str | None] = {}
    for code in range(0x20, 0x30):
        bare[code] = kept[code] = " "
    for code in [*range(0x3A, 0x41), *range(0x5B, 0x61), *range(0x7B, 0x7F)]:
        bare[code] = kept[code] = " "
    for char in BLANKS + "‘’“”´`′–—−…·•«»°ˈʼ":
        bare[ord(char)] = kept[ord(char)] = " "
    for char in INVISIBLE:
        bare[ord(char)] = kept[ord(char)] = None
    for char in [*TONES, *_SHAPES]:
        bare[ord(char)] = None
    for letter in _every_letter():
        bare[ord(letter)] = _bare(letter)
        kept[ord(letter)] = letter.lower()
    for char in _EXTRA_D:
        bare[ord(char)] = "d"
        kept[ord(char)] = "d" if char == "d" else "đ"
    return bare, kept


BARE_TABLE, KEPT_TABLE = _tables()

_ONSETS_TEXT = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x"
_ONSETS = ["", *_ONSETS_TEXT.split()]
_OPEN_TEXT = (
    "a e ê i o ô ơ u ư y ai ao au ay âu ây eo êu ia iu iêu oa oe oai oay oao oeo oi ôi ơi ua uê ui uy "
    "uya uyu uơ uây uôi uâu ưa ưi ươi ưu ươu yêu uau uai uay ươ uô iê"
)
_OPEN = _OPEN_TEXT.split()
_CLOSED_TEXT = (
    "ac am an ang anh ap at ach ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât ec em en eng ep et êch êm ên "
    "ênh êp êt ich im in inh ip it iêc iêm iên iêng iêp iêt oc om on ong op ot oac oan oang oanh oat "
    "oach oam oap oăc oăm oăn oăng oăt oen oet oong ooc ôc ôm ôn ông ôp ôt ơm ơn ơp ơt uc um un ung "
    "up ut uân uâng uât uêch uênh uôc uôm uôn uông uôt uôp uych uyên uyêt uynh uyt uyn uyp ưc ưm ưn "
    "ưng ưt ươc ươm ươn ương ươp ươt yêm yên yêng yêt uan uang uat uac uach ăk uăn uăng uăt uăc uen "
    "uet ynh ych ym yt yn yp êng ơng ưp"
)
_CLOSED = _CLOSED_TEXT.split()
_STOPS = ("c", "ch", "p", "t")


@cache
def _rimes() -> frozenset[str]:
    return frozenset(_OPEN + _CLOSED)


def split_tone(word: str) -> tuple[str, int]:
    """A lower-case word without its tone mark, and the tone 1–6 (0 when it carries more than one)."""
    plain: list[str] = []
    tone = 1
    for char in unicodedata.normalize("NFD", word):
        if char in TONES:
            tone = TONES[char] if tone == 1 else 0
        else:
            plain.append(char)
    return unicodedata.normalize("NFC", "".join(plain)), tone


@lru_cache(maxsize=65536)
def is_syllable(word: str) -> bool:
    """Can this be one Vietnamese syllable, written with its accents? (`nguyễn` yes, `nguyÔn` and `ngyen` no.)

    A stop coda (c, ch, p, t) allows only the tones sắc and nặng; the rule is what tells a wrongly decoded
    legacy text from a right one.
    """
    plain, tone = split_tone(word.lower())
    if not tone:
        return False
    for length in (3, 2, 1, 0):
        onset, rime = plain[:length], plain[length:]
        if (onset in _ONSETS if onset else True) and len(onset) == length and rime in _rimes():
            return tone >= 5 or not rime.endswith(_STOPS) or rime.endswith("nh")
        if onset == "gi" and (rime == "" or "i" + rime in _rimes()):  # gì, giền, giếng
            return tone >= 5 or not rime.endswith(_STOPS)
    return False
