"""Pairs that wait for a person's word, merges that wait for a second one, and merges that can be undone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.accounts.overview import LinkLine, links_of
from disburse.accounts.states import is_live
from disburse.duplicates.tables import DuplicatePair, MergedRow, MergeState, PersonMerge
from disburse.errors import NotFound
from disburse.people.queries import enrolments_within, people_within
from disburse.people.tables import Enrolment, Person, Recipient


@dataclass(slots=True)
class Side:
    """One of two persons: the enrolments the reader may see, and the live links."""

    person: Person
    enrolments: list[Enrolment] = field(default_factory=list)
    links: list[LinkLine] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two persons who may be one, and why."""

    why: str
    sides: tuple[Side, Side]


def _seen(actor: Actor) -> sa.ColumnElement[bool]:
    return enrolments_within(actor, Permission.PERSON_MERGE)


def _is_seen(actor: Actor, person_id: Any) -> sa.ColumnElement[bool]:
    return people_within(actor, Permission.PERSON_MERGE, person_id)


def _both_seen(actor: Actor) -> sa.ColumnElement[bool]:
    """Return the condition on a merge that both records are the actor's to change.

    Once it is done the one has everything: which was the other's, the merge has written down.
    """
    kept = _is_seen(actor, col(PersonMerge.kept_id))
    apart = sa.and_(col(PersonMerge.state) != MergeState.DONE, _is_seen(actor, col(PersonMerge.gone_id)))
    together = sa.and_(
        col(PersonMerge.state) == MergeState.DONE, _part(actor, of_gone=True), _part(actor, of_gone=False)
    )
    return sa.and_(kept, sa.or_(apart, together))


def _part(actor: Actor, *, of_gone: bool) -> sa.ColumnElement[bool]:
    """Return the condition that the one's or the other's part in a done merge reaches into the actor's scopes."""
    kept = col(PersonMerge.kept_id)
    of_enrolment, of_recipient = (_came(table) if of_gone else ~_came(table) for table in (Enrolment, Recipient))
    own = sa.exists().where(col(Enrolment.person_id) == kept, of_enrolment, _seen(actor))
    joined = col(Enrolment.id) == col(Recipient.enrolment_id)
    received = sa.exists().where(col(Recipient.person_id) == kept, joined, of_recipient, _seen(actor))
    return sa.or_(own, received)


def _came(table: Any) -> Any:
    """Return the condition that a row came to the kept record by the merge; keys stand in text with hyphens or not."""
    named = sa.exists().where(
        col(MergedRow.merge_id) == col(PersonMerge.id),
        col(MergedRow.table_name) == str(table.__tablename__),
        col(MergedRow.column_name) == "person_id",
        sa.func.replace(col(MergedRow.row_key), "-", "") == sa.func.replace(sa.cast(table.id, sa.String), "-", ""),
    )
    return named.correlate(PersonMerge, table)


def pairs(
    session: Session, actor: Actor, *, limit: int, offset: int, person_id: UUID | None = None
) -> tuple[int, list[Pair]]:
    """Return how many pairs the actor may decide, both persons being theirs to change, and one page of them.

    With `person_id` only the pairs of that person.
    """
    waiting = sa.exists().where(
        col(PersonMerge.state) == MergeState.PROPOSED,
        sa.or_(
            col(PersonMerge.kept_id).in_([col(DuplicatePair.low_id), col(DuplicatePair.high_id)]),
            col(PersonMerge.gone_id).in_([col(DuplicatePair.low_id), col(DuplicatePair.high_id)]),
        ),
    )
    mine = sa.select(DuplicatePair).where(
        _is_seen(actor, col(DuplicatePair.low_id)), _is_seen(actor, col(DuplicatePair.high_id)), ~waiting
    )
    if person_id is not None:
        mine = mine.where(sa.or_(col(DuplicatePair.low_id) == person_id, col(DuplicatePair.high_id) == person_id))
    total = session.execute(sa.select(sa.func.count()).select_from(mine.subquery())).scalar_one()
    order = (col(DuplicatePair.why), col(DuplicatePair.low_id), col(DuplicatePair.high_id))
    page = session.execute(mine.order_by(*order).limit(limit).offset(offset)).scalars()
    return total, [_pair(session, actor, one) for one in page]


def pair(session: Session, actor: Actor, low_id: UUID, high_id: UUID) -> Pair:
    """Return one pair that the actor may decide; else NotFound."""
    low, high = sorted((low_id, high_id))
    seen = (_is_seen(actor, col(DuplicatePair.low_id)), _is_seen(actor, col(DuplicatePair.high_id)))
    is_it = (col(DuplicatePair.low_id) == low, col(DuplicatePair.high_id) == high)
    found = session.execute(sa.select(DuplicatePair).where(*is_it, *seen)).scalar()
    if found is None:
        raise NotFound("pair_unknown")
    return _pair(session, actor, found)


def _pair(session: Session, actor: Actor, found: DuplicatePair) -> Pair:
    sides = [_side(session, actor, key) for key in (found.low_id, found.high_id)]
    return Pair(str(found.why), (sides[0], sides[1]))


def _side(session: Session, actor: Actor, person_id: UUID) -> Side:
    mine = sa.select(Enrolment).where(col(Enrolment.person_id) == person_id, _seen(actor))
    enrolments = list(session.execute(mine.order_by(col(Enrolment.state), col(Enrolment.programme))).scalars())
    live = [line for line in links_of(session, person_id) if is_live(line.link.state, line.link.replaces)]
    return Side(session.get_one(Person, person_id), enrolments, live)


@dataclass(frozen=True, slots=True)
class MergeLine:
    """A merge as a list shows it."""

    merge: PersonMerge
    kept: str
    gone: str


def merges(
    session: Session, actor: Actor, *states: MergeState, parting: bool = False, limit: int | None = None
) -> list[MergeLine]:
    """Return merges in these states, both records being the actor's to change, newest first; all, or so many.

    `parting`: those that somebody has asked to undo; otherwise those that nobody has.
    """
    asked = col(PersonMerge.parting_by) != "" if parting else col(PersonMerge.parting_by) == ""
    kept: Any = sa.orm.aliased(Person)
    gone: Any = sa.orm.aliased(Person)
    found = session.execute(
        sa.select(PersonMerge, kept.name, gone.name)
        .join(kept, kept.id == col(PersonMerge.kept_id))
        .join(gone, gone.id == col(PersonMerge.gone_id))
        .where(col(PersonMerge.state).in_(states), asked, _both_seen(actor))
        .order_by(col(PersonMerge.proposed_at).desc())
        .limit(limit)
    )
    return [MergeLine(*row) for row in found]


def merge(session: Session, actor: Actor, merge_id: UUID) -> PersonMerge:
    """Return one merge, both records being the actor's to change; else NotFound."""
    mine = sa.select(PersonMerge).where(col(PersonMerge.id) == merge_id, _both_seen(actor))
    found: PersonMerge | None = session.execute(mine).scalar()
    if found is None:
        raise NotFound("merge_unknown")
    return found
