"""`disburse link` inside PostgreSQL against the same matching from file to file, then 1,000 new registrations.

    python -m benchmarks.linking [--people 30000] [--registrations 150000] [--new 1000] [--check]

The database is filled by benchmarks.population with nobody linked. The floor writes the two sides into CSV files and
runs `matching.files.link_files` on them, in the same process. The full run reads, opens, matches, stores candidates,
links, cells and audit events, and keeps the keys and counts of the increments. The new registrations were taken out
before the full run and come in again through `state_accounts`, as a bank's list does. `--check` compares with what a
full run with the same counts proposes and would change.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from benchmarks import population
from benchmarks.screens import postgres
from disburse import config, reference
from disburse.accounts import frames, linking, proposals, snapshots
from disburse.accounts.commands import link_due_here, link_here
from disburse.accounts.queries import account_number
from disburse.accounts.statements import Statement, state_accounts
from disburse.accounts.tables import (
    HOLDER_CITIZEN_ID,
    HOLDER_OLD_ID,
    HOLDER_PHONE,
    Account,
    Candidate,
    Link,
    Registration,
)
from disburse.audit.actor import COMMAND
from disburse.db import Database, among
from disburse.installation import prepare_installation
from matching.columns import Text
from matching.files import link_files


def main() -> None:
    """Fill, match from file to file, match inside, match what is new."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=30_000)
    parser.add_argument("--registrations", type=int, default=150_000)
    parser.add_argument("--new", type=int, default=1_000)
    parser.add_argument("--check", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="disburse-linking-") as made:
        folder = Path(made)
        with postgres(folder / "pg") as url:
            os.environ |= {"DISBURSE_DATA_DIR": str(folder / "data"), "DISBURSE_DATABASE_URL": url}
            (folder / "data").mkdir()
            database = prepare_installation(config.load())
            reference.load(database)
            population.fill(
                database, people=asked.people, registrations=asked.registrations, issues=0, linked=0.0, say=_say
            )
            _measure(database, folder, asked)
            database.close()


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")


@contextmanager
def _timed(what: str) -> Iterator[None]:
    wall, own = time.perf_counter(), time.process_time()
    yield
    spent = time.perf_counter() - wall
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"{what:42} {spent:8.1f} s  own processor {time.process_time() - own:8.1f} s  "
        f"peak so far {peak} MB  load {os.getloadavg()[0]:.1f}",
        flush=True,
    )


def _measure(database: Database, folder: Path, asked: argparse.Namespace) -> None:
    later = _take_out(database, asked.new)
    with database.reading() as session:
        _write(folder / "people.csv", frames.recipients(session).columns)
        _write(folder / "accounts.csv", frames.statements(session).columns)
    with _timed("file to file"):
        counts = link_files(
            folder / "people.csv", folder / "accounts.csv", folder / "pairs.csv", places=frames.places()
        )
    print(f"  {counts}")
    with _timed("full run in the database"):
        print(f"  {link_here(database)}")
    with _timed("a second full run"):
        print(f"  {link_here(database)}")
    with _timed(f"stating {len(later)} new registrations"), database.transaction() as session:
        state_accounts(session, statements=later, by=COMMAND)
    with _timed("incremental run"):
        print(f"  {link_due_here(database)}")
    if asked.check:
        with _timed("compared with a full run"):
            _check(database)


def _write(path: Path, columns: Mapping[str, Text]) -> None:
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(["row_id", *columns])
        writer.writerows(zip(count(), *(column.strings() for column in columns.values()), strict=False))


def _take_out(database: Database, count: int) -> list[Statement]:
    """Take some registrations and their accounts out of the database, as if the bank had not sent them yet."""
    with database.transaction() as session:
        ids = [row[0] for row in session.execute(sa.select(col(Registration.id)).order_by(col(Registration.id)))]
        chosen = random.Random(1).sample(ids, count)
        statement = sa.select(Registration, Account).join(Account, col(Account.id) == col(Registration.account_id))
        found = list(among(session, statement, col(Registration.id), chosen))
        later = [_statement(registration, account) for registration, account in found]
        session.execute(sa.delete(Registration).where(col(Registration.id).in_([r.id for r, _ in found])))
        session.execute(sa.delete(Account).where(col(Account.id).in_([a.id for _, a in found])))
    return later


def _statement(one: Registration, account: Account) -> Statement:
    return Statement(
        bank_code=account.bank_code, account_number=account_number(account), source=one.source,
        stated_on=one.stated_on, holder_name=one.holder_name, basis=one.basis, birth_date=one.holder_birth_date,
        birth_precision=one.holder_birth_precision, sex=one.holder_sex,
        citizen_id=HOLDER_CITIZEN_ID.maybe_open(one.id, one.holder_citizen_id_sealed),
        old_id=HOLDER_OLD_ID.maybe_open(one.id, one.holder_old_id_sealed),
        phone=HOLDER_PHONE.maybe_open(one.id, one.holder_phone_sealed), address=one.address, status=account.status,
        list_id=one.list_id, sheet=one.sheet, line=one.line,
    )  # fmt: skip


def _check(database: Database) -> None:
    """Compare with a full run with the same counts: what it proposes and what it would change (nothing)."""
    with database.reading() as session:
        snapshot = snapshots.newest(session)
        assert snapshot is not None
        chosen = config.load()
        settings = proposals.settings_of(chosen.match_preset, session).with_thresholds(accept=chosen.match_accept)
        run = proposals.propose_all(session, settings, frequencies=snapshots.frequencies_of(snapshot))
        before = _tables(session)
    full = run.proposals
    with database.transaction() as session:
        linking.apply(
            session, persons=full.persons, pairs=full.pairs, claims=full.claims, preset=full.preset, by=COMMAND
        )
        session.flush()
        after = _tables(session)
    different = sum(one != other for one, other in zip(before, after, strict=False)) + abs(len(before) - len(after))
    print(f"  rows of candidates and links that a full run changes: {different} of {len(before)}")


def _tables(session: Any) -> list[tuple[UUID, ...]]:
    found: list[tuple[UUID, ...]] = []
    for table in (Link, Candidate):
        described: Any = table.__table__  # type: ignore[attr-defined]
        found += [tuple(row) for row in session.execute(sa.select(*described.c).order_by(described.c.id))]
    return found


if __name__ == "__main__":
    main()
