"""Who receives, as a list states it: the person themself, or somebody else who is a person of their own.

Another recipient is found by citizen ID, else by name, birth and the ward's commune when that is one person, else
made; several wards of one list share them when ID, birth, phone or account says so, never by the name alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from disburse.db import among
from disburse.ids import new_id
from disburse.people import queries as people
from disburse.people.entries import NewPerson
from disburse.people.likeness import births_agree, same_given_name
from disburse.people.queries import CurrentRecipient, Known
from disburse.people.tables import CITIZEN_ID, Organisation, Precision, RecipientKind, Wish
from disburse.rosters.claims import Claim, birth_of
from disburse.rosters.recognition import Outcome
from matching.identity import citizen_id
from matching.text import fold

Protect = Callable[[Sequence[CurrentRecipient]], set[UUID]]
_WISHES = {"account": Wish.ACCOUNT, "cash": Wish.CASH, "home": Wish.CASH}


@dataclass(slots=True, frozen=True)
class Ward:
    """A row whose recipient is asked for: the person it is about and what it says."""

    person_id: UUID
    claim: Claim
    values: Mapping[str, Any]
    new_person: bool = False


@dataclass(slots=True, frozen=True)
class Receiving:
    """Who receives for one row. `stated` is False where the list says nothing about it."""

    kind: RecipientKind
    person_id: UUID | None
    organisation_id: UUID | None = None
    relation: str = ""
    wish: Wish = Wish.UNKNOWN
    stated: bool = True
    id_taken: bool = False  # the recipient's citizen ID stands for someone of another name
    contests: str = ""  # whom the list names in the place of somebody it may not replace
    known: bool = True  # somebody from before this list, who may have a link already


@dataclass(slots=True)
class Recipients:
    """The recipients of one list, met chunk by chunk; `made` are the new persons of the chunk."""

    session: Session
    province: str
    beneficiaries: dict[bytes, Outcome]  # citizen ID → who it is, of this list; the last word on new people
    made: list[NewPerson] = field(default_factory=list)
    made_ids: set[UUID] = field(default_factory=set)  # of all chunks
    organisations: list[Organisation] = field(default_factory=list)
    _promised: set[UUID] = field(default_factory=set)
    _protected: set[UUID] = field(default_factory=set)
    _by_citizen: dict[bytes, tuple[UUID, str]] = field(default_factory=dict)
    _by_sign: dict[tuple[Any, ...], UUID] = field(default_factory=dict)
    _known_organisations: dict[str, UUID] = field(default_factory=dict)

    def of(
        self, wards: Sequence[Ward], current: Mapping[int, CurrentRecipient], protect: Protect = lambda _some: set()
    ) -> list[Receiving]:
        """Return who receives for each ward, in order; `current` holds known recipients by row id.

        `protect` says which of some known recipients no list replaces: where it names another, they go on receiving.
        """
        asked = [one for ward in wards if _states(ward) and (one := current.get(ward.claim.row_id)) is not None]
        self._protected = protect(asked) if asked else set()
        others = [ward for ward in wards if _other(ward)]
        numbers = {CITIZEN_ID.index(text) for w in others if (text := w.values.get("recipient_citizen_id"))}
        known = people.by_citizen_id(self.session, numbers - self.beneficiaries.keys() - self._by_citizen.keys())
        named = [w for w in others if w.values.get("recipient_birth_date")]
        namesakes = people.by_name(
            self.session,
            {w.claim.commune for w in named},
            {fold(w.values["recipient_name"]) for w in named},
        )
        return [self._one(ward, current.get(ward.claim.row_id), known, namesakes) for ward in wards]

    def _one(
        self,
        ward: Ward,
        current: CurrentRecipient | None,
        known: Mapping[bytes, Known],
        namesakes: Mapping[tuple[str, str], list[Known]],
    ) -> Receiving:
        values = ward.values
        if current is not None and current.id in self._protected and not self._agrees(ward, current, known, namesakes):
            return Receiving(
                current.kind, current.person_id, current.organisation_id, current.relation,
                _WISHES.get(values.get("pay_way") or "", Wish.UNKNOWN), stated=False,
                contests=values.get("recipient_name") or values["full_name"],
            )  # fmt: skip
        wish = _WISHES.get(values.get("pay_way") or "", Wish.UNKNOWN)
        if not _other(ward):
            own = values.get("recipient_kind") == "own" or bool(values.get("recipient_name"))
            stated = own or current is None
            return Receiving(RecipientKind.OWN, ward.person_id, wish=wish, stated=stated, known=not ward.new_person)
        kind = RecipientKind(values.get("recipient_kind") or RecipientKind.AUTHORISED)
        relation = values.get("recipient_relation") or ""
        if kind == RecipientKind.ORGANISATION:
            return Receiving(kind, None, self._organisation(values["recipient_name"]), relation, wish)
        person, taken = self._person(ward, current, known, namesakes)
        new = person in self.made_ids or self.is_promised(person)
        return Receiving(kind, person, None, relation, wish, id_taken=taken, known=not new)

    def _agrees(
        self,
        ward: Ward,
        current: CurrentRecipient,
        known: Mapping[bytes, Known],
        namesakes: Mapping[tuple[str, str], list[Known]],
    ) -> bool:
        """Say whether a row names the present recipient, or nobody. Makes nobody, whatever it names."""
        if not _states(ward):
            return True
        if not _other(ward):
            return current.person_id == ward.person_id
        folded = fold(ward.values["recipient_name"])
        if ward.values.get("recipient_kind") == RecipientKind.ORGANISATION:
            body = self.session.get(Organisation, current.organisation_id) if current.organisation_id else None
            return body is not None and body.name_fold == folded[:200]
        index = CITIZEN_ID.maybe_index(ward.values.get("recipient_citizen_id"))
        holder = self._holder(index, known) if index is not None else None
        if holder is not None and same_given_name(holder[1], folded):
            return holder[0] == current.person_id
        if _is_current(current, folded, index):
            return True
        return index is None and self._by_name(ward, folded, namesakes) == current.person_id

    def _person(
        self,
        ward: Ward,
        current: CurrentRecipient | None,
        known: Mapping[bytes, Known],
        namesakes: Mapping[tuple[str, str], list[Known]],
    ) -> tuple[UUID, bool]:
        name, number = ward.values["recipient_name"], ward.values.get("recipient_citizen_id")
        folded, taken = fold(name), False
        index = CITIZEN_ID.maybe_index(number)
        if index is not None and (holder := self._holder(index, known)) is not None:
            if same_given_name(holder[1], folded):
                return holder[0], False
            index, number, taken = None, None, True
        if current is not None and _is_current(current, folded, index) and current.person_id is not None:
            return current.person_id, taken
        if index is None and (found := self._by_name(ward, folded, namesakes)) is not None:
            return found, taken
        return self._make(ward, name, folded, number, index), taken

    def _holder(self, index: bytes, known: Mapping[bytes, Known]) -> tuple[UUID, str] | None:
        holder = self._by_citizen.get(index)
        if holder is None and (outcome := self.beneficiaries.get(index)) is not None:
            holder = (self._id_of(outcome), outcome.claim.fold)
        if holder is None and (found := known.get(index)) is not None:
            holder = (found.person_id, found.fold)
        return holder

    def _id_of(self, outcome: Outcome) -> UUID:
        """Return the person's id; somebody new who stands further down the list gets theirs now."""
        if outcome.person_id is None:
            outcome.person_id = new_id()
            self._promised.add(outcome.person_id)
        return outcome.person_id

    def is_promised(self, person_id: UUID | None) -> bool:
        """Say whether a person is still to be written: their own row has not been reached."""
        return person_id in self._promised

    def keep(self, person_ids: Iterable[UUID]) -> None:
        """Note that these persons are written with the chunk at hand."""
        self._promised.difference_update(person_ids)

    def _by_name(self, ward: Ward, folded: str, namesakes: Mapping[tuple[str, str], list[Known]]) -> UUID | None:
        for sign in _signs(ward, folded):
            if sign in self._by_sign:
                return self._by_sign[sign]
        birth = birth_of(dict(ward.values), "recipient_birth_date")
        if birth is None:
            return None
        alike = [
            k
            for k in namesakes.get((ward.claim.commune, folded), [])
            if k.birth is not None and births_agree(birth, k.birth) and k.person_id != ward.person_id
        ]
        return alike[0].person_id if len(alike) == 1 else None

    def _make(self, ward: Ward, name: str, folded: str, number: str | None, index: bytes | None) -> UUID:
        birth = birth_of(dict(ward.values), "recipient_birth_date")
        read = citizen_id(number) if number else None
        valid = bool(read and read.known_prefix and not read.contradicts(birth[0].year if birth else None))
        person = NewPerson(
            id=new_id(),
            name=name[:100],
            birth_date=birth[0] if birth else None,
            birth_precision=Precision(birth[1]) if birth else None,
            citizen_id=number,
            id_valid=valid,
            phone=ward.values.get("recipient_phone"),
            commune_code=ward.claim.commune or None,
            origin_province=self.province,
        )
        self.made.append(person)
        self.made_ids.add(person.id)
        if index is not None:
            self._by_citizen[index] = (person.id, folded)
        for sign in _signs(ward, folded):
            self._by_sign.setdefault(sign, person.id)
        return person.id

    def _organisation(self, name: str) -> UUID:
        folded = fold(name)
        if folded not in self._known_organisations:
            statement = sa.select(Organisation.name_fold, Organisation.id).where(  # type: ignore[call-overload]
                col(Organisation.province_code) == self.province
            )
            for row in among(self.session, statement, col(Organisation.name_fold), [folded]):
                self._known_organisations[row[0]] = row[1]
        if folded not in self._known_organisations:
            made = Organisation(name=name[:200], name_fold=folded[:200], province_code=self.province)
            self.organisations.append(made)
            self._known_organisations[folded] = made.id
        return self._known_organisations[folded]


def _states(ward: Ward) -> bool:
    """Say whether a row says who receives."""
    return ward.values.get("recipient_kind") == "own" or bool(ward.values.get("recipient_name"))


def _other(ward: Ward) -> bool:
    """Say whether somebody else than the person receives: another name, or another number under the same name."""
    values = ward.values
    name = values.get("recipient_name")
    if not name or values.get("recipient_kind") == "own":
        return False
    if fold(name) != ward.claim.fold:
        return True
    number = values.get("recipient_citizen_id")
    return bool(number and values.get("citizen_id") and number != values["citizen_id"])


def _is_current(current: CurrentRecipient, folded: str, index: bytes | None) -> bool:
    return current.fold == folded and (index is None or current.citizen in (None, index))


def _signs(ward: Ward, folded: str) -> list[tuple[Any, ...]]:
    """Return what makes two mentions of a recipient one person besides the ID: name with birth, phone or account."""
    commune, values = ward.claim.commune, ward.values
    return [
        (kind, folded, commune, values[name])
        for kind, name in (
            ("birth", "recipient_birth_date"),
            ("phone", "recipient_phone"),
            ("account", "account_number"),
        )
        if values.get(name)
    ]


def day_before(day: date) -> date:
    """Return the last day of what ends when something new begins on `day`."""
    return date.fromordinal(day.toordinal() - 1)
