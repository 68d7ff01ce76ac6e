"""The register of hamlets: which hamlet of which former commune a spelling on a roster means; reads and acts on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from disburse import clock
from disburse.areas import queries as areas
from disburse.areas.tables import Area
from disburse.audit.actions import record
from disburse.audit.actor import By
from disburse.errors import Conflict, Invalid, NotFound
from disburse.free_text import without_numbers
from disburse.people.tables import Enrolment, EnrolmentState, Hamlet, HamletAlias, Person
from matching.text import fold


@dataclass(slots=True)
class Listed:
    """A hamlet of the register: other spellings, how many active enrolments there, and what took it in."""

    hamlet: Hamlet
    spellings: list[str] = field(default_factory=list)
    people: int = 0
    taken_in_by: str = ""


@dataclass(slots=True)
class Origin:
    """A commune as it was, or today's itself: its hamlets, and spellings on people that no hamlet claims yet."""

    area: Area
    hamlets: list[Listed] = field(default_factory=list)
    unclaimed: list[tuple[str, int]] = field(default_factory=list)


def spellings(session: Session, commune_code: str, name: str) -> tuple[str, ...]:
    """Return every way a hamlet of a commune of today is written: its name, its aliases, and of those it took in."""
    register = list(session.exec(select(Hamlet).where(Hamlet.commune_code == commune_code)))
    written = _written(session, register)
    meant = {one.id for one in register if name in written[one.id]}
    meant |= {one.id for one in register if one.merged_into in meant}
    return tuple(sorted({name}.union(*(written[key] for key in meant))))


def _written(session: Session, register: Sequence[Hamlet]) -> dict[UUID, set[str]]:
    written = {one.id: {one.name} for one in register}
    aliases = select(HamletAlias).where(col(HamletAlias.hamlet_id).in_(written))
    for alias in session.exec(aliases):
        written[alias.hamlet_id].add(alias.spelling)
    return written


def register_of(session: Session, commune_code: str) -> list[Origin]:
    """Return the hamlets of a commune of today by the commune they came with, former ones first."""
    today = areas.on_day(session, commune_code)
    if today is None:
        raise NotFound("not_found")
    sources = [one for one in areas.sources(session, today.code, today.valid_from) if one.code]
    origins = {(one.code, one.valid_from): Origin(one) for one in (*sources, today)}
    register = list(
        session.exec(select(Hamlet).where(Hamlet.commune_code == commune_code).order_by(col(Hamlet.name_fold)))
    )
    written, names = _written(session, register), {one.id: one.name for one in register}
    counts = _counts(session, commune_code)
    for one in register:
        origin = origins.get((one.origin_code, one.origin_valid_from))
        if origin is None:
            continue
        own = counts[one.origin_code, one.origin_valid_from]
        people = sum(own.pop(spelling, 0) for spelling in written[one.id])
        taken = names.get(one.merged_into, "") if one.merged_into else ""
        origin.hamlets.append(Listed(one, sorted(written[one.id] - {one.name}), people, taken))
    for key, left in counts.items():
        if key in origins:
            origins[key].unclaimed = sorted(left.items(), key=lambda item: (-item[1], item[0]))
    return [one for one in origins.values() if one.hamlets or one.unclaimed or one.area is today]


def busiest(session: Session, codes: Sequence[str]) -> str:
    """Return the commune among these in which most active enrolments name a hamlet; "" where none does."""
    counted = (
        sa.select(col(Enrolment.commune_code))
        .join(Person, col(Person.id) == col(Enrolment.person_id))
        .where(col(Enrolment.commune_code).in_(codes), col(Enrolment.state) == EnrolmentState.ACTIVE)
        .where(col(Person.hamlet) != "")
        .group_by(col(Enrolment.commune_code))
        .order_by(sa.func.count().desc(), col(Enrolment.commune_code))
    )
    return str(session.execute(counted.limit(1)).scalar() or "")


def _counts(session: Session, commune_code: str) -> dict[tuple[str, date], dict[str, int]]:
    """Return how many active enrolments of a commune bear each spelling, by the unit they came with."""
    rows = session.execute(
        sa.select(col(Enrolment.origin_code), col(Enrolment.origin_valid_from), col(Person.hamlet), sa.func.count())
        .join(Person, col(Person.id) == col(Enrolment.person_id))
        .where(col(Enrolment.commune_code) == commune_code, col(Enrolment.state) == EnrolmentState.ACTIVE)
        .where(col(Person.hamlet) != "")
        .group_by(col(Enrolment.origin_code), col(Enrolment.origin_valid_from), col(Person.hamlet))
    )
    counts: dict[tuple[str, date], dict[str, int]] = defaultdict(dict)
    for code, valid_from, spelling, count in rows:
        counts[code, valid_from][spelling] = count
    return counts


def get(session: Session, hamlet_id: UUID) -> Hamlet:
    """Return one hamlet; else NotFound."""
    found = session.get(Hamlet, hamlet_id)
    if found is None:
        raise NotFound("not_found")
    return found


def add_hamlet(
    session: Session, *, commune_code: str, origin_code: str, origin_valid_from: date, name: str, by: By
) -> UUID:
    """Enter a hamlet of a former commune (or of today's). Raises Invalid("hamlet_name"), Conflict("hamlet_exists")."""
    plain = without_numbers(" ".join(name.split()))[:100]
    if len(plain) < 2 and not plain.isdigit():  # hamlets are numbered in many communes: "6" under "Thôn"
        raise Invalid("hamlet_name")
    known = {(one.area.code, one.area.valid_from) for one in _origins(session, commune_code)}
    if (origin_code, origin_valid_from) not in known:
        raise NotFound("not_found")
    hamlet = Hamlet(
        origin_code=origin_code,
        origin_valid_from=origin_valid_from,
        commune_code=commune_code,
        name=plain,
        name_fold=fold(plain)[:100],
    )
    session.add(hamlet)
    try:
        session.flush()
    except IntegrityError as error:
        raise Conflict("hamlet_exists", name=plain) from error
    _tell(session, "hamlet.added", hamlet, by, name=plain)
    return hamlet.id


def _origins(session: Session, commune_code: str) -> list[Origin]:
    today = areas.on_day(session, commune_code)
    if today is None:
        raise NotFound("not_found")
    return [Origin(one) for one in (*areas.sources(session, today.code, today.valid_from), today)]


def add_alias(session: Session, *, hamlet_id: UUID, spelling: str, by: By) -> None:
    """Say that a spelling means this hamlet; the same again changes nothing."""
    hamlet, plain = get(session, hamlet_id), without_numbers(spelling.strip())[:100]
    if not plain:
        raise Invalid("hamlet_name")
    if session.get(HamletAlias, (hamlet_id, plain)) is None and plain != hamlet.name:
        session.add(HamletAlias(hamlet_id=hamlet_id, spelling=plain))
        _tell(session, "hamlet.alias_added", hamlet, by, spelling=plain)


def merge_hamlet(session: Session, *, hamlet_id: UUID, into_id: UUID | None, by: By) -> None:
    """Say which hamlet of the same commune of today took this one in; None undoes it.

    Raises Invalid("hamlet_merge") for itself, another commune's, or one that was taken in itself.
    """
    hamlet = get(session, hamlet_id)
    before = hamlet.merged_into
    if into_id is not None:
        into = get(session, into_id)
        if into.id == hamlet.id or into.commune_code != hamlet.commune_code or into.merged_into is not None:
            raise Invalid("hamlet_merge")
        taken = select(Hamlet.id).where(Hamlet.merged_into == hamlet.id)
        if session.exec(taken).first() is not None:
            raise Invalid("hamlet_merge")
    hamlet.merged_into, hamlet.valid_to = into_id, clock.today() if into_id else None
    session.add(hamlet)
    _tell(session, "hamlet.merged", hamlet, by, before=str(before) if before else None, after=str(into_id or ""))


def _tell(session: Session, action: str, hamlet: Hamlet, by: By, **facts: str | None) -> None:
    record(
        session,
        action=action,
        object_type="hamlet",
        object_id=hamlet.id,
        by=by,
        area_code=hamlet.commune_code,
        **facts,
    )
