"""How the banks stand with us: what was asked and answered, and who is late where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse import clock
from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.accounts.received import carried_within
from disburse.accounts.tables import Account, Link
from disburse.areas.tables import Area
from disburse.confirmations import tallies
from disburse.confirmations.deadlines import working_days_between
from disburse.confirmations.queries import REQUEST, UNASKED, Carrier, Condition
from disburse.confirmations.tables import BankWorkbook, WorkbookState
from disburse.confirmations.tallies import ASKED, HOLDER, LINK_UNSETTLED, OPENING_UNSETTLED, UNDER_WAY, Tally
from disburse.errors import NotFound
from disburse.people.queries import enrolments_within
from disburse.people.tables import Enrolment, EnrolmentState, Person, Recipient


@dataclass(slots=True)
class BankStand(Tally):
    """One bank: links nobody asked about yet, and how the requests made stand."""

    bank_code: str = ""
    unasked: int = 0

    @property
    def days(self) -> int:
        """Return the working days since the oldest unanswered request was made."""
        return working_days_between(self.oldest.astimezone(clock.VIETNAM).date(), clock.today()) if self.oldest else 0


def receives_within(actor: Actor, permission: Permission = Permission.ACCOUNT_READ) -> Condition:
    """Return the condition on `link` that its holder receives for an enrolment inside the actor's scopes."""
    return _holder_in(*_receivers(actor, permission))


def persons_within(actor: Actor) -> sa.Select[Any]:
    """Select the people who receive for an enrolment inside the actor's scopes."""
    persons, _ = _receivers(actor, Permission.ACCOUNT_READ)
    return persons


def carrier_of(actor: Actor) -> Carrier:
    """Return what an officer may carry between us and banks: what is asked about those who receive in their area."""
    persons, bodies = _receivers(actor, Permission.BANK_EXCHANGE)
    return Carrier(_holder_in(persons, bodies), col(Person.id).in_(persons))


def _asked_within(actor: Actor) -> Condition:
    """Return what `receives_within` says, of a request: about a link, or about a person without one."""
    persons, bodies = _receivers(actor, Permission.ACCOUNT_READ)
    return sa.or_(HOLDER.in_(persons), col(Link.organisation_id).in_(bodies))


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
            enrolments_within(actor, permission),
        )
        .cte()  # without a name: a statement may ask twice
    )
    persons = sa.select(receiving.c.person_id).where(receiving.c.person_id.is_not(None))
    bodies = sa.select(receiving.c.organisation_id).where(receiving.c.organisation_id.is_not(None))
    return persons, bodies


def stands(session: Session, actor: Actor) -> list[BankStand]:
    """Return how each bank stands with the actor's people, by code."""
    found: dict[str, BankStand] = {}

    def of(code: str) -> BankStand:
        return found.setdefault(code, BankStand(bank_code=code))

    unasked = (
        sa.select(col(Account.bank_code), sa.func.count())
        .join(Link, col(Link.account_id) == col(Account.id))
        .where(UNASKED, receives_within(actor))
        .group_by(col(Account.bank_code))
    )
    for code, count in session.execute(unasked):
        of(code).unasked = count
    tallies.count(session, of, _asked_within(actor))
    return sorted(found.values(), key=lambda stand: (-stand.overdue, -stand.sent, stand.bank_code))


@dataclass(frozen=True, slots=True)
class CommuneStand:
    """One commune at one bank: what is under way, how old the oldest is, and what was refused and waits for somebody.

    `of_bodies`: the line of the organisations, which belong to no commune.
    """

    commune_code: str
    name: str
    of_bodies: bool
    open: int
    overdue: int
    oldest: datetime | None
    refused: int


def communes(session: Session, actor: Actor, bank_code: str) -> list[CommuneStand]:
    """Return the response clock of a bank, a line a commune of the holders, latest first."""
    is_late = sa.and_(UNDER_WAY, REQUEST.c.due_on < clock.today())
    unsettled = sa.or_(sa.and_(REQUEST.c.link_id.is_not(None), LINK_UNSETTLED), OPENING_UNSETTLED)
    late, waiting, refused = (
        sa.func.sum(sa.case((condition, 1), else_=0)) for condition in (is_late, UNDER_WAY, unsettled)
    )
    oldest = sa.func.min(sa.case((UNDER_WAY, REQUEST.c.asked_at)))
    is_body = col(Link.organisation_id).is_not(None)
    holders = ASKED.outerjoin(Person.__table__, col(Person.id) == HOLDER)  # type: ignore[attr-defined]
    rows = session.execute(
        sa.select(col(Person.commune_code), col(Area.name), is_body, waiting, late, oldest, refused)
        .select_from(holders)
        .outerjoin(Area, sa.and_(col(Area.code) == col(Person.commune_code), col(Area.valid_to).is_(None)))
        .where(REQUEST.c.bank_code == bank_code, _asked_within(actor))
        .group_by(col(Person.commune_code), col(Area.name), col(Area.sort_key), is_body)
        .order_by(late.desc(), waiting.desc(), col(Area.sort_key))
    )
    return [
        CommuneStand(row[0] or "", row[1] or "", bool(row[2]), int(row[3]), int(row[4]), row[5], int(row[6]))
        for row in rows
    ]


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
    return carried_within(actor, col(BankWorkbook.area_code))
