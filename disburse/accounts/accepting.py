"""Links are made: a holder and an account that belong together, single and in bulk, each with its audit event.

A race between two writers ends in the partial unique indexes of `link`: the loser gets a Conflict.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from disburse import clock
from disburse.accounts import queries
from disburse.accounts.gathering import fresh_ids, texts
from disburse.accounts.pairs import Pairs
from disburse.accounts.stages import restate_holders
from disburse.accounts.states import How, Standing, not_linkable
from disburse.accounts.tables import Account, Link, LinkState
from disburse.audit.actions import record_columns
from disburse.audit.actor import By
from disburse.db import among, insert_columns
from disburse.errors import Conflict, Denied, Invalid
from disburse.ids import new_ids
from disburse.people import queries as people


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """A holder and an account that belong together, and who says so. `since` = first day it counts."""

    account_id: UUID
    how: How
    since: date
    person_id: UUID | None = None
    organisation_id: UUID | None = None
    primary: bool = True
    decided_by: str = ""  # empty: the actor
    preset: str = ""
    score: float | None = None
    again: bool = False  # taken up again because the act that had ended it is undone: no change of account


def accept(session: Session, *, acceptance: Acceptance, by: By) -> UUID:
    """Link one holder and account; see `accept_all`."""
    return accept_all(session, acceptances=[acceptance], by=by)[0]


def accept_all(session: Session, *, acceptances: Sequence[Acceptance], by: By) -> list[UUID]:
    """Make links, all or none; returns their ids in order.

    Raises Conflict: `holder_merged`, `account_not_linkable`, `account_taken` (another's live link), `person_has_link`.
    """
    if not acceptances:
        return []
    if people.merged(session, {a.person_id for a in acceptances if a.person_id}):
        raise Conflict("holder_merged")
    accounts = queries.accounts(session, {a.account_id for a in acceptances})
    _check_linkable(acceptances, accounts)
    _check_free(session, acceptances, accounts)
    _check_other_person(session, acceptances, by)
    newest, ids = queries.newest_versions(session, accounts), new_ids(len(acceptances))
    versions = [newest.get(a.account_id, 0) + 1 for a in acceptances]
    holders = [str(a.person_id or a.organisation_id) for a in acceptances]
    told = Told(list(map(str, ids)), holders, [masked(accounts[a.account_id]) for a in acceptances])
    _make(session, new_links(acceptances, ids, versions, by), told, by)
    persons = {a.person_id for a in acceptances if a.person_id}
    restate_holders(session, persons, {a.organisation_id for a in acceptances if a.organisation_id})
    return ids


def accept_free(session: Session, *, pairs: Pairs, versions: list[int], shown: list[str], preset: str, by: By) -> None:
    """Link people to accounts, for who has looked in this transaction that nobody is merged and nothing taken, and is
    no clerk. `shown`: the accounts as they may be written down.

    Who was quicker than we is met in the unique indexes.
    """
    if not len(pairs):
        return
    accounts = pairs.account.tolist()
    for account, why in queries.unlinkable(session, accounts).items():
        raise Conflict("account_not_linkable", account=shown[accounts.index(account.bytes)], why=why)
    ids = fresh_ids(len(pairs))
    links = {
        "id": ids,
        "person_id": pairs.person,
        "account_id": pairs.account,
        "version": versions,
        "decided_how": [How.STATED if stated else How.RULE for stated in pairs.stated.tolist()],
        "score": pairs.score,
    }
    same = {
        "organisation_id": None, "is_primary": True, "decided_by": by.name, "preset": preset, "since": clock.today(),
    }  # fmt: skip
    _make(session, links | _repeated(same | _new(), len(pairs)), Told(texts(ids), texts(pairs.person), shown), by)
    restate_holders(session, pairs.person.tolist())


class Told(NamedTuple):
    """Links, their holders and accounts as the log writes them."""

    links: list[str]
    holders: list[str]
    accounts: list[str]


def _make(session: Session, links: Mapping[str, Any], told: Told, by: By) -> None:
    facts = {
        "to": "accepted", "how": links["decided_how"], "version": links["version"],
        "since": [day.isoformat() for day in links["since"]], "account": told.accounts, "holder": told.holders,
    }  # fmt: skip
    record_columns(session, action="link.accepted", object_type="link", objects=told.links, facts=facts, by=by)
    with races():
        insert_columns(session, Link, links)


def new_links(
    acceptances: Sequence[Acceptance], ids: Sequence[UUID], versions: Sequence[int], by: By
) -> dict[str, Sequence[Any]]:
    """Return the columns of new links."""
    return {
        "id": ids,
        "person_id": [a.person_id for a in acceptances],
        "organisation_id": [a.organisation_id for a in acceptances],
        "account_id": [a.account_id for a in acceptances],
        "version": versions,
        "is_primary": [a.primary for a in acceptances],
        "decided_by": [a.decided_by or by.name for a in acceptances],
        "decided_how": [a.how for a in acceptances],
        "preset": [a.preset for a in acceptances],
        "score": [a.score for a in acceptances],
        "since": [a.since for a in acceptances],
    } | _repeated(_new(), len(acceptances))


def _new() -> dict[str, Any]:
    """Return what is the same of all new links."""
    return {
        "state": LinkState.ACCEPTED, "decided_on": clock.today(), "replaces": None, "approved_by": "", "beside": False,
        "ended_by": "", "reason": "",
    }  # fmt: skip


def _repeated(values: Mapping[str, Any], count: int) -> dict[str, Sequence[Any]]:
    return {name: [value] * count for name, value in values.items()}


def _check_linkable(acceptances: Sequence[Acceptance], accounts: Mapping[UUID, Standing]) -> None:
    for a in acceptances:
        if (a.person_id is None) == (a.organisation_id is None):
            raise Invalid("link_holder_needed")
        if why := not_linkable(accounts[a.account_id]):
            raise Conflict("account_not_linkable", account=masked(accounts[a.account_id]), why=why)


def _check_free(session: Session, acceptances: Sequence[Acceptance], accounts: Mapping[UUID, Standing]) -> None:
    holders = {a.person_id for a in acceptances if a.person_id and a.primary}
    taken = {link.account_id for link in queries.live_links(session, accounts=accounts)}
    busy = {link.person_id for link in queries.live_links(session, persons=holders) if link.is_primary}
    for a in acceptances:
        if a.account_id in taken:
            raise Conflict("account_taken", account=masked(accounts[a.account_id]))
        if a.primary and a.person_id and a.person_id in busy:
            raise Conflict("person_has_link")
        taken.add(a.account_id)
        if a.primary and a.person_id:
            busy.add(a.person_id)


def _check_other_person(session: Session, acceptances: Sequence[Acceptance], by: By) -> None:
    """Who ended a confirmed link does not link its holder again: two people stand behind every change.

    However it ended: by choice, or because of what else they did (another recipient, an end, a death entered).
    """
    holders = {a.person_id for a in acceptances if a.person_id and a.how == How.CLERK and not a.again}
    table = queries.LINK_TABLE.c
    ended = sa.select(table.person_id).where(
        table.confirmed_on.is_not(None),
        table.ended_by == by.name,
        # Also who brought a bank's no by hand; the command line and banks' programs link nobody by choice.
        sa.or_(
            table.state == LinkState.CLOSED,
            sa.and_(table.state == LinkState.REFUSED, sa.literal(by.via == "web")),
        ),
    )
    if next(iter(among(session, ended, table.person_id, sorted(holders))), None) is not None:
        raise Denied("same_person_relinks")


def masked(account: Account | Standing) -> str:
    """Return an account as it may be shown and written down: bank and last digits."""
    return queries.masked(account.bank_code, account.number_tail)


@contextmanager
def races() -> Iterator[None]:
    """Say in words what a unique index of `link` decided against us; the transaction is lost either way."""
    try:
        yield
    except IntegrityError as error:
        text = str(error.orig)
        if "uq_link_person_of_account" in text or "link.account_id" in text:
            raise Conflict("account_taken_now") from error
        if "uq_link_primary_of_person" in text or "link.person_id" in text:
            raise Conflict("person_has_link") from error
        raise
