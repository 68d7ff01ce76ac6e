"""Statements about accounts, in bulk: accounts are brought up to date, registrations only ever added to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session

from disburse import clock, crypto
from disburse.accounts.tables import (
    ACCOUNT_NUMBER,
    BANK_SOURCES,
    HOLDER_CITIZEN_ID,
    HOLDER_OLD_ID,
    HOLDER_PHONE,
    LIVE,
    Account,
    AccountStatus,
    Link,
    Registration,
    RegistrationSource,
)
from disburse.audit.actions import record
from disburse.audit.actor import By
from disburse.db import bulk_insert, take_turns
from disburse.ids import new_id
from disburse.people.tables import CITIZEN_ID, Person, Precision, Sex
from matching.text import fold

_T = TypeVar("_T")
_ACCOUNT: sa.Table = Account.__table__  # type: ignore[attr-defined]
_REGISTRATION: sa.Table = Registration.__table__  # type: ignore[attr-defined]
CHUNK = 5_000  # SQLite takes at most 32,766 parameters a statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Someone says: this account exists and is held by this person. Unknown facts are None or empty.

    `account_number` is clean text (matching.identity.account_number); `person_id` is set when the statement
    is about a person we know (a roster's own account column), never when a name has still to be matched.
    """

    bank_code: str
    account_number: str
    source: RegistrationSource
    stated_on: date
    holder_name: str = ""
    basis: str = ""
    birth_date: date | None = None
    birth_precision: Precision | None = None
    sex: Sex | None = None
    citizen_id: str | None = None
    old_id: str | None = None
    phone: str | None = None
    address: str = ""
    status: AccountStatus | None = None
    currency: str | None = None
    joint: bool | None = None
    branch: str | None = None
    opened_on: date | None = None
    person_id: UUID | None = None
    list_id: UUID | None = None
    roster_id: UUID | None = None
    sheet: str = ""
    line: int | None = None


@dataclass(slots=True)
class Stated:
    """What a batch of statements came to; `drift` = the holder differs from an earlier statement.

    `told` = known accounts of which something new was said (status, currency, joint …).
    """

    new: int = 0
    changed: int = 0
    same: int = 0
    drift: int = 0
    told: set[UUID] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Known:
    """An earlier statement about an account, as far as a new one is compared with it."""

    id: UUID
    facts_hash: bytes
    fold: str
    year: int | None
    citizen_id: bytes | None


@dataclass(frozen=True, slots=True)
class _Linked:
    """Who is linked to an account, as far as a bank's statement is compared with them."""

    fold: str
    year: int | None
    citizen_id: bytes | None


_REGISTRATION_COLUMNS = (
    "id", "account_id", "source", "basis", "list_id", "roster_id", "sheet", "line", "person_id",
    "holder_name", "holder_fold", "holder_birth_date", "holder_birth_precision", "holder_sex",
    "holder_citizen_id_sealed", "holder_citizen_id_index", "holder_old_id_sealed", "holder_phone_sealed",
    "address", "facts_hash", "drift", "stated_on", "last_seen", "stated_by",
)  # fmt: skip
_ACCOUNT_COLUMNS = (
    "id", "bank_code", "number_sealed", "number_index", "number_tail", "status", "currency", "joint",
    "standing_on", "branch", "opened_on", "created_at",
)  # fmt: skip


def state_accounts(session: Session, *, statements: Sequence[Statement], by: By) -> Stated:
    """Take statements in: accounts by (bank, number), registrations append-only.

    The same facts again only move `last_seen`; other holder facts about a known account are a new
    registration, marked `drift`, as one that names another than who is linked to the account. What the
    bank says of the account itself (status, currency, joint) replaces what was known; see `_standing`.
    """
    outcome = Stated()
    if not statements:
        return outcome
    accounts = _bring_accounts(session, statements, outcome.told)
    known = _known_statements(session, set(accounts.values()))
    linked = _linked(session, set(accounts.values()))
    fresh: list[tuple[Any, ...]] = []
    seen: dict[date, set[UUID]] = {}
    for statement in statements:
        account_id = accounts[(statement.bank_code, statement.account_number)]
        _take(statement, account_id, known.setdefault(account_id, {}), linked.get(account_id, ()), outcome, fresh, seen)
    bulk_insert(session, Registration, _REGISTRATION_COLUMNS, [(*row, by.name) for row in fresh])
    for day, ids in seen.items():
        _touch(session, day, ids)
    first = statements[0]
    record(
        session,
        action="accounts.stated",
        object_type="registration_list" if first.list_id else "roster" if first.roster_id else "account",
        object_id=first.list_id or first.roster_id or next(iter(accounts.values())),
        by=by,
        source=str(first.source),
        statements=len(statements),
        new=outcome.new,
        changed=outcome.changed,
        same=outcome.same,
        holder_drift=outcome.drift,
    )
    return outcome


def _take(
    statement: Statement,
    account_id: UUID,
    known: dict[bytes, _Known],
    linked: Sequence[_Linked],
    outcome: Stated,
    fresh: list[tuple[Any, ...]],
    seen: dict[date, set[UUID]],
) -> None:
    folded = fold(statement.holder_name)[:200]  # a single sign may fold to eighteen letters
    digest = _facts_hash(statement, folded)
    if found := known.get(digest):
        outcome.same += 1
        seen.setdefault(statement.stated_on, set()).add(found.id)
        return
    registration_id = new_id()
    citizen_index = HOLDER_CITIZEN_ID.maybe_index(statement.citizen_id)
    year = statement.birth_date.year if statement.birth_date else None
    own = _Known(registration_id, digest, folded, year, citizen_index)
    drift = any(_holders_differ(own, other) for other in known.values())
    drift = drift or any(_names_another(statement, folded, holder) for holder in linked)
    outcome.new += not known
    outcome.changed += bool(known)
    outcome.drift += drift
    known[digest] = own
    fresh.append(_registration_row(statement, account_id, own, drift))


def _registration_row(statement: Statement, account_id: UUID, own: _Known, drift: bool) -> tuple[Any, ...]:
    return (
        own.id,
        account_id,
        statement.source,
        statement.basis,
        statement.list_id,
        statement.roster_id,
        statement.sheet,
        statement.line,
        statement.person_id,
        statement.holder_name,
        own.fold,
        statement.birth_date,
        statement.birth_precision,
        statement.sex,
        HOLDER_CITIZEN_ID.maybe_seal(own.id, statement.citizen_id),
        own.citizen_id,
        HOLDER_OLD_ID.maybe_seal(own.id, statement.old_id),
        HOLDER_PHONE.maybe_seal(own.id, statement.phone),
        statement.address,
        own.facts_hash,
        drift,
        statement.stated_on,
        statement.stated_on,
    )


def _facts_hash(statement: Statement, folded: str) -> bytes:
    facts = (
        statement.source,
        statement.person_id,
        folded,
        statement.birth_date,
        statement.birth_precision,
        statement.sex,
        statement.citizen_id,
        statement.old_id,
        statement.phone,
    )
    return crypto.keyring().index("registration.facts", "\x1f".join("" if f is None else str(f) for f in facts))


def _holders_differ(one: _Known, other: _Known) -> bool:
    """Whether two statements cannot be about one holder; what is missing on a side says nothing."""
    pairs = ((one.fold, other.fold), (one.citizen_id, other.citizen_id), (one.year, other.year))
    return any(a and b and a != b for a, b in pairs)


def _names_another(statement: Statement, folded: str, holder: _Linked) -> bool:
    """Whether a bank's statement cannot be about the person who is linked: another ID, or another name and year.

    Rosters and banks write one name in two ways, so a name alone says nothing here.
    """
    if statement.source not in BANK_SOURCES:
        return False
    index = CITIZEN_ID.maybe_index(statement.citizen_id)
    if index and holder.citizen_id:
        return index != holder.citizen_id
    year = statement.birth_date.year if statement.birth_date else None
    return bool(folded and year and holder.year) and folded != holder.fold and year != holder.year


def _linked(session: Session, account_ids: set[UUID]) -> dict[UUID, list[_Linked]]:
    """Return the people who are linked to these accounts, asked or confirmed."""
    person, link = Person.__table__, Link.__table__  # type: ignore[attr-defined]
    query = sa.select(link.c.account_id, person.c.name_fold, person.c.birth_date, person.c.citizen_id_index)
    query = query.join_from(link, person, person.c.id == link.c.person_id).where(link.c.state.in_(LIVE))
    found: dict[UUID, list[_Linked]] = {}
    for some in chunks(account_ids):
        for account_id, folded, born, citizen in session.execute(query.where(link.c.account_id.in_(some))):
            found.setdefault(account_id, []).append(_Linked(folded, born.year if born else None, citizen))
    return found


def _known_statements(session: Session, account_ids: set[UUID]) -> dict[UUID, dict[bytes, _Known]]:
    known: dict[UUID, dict[bytes, _Known]] = {}
    names = ("account_id", "id", "facts_hash", "holder_fold", "holder_birth_date", "holder_citizen_id_index")
    for some in chunks(account_ids):
        query = sa.select(*(_REGISTRATION.c[name] for name in names))
        rows = session.execute(query.where(_REGISTRATION.c.account_id.in_(some)))
        for account_id, id_, facts_hash, folded, born, citizen in rows:
            earlier = _Known(id_, facts_hash, folded, born.year if born else None, citizen)
            known.setdefault(account_id, {})[facts_hash] = earlier
    return known


def _touch(session: Session, day: date, ids: set[UUID]) -> None:
    for some in chunks(ids):
        older = sa.and_(_REGISTRATION.c.id.in_(some), _REGISTRATION.c.last_seen < day)
        session.execute(sa.update(_REGISTRATION).where(older).values(last_seen=day))


def _bring_accounts(session: Session, statements: Sequence[Statement], told: set[UUID]) -> dict[tuple[str, str], UUID]:
    """Return the account of every (bank, number) stated, made or brought up to date; those changed are `told`."""
    newest: dict[tuple[str, str], Statement] = {}
    for statement in statements:
        newest[(statement.bank_code, statement.account_number)] = statement
    take_turns(session, *(f"accounts of {bank}" for bank, _ in newest))  # no account twice, no statement twice
    known = find_accounts(session, newest)
    now = clock.utc_now()
    rows = [_account_row(statement, now) for key, statement in newest.items() if key not in known]
    bulk_insert(session, Account, _ACCOUNT_COLUMNS, rows)
    told |= _update_accounts(session, [(known[key], statement) for key, statement in newest.items() if key in known])
    made = {(row[1], row[3]): row[0] for row in rows}
    return {key: known[key].id if key in known else made[(key[0], ACCOUNT_NUMBER.index(key[1]))] for key in newest}


def find_accounts(session: Session, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], sa.Row[Any]]:
    """Return what is known of the accounts with these (bank, number), as rows of the account table."""
    names = ("id", "bank_code", "number_index", "status", "currency", "joint", "standing_on", "branch", "opened_on")
    wanted = {(bank, ACCOUNT_NUMBER.index(number)): (bank, number) for bank, number in keys}
    found: dict[tuple[str, str], sa.Row[Any]] = {}
    for some in chunks({index for _, index in wanted}):
        query = sa.select(*(_ACCOUNT.c[name] for name in names)).where(_ACCOUNT.c.number_index.in_(some))
        for row in session.execute(query):
            if key := wanted.get((row.bank_code, row.number_index)):
                found[key] = row
    return found


def _account_row(statement: Statement, now: datetime) -> tuple[Any, ...]:
    account_id = new_id()
    return (
        account_id,
        statement.bank_code,
        ACCOUNT_NUMBER.seal(account_id, statement.account_number),
        ACCOUNT_NUMBER.index(statement.account_number),
        statement.account_number[-4:],
        statement.status or AccountStatus.UNKNOWN,
        statement.currency or "VND",
        bool(statement.joint),
        statement.stated_on if statement.source in BANK_SOURCES else None,
        statement.branch or "",
        statement.opened_on,
        now,
    )


_TOLD = ("status", "currency", "joint", "standing_on", "branch", "opened_on")


def _update_accounts(session: Session, pairs: Sequence[tuple[sa.Row[Any], Statement]]) -> set[UUID]:
    """Bring known accounts up to date; returns those of which something new was said."""
    changed = []
    for row, said in pairs:
        known = {name: row._mapping[name] for name in _TOLD}
        values = known | _standing(row, said)
        values |= {"branch": said.branch or known["branch"], "opened_on": said.opened_on or known["opened_on"]}
        if values != known:
            changed.append({"of": row.id} | {f"new_{name}": value for name, value in values.items()})
    if not changed:
        return set()
    statement = sa.update(_ACCOUNT).where(_ACCOUNT.c.id == sa.bindparam("of"))
    session.connection().execute(statement.values({n: sa.bindparam(f"new_{n}") for n in _TOLD}), changed)
    return {row["of"] for row in changed}


def _standing(row: sa.Row[Any], said: Statement) -> dict[str, Any]:
    """Return what a statement changes in what an account is good for.

    Only its bank's word counts. A word that keeps money away counts whatever its day, one that lets it in only when the
    bank has said nothing newer: a list of last year does not unlock what was locked today.
    """
    told = {
        "status": said.status if said.status != AccountStatus.UNKNOWN else None,
        "currency": said.currency or None,
        "joint": said.joint,
    }
    newer = row.standing_on is None or said.stated_on >= row.standing_on
    lets_in = {"status": AccountStatus.OPEN, "currency": "VND", "joint": False}
    values = {n: v for n, v in told.items() if v is not None and (newer or v != lets_in[n])}
    if said.source not in BANK_SOURCES or not values:
        return {}
    return values | {"standing_on": said.stated_on if newer else row.standing_on}


def chunks(values: Iterable[_T], size: int = CHUNK) -> list[list[_T]]:
    """Split values into lists that fit one statement."""
    listed = list(values)
    return [listed[start : start + size] for start in range(0, len(listed), size)]
