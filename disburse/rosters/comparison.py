"""What a row changes about a person and an enrolment already known. Decides; `entering` writes.

A cell that says nothing changes nothing: an empty phone column is no reason to forget a phone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from disburse.people.entries import ENROLMENT_FACTS, PERSON_FACTS
from disburse.people.likeness import Birth, births_agree
from disburse.people.queries import LineInForce
from disburse.people.tables import CITIZEN_ID, OLD_ID, PHONE, LineKind
from disburse.rosters.amounts import StatedLine
from disburse.rosters.claims import Claim, birth_of
from disburse.rosters.tables import Scope
from matching.text import fold, fold_keep_accents, sort_key

HOME = "home_commune_code"  # the person's commune, which is not that of each of their enrolments
Changes = dict[str, list[Any]]  # field → [before, after], numbers masked, days as text


def person_after(
    person_id: UUID, known: Mapping[str, Any], claim: Claim, values: Mapping[str, Any]
) -> tuple[tuple[Any, ...] | None, Changes]:
    """Return the person's row with what the list adds or corrects (None: nothing does), and the differences."""
    after, changes = dict(known), Changes()
    _name(after, values["full_name"], changes)
    _birth(after, birth_of(dict(values)), changes)
    if (sex := values.get("sex")) and sex != known["sex"]:
        changes["sex"] = [known["sex"], sex]
        after["sex"] = sex
    _citizen_id(person_id, after, claim, values, changes)
    _number(person_id, after, "old_id", OLD_ID, values.get("old_id"), changes)
    _number(person_id, after, "phone", PHONE, values.get("phone"), changes)
    for name in ("commune_code", "hamlet", "address"):
        if (value := values.get(name)) and value != known[name]:
            changes[HOME if name == "commune_code" else name] = [known[name], value]
            after[name] = value
    if not changes:
        return None, changes
    return (person_id, *(after[name] for name in PERSON_FACTS)), changes


def _name(after: dict[str, Any], name: str, changes: Changes) -> None:
    known = after["name"]
    if fold(name) == after["name_fold"] and (name.isascii() or fold_keep_accents(name) == fold_keep_accents(known)):
        return  # another case or no accents: the name we have says more
    changes["name"] = [known, name]
    after.update(name=name, name_fold=fold(name)[:100], sort_key=sort_key(name)[:200])


_FINENESS = {"year": 0, "month": 1, "day": 2}


def _birth(after: dict[str, Any], stated: Birth, changes: Changes) -> None:
    if stated is None:
        return
    known = (after["birth_date"], after["birth_precision"]) if after["birth_date"] else None
    if known is not None and births_agree(known, stated) and _FINENESS[stated[1]] <= _FINENESS[known[1]]:
        return
    changes["birth_date"] = [_written(known), _written(stated)]
    after["birth_date"], after["birth_precision"] = stated


def _written(birth: Birth) -> str | None:
    return None if birth is None else birth[0].isoformat()[: {"year": 4, "month": 7, "day": 10}[birth[1]]]


def _citizen_id(
    person_id: UUID, after: dict[str, Any], claim: Claim, values: Mapping[str, Any], changes: Changes
) -> None:
    known, text = after["citizen_id_index"], values.get("citizen_id")
    if claim.citizen is None or not text:
        return
    if known == claim.citizen:
        if claim.citizen_valid != after["id_valid"]:
            changes["id_valid"] = [after["id_valid"], claim.citizen_valid]
            after["id_valid"] = claim.citizen_valid
    elif known is None or (claim.citizen_valid and not after["id_valid"]):
        changes["citizen_id"] = [None if known is None else "…", masked(text)]
        after.update(
            citizen_id_sealed=CITIZEN_ID.seal(person_id, text),
            citizen_id_index=claim.citizen,
            id_valid=claim.citizen_valid,
        )


def _number(person_id: UUID, after: dict[str, Any], name: str, sealed: Any, text: str | None, changes: Changes) -> None:
    if text and (index := sealed.index(text)) != after[f"{name}_index"]:
        changes[name] = [None if after[f"{name}_index"] is None else "…", masked(text)]
        after[f"{name}_index"], after[f"{name}_sealed"] = index, sealed.seal(person_id, text)


def masked(number: str) -> str:
    """Return a personal number as it may be written down: its last three digits."""
    return "…" + number[-3:]


def enrolment_after(
    enrolment_id: UUID, known: Mapping[str, Any], values: Mapping[str, Any], roster_id: UUID, province: str
) -> tuple[tuple[Any, ...], Changes]:
    """Return the enrolment's row after this list (its newest list always changes), and the differences."""
    after, changes = dict(known), Changes()
    for name in ("commune_code", "file_number", "decision_number", "decision_date", "origin_code"):
        value = values.get(name)
        if name == "decision_date" and value:
            value = date.fromisoformat(value)
        if value and value != known[name]:
            changes[name] = [_plain(known[name]), _plain(value)]
            after[name] = value
    if "commune_code" in changes:
        changes["province_code"] = [known["province_code"], province]
        after["province_code"] = province
    if "origin_code" in changes:
        after["origin_valid_from"] = date.fromisoformat(values["origin_valid_from"])
        changes["origin_valid_from"] = [_plain(known["origin_valid_from"]), values["origin_valid_from"]]
    if known["unexplained_since"]:
        changes["unexplained_since"] = [_plain(known["unexplained_since"]), None]
    after.update(unexplained_since=None, last_roster_id=roster_id)
    return (enrolment_id, *(after[name] for name in ENROLMENT_FACTS)), changes


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def line_changes(
    known: Sequence[LineInForce], stated: Sequence[StatedLine], scope: Scope
) -> tuple[list[LineInForce], list[StatedLine]]:
    """Return (lines that end, lines that begin): what is in force and stated alike stays as it is.

    A line of the same kind and type replaces the one in force. Only a full list ends lines it does not name; a
    single line of another type replaces a single one, unless the list only adds (`supplement`).
    """
    old, new = list(known), list(stated)
    for line in list(new):
        if (same := next((o for o in old if _same(o, line)), None)) is not None:
            old.remove(same)
            new.remove(line)
    ends: list[LineInForce] = []
    for line in new:
        if before := next((o for o in old if (o.kind, o.type_code) == (line.kind, line.type_code)), None):
            old.remove(before)
            ends.append(before)
    if scope == Scope.FULL or (scope != Scope.SUPPLEMENT and len(known) == len(stated) == 1 and new and old):
        ends.extend(old)
    return ends, new


def _same(known: LineInForce, stated: StatedLine) -> bool:
    if known.kind != stated.kind or known.amount != stated.amount:
        return False
    if stated.kind != LineKind.MONTHLY:
        return True  # this month's arrears are one sum, whatever they are for
    same_type = stated.type_code is None or known.type_code == stated.type_code
    return same_type and (stated.coefficient is None or _equal(known.coefficient, stated.coefficient))


def _equal(one: Decimal | None, other: Decimal) -> bool:
    return one is not None and Decimal(one) == other
