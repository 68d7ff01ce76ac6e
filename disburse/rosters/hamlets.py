"""What rosters call hamlets: the registered name of another spelling, and texts the register does not know.

The register (people/hamlets.py) is the memory: what an officer says of a text is another spelling of a hamlet in it.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from disburse.areas import queries as areas
from disburse.areas.tables import Area
from disburse.areas.units import CURRENT_FROM
from disburse.audit.actor import By
from disburse.db import among
from disburse.errors import Invalid
from disburse.people import hamlets
from disburse.people.tables import Hamlet, HamletAlias
from disburse.rosters.corrections import value_key
from matching.text import fold

NEW = "new"
KEPT = 200  # texts of one roster that its report keeps
_TYPE_WORD = re.compile(r"^(?:thon|to dan pho|to|tdp|khu pho|khu dan cu|kdc|kp|khoi|khom|ap|xom|lang|ban|buon)\b\.?\s*")
_Origin = tuple[str, str]  # code and ISO day of the unit a row came with


@dataclass(slots=True)
class HamletNames:
    """The register of some communes as a roster asks it, and what it did not know."""

    # commune of today → its hamlets: unit they came with, key of a spelling, registered name
    register: Mapping[str, Sequence[tuple[_Origin, str, str]]] = field(default_factory=dict)
    # commune, origin, its day, text → rows
    unknown: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)
    _names: dict[tuple[str, str, str, str], str | None] = field(default_factory=dict)

    def settle(self, rows: Iterable[dict[str, Any]]) -> None:
        """Give rows (their cleaned values) the registered name of their hamlet; count what is in no register."""
        for values in rows:
            if not (text := values.get("hamlet")):
                continue
            key = (values.get("commune_code") or "", values.get("origin_code") or "", values["origin_valid_from"], text)
            if key not in self._names:
                self._names[key] = self.name(*key)
            name = self._names[key]
            if name is None:
                self.unknown[key] += 1
            else:
                values["hamlet"] = name

    def name(self, commune: str, origin: str, day: str, text: str) -> str | None:
        """The name of the one hamlet meant; of several of that name the text itself; None where there is none.

        A row that came with a former commune means its hamlets, or those entered under today's; a row of today's may
        mean any of them.
        """
        own = (origin, day)
        fits = [(of, name) for of, key, name in self.register.get(commune, ()) if key == value_key(text)]
        if not _is_today(commune, own):
            exact = [one for one in fits if one[0] == own]
            fits = exact or [one for one in fits if _is_today(commune, one[0])]
        names = {name for _, name in fits}
        return next(iter(names)) if len(names) == 1 else text if names else None

    def as_json(self) -> list[list[Any]]:
        """Return the unknown texts, most rows first, as the roster's report keeps them."""
        return [[*key, count] for key, count in self.unknown.most_common(KEPT)]


def _is_today(commune: str, origin: _Origin) -> bool:
    return origin[0] == commune and origin[1] >= CURRENT_FROM.isoformat()


def names_of(session: Session, communes: Collection[str]) -> HamletNames:
    """Return the register of communes of today with every spelling."""
    return _names(session, _registered(session, communes))


def _names(session: Session, register: Sequence[Hamlet]) -> HamletNames:
    aliases: dict[UUID, list[str]] = defaultdict(list)
    for spelling in _spellings(session, [one.id for one in register]):
        aliases[spelling.hamlet_id].append(spelling.spelling)
    found: dict[str, list[tuple[_Origin, str, str]]] = defaultdict(list)
    for one in register:
        origin = (one.origin_code, one.origin_valid_from.isoformat())
        for text in (one.name, *aliases[one.id]):
            found[one.commune_code].append((origin, value_key(text), one.name))
    return HamletNames(found)


def _registered(session: Session, communes: Collection[str]) -> list[Hamlet]:
    rows = among(session, select(Hamlet), col(Hamlet.commune_code), sorted(communes))
    return sorted((row[0] for row in rows), key=lambda one: one.name_fold)


def _spellings(session: Session, ids: Sequence[UUID]) -> list[HamletAlias]:
    return [row[0] for row in among(session, select(HamletAlias), col(HamletAlias.hamlet_id), ids)]


@dataclass(frozen=True, slots=True)
class Asked:
    """Hamlets of a file that an officer is asked about: one text, or all of a commune that has no register yet.

    `choices` are what it may mean, in the end "new"; `guess` the key of the one that is likely meant.
    """

    key: str
    commune: str
    origin: _Origin
    texts: tuple[str, ...]
    count: int
    choices: tuple[tuple[str, str], ...] = ()  # key, label
    guess: str = ""

    @property
    def has_register(self) -> bool:
        """Say whether the commune has hamlets in the register, of which this may be another spelling."""
        return len(self.choices) > 1


def asked(session: Session, found: Sequence[Sequence[Any]], communes: Collection[str]) -> list[Asked]:
    """Return what is still to be asked of the unknown texts of a report, in communes whose register may be changed."""
    of_commune: dict[str, list[Sequence[Any]]] = defaultdict(list)
    for one in found:
        if one[0] in communes:
            of_commune[one[0]].append(one)
    known = _registered(session, of_commune)
    now = _names(session, known)
    register: dict[str, list[Hamlet]] = defaultdict(list)
    for hamlet in known:
        if hamlet.merged_into is None:
            register[hamlet.commune_code].append(hamlet)
    questions: list[Asked] = []
    for commune, texts in sorted(of_commune.items()):
        left = _alike([one for one in texts if now.name(*one[:4]) is None])
        if register[commune]:
            questions += _one_by_one(session, commune, left, register[commune])
        else:
            questions += _all_at_once(commune, left)
    return questions


def _alike(texts: Sequence[Sequence[Any]]) -> list[Sequence[Any]]:
    """Join texts that differ in case or blanks only, under the most frequent: the register knows them all by it."""
    joined: dict[tuple[str, str, str], list[Any]] = {}
    for code, origin, day, text, count in texts:
        first = joined.setdefault((origin, day, value_key(text)), [code, origin, day, text, 0])
        first[4] += count
    return list(joined.values())


def _one_by_one(
    session: Session, commune: str, texts: Sequence[Sequence[Any]], register: Sequence[Hamlet]
) -> list[Asked]:
    former = {(one.origin_code, one.origin_valid_from) for one in register if one.origin_valid_from < CURRENT_FROM}
    place = {origin: areas.get(session, *origin) for origin in former}
    labels = [(str(one.id), _label(one, place.get((one.origin_code, one.origin_valid_from)))) for one in register]
    plain = [_bare(one.name) for one in register]
    questions = []
    for code, origin, day, text, count in texts:
        guess = labels[plain.index(_bare(text))][0] if plain.count(_bare(text)) == 1 else ""
        few = (*labels, (NEW, ""))
        questions.append(Asked(_key(code, origin, day, text), commune, (origin, day), (text,), count, few, guess))
    return questions


def _all_at_once(commune: str, texts: Sequence[Sequence[Any]]) -> list[Asked]:
    """A commune without a register is asked once by former commune: are these its hamlets?"""
    by_origin: dict[_Origin, list[Sequence[Any]]] = defaultdict(list)
    for one in texts:
        by_origin[one[1], one[2]].append(one)
    return [
        Asked(
            _key(commune, *origin, ""), commune, origin, tuple(sorted(str(one[3]) for one in some)),
            sum(one[4] for one in some), ((NEW, ""),),
        )
        for origin, some in sorted(by_origin.items())
    ]  # fmt: skip


def _label(hamlet: Hamlet, former: Area | None) -> str:
    return f"{hamlet.name} ({former.name})" if former else hamlet.name


def _bare(text: str) -> str:
    """Return a hamlet's name without type word and accents: "TDP Phú Lộc" and "Thôn Phú Lộc" are likely one."""
    return _TYPE_WORD.sub("", fold(text)) or fold(text)


def _key(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def say(session: Session, *, questions: Sequence[Asked], told: Mapping[str, str], by: By) -> int:
    """Keep in the register what texts mean: question key → hamlet, or "new". Returns how many texts it knows now.

    Raises Invalid("hamlet_name") for a hamlet that was not among the choices.
    """
    kept = 0
    for one in questions:
        value = told.get(one.key, "")
        if not value:
            continue
        if value not in {key for key, _ in one.choices}:
            raise Invalid("hamlet_name")
        for text in one.texts:
            if value != NEW:
                hamlets.add_alias(session, hamlet_id=UUID(value), spelling=text, by=by)
            else:
                _enter(session, one, text, by)
            kept += 1
    return kept


def _enter(session: Session, one: Asked, text: str, by: By) -> None:
    code, day = one.origin
    hamlets.add_hamlet(
        session, commune_code=one.commune, origin_code=code, origin_valid_from=date.fromisoformat(day), name=text, by=by
    )
