"""A roster on the screen: rehearsed before it is imported, corrected, remembered, refused, imported by its number."""

from __future__ import annotations

import io
from uuid import UUID

import pytest
import sqlalchemy as sa
import xlsxwriter
from sqlmodel import col, select

from disburse.audit.actor import COMMAND, By
from disburse.db import Database
from disburse.errors import Conflict, Invalid
from disburse.jobs.running import run_next
from disburse.jobs.tables import Job
from disburse.people.tables import Person
from disburse.rosters import actions, ordering, remembering, staging
from disburse.rosters.actions import About, Upload
from disburse.rosters.corrections import Corrections
from disburse.rosters.rehearsal import Rehearsal, foreign_rows, is_out_of_date
from disburse.rosters.tables import Roster, RosterRow, RosterState, Scope
from disburse.worker import TASKS
from tests.disburse.rosters.desk import Desk, _report, drawn
from tests.disburse.rosters.files import roster_bytes

OFFICER = By(name="canbo.xa", via="web")
MAY = """name | born | id | amount
Lê Thị Lan | 1950 | 051150000001 | 500000
Trần Văn Bảy | 1947 | 051047000002 | 700000
Võ Thị Sáu | 1940 | 051140000003 | 360000"""
JUNE = """name | born | id | amount | state
Lê Thị Lan | 1950 | 051150000001 | 650000 |
Trần Văn Bảy | 1947 | 051047000002 | 700000 |
Đỗ Thị Mới | 1952 | 051152000004 | 360000 |
Bùi Văn Chờ | 1952 | | 360000 | parked"""


def waiting(desk: Desk, period: str, table: str, scope: Scope = Scope.FULL) -> UUID:
    """Stage a drawn list for the screen, as the job does, and rehearse it."""
    rows = drawn(table)
    upload = Upload(
        content=f"{period}{table}{scope}".encode(), name="ve.csv", programme="BTXH", period=period, scope=scope,
        province_code="51", commune_code="21040",
    )  # fmt: skip
    with desk.database.transaction() as session:
        receipt = actions.receive(session, upload=upload, by=OFFICER, on_screen=True)
        staging.stage(session, receipt.roster_id, rows)
        actions.note_read(session, roster_id=receipt.roster_id, report=_report(rows))
    work(desk.database)
    return receipt.roster_id


def work(database: Database) -> None:
    """Do every job that waits, as the worker does."""
    while run_next(database, TASKS, lease_seconds=30):
        pass


def look(database: Database, roster_id: UUID) -> Roster:
    with database.reading() as session:
        return actions.get(session, roster_id)


def counts(roster: Roster) -> Rehearsal:
    found = Rehearsal.from_json(roster.report["rehearsal"])
    assert found is not None
    return found


class TestRehearse:
    def test_it_counts_what_the_import_then_does(self, desk: Desk) -> None:
        """New, changed, same, gone and the money before the import are those after it; before it nothing is written."""
        desk.full("2026-05", MAY)
        before = desk.cell()
        roster_id = waiting(desk, "2026-06", JUNE)
        found = counts(look(desk.database, roster_id))
        assert (found.new, found.changed, found.same, found.gone, found.entered) == (1, 1, 1, 1, 3)
        assert (found.amount_new, found.amount_up, found.amount_gone) == (360_000, 150_000, 360_000)
        assert (found.amount_before, found.amount_after) == (1_560_000, 1_710_000)
        assert (found.base_file, found.base_period, found.people_up) == ("ve.csv", "2026-05", 1)
        assert (desk.cell(), len(desk.people()), desk.questions()) == (before, 3, [])
        with desk.database.transaction() as session:
            ordering.order_import(session, roster_id=roster_id, rows=3, missing=1, by=OFFICER)
        work(desk.database)
        done = look(desk.database, roster_id)
        assert done.state == RosterState.IMPORTED
        assert (done.rows_new, done.rows_changed, done.rows_same, done.rows_gone) == (1, 1, 1, 1)
        assert desk.cell()["amount_total"] == found.amount_after + 360_000  # who is missing still counts
        assert desk.is_sound()

    def test_a_list_of_removals_and_a_part_make_nobody_gone(self, desk: Desk) -> None:
        """Only a full list can miss anyone; a removals row that finds nobody waits."""
        desk.full("2026-05", MAY)
        removed = counts(look(desk.database, waiting(desk, "2026-06", JUNE, Scope.REMOVALS)))
        part = counts(look(desk.database, waiting(desk, "2026-06", JUNE, Scope.PART)))
        assert (removed.gone, removed.same, removed.questions) == (0, 2, {"nobody_found": 1})
        assert (part.gone, part.new) == (0, 1)

    def test_rows_of_other_communes_are_counted(self, desk: Desk) -> None:
        """A commune's officer may be told how many rows are not theirs."""
        roster_id = waiting(desk, "2026-06", "name | id | commune\nLan | 051150000001 | 21040\nBảy | | 21061")
        with desk.database.reading() as session:
            assert foreign_rows(session, roster_id, "21040") == 1


class TestOrderImport:
    def test_many_missing_are_asked_about_twice(self, desk: Desk) -> None:
        """More than 5 % missing: the number itself must be confirmed."""
        desk.full("2026-05", MAY)
        roster_id = waiting(desk, "2026-06", JUNE)
        for missing in (None, 2):
            with pytest.raises(Invalid) as refused, desk.database.transaction() as session:
                ordering.order_import(session, roster_id=roster_id, rows=3, missing=missing, by=OFFICER)
            assert refused.value.code == "roster_missing_unconfirmed"
        assert look(desk.database, roster_id).ordered_by == ""

    def test_only_by_the_number_that_still_holds(self, desk: Desk) -> None:
        """Another number, or another list meanwhile: count again first."""
        desk.full("2026-05", MAY)
        roster_id = waiting(desk, "2026-06", JUNE)
        with pytest.raises(Conflict), desk.database.transaction() as session:
            ordering.order_import(session, roster_id=roster_id, rows=4, missing=1, by=OFFICER)
        desk.part("2026-06", "name | id | commune | amount\nHồ Thị Xa | 051152000009 | 21061 | 360000")
        with desk.database.reading() as session:
            kept = look(desk.database, roster_id)
            assert not is_out_of_date(session, kept, counts(kept))  # a list of another commune changes nothing here
        desk.part("2026-06", "name | born | id | amount\nĐỗ Thị Mới | 1952 | 051152000004 | 360000")
        with pytest.raises(Conflict) as refused, desk.database.transaction() as session:
            ordering.order_import(session, roster_id=roster_id, rows=3, missing=1, by=OFFICER)
        assert refused.value.code == "roster_counts_old"
        with desk.database.transaction() as session:
            ordering.begin_again(session, roster_id=roster_id, by=OFFICER)
        work(desk.database)
        found = counts(look(desk.database, roster_id))
        assert (found.new, found.same) == (0, 2)

    def test_once(self, desk: Desk) -> None:
        """A second order, a correction or a refusal after the order is told that it is settled."""
        roster_id = waiting(desk, "2026-06", MAY)
        with desk.database.transaction() as session:
            ordering.order_import(session, roster_id=roster_id, rows=3, by=OFFICER)
        for late in (
            lambda s: ordering.order_import(s, roster_id=roster_id, rows=3, by=OFFICER),
            lambda s: ordering.correct_values(s, roster_id=roster_id, communes={"x": "y"}, benefits={}, by=OFFICER),
            lambda s: ordering.turn_down(s, roster_id=roster_id, reason="Gửi nhầm", by=OFFICER),
        ):
            with pytest.raises(Conflict) as refused, desk.database.transaction() as session:
                late(session)
            assert refused.value.code == "roster_settled"


class TestTurnDown:
    def test_needs_a_reason_and_frees_the_file(self, desk: Desk) -> None:
        """Refused with words; its rows go, and the same file may come again."""
        roster_id = waiting(desk, "2026-06", MAY)
        with pytest.raises(Invalid), desk.database.transaction() as session:
            ordering.turn_down(session, roster_id=roster_id, reason="  ", by=OFFICER)
        with desk.database.transaction() as session:
            ordering.turn_down(session, roster_id=roster_id, reason="Thiếu xã Bình Thạnh", by=OFFICER)
        refused = look(desk.database, roster_id)
        assert (refused.state, refused.turned_down) == (RosterState.REFUSED, "Thiếu xã Bình Thạnh")
        with desk.database.reading() as session:
            rows = select(sa.func.count()).select_from(RosterRow).where(RosterRow.roster_id == roster_id)
            assert session.exec(rows).one() == 0
        assert waiting(desk, "2026-06", MAY) != roster_id


class TestTheCommandLine:
    def test_takes_a_waiting_file_over(self, desk: Desk) -> None:
        """The same file by command is imported as the command says, whatever waited on the screen."""
        upload = Upload(
            content=roster_bytes(12), name="danh-sach.csv", programme="BTXH", period="2026-06", province_code="51"
        )
        with desk.database.transaction() as session:
            first = actions.receive(session, upload=upload, by=OFFICER, on_screen=True)
        with desk.database.transaction() as session:
            again = actions.receive(session, upload=upload, by=COMMAND)
        assert (again.roster_id, again.known) == (first.roster_id, True)
        work(desk.database)
        done = look(desk.database, first.roster_id)
        assert (done.state, done.on_screen, done.rows_new) == (RosterState.IMPORTED, False, 12)


UNCLEAR = (
    "DANH SÁCH CHI TRẢ\n"
    "STT,Cột lạ,Năm sinh,Số CCCD,Địa phương,Mức trợ cấp,Diện\n"
    "1,Lê Thị Lan,1950,051150000001,Bình Sơn,500000,NKT nặng\n"
    "2,Trần Văn Bảy,1947,051047000002,Vạn Tuờng xã mới,700000,Diện riêng của huyện\n"
)

MOVING = (
    "STT,Cột lạ,Năm sinh,Mã riêng,Mục khác,Mức trợ cấp,Xã\n"
    "1,Lê Thị Lan,1950,051150000001,a,500000,Xã Bình Sơn\n"
    "2,Trần Văn Bảy,1947,051047000002,b,700000,Xã Bình Sơn\n"
)
MOVED = (
    "STT,Mã riêng,Điện thoại,Năm sinh,Mục khác,Cột lạ,Mức trợ cấp,Xã\n"
    "1,051150000001,,1950,a,Lê Thị Lan,500000,Xã Bình Sơn\n"
    "2,051047000002,,1947,b,Trần Văn Bảy,700000,Xã Bình Sơn\n"
)


HEAD = ["STT", "Họ và tên", "Năm sinh", "Số CCCD", "Mức trợ cấp"]


def xlsx_of(sheets: dict[str, list[list[str]]]) -> bytes:
    """Return a workbook of text cells; a line with one filled cell is a section line."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    for name, lines in sheets.items():
        page = book.add_worksheet(name)
        for number, line in enumerate(lines):
            page.write_row(number, 0, line)
    book.close()
    return out.getvalue()


def send(database: Database, text: str | bytes, period: str, name: str = "xa.csv") -> UUID:
    content = text if isinstance(text, bytes) else text.encode()
    upload = Upload(content=content, name=name, programme="BTXH", period=period, scope=Scope.FULL, province_code="51")
    with database.transaction() as session:
        receipt = actions.receive(session, upload=upload, by=OFFICER, on_screen=True)
    work(database)
    return receipt.roster_id


class TestPrepare:
    def test_a_person_says_what_the_reader_could_not(self, real: Database) -> None:
        """No name column: asked, told, read; texts told; imported; and next month nobody is asked again."""
        roster_id = send(real, UNCLEAR, "2026-05")
        asked = look(real, roster_id)
        assert (asked.state, asked.report["problem"]) == (RosterState.READING, "no_name_column")
        outline = actions.outline_of(asked)
        assert outline["sheets"][0]["header"] == 2
        table = outline["tables"][0]
        fields = ordering.fields_shown(table, Corrections()) | {"B": "full_name"}
        with real.transaction() as session:
            assert ordering.correct_columns(session, roster_id=roster_id, columns={table["key"]: fields}, by=OFFICER)
        work(real)
        read = look(real, roster_id)
        met = actions.outline_of(read)["met"]
        assert (read.state, read.rows_ok, read.rows_parked) == (RosterState.STAGED, 1, 1)
        assert [(one["text"], one["count"]) for one in met["communes"]] == [("Vạn Tuờng xã mới", 1)]
        assert [one["text"] for one in met["benefits"]] == ["Diện riêng của huyện"]
        with real.transaction() as session:
            ordering.correct_values(
                session,
                roster_id=roster_id,
                communes={"vạn tuờng xã mới": "21061/2025-07-01/21061"},
                benefits={"diện riêng của huyện": "BTXH-6A"},
                by=OFFICER,
            )
        work(real)
        told = look(real, roster_id)
        assert (told.rows_ok, told.rows_parked, counts(told).new) == (2, 0, 2)
        with real.transaction() as session:
            ordering.order_import(session, roster_id=roster_id, rows=2, by=OFFICER)
        work(real)
        again = look(real, send(real, UNCLEAR.replace("500000", "510000"), "2026-06"))
        assert (again.rows_ok, again.rows_parked, counts(again).changed) == (2, 0, 1)
        assert actions.outline_of(again)["tables"][0]["remembered"] == "2026-06-15"

    def test_a_moved_column_is_found_by_its_header(self, real: Database) -> None:
        """Told once; next month two columns have changed places and a new one stands between: nobody is asked."""
        roster_id = send(real, MOVING, "2026-05")
        table = actions.outline_of(look(real, roster_id))["tables"][0]
        fields = ordering.fields_shown(table, Corrections()) | {"B": "full_name", "D": "citizen_id", "E": "note"}
        with real.transaction() as session:
            ordering.correct_columns(session, roster_id=roster_id, columns={table["key"]: fields}, by=OFFICER)
        work(real)
        with real.transaction() as session:
            ordering.order_import(session, roster_id=roster_id, rows=2, by=OFFICER)
        work(real)
        again = look(real, send(real, MOVED, "2026-06"))
        found = actions.outline_of(again)["tables"][0]
        assert (again.rows_ok, found["remembered"], found["moved"]) == (2, "2026-06-15", True)
        assert {one["letter"]: one["field"] for one in found["columns"]} == {
            "A": "line_no", "B": "citizen_id", "C": "phone", "D": "birth_date", "E": "note", "F": "full_name",
            "G": "amount", "H": "commune",
        }  # fmt: skip
        with real.transaction() as session:
            ordering.order_import(session, roster_id=again.id, rows=counts(again).entered, by=OFFICER)
        with real.reading() as session:
            known = remembering.recall(session, again).remembered
        assert {one.columns["B"] for one in known.values()} == {"full_name", "citizen_id"}
        third = look(real, send(real, MOVED + "3,051051000009,,1960,,Phạm Văn Ba,500000,Xã Bình Sơn\n", "2026-07"))
        assert actions.outline_of(third)["tables"][0]["moved"] is False

    def test_a_section_line_and_a_tab_that_stand_for_a_commune(self, real: Database) -> None:
        """Neither names one that is known: both are asked about by their words, told once, and known next month."""
        book = xlsx_of({
            "Vùng Đông": [HEAD, ["1", "Lê Thị Lan", "1950", "051150000001", "500000"]],
            "Danh sách": [
                HEAD, ["Xã Vạn Nguyên", "", "", "", ""], ["1", "Trần Văn Bảy", "1947", "051047000002", "700000"],
                ["2", "Phạm Thị Ba", "1949", "051149000003", "700000"],
            ],
        })  # fmt: skip
        roster_id = send(real, book, "2026-05", name="xa.xlsx")
        asked = look(real, roster_id)
        assert [(one["text"], one["count"]) for one in actions.outline_of(asked)["met"]["communes"]] == [
            ("Xã Vạn Nguyên", 2), ("Vùng Đông", 1),
        ]  # fmt: skip
        assert (asked.rows_ok, asked.rows_parked) == (0, 3)
        told = {"xã vạn nguyên": "21061/2025-07-01/21061", "vùng đông": "21040/2025-07-01/21040"}
        with real.transaction() as session:
            ordering.correct_values(session, roster_id=roster_id, communes=told, benefits={}, by=OFFICER)
        work(real)
        read = look(real, roster_id)
        assert (read.rows_ok, read.rows_parked) == (3, 0)
        with real.transaction() as session:
            ordering.order_import(session, roster_id=roster_id, rows=3, by=OFFICER)
        work(real)
        with real.reading() as session:
            communes = session.exec(select(Person.commune_code).order_by(col(Person.commune_code)))
            assert list(communes) == ["21040", "21061", "21061"]
        assert look(real, send(real, book, "2026-06", name="xa.xlsx")).rows_parked == 0

    def test_another_header_line_and_other_sheets(self, real: Database) -> None:
        """The officer moves the header; the rows below it are read. Without any sheet nothing is read."""
        roster_id = send(real, "Họ và tên,Xã\n" + UNCLEAR, "2026-05")
        sheet = actions.outline_of(look(real, roster_id))["sheets"][0]
        with pytest.raises(Invalid), real.transaction() as session:
            ordering.correct_sheets(session, roster_id=roster_id, sheets={sheet["name"]: False}, headers={}, by=OFFICER)
        with real.transaction() as session:
            ordering.correct_sheets(
                session, roster_id=roster_id, sheets={sheet["name"]: True}, headers={sheet["name"]: 3}, by=OFFICER
            )
        work(real)
        moved = actions.outline_of(look(real, roster_id))
        assert moved["sheets"][0]["header"] == 3
        assert [column["field"] for column in moved["tables"][0]["columns"]][2:4] == ["birth_date", "citizen_id"]

    def test_other_facts_about_the_file_read_it_again(self, real: Database) -> None:
        """Another period or area: the same roster, read again; the facts of another upload of it are refused."""
        roster_id = send(real, roster_bytes(5).decode(), "2026-05")
        other = send(real, roster_bytes(5).decode(), "2026-06")
        about = About(programme="BTXH", period="2026-07", scope=Scope.PART, province_code="51")
        with real.transaction() as session:
            assert ordering.describe(session, roster_id=roster_id, about=about, by=OFFICER)
            assert not ordering.describe(session, roster_id=roster_id, about=about, by=OFFICER)
        taken = About(programme="BTXH", period="2026-06", scope=Scope.FULL, province_code="51")
        with pytest.raises(Conflict), real.transaction() as session:
            ordering.describe(session, roster_id=roster_id, about=taken, by=OFFICER)
        work(real)
        assert (look(real, roster_id).rows_ok, look(real, other).rows_ok) == (5, 5)

    def test_one_field_once_and_a_name(self) -> None:
        """Two columns for one field, or none for the name, are told apart."""
        for fields, code in ((["full_name", "amount", "amount"], "column_twice"), (["amount"], "column_name_needed")):
            with pytest.raises(Invalid) as refused:
                ordering.check_mapping(fields)
            assert refused.value.code == code
        ordering.check_mapping(["surname", "given", "note", "note", ""])

    def test_what_is_remembered_belongs_to_its_lists(self, real: Database) -> None:
        """Another commune's or programme's lists recall nothing of it; the outline is sealed."""
        roster_id = send(real, roster_bytes(3).decode(), "2026-05")
        roster = look(real, roster_id)
        table = actions.outline_of(roster)["tables"][0]
        roster.corrections = {"columns": {table["key"]: {"B": "full_name"}}}
        with real.transaction() as session:
            remembering.remember(session, roster, [table], "canbo.xa")
        with real.reading() as session:
            assert remembering.recall(session, roster).remembered[table["signature"]].columns == {"B": "full_name"}
            roster.commune_code = "21040"
            assert remembering.recall(session, roster) == Corrections()
            assert session.exec(select(sa.func.count()).select_from(Person)).one() == 0
            assert session.exec(select(Job.kind).order_by(col(Job.id).desc())).first() == "rosters.prepare"
