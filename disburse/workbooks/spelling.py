"""How a header cell is spelled and which field it names. Where the header stands: header.py. Whose columns: caller."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from matching.text import fold, fold_keep_accents

Strength = Literal["exact", "folded", "phrase", "typo"]
_STRENGTHS: tuple[Strength, ...] = ("exact", "folded", "phrase", "typo")
_CAMEL = re.compile(r"(?<=[a-zà-ỹ])(?=[A-ZÀ-Ỹ])")
_LEAST_TYPO = 6  # letters: below this one wrong letter is too often another word (Mã xã, Mã NH)


@dataclass(frozen=True, slots=True)
class Field:
    """One column a table may have.

    spellings: headers as people write them, with accents; many: several columns of it are no contradiction;
    kept: the values reach the row (else the column is known and left alone); rank: wins a tie against lower ranks.
    """

    name: str
    spellings: tuple[str, ...]
    many: bool = False
    kept: bool = True
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Match:
    """The fields one header text may name; more than one = a folding trap that others must decide."""

    fields: frozenset[str]
    strength: Strength
    length: int = 0

    @property
    def only(self) -> str | None:
        return next(iter(self.fields)) if len(self.fields) == 1 else None


@dataclass(frozen=True)
class ColumnSet:
    """The columns of one kind of list.

    name: the field without which no table is recognised; roles: phrase (folded) → role, for headers and parents
    that say whose column it is ("CCCD người nhận"); in_role: (role, field) → field; under: (parent field, folded
    leaf) → field, for the short leaves of two-line headers ("Năm sinh" over "Nam").
    """

    fields: tuple[Field, ...]
    name: str
    roles: dict[str, str] = field(default_factory=dict)
    in_role: dict[tuple[str, str], str] = field(default_factory=dict)
    under: dict[tuple[str, str], str] = field(default_factory=dict)
    patterns: tuple[tuple[str, str], ...] = ()
    person: str = ""  # the field with a person's name
    accented: dict[str, set[str]] = field(init=False, default_factory=dict)
    packed: dict[str, set[str]] = field(init=False, default_factory=dict)
    phrases: dict[str, str] = field(init=False, default_factory=dict)
    by_name: dict[str, Field] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        for one in self.fields:
            self.by_name[one.name] = one
            for spelling in one.spellings:
                folded = fold(spelling)
                self.accented.setdefault(fold_keep_accents(spelling), set()).add(one.name)
                self.packed.setdefault(folded.replace(" ", ""), set()).add(one.name)
                if " " in folded:
                    known = self.phrases.get(folded)
                    if known is None or self.by_name[known].rank < one.rank:
                        self.phrases[folded] = one.name

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other


def words_of(text: str) -> str:
    """One header cell as text: line breaks to blanks, `HoTen` and `SO_TAI_KHOAN` split."""
    plain = " ".join(text.replace("_", " ").split())
    return plain if " " in plain else _CAMEL.sub(" ", plain)


@lru_cache(maxsize=8192)
def match(columns: ColumnSet, text: str, accents_used: bool) -> Match | None:
    """The field(s) a header text names, or None.

    accents_used: other headers of the table carry accents, so a bare "Nam" is the word Nam and not an unaccented
    "Năm". Order: exact with accents, folded (also run together), a role phrase with a field, a contained phrase of
    two or more words, one letter wrong.
    """
    plain = words_of(text)
    folded = fold(plain)
    if not folded or len(folded) > 160:
        return None
    accented = fold_keep_accents(plain)
    exact = columns.accented.get(accented)
    if exact and (accents_used or not accented.isascii()):
        return Match(frozenset(exact), "exact", len(folded))
    loose = columns.packed.get(folded.replace(" ", ""))
    if loose:
        return Match(frozenset(loose), "exact" if exact == loose else "folded", len(folded))
    for pattern, name in columns.patterns:
        if re.fullmatch(pattern, folded):
            return Match(frozenset({name}), "folded", len(folded))
    return _by_role(columns, plain, folded) or _by_phrase(columns, folded) or _by_typo(columns, folded)


def role_of(columns: ColumnSet, text: str) -> tuple[str, str] | None:
    """(phrase, role) of the longest role phrase in a header or parent text, or None."""
    folded = f" {fold(words_of(text))} "
    found = [p for p in columns.roles if f" {p} " in folded]
    if not found:
        return None
    phrase = max(found, key=len)
    return phrase, columns.roles[phrase]


def _by_role(columns: ColumnSet, plain: str, folded: str) -> Match | None:
    """`Số CCCD người nhận thay` → the ID in the role recipient; the bare phrase → the name in that role."""
    found = role_of(columns, plain)
    if not found:
        return None
    phrase, role = found
    rest = f" {folded} ".replace(f" {phrase} ", " ").split()
    rest = [w for w in rest if w not in ("cua", "neu", "co", "thay", "ho", "la")]
    if not rest:
        named = columns.in_role.get((role, columns.name))
        return Match(frozenset({named}), "phrase", len(folded)) if named else None
    inner = match(columns, " ".join(rest), False)
    if inner is None or inner.strength == "typo":
        return None
    fields = frozenset(columns.in_role.get((role, f), f) for f in inner.fields)
    return Match(fields, "phrase", len(folded))


def _by_phrase(columns: ColumnSet, folded: str) -> Match | None:
    """The longest known phrase of two or more words inside the header; between equals the first (the head)."""
    words = folded.split()
    for size in range(len(words), 1, -1):
        best: tuple[int, int, str] | None = None
        for start in range(len(words) - size + 1):
            name = columns.phrases.get(" ".join(words[start : start + size]))
            if name is None:
                continue
            key = (-columns.by_name[name].rank, start, name)
            if best is None or key < best:
                best = key
        if best:
            return Match(frozenset({best[2]}), "phrase", size)
    return None


def _by_typo(columns: ColumnSet, folded: str) -> Match | None:
    packed = folded.replace(" ", "")
    if len(packed) < _LEAST_TYPO or len(packed) > 40:
        return None
    fields: set[str] = set()
    for known, names in columns.packed.items():
        if len(known) >= _LEAST_TYPO and _one_apart(packed, known):
            fields |= names
    return Match(frozenset(fields), "typo", len(packed)) if len(fields) == 1 else None


def _one_apart(one: str, other: str) -> bool:
    """One letter wrong, missing, too many, or two neighbours swapped."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return one == other
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    a, b = one[start:], other[start:]
    if len(one) == len(other):
        return a[1:] == b[1:] or (a[:2] == b[:2][::-1] and a[2:] == b[2:])
    return a[1:] == b if len(one) > len(other) else a == b[1:]


def better(one: Match | None, other: Match | None) -> Match | None:
    """The stronger of two readings (exact before folded before phrase before typo; then the longer)."""
    if one is None or other is None:
        return one or other
    rank = _STRENGTHS.index(one.strength), -one.length
    return one if rank <= (_STRENGTHS.index(other.strength), -other.length) else other
