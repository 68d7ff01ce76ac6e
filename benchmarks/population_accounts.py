"""The accounts of a filled province: what the banks' lists state, and the links of those who were found."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import pandas as pd
from sqlmodel import Session

from disburse.accounts import asked
from disburse.accounts.tables import (
    ACCOUNT_NUMBER,
    HOLDER_CITIZEN_ID,
    HOLDER_OLD_ID,
    HOLDER_PHONE,
    Account,
    AccountStatus,
    Link,
    LinkState,
    ListState,
    Registration,
    RegistrationList,
    RegistrationSource,
)
from disburse.db import Database, bulk_insert
from disburse.ids import new_id, new_ids
from disburse.people.tables import Precision, Sex
from matching import identity
from matching.dates import parse_date
from matching.text import fold

STATED = date(2026, 8, 20)
_AT = datetime(2026, 8, 20, 3, 0, tzinfo=UTC)
CHUNK = 50_000
_ACCOUNT = ("id", "bank_code", "number_sealed", "number_index", "number_tail", "status", "currency", "joint", "branch",
            "created_at")  # fmt: skip
_REGISTRATION = (
    "id", "account_id", "source", "basis", "list_id", "sheet", "line", "holder_name", "holder_fold",
    "holder_birth_date", "holder_birth_precision", "holder_sex", "holder_citizen_id_sealed", "holder_citizen_id_index",
    "holder_old_id_sealed", "holder_phone_sealed", "address", "facts_hash", "drift", "stated_on", "last_seen",
)  # fmt: skip
_LINK = ("id", "person_id", "account_id", "version", "state", "is_primary", "decided_by", "decided_how", "decided_on",
         "preset", "score", "approved_by", "beside", "since", "confirmed_on", "ended_by", "reason")  # fmt: skip


def enter(
    database: Database, frame: pd.DataFrame, chosen: dict[int, tuple[UUID, str]], seed: int, say: Callable[[str], None]
) -> list[UUID]:
    """Enter the banks' lists; `chosen` is row → person and state of the link. Returns the registrations' ids."""
    rows = {str(name): frame[name].tolist() for name in frame.columns}
    with database.transaction() as session:
        lists = {bank: _add_list(session, bank, len(frame)) for bank in sorted(set(rows["bank_code"]))}
    made: list[UUID] = []
    dice = random.Random(seed)
    for start in range(0, len(frame), CHUNK):
        some = range(start, min(start + CHUNK, len(frame)))
        accounts, registrations = new_ids(len(some)), new_ids(len(some))
        with database.transaction() as session:
            ids = list(zip(some, accounts, registrations, strict=True))
            bulk_insert(session, Account, _ACCOUNT, (_account(rows, row, account) for row, account, _ in ids))
            statements = (_registration(rows, row, account, own, lists) for row, account, own in ids)
            bulk_insert(session, Registration, _REGISTRATION, statements)
            links = [_link(dice, account, *chosen[row]) for row, account, _ in ids if row in chosen]
            bulk_insert(session, Link, _LINK, links)
            state = _LINK.index("state")
            asked.remember(session, [link[0] for link in links if link[state] == LinkState.CONFIRMED])
        made += registrations
        say(f"{len(made):,} registrations")
    return made


def _add_list(session: Session, bank: str, rows: int) -> UUID:
    one = RegistrationList(
        id=new_id(), bank_code=bank, source=RegistrationSource.BANK_LIST, basis="Công văn phối hợp",
        file_name=f"{bank}.xlsx", sha256=bank.encode().hex().ljust(64, "0"), state=ListState.IMPORTED,
        rows_read=rows // 8, rows_ok=rows // 8, rows_new=rows // 8, created_by="canbo.00", created_at=_AT,
        imported_at=_AT,
    )  # fmt: skip
    session.add(one)
    return one.id


def _account(rows: dict[str, list[str]], row: int, account_id: UUID) -> tuple[Any, ...]:
    number = f"{rows['account_number'][row]}{row % 97:02d}"  # a bank gives a number once
    return (
        account_id, rows["bank_code"][row], ACCOUNT_NUMBER.seal(account_id, number), ACCOUNT_NUMBER.index(number),
        number[-4:], AccountStatus.OPEN, "VND", False, "", _AT,
    )  # fmt: skip


def _registration(
    rows: dict[str, list[str]], row: int, account_id: UUID, own: UUID, lists: dict[str, UUID]
) -> tuple[Any, ...]:
    name, number = rows["holder_name"][row], rows["citizen_id"][row]
    citizen = identity.citizen_id(number)
    born, precision = born_on(rows["date_of_birth"][row])
    bank = rows["bank_code"][row]
    return (
        own, account_id, RegistrationSource.BANK_LIST, "Công văn phối hợp", lists[bank], bank, row + 2, name,
        folded(name), born, precision, Sex(rows["gender"][row]) if rows["gender"][row] else None,
        HOLDER_CITIZEN_ID.seal(own, citizen.value) if citizen else None,
        HOLDER_CITIZEN_ID.index(citizen.value) if citizen else None,
        HOLDER_OLD_ID.maybe_seal(own, identity.old_id(number)),
        HOLDER_PHONE.maybe_seal(own, identity.phone(rows["phone"][row])), rows["address"][row], own.bytes, False,
        STATED, STATED,
    )  # fmt: skip


def _link(dice: random.Random, account_id: UUID, person_id: UUID, state: str) -> tuple[Any, ...]:
    confirmed = state == "confirmed"
    return (
        new_id(), person_id, account_id, 1, LinkState.CONFIRMED if confirmed else LinkState.ACCEPTED, True,
        "quy tắc", "rule", STATED, "vn-2026-11", round(0.99 + dice.random() / 100, 4), "", False, STATED,
        date(2026, 9, 10) if confirmed else None, "", "",
    )  # fmt: skip


folded = lru_cache(maxsize=200_000)(fold)


@lru_cache(maxsize=100_000)
def born_on(text: str) -> tuple[date | None, Precision | None]:
    """Return a date of birth as it is kept, and how precisely it is known."""
    found = parse_date(text) if text else None
    if found is None:
        return None, None
    return date(found.year, found.month or 1, found.day or 1), Precision(found.precision)
