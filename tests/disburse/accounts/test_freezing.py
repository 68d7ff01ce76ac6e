"""What a full run keeps for the runs after it: all of it, of one run, or what stood before."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlmodel import Session, col

from disburse.accounts import slices, tasks
from disburse.accounts.commands import link_here
from disburse.accounts.tables import HOLDER_PHONE, Registration
from disburse.db import Database
from disburse.errors import Unavailable
from disburse.ids import new_id
from tests.disburse.accounts.test_increments import begun, check_like_a_full_run, rows

KEPT = ("match_snapshot", "match_shard", "person_words", "person_key", "registration_key", "match_due")


def kept(session: Session) -> list[list[str]]:
    """Return all that a full run kept, and what has come since."""
    return [sorted(str(row) for row in session.execute(sa.text(f"SELECT * FROM {name}"))) for name in KEPT]


def write_phone(database: Database, cell: bytes | None) -> None:
    """Put a cell into the registration that is read last."""
    newest = sa.select(col(Registration.id)).order_by(col(Registration.id).desc()).limit(1).scalar_subquery()
    with database.transaction() as session:
        session.execute(
            sa.update(Registration).where(col(Registration.id) == newest).values(holder_phone_sealed=cell),
            execution_options={"synchronize_session": False},
        )


class TestFreezing:
    """Beside the run on PostgreSQL, after it on SQLite; read here, or by a process of its own."""

    @pytest.mark.parametrize("alone", [slices.ALONE, 0])
    def test_a_run_that_fails_leaves_what_stood(
        self, database: Database, monkeypatch: pytest.MonkeyPatch, alone: int
    ) -> None:
        """A cell of the last slice does not open: the run ends with that error; keys, counts, notes, pairs and links
        are those of before. When it is mended, the next run is as good as any."""
        monkeypatch.setattr(slices, "SLICE", 3)
        monkeypatch.setattr(tasks, "REBUILD", -1)
        life = begun(database, 5, 6)
        life.enrol()
        life.arrive()
        write_phone(database, HOLDER_PHONE.seal(new_id(), "0912345678"))
        with database.reading() as session:
            before = rows(session), kept(session)
        monkeypatch.setattr(slices, "ALONE", alone)
        with pytest.raises(Unavailable, match="registration"):
            link_here(database)
        with database.reading() as session:
            assert (rows(session), kept(session)) == before
        write_phone(database, None)
        assert link_here(database)["full"]
        check_like_a_full_run(database)
