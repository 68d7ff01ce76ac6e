"""Reads of accounts, registrations, candidates and links."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from disburse.accounts.gathering import Ids
from disburse.accounts.laying import gather_among
from disburse.accounts.stages import live_clause
from disburse.accounts.states import Standing, not_linkable
from disburse.accounts.tables import ACCOUNT_NUMBER, UNUSABLE_SQL, Account, Link, LinkState, Registration
from disburse.db import among

_ACCOUNT: sa.Table = Account.__table__  # type: ignore[attr-defined]
LINK_TABLE: sa.Table = Link.__table__  # type: ignore[attr-defined]


@dataclass(slots=True)
class HeldLink:
    """A link read for change, locked where the database can."""

    id: UUID
    person_id: UUID | None
    organisation_id: UUID | None
    account_id: UUID
    version: int
    state: LinkState
    is_primary: bool
    decided_by: str
    decided_how: str
    replaces: UUID | None
    confirmed_on: date | None
    ended_on: date | None
    ended_by: str
    reason: str
    approved_by: str
    approved_on: date | None
    beside: bool
    account: str  # as it may be shown: bank and last digits
    moved: bool = False


HELD = (
    "id", "person_id", "organisation_id", "account_id", "version", "state", "is_primary", "decided_by",
    "decided_how", "replaces", "confirmed_on", "ended_on", "ended_by", "reason", "approved_by", "approved_on",
    "beside",
)  # fmt: skip


def held_links(session: Session, link_ids: Iterable[UUID] | sa.SelectBase) -> list[HeldLink]:
    """Return links for change, by their ids or a SELECT of those; locked in the order of their ids until the end of
    the transaction."""
    statement = (
        sa.select(*(LINK_TABLE.c[name] for name in HELD), _ACCOUNT.c.bank_code, _ACCOUNT.c.number_tail)
        .join(_ACCOUNT, _ACCOUNT.c.id == LINK_TABLE.c.account_id)
        .order_by(LINK_TABLE.c.id)
        .with_for_update(of=LINK_TABLE)
    )
    rows: Iterable[Any]
    if isinstance(link_ids, sa.SelectBase):
        rows = session.execute(statement.where(LINK_TABLE.c.id.in_(link_ids)))
    else:
        rows = among(session, statement, LINK_TABLE.c.id, sorted(link_ids))
    return [HeldLink(*(*row[:-2], masked(row[-2], row[-1]))) for row in rows]


def masked(bank_code: str, number_tail: str) -> str:
    """Return an account as it may be shown and written down: bank and last digits."""
    return f"{bank_code} …{number_tail}"


def accounts(session: Session, ids: Iterable[UUID]) -> dict[UUID, Standing]:
    """Return accounts by id as they stand now. (Rows: objects of the table would take six times as long.)"""
    session.flush()  # rows, not objects: the session does not look by itself whether something waits to be written
    statement = sa.select(*(_ACCOUNT.c[name] for name in Standing._fields))
    return {row[0]: Standing(*row) for row in among(session, statement, _ACCOUNT.c.id, ids)}


def unlinkable(session: Session, ids: Iterable[UUID | bytes]) -> dict[UUID, str]:
    """Return why money cannot go to those of the accounts to which it cannot: few, and by an index of theirs."""
    session.flush()
    statement = sa.select(*(_ACCOUNT.c[name] for name in Standing._fields)).where(sa.text(f"({UNUSABLE_SQL})"))
    return {row[0]: not_linkable(Standing(*row)) for row in among(session, statement, _ACCOUNT.c.id, ids)}


def account_number(account: Account) -> str:
    """Open an account's number: where a file to its own bank needs it, never for a page without a reason."""
    return ACCOUNT_NUMBER.open(account.id, account.number_sealed)


def shown(session: Session, ids: Ids) -> dict[bytes, str]:
    """Return accounts by id as they may be shown and written down; all at once, as PostgreSQL reads them in order."""
    statement = sa.select(_ACCOUNT.c.id, _ACCOUNT.c.bank_code, _ACCOUNT.c.number_tail)
    found = gather_among(session, statement, _ACCOUNT.c.id, ids.tolist())
    both = found.texts["bank_code"].strings(), found.texts["number_tail"].strings()
    return dict(zip(found.ids["id"].tolist(), map(masked, *both), strict=True))


class LiveLink(NamedTuple):
    """A live link as it stands now."""

    id: UUID
    person_id: UUID | None
    account_id: UUID
    state: LinkState
    is_primary: bool
    decided_how: str


def live_links(
    session: Session,
    *,
    persons: Iterable[UUID | bytes] | None = None,
    accounts: Iterable[UUID | bytes] | None = None,
) -> list[LiveLink]:
    """Return the live links of persons, or to accounts."""
    session.flush()
    table = LINK_TABLE.c
    column, ids = (table.person_id, persons) if persons is not None else (table.account_id, accounts)
    # Sifted here: with the condition beside it, PostgreSQL reads all live links to find those of some thousand people.
    statement = sa.select(*(table[name] for name in LiveLink._fields), live_clause(table))
    return [LiveLink(*row[:-1]) for row in among(session, statement, column, ids or ()) if row[-1]]


def links_to(session: Session, accounts: Iterable[UUID | bytes]) -> list[tuple[UUID, UUID | None, int, bool]]:
    """Return (account, person, version, whether live) of all links there ever were to accounts."""
    session.flush()
    columns = LINK_TABLE.c
    statement = sa.select(columns.account_id, columns.person_id, columns.version, live_clause(columns))
    return list(among(session, statement, columns.account_id, accounts))


def stated_alone(session: Session, account_ids: Iterable[UUID], name: str) -> set[UUID]:
    """Return those of the accounts whose every statement this one person brought."""
    others = sa.func.sum(sa.case((col(Registration.stated_by) == name, 0), else_=1))
    statement = sa.select(col(Registration.account_id)).group_by(col(Registration.account_id)).having(others == 0)
    return {row[0] for row in among(session, statement, col(Registration.account_id), sorted(set(account_ids)))}


def newest_versions(session: Session, account_ids: Iterable[UUID]) -> dict[UUID, int]:
    """Return the highest version of the links to each account, whoever holds it.

    Counted over all holders, so that the links of two records that become one, and part again, never share a version.
    """
    columns = LINK_TABLE.c
    statement = sa.select(columns.account_id, sa.func.max(columns.version)).group_by(columns.account_id)
    rows: Iterable[Any] = among(session, statement, columns.account_id, account_ids)
    return {row[0]: row[1] for row in rows}


def open_replacement(session: Session, link_id: UUID) -> bool:
    """Whether a replacement of this link is under way."""
    return bool(open_replacements(session, [link_id]))


def open_replacements(session: Session, link_ids: Iterable[UUID]) -> list[tuple[UUID, UUID]]:
    """Return (replacement, link it is to replace) of those under way."""
    ended = [LinkState.CLOSED, LinkState.REFUSED, LinkState.CONFIRMED]
    statement = sa.select(col(Link.id), col(Link.replaces)).where(col(Link.state).not_in(ended)).order_by(col(Link.id))
    return [(row[0], row[1]) for row in among(session, statement, col(Link.replaces), link_ids)]
