"""A real list with the flaws of a Tuesday morning, received and imported the real way, for tests of its repair."""

from __future__ import annotations

import csv
import io
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from sqlmodel import col, select

from disburse.access import actions as access
from disburse.access.actor import Actor, Held
from disburse.access.actor import Scope as Where
from disburse.access.queries import actor_of
from disburse.access.roles import Permission
from disburse.access.tables import Role
from disburse.audit.actor import COMMAND, By
from disburse.db import Database
from disburse.ids import new_id
from disburse.jobs.running import run_now
from disburse.rosters import actions, repair_batches, repairing, repairing_many, repairs, staging
from disburse.rosters.actions import Upload
from disburse.rosters.importing import enter_roster
from disburse.rosters.reading import read
from disburse.rosters.rechecking import Rechecked
from disburse.rosters.repair_batches import Wanted
from disburse.rosters.repairs import OpenRow
from disburse.rosters.tables import Roster, RosterRow, RowIssue, Scope

HEADER = ("STT", "Họ và tên", "Ngày sinh", "Giới tính", "Số CCCD", "Xã", "Mức trợ cấp", "Đối tượng")
ROWS = (
    ("1", "Nguyễn Văn An", "12/03/1951", "Nam", "051051000001", "Xã Bình Sơn", "1000000", "NKT nặng"),
    ("2", "Trần Thị Bình", "1948", "Nữ", "051148000002", "Xã Bin Son", "1000000", "NKT nặng"),
    ("3", "Lê Văn Châu", "31/6/1950", "Nam", "051050000003", "Xã Bin Son", "1000000", "NKT nặng"),
    ("4", "Ông Phạm Văn Dũng", "01/02/1949", "Nam", "051049000004", "Xã Vạn Tường", "1000000", "NKT nặng"),
    ("5", "???", "05/05/1955", "Nam", "051055000005", "Xã Vạn Tường", "1000000", "NKT nặng"),
    ("6", "Bà Huỳnh Thị Em", "02/02/1952", "Nữ", "051152000006", "Xã Vạn Tường", "1000000", "NKT nặng"),
    ("7", "Phan Thị Giang", "03/03/1953", "Nữ", "051153000007", "Xã Bình Sơn", "1000000", "NKT nặng"),
    ("8", "Võ Văn Hải", "04/04/1954", "Nam", "051153000007", "Xã Bình Sơn", "1000000", "NKT nặng"),
)


def content(rows: tuple[tuple[str, ...], ...] = ROWS) -> bytes:
    """Return the list as a CSV; its first data row stands on line 2."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    writer.writerows(rows)
    return out.getvalue().encode()


def officer(role: Role = Role.PROVINCE, area: str = "51", name: str = "canbo") -> Actor:
    """Return somebody who may repair rows of an area."""
    return Actor(new_id(), name, "Cán Bộ", COMMAND, (Held(role, Where(area)),))


@dataclass
class Shop:
    """A roster in the database and the ways to look at it and put it right."""

    database: Database
    roster_id: UUID = field(default_factory=new_id)

    def receive(
        self,
        *,
        entered: bool = True,
        rows: tuple[tuple[str, ...], ...] = ROWS,
        name: str = "xa.csv",
        content_of_file: bytes = b"",
    ) -> Shop:
        """Put the list in; staged only, or imported as well."""
        upload = Upload(
            content=content_of_file or content(rows),
            name=name,
            programme="BTXH",
            period="2026-05",
            scope=Scope.FULL,
            province_code="51",
        )
        with self.database.transaction() as session:
            receipt = actions.receive(session, upload=upload, by=COMMAND)
        self.roster_id = receipt.roster_id
        roster = self.roster
        options = {"name": name, "programme": "BTXH", "period": "2026-05", "units": "new", "province": "51",
                   "today": roster.created_at.date().isoformat()}  # fmt: skip
        with tempfile.TemporaryDirectory() as folder, self.database.transaction() as session:
            path = Path(folder) / name
            path.write_bytes(upload.content)
            *found, report = read(path, options)  # in this process: the child is for files of strangers
            staging.stage(session, roster.id, found)
            actions.note_read(session, roster_id=roster.id, report=report)
        if entered:
            with self.database.transaction() as session:
                enter_roster(session, roster=actions.get(session, roster.id), by=COMMAND)
        return self

    @property
    def roster(self) -> Roster:
        with self.database.reading() as session:
            return actions.get(session, self.roster_id)

    def row(self, line: int) -> OpenRow:
        """Return a row of the list as its form shows it."""
        with self.database.reading() as session:
            found = session.exec(
                select(RosterRow.id).where(RosterRow.roster_id == self.roster_id, RosterRow.line == line)
            ).one()
            return repairs.open_row(session, officer(), self.roster, found or 0, Permission.ROW_FIX)

    def codes(self, line: int) -> list[str]:
        """Return what is wrong with a row."""
        with self.database.reading() as session:
            found = select(RowIssue.code).where(RowIssue.roster_id == self.roster_id, RowIssue.line == line)
            return sorted(session.exec(found.order_by(col(RowIssue.id))))

    def fix(self, line: int, *, actor: Actor | None = None, **cells: str) -> Rechecked:
        """Put cells of a row right, as the form does."""
        actor = actor or officer()
        row = self.row(line)
        with self.database.reading() as session:
            tried = repairing.attempt(session, roster=self.roster, row=row, typed=cells)
        assert tried is not None
        fresh = repairing.read_attempt(tried)
        with self.database.transaction() as session:
            return repairing.fix_row(session, tried=tried, fresh=fresh, actor=actor, by=actor.by)

    def hire(self, name: str = "canbo", area: str = "51") -> Actor:
        """Return a user of the installation who may repair rows."""
        with self.database.transaction() as session:
            user = access.add_user(session, name=name, full_name="Cán Bộ", by=COMMAND)
            access.grant_role(session, user=user, role=Role.PROVINCE, area_code=area, by=COMMAND)
            return actor_of(session, user, by=By(name=name, id=user.id))

    def repair(self, actor: Actor, code: str, rule: str, *, raw: str = "", value: str = "") -> UUID:
        """Apply one repair to all rows alike."""
        with self.database.transaction() as session:
            planned = repair_batches.plan(session, actor, self.roster, Wanted(code, rule, raw, value))
            batch_id, job = repairing_many.make(session, roster=self.roster, planned=planned, by=actor.by)
            job_id = job.id
        run_now(self.database, job_id, repairing_many.work)
        return batch_id

    def undo(self, actor: Actor, batch_id: UUID) -> None:
        """Undo it."""
        with self.database.transaction() as session:
            batch = repair_batches.batch_of(session, self.roster_id, batch_id)
            job_id = repairing_many.order_undo(session, batch=batch, by=actor.by).id
        run_now(self.database, job_id, repairing_many.work)
