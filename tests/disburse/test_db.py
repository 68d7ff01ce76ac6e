"""The database: one commit, fair writers, aware times, bulk writes, a full disk told as such."""

from __future__ import annotations

import contextlib
import multiprocessing
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import numpy as np
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DataError
from sqlmodel import col, select

from disburse import clock, migrations
from disburse.accounts.match_tables import PersonWords, RegistrationKey
from disburse.accounts.tables import MatchPreset
from disburse.banks.tables import Bank
from disburse.db import Database, bulk_insert, insert_columns, one_in, upsert
from disburse.errors import Unavailable
from disburse.ids import new_id
from disburse.jobs.tables import Job, JobState


def bank(code: str, name: str = "Ngân hàng") -> dict[str, str]:
    return {
        "code": code, "bin": f"{hash(code) % 10**6:06d}", "bic": "", "short_name": code,
        "name": name, "sbv_code": "", "kind": "bank",
    }  # fmt: skip


JOB_COLUMNS = (
    "id", "kind", "object_id", "payload", "state", "attempt", "max_attempts", "done", "total",
    "message", "checkpoint", "result", "error", "created_by", "created_at",
)  # fmt: skip


def job_row(payload: dict[str, Any]) -> tuple[object, ...]:
    return (new_id(), "t", "", payload, JobState.DONE, 0, 5, 0, 0, "", {}, {}, "", "ai đó", clock.utc_now())


class TestTransaction:
    def test_a_block_that_raises_keeps_nothing(self, database: Database) -> None:
        """All or nothing."""
        with pytest.raises(RuntimeError), database.transaction() as session:
            session.add(Bank(**bank("VBA")))
            session.flush()
            raise RuntimeError
        with database.reading() as session:
            assert session.get(Bank, "VBA") is None

    def test_times_come_back_aware_and_in_utc(self, database: Database) -> None:
        """SQLite and PostgreSQL give back the same moment, with its zone."""
        moment = datetime(2026, 11, 22, 3, 4, 5, 678901, tzinfo=UTC)
        with database.transaction() as session:
            session.add(Job(kind="t", created_at=moment))
        with database.reading() as session:
            assert session.exec(select(Job.created_at)).one() == moment

    def test_a_naive_time_is_refused(self, database: Database) -> None:
        """A time without its zone has no place in the database."""
        with pytest.raises(Exception, match="naive"), database.transaction() as session:
            session.add(Job(kind="t", created_at=datetime(2026, 1, 1)))  # noqa: DTZ001
            session.flush()

    def test_a_full_disk_is_told_as_such_and_loses_nothing(self, tmp_path: Path) -> None:
        """On a file system of 4 MB the write fails in words; what was there stays readable."""
        disk = tmp_path / "disk"
        disk.mkdir()
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(disk)], capture_output=True, check=False
        )
        if mounted.returncode:
            pytest.skip("mounting a small file system needs root")
        try:
            database = Database(f"sqlite:///{disk / 'small_test.db'}")
            migrations.upgrade(database)
            with database.transaction() as session:
                session.add(Bank(**bank("VBA")))
            rows = (job_row({"pad": "x" * 1000}) for _ in range(50_000))
            with pytest.raises(Unavailable, match="disk is full"), database.transaction() as session:
                bulk_insert(session, Job, JOB_COLUMNS, rows)
            with database.reading() as session:
                assert session.get(Bank, "VBA") is not None
            database.close()
        finally:
            subprocess.run(["umount", "--lazy", str(disk)], check=False)


def write_for(url: str, seconds: float, counts: multiprocessing.Queue[int]) -> None:
    database, done = Database(url), 0
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with database.transaction() as session:
            session.execute(sa.text("UPDATE bank SET name = name"))
        done += 1
    counts.put(done)


class TestWriters:
    def test_sqlite_writers_take_turns(self, sqlite_database: Database) -> None:
        """Four busy processes each get at least a tenth of the mean: nobody starves behind the others."""
        with sqlite_database.transaction() as session:
            session.add(Bank(**bank("VBA")))
        context = multiprocessing.get_context("spawn")
        counts: multiprocessing.Queue[int] = context.Queue()
        writers = [context.Process(target=write_for, args=(sqlite_database.url, 2.0, counts)) for _ in range(4)]
        for writer in writers:
            writer.start()
        shares = [counts.get(timeout=60) for _ in writers]
        for writer in writers:
            writer.join()
        assert min(shares) >= 0.1 * sum(shares) / len(shares), shares


class TestPages:
    def test_a_web_process_keeps_fewer(self, database: Database) -> None:
        """Connections made before and after keep as much as was said; elsewhere there is nothing to say."""
        with database.reading() as session:
            session.execute(sa.text("SELECT 1"))
        database.keep_fewer_pages(16_384)
        if database.is_sqlite:
            with database.reading() as session:
                assert session.execute(sa.text("PRAGMA cache_size")).scalar_one() == -16_384


class TestNewId:
    def test_ids_are_version_seven_and_in_order(self) -> None:
        """Ten thousand ids of one process sort as they were made, so that indexes grow at their end."""
        ids = [new_id() for _ in range(10_000)]
        assert ids == sorted(ids)
        assert len(set(ids)) == len(ids)
        assert {one.version for one in ids} == {7}


PRESET_COLUMNS = ("name", "base", "source", "document", "effect", "created_by", "created_at")
NOW = datetime(2026, 11, 28, 7, 0, tzinfo=UTC)


class TestBulkInsert:
    def test_every_type_comes_back_as_it_went_in(self, database: Database) -> None:
        """Ids, JSON, enums and times pass through COPY and the prepared statement alike."""
        row = job_row({"tên": "Đào"})
        with database.transaction() as session:
            assert bulk_insert(session, Job, JOB_COLUMNS, [row]) == 1
        with database.reading() as session:
            job = session.exec(select(Job)).one()
        assert tuple(getattr(job, name) for name in JOB_COLUMNS) == row

    def test_documents_that_seem_the_same_stay_what_they_are(self, database: Database) -> None:
        """A one is no yes: what is the same in all rows is written once, and Python takes these two for the same."""
        given: list[dict[str, Any]] = [{"n": 1}, {"n": True}, {"n": 1.0}]
        with database.transaction() as session:
            bulk_insert(session, Job, JOB_COLUMNS, [job_row(one) for one in given])
        with database.reading() as session:
            kept = session.exec(select(Job.payload).order_by(col(Job.id))).all()
        assert list(map(repr, kept)) == list(map(repr, given))

    def test_of_no_rows_nothing_is_asked(self, database: Database) -> None:
        """Columns without a value are no rows, and no error."""
        with database.transaction() as session:
            assert insert_columns(session, PersonWords, {"person_id": [], "words": []}) == 0

    def test_numbers_and_days_come_back_as_they_went_in(self, database: Database) -> None:
        """Also those below nought, before the year 2000, large ones and none at all: COPY writes their bits itself."""
        kinds = (sa.Numeric(12, 3), sa.Date(), sa.SmallInteger(), sa.BigInteger(), sa.Float(), sa.Text())
        table = sa.Table("odd", sa.MetaData(), *(sa.Column(f"c{at}", kind) for at, kind in enumerate(kinds)))
        rows = [
            (Decimal("-120045.070"), date(1945, 9, 2), -7, -(2**40), -0.5, "Đào"),
            (Decimal("0.003"), date(2026, 11, 28), 32_767, 2**62, 1e-9, ""),
            (Decimal(0), date(2000, 1, 1), 0, 0, 3.0, "\t"),
            (None, None, None, None, None, None),
        ]
        names = [column.name for column in table.c]
        with database.transaction() as session:
            table.create(session.connection())
            bulk_insert(session, cast(Any, SimpleNamespace(__table__=table)), names, rows)
            found = session.execute(sa.select(table)).all()
            table.drop(session.connection())
        assert [tuple(row) for row in found] == rows

    def test_arrays_stand_in_their_rows(self, database: Database) -> None:
        """Ids, flags and numbers as arrays of numpy, between columns of Python's values and some all the same."""
        kinds = (
            sa.Text(),
            sa.Uuid(),
            sa.Date(),
            sa.Float(),
            sa.SmallInteger(),
            sa.Text(),
            sa.BigInteger(),
            sa.Boolean(),
        )
        table = sa.Table("odd", sa.MetaData(), *(sa.Column(f"c{at}", kind) for at, kind in enumerate(kinds)))
        ids, today = [new_id() for _ in range(3)], [date(2026, 11, 28)] * 3
        values: list[list[Any]] = [
            ["a", "", "Đào"], ids, today, [0.5, -1e-9, 3], [1, -2, 3], [None] * 3, [-(2**40), 0, 7],
            [True, False, True],
        ]  # fmt: skip
        columns: list[Any] = list(values)
        columns[1] = np.frombuffer(b"".join(id_.bytes for id_ in ids), dtype="V16")
        columns[3:5] = np.array(values[3]), np.array(values[4])
        columns[6:8] = np.array(values[6]), np.array(values[7])
        names = [column.name for column in table.c]
        with database.transaction() as session:
            table.create(session.connection())
            insert_columns(session, cast(Any, SimpleNamespace(__table__=table)), dict(zip(names, columns, strict=True)))
            found = session.execute(sa.select(table)).all()
            table.drop(session.connection())
        assert [tuple(row) for row in found] == list(zip(*values, strict=True))

    @pytest.mark.parametrize("name", ["a\x00b", "x" * 1_000], ids=["nul", "long"])
    def test_what_cannot_be_stored_is_said_as_an_insert_says_it(self, database: Database, name: str) -> None:
        """COPY raises the driver's own error; whoever catches SQLAlchemy's would miss it."""
        row = bank("VBA", name)
        refused = contextlib.nullcontext() if database.is_sqlite else pytest.raises(DataError)  # SQLite takes any text
        with refused, database.transaction() as session:
            bulk_insert(session, Bank, tuple(row), [tuple(row.values())])

    def test_no_cell_is_taken_for_a_sign(self, database: Database) -> None:
        """What COPY's text uses as marks comes back as it was given: its null, its end, tabs, ends of lines."""
        texts = ("\\N", "\\.", "a\tb", "c\r\nd", "\\", "", "Đào", "\\x00")
        with database.transaction() as session:
            for some in (texts, texts[:1]):  # the null's sign alone, too
                rows = [(f"{len(some)}{place}", "b", "em", text, "{}", "x", NOW) for place, text in enumerate(some)]
                bulk_insert(session, MatchPreset, PRESET_COLUMNS, rows, written=["effect"])
            ids = [new_id() for _ in range(3)]
            words = [(ids[0], None, True, b""), (ids[1], 7, False, b"\x00\\\t\n"), (ids[2], None, False, b"\xff")]
            bulk_insert(session, PersonWords, ("person_id", "number", "moved", "words"), words)
        with database.reading() as session:
            kept = session.exec(select(MatchPreset.name, MatchPreset.document)).all()
            found = session.exec(select(PersonWords).order_by(col(PersonWords.person_id))).all()
        assert dict(kept) == {f"8{place}": text for place, text in enumerate(texts)} | {"10": texts[0]}
        assert [(one.person_id, one.number, one.moved, one.words) for one in found] == words


class TestOneIn:
    @pytest.mark.parametrize("form", [list, lambda ids: [one.bytes for one in ids]], ids=["uuids", "bytes"])
    def test_ids_are_taken_as_objects_and_as_bytes(self, database: Database, form: Callable[[list[UUID]], Any]) -> None:
        """Thousands of ids are one parameter, laid out as PostgreSQL keeps them; none at all finds nothing."""
        rows = [(new_id(), None, True, b"") for _ in range(3)]
        with database.transaction() as session:
            bulk_insert(session, PersonWords, ("person_id", "number", "moved", "words"), rows)
        column = col(PersonWords.person_id)
        with database.reading() as session:
            for wanted in ([rows[0][0], rows[2][0], new_id()], []):
                found = session.exec(select(column).where(one_in(session, column, form(wanted)))).all()
                assert set(found) == {row[0] for row in rows} & set(wanted)

    def test_numbers_are_taken_below_nought_and_large(self, database: Database) -> None:
        """A word of a key is any number of 64 bits."""
        words = [-(2**63), -1, 0, 7, 2**63 - 1]
        with database.transaction() as session:
            bulk_insert(session, RegistrationKey, ("word", "registration_id"), [(word, new_id()) for word in words])
        column = col(RegistrationKey.word)
        with database.reading() as session:
            found = session.exec(select(column).where(one_in(session, column, [*words[:3], *words[4:], 8]))).all()
        assert sorted(found) == [*words[:3], *words[4:]]


class TestUpsert:
    def test_known_keys_are_brought_up_to_date(self, database: Database) -> None:
        """The same key twice is one row with the newer values."""
        for name in ("Cũ", "Mới"):
            with database.transaction() as session:
                upsert(session, Bank, [bank("VBA", name)], key=["code"])
        with database.reading() as session:
            assert [found.name for found in session.exec(select(Bank))] == ["Mới"]
