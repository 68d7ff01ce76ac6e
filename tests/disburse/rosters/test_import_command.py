"""`disburse roster import` with real files: the document, the same file again, refusals, two at once, sealing."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from disburse.audit.actor import SYSTEM
from disburse.audit.queries import verify
from disburse.audit.tables import AuditEvent
from disburse.clock import Period
from disburse.db import Database
from disburse.doctor.commands import examine
from disburse.funnel import queries as funnel
from disburse.payments.actions import COLUMNS, NEEDED, take_report
from disburse.people.tables import Enrolment, Person
from disburse.rosters.tables import ROW_RAW, Roster, RosterRow, RosterState
from disburse.workbooks.answer_files import read_content
from disburse.workbooks.tables import Upload
from tests.disburse.rosters.files import command, environment, roster_bytes


def run_import(database: Database, folder: Path, content: bytes, *more: str) -> tuple[int, dict[str, Any], str]:
    """Import bytes by the command line; returns exit code, document and messages."""
    path = folder / "danh-sach.csv"
    path.write_bytes(content)
    arguments = ["roster", "import", str(path), "--programme", "BTXH", "--period", "2025-08", "--json", *more]
    done = subprocess.run(command(*arguments), env=environment(database, folder), capture_output=True, text=True)
    return done.returncode, json.loads(done.stdout) if done.stdout else {}, done.stderr


def paid_lines(content: bytes, commune: str) -> bytes:
    """Return a payer's lines of everybody of a commune who has a citizen ID in a list: paid by account."""
    rows = csv.DictReader(io.StringIO(content.decode()))
    paid = [f"{row['Số CCCD']},{row['Họ và tên']},paid,account\n" for row in rows if row["Xã"] == commune]
    return "".join(line for line in paid if line[0] != ",").encode()


def paid_by_commune(database: Database) -> dict[str, int | None]:
    """Return what the cells count as paid."""
    with database.reading() as session:
        return {cell.commune_code: cell.paid for cell in funnel.cells(session)}


def count(database: Database, table: Any) -> int:
    """Return the number of rows of a table."""
    with database.reading() as session:
        return session.exec(select(sa.func.count()).select_from(table)).one()


class TestRosterImport:
    def test_a_list_comes_in_and_the_document_says_what_came_of_it(self, stocked: Database, tmp_path: Path) -> None:
        """The check's shape with roster, new, changed, same, gone and same_as; parked rows are exit 0."""
        code, document, _ = run_import(stocked, tmp_path, roster_bytes(30, broken=2))
        assert code == 0
        assert document["verdict"] == "accept_with_row_errors"
        assert (document["rows_ok"], document["rows_bad"], document["new"], document["same_as"]) == (28, 2, 28, None)
        errors = [issue for issue in document["issues"] if issue["severity"] == "error"]
        assert [(issue["row"], issue["code"]) for issue in errors] == [(30, "name_invalid"), (31, "name_invalid")]
        with stocked.reading() as session:
            assert funnel.differences(session) == []
            assert list(verify(session)) == []
            acts = session.exec(select(AuditEvent.action).order_by(col(AuditEvent.seq))).all()
        assert acts[-3:] == ["roster.received", "accounts.stated", "roster.imported"]

    def test_the_same_file_again_changes_nothing(self, stocked: Database, tmp_path: Path) -> None:
        """Same bytes, programme, period, areas and scope: the earlier roster; another period: no changes."""
        content = roster_bytes(20)
        first = run_import(stocked, tmp_path, content)[1]
        people = count(stocked, Person)
        code, again, _ = run_import(stocked, tmp_path, content)
        assert (code, again["same_as"], again["new"]) == (0, first["roster"], 0)
        assert (count(stocked, Roster), count(stocked, Person)) == (1, people)
        _, next_month, _ = run_import(stocked, tmp_path, content, "--period", "2025-09")
        assert (next_month["same"], next_month["new"], next_month["changed"]) == (20, 0, 0)
        assert count(stocked, Person) == people

    def test_who_was_paid_and_moves_is_counted_where_they_are_now(self, stocked: Database, tmp_path: Path) -> None:
        """What a move asks of the features above is asked in every process, whichever features it began with."""
        content = roster_bytes(8)
        run_import(stocked, tmp_path, content)
        with stocked.transaction() as session:
            paid = b"citizen_id,full_name,status,channel\n" + paid_lines(content, "Xã Bình Sơn")
            file = read_content(paid, "paid.csv", columns=COLUMNS, needed=NEEDED)
            take_report(session, file=file, programme="BTXH", period=Period(2025, 8), payer="Bưu điện", by=SYSTEM)
        assert paid_by_commune(stocked) == {"21040": 3, "21061": None}
        moved = "Xã Vạn Tường".join(content.decode().rsplit("Xã Bình Sơn", 1))
        run_import(stocked, tmp_path, moved.encode(), "--period", "2025-09")
        assert paid_by_commune(stocked) == {"21040": 2, "21061": None}
        with stocked.reading() as session:
            assert [found.where for found in examine(session) if found.check in ("cells", "stages")] == []

    def test_a_refused_file_writes_nothing_else(self, stocked: Database, tmp_path: Path) -> None:
        """Exit 3, the code on the roster, no rows, no people; the file may be tried again."""
        code, document, message = run_import(stocked, tmp_path, b"a,b\n1,2\n")
        assert (code, document["verdict"]) == (3, "reject")
        assert len(message.strip().splitlines()) == 1
        assert count(stocked, RosterRow) == count(stocked, Person) == 0
        with stocked.reading() as session:
            roster = session.exec(select(Roster)).one()
        assert (roster.state, roster.reject_code, roster.file_key) == (
            RosterState.REFUSED, document["reject_code"], None,
        )  # fmt: skip

    def test_a_file_without_an_importable_row_is_refused_with_its_reasons(
        self, stocked: Database, tmp_path: Path
    ) -> None:
        """no_rows: the issues are told, nothing of it is kept."""
        code, document, _ = run_import(stocked, tmp_path, roster_bytes(3, broken=3))
        assert (code, document["reject_code"], document["rows_bad"]) == (3, "no_rows", 3)
        assert len([i for i in document["issues"] if i["code"] == "name_invalid"]) == 3
        assert count(stocked, RosterRow) == 0

    @pytest.mark.parametrize("wrong", [("--period", "2025-13"), ("--programme", "XYZ"), ("--scope", "half")])
    def test_wrong_words_on_the_command_line_are_one_line(
        self, sqlite_stocked: Database, tmp_path: Path, wrong: tuple[str, str]
    ) -> None:
        """A wrong period is an error, a wrong choice a usage error; never a traceback."""
        code, document, message = run_import(sqlite_stocked, tmp_path, roster_bytes(1), *wrong)
        assert code in (1, 2)
        assert document == {}
        assert "Traceback" not in message

    def test_two_imports_of_one_file_at_once_are_one_roster(self, stocked: Database, tmp_path: Path) -> None:
        """Both succeed, one of them by waiting for the other."""
        path = tmp_path / "danh-sach.csv"
        path.write_bytes(roster_bytes(200))
        arguments = command("roster", "import", str(path), "--programme", "BTXH", "--period", "2025-08", "--json")
        both = [
            subprocess.Popen(
                arguments, env=environment(stocked, tmp_path), stdout=subprocess.PIPE, stderr=subprocess.PIPE
            )
            for _ in range(2)
        ]
        outputs = [process.communicate(timeout=120) for process in both]
        assert [process.returncode for process in both] == [0, 0], outputs
        assert len({json.loads(out)["roster"] for out, _ in outputs}) == 1
        assert count(stocked, Roster) == 1
        assert count(stocked, Enrolment) == 200

    def test_two_lists_of_the_same_people_at_once_know_one_another(self, stocked: Database, tmp_path: Path) -> None:
        """Two months of one list imported at the same time: every person once, whichever comes first."""
        content = roster_bytes(200)
        (tmp_path / "danh-sach.csv").write_bytes(content)
        file = str(tmp_path / "danh-sach.csv")
        both = [
            subprocess.Popen(
                command("roster", "import", file, "--programme", "BTXH", "--period", period, "--json"),
                env=environment(stocked, tmp_path),
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
            for period in ("2025-08", "2025-09")
        ]
        outputs = [process.communicate(timeout=120) for process in both]
        assert [process.returncode for process in both] == [0, 0], outputs
        assert sorted(json.loads(out)["new"] for out, _ in outputs) == [0, 200]
        assert count(stocked, Enrolment) == 200

    def test_cells_and_file_are_sealed(self, sqlite_stocked: Database, tmp_path: Path) -> None:
        """No citizen ID or account of a raw cell stands readable in the database file; each opens with the key."""
        content = roster_bytes(10)
        run_import(sqlite_stocked, tmp_path, content)
        with sqlite_stocked.reading() as session:
            row = session.exec(select(RosterRow).order_by(col(RosterRow.id))).first()
            upload = session.exec(select(Upload)).one()
        assert row is not None
        assert row.raw_sealed is not None
        raw = json.loads(ROW_RAW.open(f"{row.roster_id}/{row.sheet}/{row.line}", row.raw_sealed))
        assert raw[5] == "Xã Bình Sơn"
        stored = b"".join(path.read_bytes() for path in tmp_path.glob("disburse_test.db*"))
        for line in content.decode().splitlines()[1:]:
            number, account = line.split(",")[4], line.split(",")[9]
            assert all(not text or text.encode() not in stored for text in (number, account))
        assert upload.content_sealed is not None
