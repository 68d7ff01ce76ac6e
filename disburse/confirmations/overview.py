"""How the banks stand with us: what was asked and answered, who is late where, and the refusals that are work now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse import clock
from disburse.access.actor import Actor
from disburse.access.queries import within
from disburse.access.roles import Permission
from disburse.accounts.tables import Account, Link, LinkState
from disburse.areas.tables import Area
from disburse.confirmations.deadlines import due_on, working_days_between
from disburse.confirmations.queries import UNASKED, Carrier, Condition
from disburse.confirmations.reasons import REASONS, Owner
from disburse.confirmations.tables import (
    BankWorkbook,
    ConfirmationRequest,
    ConfirmationResult,
    WireState,
    WorkbookState,
)
from disburse.errors import NotFound
from disburse.people.tables import Enrolment, EnrolmentState, Person, Recipient

WORK_DAYS = 10  # working days in which whoever a refusal falls to should have dealt with it
_REQUEST: sa.Table = ConfirmationRequest.__table__  # type: ignore[attr-defined]


@dataclass(slots=True)
class BankStand:
    """One bank: links nobody asked about yet, requests by state, refusals by reason, and how late it is."""

    bank_code: str
    unasked: int = 0
    by_state: dict[WireState, int] = field(default_factory=dict)
    refused_by_code: dict[str, int] = field(default_factory=dict)
    overdue: int = 0
    oldest: datetime | None = None

    @property
    def sent(self) -> int:
        """Return how many requests were ever made."""
        return sum(self.by_state.values())

    @property
    def days(self) -> int:
        """Return the working days since the oldest unanswered request was made."""
        return working_days_between(self.oldest.astimezone(clock.VIETNAM).date(), clock.today()) if self.oldest else 0

    def count(self, state: str) -> int:
        """Return how many requests are in a state of the wire."""
        return self.by_state.get(WireState(state), 0)


def receives_within(actor: Actor, permission: Permission = Permission.ACCOUNT_READ) -> Condition:
    """Return the condition on `link` that its holder receives for an enrolment inside the actor's scopes."""
    return _holder_in(*_receivers(actor, permission))


def carrier_of(actor: Actor) -> Carrier:
    """Return what an officer may carry between us and banks: what is asked about those who receive in their area."""
    persons, bodies = _receivers(actor, Permission.BANK_EXCHANGE)
    return Carrier(_holder_in(persons, bodies), col(Person.id).in_(persons))


def _holder_in(persons: sa.Select[Any], bodies: sa.Select[Any]) -> Condition:
    # Two plain lists of ids: as a correlated EXISTS with OR, SQLite read all recipients once for each link.
    return sa.or_(col(Link.person_id).in_(persons), col(Link.organisation_id).in_(bodies))


def _receivers(actor: Actor, permission: Permission) -> tuple[sa.Select[Any], sa.Select[Any]]:
    receiving = (
        sa.select(col(Recipient.person_id), col(Recipient.organisation_id))
        .join(Enrolment, col(Enrolment.id) == col(Recipient.enrolment_id))
        .where(
            col(Recipient.ended_on).is_(None),
            col(Enrolment.state) == EnrolmentState.ACTIVE,
            within(
                actor,
                permission,
                commune=col(Enrolment.commune_code),
                programme=col(Enrolment.programme),
                province=col(Enrolment.province_code),
            ),
        )
        .cte("receiving")
    )
    persons = sa.select(receiving.c.person_id).where(receiving.c.person_id.is_not(None))
    bodies = sa.select(receiving.c.organisation_id).where(receiving.c.organisation_id.is_not(None))
    return persons, bodies


def stands(session: Session, actor: Actor) -> list[BankStand]:
    """Return how each bank stands with the actor's people, by code."""
    found: dict[str, BankStand] = {}

    def of(code: str) -> BankStand:
        return found.setdefault(code, BankStand(code))

    number = sa.func.count()
    inside = receives_within(actor)
    unasked = (
        sa.select(col(Account.bank_code), number)
        .join(Link, col(Link.account_id) == col(Account.id))
        .where(UNASKED, inside)
        .group_by(col(Account.bank_code))
    )
    for code, count in session.execute(unasked):
        of(code).unasked = count
    _requests(session, inside, of)
    refused = (
        sa.select(_REQUEST.c.bank_code, col(ConfirmationResult.reason_code), number)
        .join(ConfirmationResult, col(ConfirmationResult.request_id) == _REQUEST.c.id)
        .join(Link, col(Link.id) == _REQUEST.c.link_id)
        .where(col(ConfirmationResult.status) == WireState.REJECTED, inside)
        .group_by(_REQUEST.c.bank_code, col(ConfirmationResult.reason_code))
        .order_by(number.desc(), col(ConfirmationResult.reason_code))
    )
    for code, reason, count in session.execute(refused):
        of(code).refused_by_code[reason] = count
    return sorted(found.values(), key=lambda stand: (-stand.overdue, -stand.sent, stand.bank_code))


def _requests(session: Session, inside: sa.ColumnElement[bool], of: Callable[[str], BankStand]) -> None:
    is_open = _REQUEST.c.closed_on.is_(None)
    counted = (
        sa.select(
            _REQUEST.c.bank_code,
            _REQUEST.c.state,
            sa.func.count(),
            sa.func.sum(sa.case((sa.and_(is_open, _REQUEST.c.due_on < clock.today()), 1), else_=0)),
            sa.func.min(sa.case((is_open, _REQUEST.c.asked_at))),
        )
        .join(Link, col(Link.id) == _REQUEST.c.link_id)
        .where(inside)
        .group_by(_REQUEST.c.bank_code, _REQUEST.c.state)
    )
    for code, state, count, late, oldest in session.execute(counted):
        stand = of(code)
        stand.by_state[WireState(state)] = count
        stand.overdue += int(late or 0)
        stand.oldest = min(filter(None, (stand.oldest, oldest)), default=None)


@dataclass(frozen=True, slots=True)
class CommuneStand:
    """One commune at one bank: what is open, how old the oldest is, and what was refused and waits for somebody."""

    commune_code: str
    name: str
    open: int
    overdue: int
    oldest: datetime | None
    refused: int


def communes(session: Session, actor: Actor, bank_code: str) -> list[CommuneStand]:
    """Return the response clock of a bank, a line a commune of the holders, latest first."""
    is_open = _REQUEST.c.closed_on.is_(None)
    is_late = sa.and_(is_open, _REQUEST.c.due_on < clock.today())
    late, waiting, refused = (
        sa.func.sum(sa.case((condition, 1), else_=0))
        for condition in (is_late, is_open, col(Link.state) == LinkState.REFUSED)
    )
    oldest = sa.func.min(sa.case((is_open, _REQUEST.c.asked_at)))
    rows = session.execute(
        sa.select(col(Person.commune_code), col(Area.name), waiting, late, oldest, refused)
        .select_from(_REQUEST)
        .join(Link, col(Link.id) == _REQUEST.c.link_id)
        .join(Person, col(Person.id) == col(Link.person_id))
        .outerjoin(Area, sa.and_(col(Area.code) == col(Person.commune_code), col(Area.valid_to).is_(None)))
        .where(_REQUEST.c.bank_code == bank_code, receives_within(actor))
        .group_by(col(Person.commune_code), col(Area.name), col(Area.sort_key))
        .order_by(late.desc(), waiting.desc(), col(Area.sort_key))
    )
    return [
        CommuneStand(row[0] or "", row[1] or "", int(row[2] or 0), int(row[3] or 0), row[4], int(row[5] or 0))
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A link its bank refused and nobody has put right: whose turn it is, what to do, until when."""

    link_id: UUID
    person_id: UUID
    name: str
    commune: str
    bank_code: str
    number_tail: str
    code: str
    refused_on: date

    @property
    def owner(self) -> Owner:
        """Return whose turn it is."""
        return REASONS[self.code].owner if self.code in REASONS else Owner.BANK

    @property
    def due_on(self) -> date:
        """Return the last working day in which it should have been dealt with."""
        return due_on(self.refused_on, WORK_DAYS)

    @property
    def late(self) -> bool:
        """Whether that day has passed."""
        return self.due_on < clock.today()


def refusals(
    session: Session, actor: Actor, *, bank_code: str = "", owner: str = "", code: str = "", limit: int, offset: int
) -> tuple[int, list[Refusal]]:
    """Return how many refused links still wait for somebody, and one page of them, oldest first.

    A refusal is dealt with when its holder has a later link, or when the link was closed with a reason.
    """
    later = sa.orm.aliased(Link)
    condition = sa.and_(
        col(Link.state) == LinkState.REFUSED,
        receives_within(actor),
        ~sa.exists().where(col(later.person_id) == col(Link.person_id), col(later.id) > col(Link.id)),
    )
    if bank_code:
        condition = sa.and_(condition, col(Account.bank_code) == bank_code)
    if owner:
        codes = [code_ for code_, reason in REASONS.items() if reason.owner == owner]
        condition = sa.and_(condition, col(Link.reason).in_(codes))
    if code:
        condition = sa.and_(condition, col(Link.reason) == code)
    base: Any = (
        sa.select(
            col(Link.id), col(Person.id), col(Person.name), col(Area.name), col(Account.bank_code),
            col(Account.number_tail), col(Link.reason), col(Link.ended_on),
        )
        .join(Account, col(Account.id) == col(Link.account_id))
        .join(Person, col(Person.id) == col(Link.person_id))
        .outerjoin(Area, sa.and_(col(Area.code) == col(Person.commune_code), col(Area.valid_to).is_(None)))
        .where(condition)
    )  # fmt: skip
    total = session.execute(sa.select(sa.func.count()).select_from(base.subquery())).scalar_one()
    page = session.execute(base.order_by(col(Link.ended_on), col(Person.sort_key)).limit(limit).offset(offset))
    return total, [_refusal(row) for row in page]


def _refusal(row: Any) -> Refusal:
    link_id, person_id, name, commune, bank_code, tail, code, ended_on = row
    return Refusal(link_id, person_id, name, commune or "", bank_code, tail, code, ended_on or clock.today())


def area_of(actor: Actor) -> str:
    """Return the area for which an officer carries files: that of their grant, "" for the whole country."""
    codes = [scope.area_code for scope in actor.scopes(Permission.BANK_EXCHANGE)]
    return min(codes, default="")


def workbooks(session: Session, actor: Actor, bank_code: str, limit: int = 20) -> list[BankWorkbook]:
    """Return the workbooks of a bank that the actor's area carried: those that wait first, then the newest."""
    waits = col(BankWorkbook.state) == WorkbookState.WAITING
    found = select(BankWorkbook).where(BankWorkbook.bank_code == bank_code, _carried_within(actor))
    return list(session.exec(found.order_by(waits.desc(), col(BankWorkbook.id).desc()).limit(limit)))


def workbook(session: Session, actor: Actor, bank_code: str, workbook_id: UUID) -> BankWorkbook:
    """Return an answered workbook of the actor's area; NotFound for any other."""
    found = session.exec(
        select(BankWorkbook).where(
            BankWorkbook.id == workbook_id,
            BankWorkbook.bank_code == bank_code,
            BankWorkbook.state != WorkbookState.SENT,
            _carried_within(actor),
        )
    ).first()
    if found is None:
        raise NotFound("not_found")
    return found


def earlier(session: Session, actor: Actor, same: BankWorkbook) -> BankWorkbook | None:
    """Return the workbook of the same bytes that was taken before, if there is one."""
    found = select(BankWorkbook).where(
        BankWorkbook.bank_code == same.bank_code,
        BankWorkbook.sha256 == same.sha256,
        BankWorkbook.state == WorkbookState.TAKEN,
        BankWorkbook.id != same.id,
        _carried_within(actor),
    )
    return session.exec(found.order_by(col(BankWorkbook.id).desc())).first()


def _carried_within(actor: Actor) -> Condition:
    codes = [scope.area_code for scope in actor.scopes(Permission.BANK_EXCHANGE)]
    if "" in codes:
        return sa.true()
    below = [col(BankWorkbook.area_code).startswith(code) for code in codes if len(code) == 2]
    return sa.or_(col(BankWorkbook.area_code).in_(codes), *below)
