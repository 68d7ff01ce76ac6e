"""Workbooks out and back: rows with errors merged by key, the officer's own file filled and otherwise untouched."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import openpyxl
import pytest
import xlsxwriter
from sqlmodel import Session, col, select

from disburse import clock
from disburse.access.tables import Role
from disburse.accounts.asked import remember
from disburse.accounts.tables import ACCOUNT_NUMBER, Account, AccountStatus, Link, LinkState
from disburse.audit.actor import COMMAND
from disburse.audit.tables import AuditEvent
from disburse.db import Database
from disburse.errors import Invalid, NotFound
from disburse.ids import new_id
from disburse.people.tables import Enrolment, Person
from disburse.rosters import error_workbook, giving_back, merging
from disburse.rosters.merging import Merged
from disburse.rosters.tables import Roster
from disburse.workbooks.refusals import Refusal
from tests.disburse.rosters.desk import living
from tests.disburse.rosters.repair_shop import HEADER, ROWS, Shop, officer

NUMBER = "0123456789012"


@pytest.fixture
def shop(sqlite_stocked: Database) -> Iterator[Shop]:
    """The list on SQLite alone: keys and cells have nothing to do with the database."""
    with living():
        yield Shop(sqlite_stocked).receive()


def errors(shop: Shop) -> Any:
    """Return the error workbook, opened as an office program opens it."""
    with shop.database.transaction() as session:
        made = error_workbook.make(session, actor=officer(), roster=shop.roster, by=COMMAND)
    return openpyxl.load_workbook(io.BytesIO(made))


def back(shop: Shop, book: Any) -> Merged:
    """Send a workbook back."""
    out = io.BytesIO()
    book.save(out)
    rows = merging.read_back(out.getvalue(), "loi.xlsx")
    return merging.merge(shop.database, roster_id=shop.roster_id, rows=rows, actor=officer(), by=COMMAND)


def line_of(page: Any, name: str) -> int:
    return next(row[1].row for row in page.iter_rows() if row[1].value == name)


class TestErrorWorkbook:
    def test_it_has_the_files_columns_and_two_more(self, shop: Shop) -> None:
        """In the order of the file, texts only, the flawed cell coloured, the key hidden; the export is an event."""
        page = errors(shop).active
        assert [cell.value for cell in page[1]][: len(HEADER) + 2] == [*HEADER, "Lỗi", "Gợi ý"]
        assert [row[0].value for row in page.iter_rows(min_row=3)] == ["2", "3", "4", "5", "6", "7", "8"]
        flawed = page.cell(line_of(page, "???"), 2)
        assert flawed.fill.fgColor.rgb == "FFFBD5CC" and "Họ tên" in page.cell(flawed.row, len(HEADER) + 1).value
        assert page.cell(3, len(HEADER) + 2).value == "F: Xã Bình Sơn"
        assert page.row_dimensions[2].hidden and page.column_dimensions["K"].hidden
        with shop.database.reading() as session:
            assert session.exec(select(AuditEvent).where(AuditEvent.action == "roster.errors_exported")).one()

    def test_a_limit_is_counted(self, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
        """More rows than one workbook holds: it holds the first ones, and the event says how many stayed behind."""
        with shop.database.reading() as session:
            assert error_workbook.count(session, officer(), shop.roster) == 7
        monkeypatch.setattr(error_workbook, "MOST", 3)
        assert [row[0].value for row in errors(shop).active.iter_rows(min_row=3)] == ["2", "3", "4"]
        with shop.database.reading() as session:
            event = session.exec(select(AuditEvent).where(AuditEvent.action == "roster.errors_exported")).one()
        assert (event.facts["rows"], event.facts["left_out"]) == (3, 4)

    def test_it_comes_back_sorted_and_is_merged_by_key(self, shop: Shop) -> None:
        """Two cells were repaired and the lines turned round: both rows come in, the others are unchanged."""
        book = errors(shop)
        page = book.active
        page.cell(line_of(page, "???"), 2).value = "Đặng Văn Đức"
        page.cell(line_of(page, "Trần Thị Bình"), 6).value = "Xã Bình Sơn"
        lines = [[cell.value for cell in row] for row in page.iter_rows(min_row=3)]
        for number, line in enumerate(reversed(lines), 3):
            for column, value in enumerate(line, 1):
                page.cell(number, column).value = value
        done = back(shop, book)
        assert (done.taken, done.settled, done.unchanged, done.clashes, done.left_out) == (2, 2, 5, [], [])
        assert (shop.roster.rows_parked, shop.row(3).commune_code) == (1, "21040")

    def test_a_cell_changed_in_both_places_is_shown_and_not_taken(self, shop: Shop) -> None:
        """Somebody corrected the name on screen meanwhile: a person decides."""
        book = errors(shop)
        page = book.active
        page.cell(line_of(page, "???"), 2).value = "Lê Văn Khác"
        shop.fix(6, B="Đặng Văn Đức")
        done = back(shop, book)
        assert done.taken == 0
        assert [(c.line, c.column, c.in_file, c.on_screen) for c in done.clashes] == [
            (6, "B", "Lê Văn Khác", "Đặng Văn Đức")
        ]

    def test_keys_of_others_are_not_taken(self, shop: Shop) -> None:
        """A forged key, and a line copied twice, are named with their line."""
        book = errors(shop)
        page = book.active
        key = len(HEADER) + 3
        page.cell(3, key).value = page.cell(3, key).value[:-3] + "abc"
        page.cell(5, key).value = page.cell(4, key).value
        done = back(shop, book)
        assert [(one.line, one.reason) for one in done.left_out] == [(3, "no_key"), (5, "twice")]

    def test_what_is_no_error_workbook_is_said(self, shop: Shop) -> None:
        """Another workbook, and a file that is none."""
        plain = openpyxl.Workbook()
        plain.active.append(["STT", "Họ và tên"])
        with pytest.raises(Invalid):
            back(shop, plain)
        with pytest.raises(Refusal):
            merging.read_back(b"PK\x03\x04 no workbook", "loi.xlsx")


def own_file() -> bytes:
    """An .xlsx as a district draws one: title, borders, merged cells, a hidden row, a formula, print settings."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    page = book.add_worksheet("BTXH")
    box = book.add_format({"border": 1, "font_name": "Times New Roman", "font_size": 13})
    page.merge_range("A1:H1", "DANH SÁCH CHI TRẢ THÁNG 5/2026", book.add_format({"bold": True}))
    for column, title in enumerate(HEADER):
        page.write_string(2, column, title, box)
    for line, row in enumerate(ROWS, 3):
        for column, value in enumerate(row):
            page.write_string(line, column, value, box)
    page.write_formula("G12", "=SUM(G4:G11)", box, 8_000_000)
    page.write_string("B12", "Tổng cộng", box)
    page.set_row(5, None, None, {"hidden": True})
    page.set_column("B:B", 30)
    page.set_landscape()
    page.print_area("A1:H12")
    book.add_worksheet("Ghi chú").write_string(0, 0, "=HYPERLINK")
    book.close()
    return out.getvalue()


def give_account(session: Session, roster: Roster, name: str, holder: str) -> UUID:
    account_id = new_id()
    session.add(
        Account(
            id=account_id, bank_code="VBA", number_sealed=ACCOUNT_NUMBER.seal(account_id, NUMBER),
            number_index=ACCOUNT_NUMBER.index(f"VBA{NUMBER}"), number_tail=NUMBER[-4:], status=AccountStatus.OPEN,
            created_at=clock.utc_now(),
        )
    )  # fmt: skip
    person = session.exec(
        select(Person).join(Enrolment, col(Enrolment.person_id) == Person.id).where(Person.name == name)
    ).one()
    person.name = holder
    session.add(person)
    session.flush()
    link = Link(
        person_id=person.id, account_id=account_id, state=LinkState.CONFIRMED, decided_by="an",
        decided_how="clerk", decided_on=clock.today(), since=clock.today(), confirmed_on=clock.today(),
    )  # fmt: skip
    session.add(link)
    remember(session, [link.id])
    return account_id


@pytest.fixture
def drawn(stocked: Database) -> Iterator[Shop]:
    """The list as an .xlsx, imported; one person has an account whose holder's name looks like a formula."""
    with living():
        shop = Shop(stocked).receive(name="DS BTXH.xlsx", content_of_file=own_file())
        with stocked.transaction() as session:
            give_account(session, shop.roster, "Nguyễn Văn An", "=1+1")
        yield shop


class TestGivingBack:
    def give(self, shop: Shop, *, whole: bool = True) -> bytes:
        with shop.database.reading() as session:
            ordered = giving_back.order(session, actor=officer(), roster=shop.roster, whole=whole)
        content = giving_back.make(ordered)
        with shop.database.transaction() as session:
            giving_back.note_given(session, ordered=ordered, by=COMMAND)
        return content

    def test_the_officers_own_workbook_comes_back_filled(self, drawn: Shop) -> None:
        """Four columns more in the file's own look; numbers and names are texts, whatever they look like."""
        page = openpyxl.load_workbook(io.BytesIO(self.give(drawn)))["BTXH"]
        assert [cell.value for cell in page[3]][8:] == list(giving_back.TITLES)
        assert [cell.value for cell in page[4]][8:10] == [NUMBER, "=1+1"]
        assert [page["I4"].data_type, page["J4"].data_type, page["L4"].value] == ["s", "s", "ngân hàng xác nhận đúng"]
        assert [page[f"L{line}"].value for line in (5, 7, 8, 12)] == ["chờ sửa", "chưa có tài khoản", "chờ sửa", None]
        assert (page["I4"].border.left.style, page["I4"].font.name) == ("thin", "Times New Roman")

    def test_nothing_else_of_the_file_changes(self, drawn: Shop) -> None:
        """Every part but the sheet is the same, byte for byte; and so is what the sheet said before."""
        before, after = zipfile.ZipFile(io.BytesIO(own_file())), zipfile.ZipFile(io.BytesIO(self.give(drawn)))
        sheet = "xl/worksheets/sheet1.xml"
        assert before.namelist() == after.namelist()
        # Office programs write the moment of their making into docProps.
        same = [name for name in before.namelist() if name != sheet and not name.startswith("docProps")]
        assert [name for name in same if before.read(name) != after.read(name)] == []
        page = openpyxl.load_workbook(io.BytesIO(self.give(drawn)))["BTXH"]
        assert page["G12"].value == "=SUM(G4:G11)" and page.row_dimensions[6].hidden
        assert [str(area) for area in page.merged_cells.ranges] == ["A1:H1"]
        assert (page.page_setup.orientation, page.column_dimensions["B"].width > 29) == ("landscape", True)

    def test_numbers_may_be_covered_and_every_export_is_told(self, drawn: Shop) -> None:
        """Whole numbers only where asked for; the event says which."""
        page = openpyxl.load_workbook(io.BytesIO(self.give(drawn, whole=False)))["BTXH"]
        assert page["I4"].value == "•••• 9012"
        with drawn.database.reading() as session:
            event = session.exec(select(AuditEvent).where(AuditEvent.action == "roster.given_back")).one()
        assert (event.facts["accounts"], event.facts["whole_numbers"], event.facts["rows"]) == (1, False, 8)

    def test_a_file_with_rows_of_others_is_not_given(self, drawn: Shop) -> None:
        """A commune's officer gets a workbook of the whole province only when they sent it."""
        with drawn.database.transaction() as session, pytest.raises(NotFound):
            giving_back.order(session, actor=officer(Role.COMMUNE, "21040"), roster=drawn.roster, whole=True)

    def test_a_csv_comes_back_as_a_fresh_workbook(self, shop: Shop) -> None:
        """The same lines in the same order, with the columns appended."""
        page = openpyxl.load_workbook(io.BytesIO(self.give(shop))).active
        assert [cell.value for cell in page[1]] == [*HEADER, *giving_back.TITLES]
        assert [page.cell(line, 2).value for line in range(2, 10)] == [row[1] for row in ROWS]
