"""`disburse link` inside PostgreSQL against `disburse match` of the same rows, then 1,000 new registrations.

    python -m benchmarks.linking [--people 30000] [--registrations 150000] [--new 1000] [--check] [--keep FOLDER]

A database is filled once by benchmarks.population with nobody linked; every run has a copy of it. The two sides are
written into CSV files beside it. Each step is a command in a process of its own, its start included, as an office
runs it: `disburse match` from file to file; `disburse link`, which reads, opens, matches, stores candidates, links,
cells and audit events, and keeps the keys and counts of the increments; the same again, with nothing to store; and
`disburse link --new` after a bank stated registrations that had been taken out before. `--check` compares with what a
full run with the same counts proposes and would change. `--keep` leaves the filled cluster for the next call.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import os
import pickle
import random
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
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
from disburse.installation import open_installation, prepare_installation
from matching.columns import Text

_TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Fill, match from file to file, match inside, match what is new."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=30_000)
    parser.add_argument("--registrations", type=int, default=150_000)
    parser.add_argument("--new", type=int, default=1_000)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--keep", type=Path, help="a folder for the filled cluster, used again where it is filled")
    parser.add_argument("--inside", choices=("fill", "state", "check", "digest"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.inside:
        {"fill": _fill, "state": _state, "check": _check, "digest": _digest}[asked.inside](asked)
        return
    with tempfile.TemporaryDirectory(prefix="disburse-linking-") as made:
        folder = Path(asked.keep or made)
        folder.mkdir(exist_ok=True)
        with postgres(folder / "pg") as url:
            os.environ |= {"DISBURSE_DATA_DIR": str(folder), "DISBURSE_DATABASE_URL": _named(url, "filled")}
            if not (folder / "later").is_file():
                _on_server(url, "DROP DATABASE IF EXISTS filled", "CREATE DATABASE filled")
                _run([*_here(asked), "--inside", "fill"])
            _on_server(url, "DROP DATABASE IF EXISTS run", "CREATE DATABASE run TEMPLATE filled", "CHECKPOINT")
            os.environ["DISBURSE_DATABASE_URL"] = _named(url, "run")
            _run([sys.executable, "-m", "disburse", "migrate"])  # a kept cluster may be older than the program
            _measure(folder, asked)


def _here(asked: argparse.Namespace) -> list[str]:
    sizes = ("--people", asked.people, "--registrations", asked.registrations, "--new", asked.new)
    return [sys.executable, "-m", "benchmarks.linking", *map(str, sizes)]


def _named(url: str, name: str) -> str:
    return sa.make_url(url).set(database=name).render_as_string(hide_password=False)


def _on_server(url: str, *statements: str) -> None:
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


def _measure(folder: Path, asked: argparse.Namespace) -> None:
    disburse = [sys.executable, "-m", "disburse"]
    files = [
        "--roster",
        folder / "people.csv",
        "--registrations",
        folder / "accounts.csv",
        "--out",
        folder / "pairs.csv",
    ]
    inside = [*_here(asked), "--inside"]
    steps = [
        ("file to file", [*disburse, "match", *map(str, files)]),
        ("full run in the database", [*disburse, "link", "--json"]),
        ("a second full run", [*disburse, "link", "--json"]),
        (f"stating {asked.new} new registrations", [*inside, "state"]),
        ("incremental run", [*disburse, "link", "--new", "--json"]),
    ]
    postmaster = int((folder / "pg" / "postmaster.pid").read_text().splitlines()[0])
    for what, command in steps:
        server = _processor_of(postmaster)
        wall, own, peak = _run(command)
        server = _processor_of(postmaster) - server
        print(
            f"{what:34} {wall:7.1f} s  own processor {own:7.1f} s  PostgreSQL's {server:7.1f} s  peak {peak} MB  "
            f"load {os.getloadavg()[0]:.1f}",
            flush=True,
        )
    if asked.check:
        _run([*inside, "digest"])
        _run([*inside, "check"])


def _run(command: Sequence[str]) -> tuple[float, float, int]:
    """Run a command; returns its seconds, those of the processor, and the memory of its largest process in MB."""
    wall = time.perf_counter()
    child = os.posix_spawn(command[0], list(command), os.environ)
    _, status, used = os.wait4(child, 0)
    if status:
        raise SystemExit(f"{' '.join(command)} ended with {os.waitstatus_to_exitcode(status)}")
    return time.perf_counter() - wall, used.ru_utime + used.ru_stime, used.ru_maxrss // 1024


def _processor_of(postmaster: int) -> float:
    """Return the seconds of the processor that a server and its children, living and gone, have used."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        own = stat.parent.name == str(postmaster)
        if own or int(fields[1]) == postmaster:
            ticks += sum(map(int, fields[11:15] if own else fields[11:13]))
    return ticks / _TICKS


def _fill(asked: argparse.Namespace) -> None:
    database = prepare_installation(config.load())
    reference.load(database)
    population.fill(
        database, people=asked.people, registrations=asked.registrations, issues=0, linked=0.0,
        say=lambda text: print(text, file=sys.stderr),
    )  # fmt: skip
    later = _take_out(database, asked.new)
    folder = config.load().data_dir
    with database.reading() as session:
        _write(folder / "people.csv", frames.recipients(session).columns)
        _write(folder / "accounts.csv", frames.statements(session).columns)
    database.close()
    (folder / "later").write_bytes(pickle.dumps(later))


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


def _state(_asked: argparse.Namespace) -> None:
    settings = config.load()
    later = pickle.loads((settings.data_dir / "later").read_bytes())
    with open_installation(settings).transaction() as session:
        state_accounts(session, statements=later, by=COMMAND)


def _digest(_asked: argparse.Namespace) -> None:
    """Say in one number who is proposed and linked with whom: runs of two versions must agree on it."""
    found = hashlib.sha256()
    pairs = sa.text(
        "SELECT 'c', c.person_id, a.bank_code, encode(a.number_index, 'hex'), c.registration_id IS NOT NULL, c.score, "
        "c.decision, c.asks, c.preset, c.differs, c.forbidden, c.state, c.decided_by FROM candidate c JOIN account a "
        "ON a.id = c.account_id ORDER BY 2, 3, 4"
    )
    links = sa.text(
        "SELECT 'l', l.person_id, a.bank_code, encode(a.number_index, 'hex'), l.state, l.version, l.score, "
        "l.decided_how, l.is_primary FROM link l JOIN account a ON a.id = l.account_id ORDER BY 2, 3, 4, 6"
    )
    rows = 0
    with open_installation(config.load()).reading() as session:
        for statement in (pairs, links):
            for row in session.execute(statement):
                found.update(repr(tuple(row)).encode())
                rows += 1
    print(f"  {rows} candidates and links, digest {found.hexdigest()[:16]}")


def _check(_asked: argparse.Namespace) -> None:
    """Compare with a full run with the same counts: what it proposes and what it would change (nothing)."""
    database = open_installation(config.load())
    with database.reading() as session:
        snapshot = snapshots.newest(session)
        assert snapshot is not None
        chosen = config.load()
        settings = proposals.settings_of(chosen.match_preset, session).with_thresholds(accept=chosen.match_accept)
        run = proposals.propose_all(session, settings, frequencies=snapshots.frequencies_of(snapshot))
        before = _tables(session)
    full = run.proposals
    with database.transaction() as session:
        linking.apply(session, persons=full.persons, pairs=full.pairs, preset=full.preset, by=COMMAND)
        session.flush()
        after = _tables(session)
    different = sum(one != other for one, other in zip(before, after, strict=False)) + abs(len(before) - len(after))
    print(f"  rows of candidates and links that a full run changes: {different} of {len(before)}")


def _tables(session: Any) -> list[tuple[UUID, ...]]:
    found: list[tuple[UUID, ...]] = []
    for table in (Link, Candidate):
        described: Any = sa.inspect(table).local_table
        found += [tuple(row) for row in session.execute(sa.select(*described.c).order_by(described.c.id))]
    return found


if __name__ == "__main__":
    main()
