"""Changing what is known of one person, and suspending what they receive: each with its reason and its event."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from disburse.audit.actions import record
from disburse.audit.actor import By
from disburse.db import take_turns
from disburse.errors import Conflict, NotFound
from disburse.funnel import actions as funnel
from disburse.people import queries, tokens
from disburse.people.stated import Birth, Stated, is_valid
from disburse.people.tables import (
    CITIZEN_ID,
    OLD_ID,
    PHONE,
    Enrolment,
    EnrolmentState,
    Person,
)
from matching.text import fold, sort_key

Changes = dict[str, list[str | None]]  # field → [before, after], numbers masked


def change_person(
    session: Session, *, person_id: UUID, stated: Stated, keep: Iterable[str], why: str, by: By
) -> Changes:
    """Make a person what is stated; the numbers named in `keep` were not typed and stay as they are.

    Returns what changed ({}: nothing, and no event). Raises NotFound, Conflict("citizen_id_taken").
    """
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound("not_found")
    changes = Changes()
    _change_plain(person, stated, changes)
    for name, sealed in (("citizen_id", CITIZEN_ID), ("old_id", OLD_ID), ("phone", PHONE)):
        if name not in keep:
            _change_number(session, person, name, sealed, getattr(stated, name), changes)
    _judge_id(session, person, changes)
    if not changes:
        return changes
    session.add(person)
    try:
        session.flush()
    except IntegrityError as error:
        raise Conflict("citizen_id_taken") from error
    if "name" in changes:
        tokens.replace(session, [(person.id, person.name_fold, person.sort_key)])
    record(
        session,
        action="person.changed",
        object_type="person",
        object_id=person_id,
        by=by,
        area_code=person.commune_code,
        changes=changes,
        why=why,
    )
    return changes


def _change_plain(person: Person, stated: Stated, changes: Changes) -> None:
    if stated.name != person.name:
        changes["name"] = [person.name, stated.name]
        person.name, person.name_fold = stated.name, fold(stated.name)[:100]
        person.sort_key = sort_key(stated.name)[:200]
    known = (person.birth_date, person.birth_precision) if person.birth_date else None
    if stated.birth != known:
        changes["birth_date"] = [written(known), written(stated.birth)]
        person.birth_date, person.birth_precision = stated.birth or (None, None)
    for name in ("sex", "hamlet", "address"):
        before, after = getattr(person, name), getattr(stated, name)
        if after != before:
            changes[name] = [str(before) if before else None, str(after) if after else None]
            setattr(person, name, after)


def written(birth: Birth | tuple[Any, Any] | None) -> str | None:
    """Return a birth as far as it is known: 1951-03-12, 1951-03, 1951."""
    if birth is None:
        return None
    return birth[0].isoformat()[: {"year": 4, "month": 7}.get(str(birth[1] or "day"), 10)]


def _change_number(
    session: Session, person: Person, name: str, sealed: Any, text: str | None, changes: Changes
) -> None:
    index = sealed.maybe_index(text)
    if index == getattr(person, f"{name}_index"):
        return
    if name == "citizen_id" and index is not None:
        take_turns(session, "citizen IDs")
        holder = queries.by_citizen_id(session, [index]).get(index)
        if holder is not None and holder.person_id != person.id:
            raise Conflict("citizen_id_taken")
    before = sealed.maybe_open(person.id, getattr(person, f"{name}_sealed"))
    changes[name] = [masked(before), masked(text)]
    setattr(person, f"{name}_sealed", sealed.maybe_seal(person.id, text))
    setattr(person, f"{name}_index", index)


def masked(number: str | None) -> str | None:
    """Return a personal number as it may be written down: its last three digits."""
    return None if number is None else "…" + number[-3:]


def _judge_id(session: Session, person: Person, changes: Changes) -> None:
    """Let the ID count as valid or not, as it agrees with what is known now."""
    if not changes.keys() & {"citizen_id", "birth_date", "sex"}:
        return
    number = CITIZEN_ID.maybe_open(person.id, person.citizen_id_sealed)
    birth: Any = (person.birth_date, person.birth_precision) if person.birth_date else None
    valid = is_valid(number, birth, person.sex)
    if valid != person.id_valid:
        changes["id_valid"] = [str(person.id_valid), str(valid)]
        person.id_valid = valid
        active = select(Enrolment.id).where(Enrolment.person_id == person.id, Enrolment.state == EnrolmentState.ACTIVE)
        funnel.restate(session, {key: {"id_valid": int(valid)} for key in session.exec(active)})


def suspend(session: Session, *, enrolment_id: UUID, since: date, why: str, by: By) -> None:
    """Hold an enrolment from payment from a day on; it goes on and is counted. Raises Conflict("already_suspended")."""
    enrolment = _active(session, enrolment_id)
    if enrolment.suspended_since is not None:
        raise Conflict("already_suspended")
    enrolment.suspended_since = since
    _tell(session, enrolment, "enrolment.suspended", by, why=why, since=since.isoformat())


def resume(session: Session, *, enrolment_id: UUID, why: str, by: By) -> None:
    """Let a suspended enrolment be paid again. Raises Conflict("not_suspended")."""
    enrolment = _active(session, enrolment_id)
    if enrolment.suspended_since is None:
        raise Conflict("not_suspended")
    since, enrolment.suspended_since = enrolment.suspended_since, None
    _tell(session, enrolment, "enrolment.resumed", by, why=why, since=since.isoformat())


def _active(session: Session, enrolment_id: UUID) -> Enrolment:
    found = session.exec(select(Enrolment).where(col(Enrolment.id) == enrolment_id).with_for_update()).first()
    if found is None or found.state != EnrolmentState.ACTIVE:
        raise NotFound("enrolment_unknown")
    return found


def _tell(session: Session, enrolment: Enrolment, action: str, by: By, **facts: str) -> None:
    session.add(enrolment)
    record(
        session,
        action=action,
        object_type="enrolment",
        object_id=enrolment.id,
        by=by,
        area_code=enrolment.commune_code,
        programme=enrolment.programme,
        **facts,
    )
