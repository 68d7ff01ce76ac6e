"""Accounts at a glance: per bank how many links stand where, and one person's links, numbers masked."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.accounts.tables import Account, Link, LinkState, RegistrationList
from disburse.banks.tables import Bank
from disburse.db import one_in
from disburse.people.listing import communes_of
from disburse.people.queries import enrolments_within
from disburse.people.tables import Enrolment, Person, Recipient


@dataclass(frozen=True, slots=True)
class BankLine:
    """One bank: its links by state, and the statements it sent."""

    code: str
    name: str
    states: dict[str, int]
    lists: int
    statements: int

    @property
    def links(self) -> int:
        """Return the links that were ever accepted here."""
        return sum(self.states.values())


def _own_communes(session: Session, actor: Actor) -> sa.ColumnElement[bool]:
    """Return the condition that a person lives in a commune whose accounts the actor may see.

    The codes are asked first: with them PostgreSQL knows how many people that is, with a subquery it guessed one in a
    hundred and looked the rest up one by one.
    """
    if any(not scope.area_code for scope in actor.scopes(Permission.ACCOUNT_READ)):
        return sa.true()
    codes = [code for code, _ in communes_of(session, actor, Permission.ACCOUNT_READ)]
    return one_in(session, col(Person.commune_code), codes)


def seen_accounts(session: Session, actor: Actor) -> sa.ColumnElement[bool]:
    """Return the condition that the actor may see a person's accounts: by commune, or by programme where the grant says
    one; then it goes through what the person is enrolled in or receives for.
    """
    if not any(scope.programme for scope in actor.scopes(Permission.ACCOUNT_READ)):
        return _own_communes(session, actor)
    inside = enrolments_within(actor, Permission.ACCOUNT_READ)
    receiving = sa.select(col(Recipient.person_id)).join(Enrolment, col(Enrolment.id) == col(Recipient.enrolment_id))
    receiving = receiving.where(inside, col(Recipient.ended_on).is_(None), col(Recipient.person_id).is_not(None))
    return col(Person.id).in_(sa.union(sa.select(col(Enrolment.person_id)).where(inside), receiving))


def banks(session: Session, actor: Actor) -> list[BankLine]:
    """Return every bank with links of people the actor may see, the largest first."""
    counted = session.execute(
        sa.select(col(Account.bank_code), col(Link.state), sa.func.count())
        .join(Account, col(Account.id) == col(Link.account_id))
        .join(Person, col(Person.id) == col(Link.person_id))
        .where(seen_accounts(session, actor))
        .group_by(col(Account.bank_code), col(Link.state))
    )
    states: dict[str, dict[str, int]] = {}
    for bank_code, state, count in counted:
        states.setdefault(bank_code, {})[LinkState(state).value] = count
    lists = {
        row[0]: (row[1], row[2] or 0)
        for row in session.execute(
            sa.select(col(RegistrationList.bank_code), sa.func.count(), sa.func.sum(col(RegistrationList.rows_ok)))
            .where(col(RegistrationList.imported_at).is_not(None))
            .group_by(col(RegistrationList.bank_code))
        )
    }
    names = {bank.code: bank.short_name for bank in session.exec(select(Bank))}
    lines = [
        BankLine(code, names.get(code, code), states.get(code, {}), *lists.get(code, (0, 0)))
        for code in states.keys() | lists.keys()
    ]
    return sorted(lines, key=lambda line: (-line.links, line.name))


@dataclass(frozen=True, slots=True)
class LinkLine:
    """One of a person's links: which account, as far as it may be shown, and where it stands."""

    link: Link
    bank: str
    number_tail: str


def links_of(session: Session, person_id: UUID) -> list[LinkLine]:
    """Return a person's links, the newest first; who may see the person may see that they have them."""
    rows = session.execute(
        sa.select(Link, col(Bank.short_name), col(Account.number_tail))
        .join(Account, col(Account.id) == col(Link.account_id))
        .join(Bank, col(Bank.code) == col(Account.bank_code))
        .where(col(Link.person_id) == person_id)
        .order_by(col(Link.since).desc(), col(Link.version).desc())
    )
    return [LinkLine(row[0], row[1], row[2]) for row in rows]
