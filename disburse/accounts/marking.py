"""Two texts side by side: what is equal, what differs, and what differs in accents alone. Pure; numbers stay masked."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

SAME, ACCENT, DIFFERS, HIDDEN = "same", "accent", "differs", "hidden"
MOST_SHOWN = 4  # digits of a number shown on a card; where more differ, the last four stand for the rest
_DOT = "•"
# Words that name a kind of place and no place: one side may leave them out.
_KINDS_OF_PLACE = frozenset(
    ("thon", "xom", "to", "tdp", "khu", "pho", "xa", "phuong", "huyen", "tinh", "thi", "tran", "ap", "ban", "so", "dan")
)


@dataclass(frozen=True, slots=True)
class Run:
    """Characters of one kind: `same`, `accent` (other accents), `differs`, `hidden` (dots)."""

    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class Compared:
    """A field of both sides. `verdict`: `equal`, `accents`, `differs`, or `missing` where a side says nothing."""

    left: tuple[Run, ...]
    right: tuple[Run, ...]
    verdict: str


def compare_names(left: str, right: str) -> Compared:
    """Compare letter by letter; capitals do not count, and accents only where both sides write some."""
    if not left or not right:
        return _missing(left, right)
    a, b = unicodedata.normalize("NFC", left), unicodedata.normalize("NFC", right)
    plain_a, plain_b = [_bare(x) for x in a], [_bare(x) for x in b]
    accents_count = _is_accented(a) and _is_accented(b)
    kinds_a, kinds_b = [DIFFERS] * len(a), [DIFFERS] * len(b)
    for i, j in _aligned(plain_a, plain_b):
        equal = not accents_count or a[i].casefold() == b[j].casefold()
        kinds_a[i] = kinds_b[j] = SAME if equal else ACCENT
    return Compared(_runs(a, kinds_a), _runs(b, kinds_b), _verdict(kinds_a + kinds_b))


def compare_words(left: str, right: str) -> Compared:
    """Compare word by word, accents and commas aside: for addresses, which are never written alike."""
    if not left or not right:
        return _missing(left, right)
    a, b = left.split(), right.split()
    plain_a, plain_b = ["".join(map(_bare, w)).strip(",.") for w in a], ["".join(map(_bare, w)).strip(",.") for w in b]
    kinds_a = [SAME if word in (*plain_b, *_KINDS_OF_PLACE) else DIFFERS for word in plain_a]
    kinds_b = [SAME if word in (*plain_a, *_KINDS_OF_PLACE) else DIFFERS for word in plain_b]
    # An address that says less is no contradiction: only where each side has a word of its own do they differ.
    differ = DIFFERS in kinds_a and DIFFERS in kinds_b
    if not differ:
        kinds_a, kinds_b = [SAME] * len(a), [SAME] * len(b)
    return Compared(_word_runs(a, kinds_a), _word_runs(b, kinds_b), "differs" if differ else "equal")


def compare_days(left: str, right: str) -> Compared:
    """Compare dates as they are written (12/03/1951, 03/1951, 1951): only as far as both sides know."""
    if not left or not right:
        return _missing(left, right)
    a, b = left.split("/")[::-1], right.split("/")[::-1]
    kinds_a, kinds_b = [SAME] * len(a), [SAME] * len(b)
    for place in range(min(len(a), len(b))):
        if a[place] != b[place]:
            kinds_a[place] = kinds_b[place] = DIFFERS
    verdict = "differs" if DIFFERS in kinds_a else "equal"
    return Compared(_date_runs(a, kinds_a), _date_runs(b, kinds_b), verdict)


def compare_plain(left: str, right: str) -> Compared:
    """Compare as wholes."""
    if not left or not right:
        return _missing(left, right)
    kind = SAME if left == right else DIFFERS
    return Compared((Run(left, kind),), (Run(right, kind),), "equal" if kind == SAME else "differs")


def compare_numbers(left: str, right: str) -> Compared:
    """Compare two personal numbers without showing either: dots, and the digits at the places that differ.

    Where nothing or more than four places differ, or the lengths do, each shows its last four alone.
    """
    if not left or not right:
        return Compared(_tail(left, HIDDEN), _tail(right, HIDDEN), "missing")
    if left == right:
        return Compared(_tail(left, SAME), _tail(right, SAME), "equal")
    apart = {i for i, (x, y) in enumerate(zip(left, right, strict=False)) if x != y}
    if len(left) != len(right) or len(apart) > MOST_SHOWN or len(left) <= 2 * MOST_SHOWN:
        return Compared(_tail(left, DIFFERS), _tail(right, DIFFERS), "differs")
    return Compared(_dotted(left, apart), _dotted(right, apart), "differs")


def _tail(number: str, kind: str) -> tuple[Run, ...]:
    if not number:
        return ()
    shown = number[-4:] if len(number) > 2 * MOST_SHOWN else ""
    return (Run(_DOT * 4 + " ", HIDDEN), Run(shown, kind)) if shown else (Run(_DOT * 4, HIDDEN),)


def _dotted(number: str, apart: set[int]) -> tuple[Run, ...]:
    kinds = [DIFFERS if i in apart else HIDDEN for i in range(len(number))]
    return _runs([x if i in apart else _DOT for i, x in enumerate(number)], kinds)


def _missing(left: str, right: str) -> Compared:
    return Compared((Run(left, SAME),) if left else (), (Run(right, SAME),) if right else (), "missing")


def _bare(letter: str) -> str:
    """Return a letter without accents and capitals; one letter stays one letter."""
    if letter in "đĐ":
        return "d"
    bare = "".join(x for x in unicodedata.normalize("NFD", letter) if not unicodedata.combining(x))
    return bare.casefold()[:1] or letter


def _is_accented(text: str) -> bool:
    return any(_bare(x) != x.casefold() for x in text)


def _aligned(a: Sequence[str], b: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield the places of letters that stand for each other."""
    from rapidfuzz.distance import Levenshtein

    for step in Levenshtein.opcodes(a, b):
        if step.tag == "equal":
            yield from zip(range(step.src_start, step.src_end), range(step.dest_start, step.dest_end), strict=True)


def _runs(letters: Iterable[str], kinds: Sequence[str]) -> tuple[Run, ...]:
    pairs = zip(letters, kinds, strict=True)
    return tuple(Run("".join(x for x, _ in some), kind) for kind, some in groupby(pairs, key=lambda pair: pair[1]))


def _word_runs(words: Sequence[str], kinds: Sequence[str]) -> tuple[Run, ...]:
    """Runs of words; the blank after a word belongs to it."""
    spaced = [word + " " for word in words[:-1]] + list(words[-1:])
    return _runs(spaced, kinds)


def _date_runs(parts: Sequence[str], kinds: Sequence[str]) -> tuple[Run, ...]:
    """Runs of a date, day first again, with slashes that differ in nothing."""
    found: list[Run] = []
    for part, kind in zip(reversed(parts), reversed(kinds), strict=True):
        found += [Run("/", SAME)] if found else []
        found.append(Run(part, kind))
    return tuple(found)


def _verdict(kinds: Sequence[str]) -> str:
    return "differs" if DIFFERS in kinds else "accents" if ACCENT in kinds else "equal"


def find_words(left: str, right: str) -> Compared:
    """Look for a place's name inside an address: found is equal, not found says nothing."""
    name = "".join(map(_bare, left)).split()
    words = [word for word in name if word not in _KINDS_OF_PLACE] or name
    written = ["".join(map(_bare, word)).strip(",.") for word in right.split()]
    spread = len(words)
    for place in range(len(written) - spread + 1):
        if words and written[place : place + spread] == words:
            return Compared((Run(left, SAME),), (Run(" ".join(right.split()[place : place + spread]), SAME),), "equal")
    return _missing(left, "")
