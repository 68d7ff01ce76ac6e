"""Lists of accounts as officers look back on them: which came, what waits in them, and what became of their accounts.

A list brought on the screen is its area's: nobody else sees it. What came by program or by command line is nobody's
area; of such a list everybody who exchanges with banks sees the counts, and nobody here sees its cells.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.accounts import due, snapshots
from disburse.accounts.overview import seen_accounts
from disburse.accounts.stages import live_clause
from disburse.accounts.tables import (
    LIST_ROW_RAW,
    Account,
    Candidate,
    CandidateState,
    Link,
    ListState,
    Registration,
    RegistrationList,
    RegistrationRow,
)
from disburse.errors import NotFound
from disburse.jobs.queries import under_way
from disburse.people.tables import Person

MAY = Permission.BANK_EXCHANGE
Condition = sa.ColumnElement[bool]


def carried_within(actor: Actor, area_code: Any) -> Condition:
    """Return the condition that something was carried for an area of the actor's; `area_code` is its column."""
    codes = [scope.area_code for scope in actor.scopes(MAY)]
    if "" in codes:
        return sa.true()
    below = [area_code.startswith(code) for code in codes if len(code) == 2]
    return sa.or_(area_code.in_(codes), *below)


def _own(actor: Actor) -> Condition:
    area = col(RegistrationList.area_code)
    return sa.and_(area.is_not(None), carried_within(actor, area))


def _seen(actor: Actor) -> Condition:
    return sa.or_(col(RegistrationList.area_code).is_(None), _own(actor))


def received(
    session: Session, actor: Actor, bank_code: str, *, limit: int, offset: int
) -> tuple[int, list[RegistrationList]]:
    """Return how many lists there are that the actor may see (`bank_code` "" = of every bank), and some: those that
    wait for an officer first, then the newest."""
    mine = [_seen(actor), *([col(RegistrationList.bank_code) == bank_code] if bank_code else [])]
    waits = col(RegistrationList.state).in_([ListState.CHECKING, ListState.WAITING])
    total = session.exec(select(func.count()).select_from(RegistrationList).where(*mine)).one()
    found = select(RegistrationList).where(*mine).order_by(waits.desc(), col(RegistrationList.id).desc())
    return total, list(session.exec(found.limit(limit).offset(offset)))


def one(session: Session, actor: Actor, list_id: UUID) -> RegistrationList:
    """Return a list that the actor may see; NotFound for any other."""
    return _found(session, list_id, _seen(actor))


def own(session: Session, actor: Actor, list_id: UUID) -> RegistrationList:
    """Return a list of the actor's area: its cells may be seen, and it may be settled. NotFound for any other."""
    return _found(session, list_id, _own(actor))


def _found(session: Session, list_id: UUID, seen: Condition) -> RegistrationList:
    found = session.exec(select(RegistrationList).where(RegistrationList.id == list_id, seen)).first()
    if found is None:
        raise NotFound("not_found")
    return found


def earlier(session: Session, actor: Actor, same: RegistrationList) -> RegistrationList | None:
    """Return the newest list of the same bytes and bank that was taken in before, if the actor may see one."""
    found = select(RegistrationList).where(
        RegistrationList.sha256 == same.sha256,
        RegistrationList.bank_code == same.bank_code,
        RegistrationList.state == ListState.IMPORTED,
        RegistrationList.id != same.id,
        _seen(actor),
    )
    return session.exec(found.order_by(col(RegistrationList.id).desc())).first()


@dataclass(frozen=True, slots=True)
class ParkedLine:
    """A line that could not be taken in: its cells as they came (None once they are erased) and what is wrong."""

    sheet: str
    line: int
    cells: tuple[str, ...] | None
    issues: tuple[dict[str, Any], ...]


def parked(session: Session, list_id: UUID, *, limit: int, offset: int = 0) -> list[ParkedLine]:
    """Return the lines of a list that wait, in its order."""
    rows = select(RegistrationRow).where(RegistrationRow.list_id == list_id).order_by(col(RegistrationRow.id))
    return [_opened(row) for row in session.exec(rows.limit(limit).offset(offset))]


def _opened(row: RegistrationRow) -> ParkedLine:
    if not row.raw_sealed:
        return ParkedLine(row.sheet, row.line, None, ())
    kept = json.loads(LIST_ROW_RAW.open(f"{row.list_id}/{row.sheet}/{row.line}", row.raw_sealed))
    return ParkedLine(row.sheet, row.line, tuple(map(_as_written, kept["raw"])), tuple(kept["issues"]))


def _as_written(cell: Any) -> str:
    """Return a cell as its sheet shows it: 383, not the 383.0 it is kept as."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)


class Stand(StrEnum):
    """What became of an account that a list brought."""

    LINKED = "linked"  # somebody here receives through it, or may
    REVIEW = "review"  # a clerk is asked whose it is
    NOBODY = "nobody"  # of nobody we know, by now


@dataclass(frozen=True, slots=True)
class Standing:
    """How the accounts stand of which a list said something new. `matching` = the matcher has not looked at all of
    them yet; `never` = it has not been run in this installation, and nothing will run it by itself."""

    counts: dict[Stand, int]
    erased: int
    matching: bool
    never: bool

    @property
    def accounts(self) -> int:
        """Return how many accounts that are."""
        return sum(self.counts.values())


_STAND = sa.case(
    (sa.exists().where(col(Link.account_id) == col(Account.id), live_clause()), Stand.LINKED.value),
    (
        sa.exists().where(
            col(Candidate.account_id) == col(Account.id),
            col(Candidate.state).in_([CandidateState.OPEN, CandidateState.UNSURE]),
        ),
        Stand.REVIEW.value,
    ),
    else_=Stand.NOBODY.value,
)


def standing(session: Session, made: RegistrationList) -> Standing:
    """Count the accounts of a list by what became of them; a list's lines that said nothing new are not among them."""
    brought = sa.select(col(Registration.account_id)).where(col(Registration.list_id) == made.id)
    each = sa.select(_STAND.label("stand")).where(col(Account.id).in_(brought)).subquery()
    rows = session.execute(sa.select(each.c.stand, func.count()).group_by(each.c.stand))
    counts = {Stand(stand): count for stand, count in rows}
    first = snapshots.newest(session) is None
    going = under_way(session, due.LINK)
    return Standing(
        {stand: counts.get(stand, 0) for stand in Stand},
        made.rows_erased,
        matching=going or (not first and due.waiting(session) > 0),
        never=first and not going,
    )


@dataclass(frozen=True, slots=True)
class Brought:
    """An account that a list brought, masked, and whose it is as far as the reader may know (None: elsewhere)."""

    sheet: str
    line: int | None
    holder: str
    bank_code: str
    number_tail: str
    person: tuple[UUID, str] | None


def brought(
    session: Session, actor: Actor, list_id: UUID, stand: Stand, *, limit: int, offset: int = 0
) -> list[Brought]:
    """Return a list's accounts of which the same became, in the list's order."""
    found = (
        sa.select(
            col(Registration.sheet), col(Registration.line), col(Registration.holder_name), col(Account.id),
            col(Account.bank_code), col(Account.number_tail),
        )
        .join(Account, col(Account.id) == col(Registration.account_id))
        .where(col(Registration.list_id) == list_id, _STAND.in_([stand.value]))
        .order_by(col(Registration.sheet), col(Registration.line), col(Registration.id))
        .limit(limit)
        .offset(offset)
    )  # fmt: skip
    rows = session.execute(found).all()
    people = _holders(session, actor, {row[3] for row in rows}) if stand == Stand.LINKED else {}
    return [Brought(row[0], row[1], row[2], row[4], row[5], people.get(row[3])) for row in rows]


def _holders(session: Session, actor: Actor, account_ids: Iterable[UUID]) -> dict[UUID, tuple[UUID, str]]:
    """Return the people linked to some accounts whom the actor may see."""
    rows = session.execute(
        sa.select(col(Link.account_id), col(Person.id), col(Person.name))
        .join(Person, col(Person.id) == col(Link.person_id))
        .where(col(Link.account_id).in_(account_ids), live_clause(), seen_accounts(session, actor))
    )
    return {account_id: (person_id, name) for account_id, person_id, name in rows}
