"""`paid` recounted from the payers' reports says what the cells say: today, on a past day, in a closed month."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from disburse.audit.actor import SYSTEM
from disburse.clock import Period
from disburse.db import Database
from disburse.doctor.commands import examine
from disburse.funnel import actions as funnel_actions
from disburse.funnel import queries as funnel
from disburse.payments.actions import COLUMNS, NEEDED, take_report, undo_report
from disburse.payments.tables import PaidReport
from disburse.people.tables import Enrolment, Person
from disburse.progress import actions
from disburse.progress.names import names
from disburse.progress.queries import EVERYWHERE, table
from disburse.workbooks.answer_files import read_content
from tests.disburse.progress.officers import officer
from tests.drawn import count_as_drawn, draw

MARCH, APRIL = Period(2024, 3), Period(2024, 4)
LAN, BA, TU = "051151000001", "051045000002", "051048000003"
PAID, RETURNED, UNPAID = "paid,account", "returned,account", "unpaid,"


@pytest.fixture
def district(stocked: Database) -> Database:
    """Three people of one commune, counted; nobody has reported on them."""
    with stocked.transaction() as session:
        for name, number in (("Đinh Thị Lan", LAN), ("Phạm Văn Ba", BA), ("Hồ Văn Tư", TU)):
            draw(session, name, citizen_id=number)
        count_as_drawn(session)
    return stocked


def report(database: Database, period: Period, **status: str) -> None:
    """Take a payer's list in: who (by the last name) had which status and channel."""
    numbers = {"lan": (LAN, "Đinh Thị Lan"), "ba": (BA, "Phạm Văn Ba"), "tu": (TU, "Hồ Văn Tư")}
    lines = [",".join((*numbers[who], said)) for who, said in status.items()]
    content = "\n".join(("citizen_id,full_name,status,channel", *lines, "")).encode()
    with database.transaction() as session:
        file = read_content(content, "paid.csv", columns=COLUMNS, needed=NEEDED)
        take_report(session, file=file, programme="BTXH", period=period, payer="Bưu điện", by=SYSTEM)


def paid(database: Database, day: date | None = None) -> int | None:
    """Return the figure of the table, which the names behind it must equal."""
    with database.reading() as session:
        (row,) = table(session, EVERYWHERE, as_of=day).programmes
        figure = row.funnel.paid
        if figure is not None:
            listed = names(session, officer(), stage="paid", as_of=day)
            assert (listed.total, listed.amount) == (figure, row.funnel.amount_by_account)
            everybody = names(session, officer(), stage="total", as_of=day)
            assert (everybody.lines, everybody.amount) == (row.funnel.lines, row.funnel.amount_total)
            assert sum(one.amount for one in everybody.names) == everybody.amount
        return figure


class TestPaidRecount:
    def test_money_that_came_back_is_paid_nowhere(self, district: Database) -> None:
        """Paid on the 5th, then one returned and one unpaid in a second report: one is paid, in the cells, on the
        month's last day, in the closed month and to the doctor.
        """
        report(district, MARCH, lan=PAID, ba=PAID, tu=PAID)
        report(district, MARCH, lan=RETURNED, ba=UNPAID)
        with district.reading() as session:
            cell = funnel.cell(session, "BTXH", "21040")
        assert cell is not None
        assert cell.paid == 1
        assert paid(district) == 1
        assert paid(district, date(2024, 3, 30)) == 1
        with district.transaction() as session:
            actions.close_month(session, period=MARCH, by=SYSTEM)
        assert paid(district, MARCH.last_day) == 1
        with district.reading() as session:
            assert [found.where for found in examine(session) if found.check in ("cells", "stages")] == []

    def test_a_third_report_that_paid_after_all_counts(self, district: Database) -> None:
        """Returned, then paid again: the newest word counts; a day of an earlier month keeps its own month's."""
        report(district, MARCH, lan=RETURNED, ba=PAID)
        report(district, APRIL, lan=PAID, ba=PAID)
        report(district, APRIL, lan=RETURNED)
        assert (paid(district), paid(district, date(2024, 4, 15)), paid(district, MARCH.last_day)) == (1, 1, 1)
        report(district, APRIL, lan=PAID, tu=PAID)
        assert (paid(district), paid(district, date(2024, 4, 15)), paid(district, MARCH.last_day)) == (3, 3, 1)
        with district.reading() as session:
            assert [found.where for found in examine(session) if found.check in ("cells", "stages")] == []


def move(database: Database, person: UUID, commune: str) -> None:
    """Let a later list name the commune they live in now."""
    with database.transaction() as session:
        session.execute(sa.update(Enrolment).where(col(Enrolment.id) == person).values(commune_code=commune))
        funnel_actions.move_all(session, {person: commune})


def cells_of(database: Database) -> dict[str, int | None]:
    """Return `paid` of each commune, once the doctor has found nothing and the names are as many."""
    with database.reading() as session:
        assert [found.where for found in examine(session) if found.check in ("cells", "stages")] == []
        cells = {cell.commune_code: cell.paid for cell in funnel.cells(session)}
        for code, figure in cells.items():
            assert figure is None or names(session, officer(), area=code, stage="paid").total == figure
        return cells


class TestMoved:
    def test_somebody_paid_who_moves(self, district: Database) -> None:
        """Whom they were paid among keeps its report. Where they are now they count if that month is told there too,
        with nobody told there is nothing, and of another month they were not paid in it.
        """
        with district.transaction() as session:
            lan = session.exec(select(Enrolment.id).join(Person).where(Person.name == "Đinh Thị Lan")).one()
        report(district, MARCH, lan=PAID)
        move(district, lan, "21061")
        assert cells_of(district) == {"21040": 0, "21061": None}
        report(district, MARCH, ba=PAID)
        report(district, APRIL, lan=PAID)
        assert cells_of(district) == {"21040": 1, "21061": 1}
        move(district, lan, "21040")
        assert cells_of(district) == {"21040": 2, "21061": 0}
        report(district, APRIL, ba=PAID)
        move(district, lan, "21061")
        assert cells_of(district) == {"21040": 1, "21061": 1}

    def test_the_report_undone_after_the_move(self, district: Database) -> None:
        """Where the mover was paid and where they are now both forget it."""
        with district.transaction() as session:
            lan = session.exec(select(Enrolment.id).join(Person).where(Person.name == "Đinh Thị Lan")).one()
        report(district, MARCH, lan=PAID, ba=PAID)
        move(district, lan, "21061")
        report(district, MARCH, lan=PAID)
        assert cells_of(district) == {"21040": 1, "21061": 1}
        with district.transaction() as session:
            first = session.exec(select(PaidReport.id).order_by(col(PaidReport.imported_at))).first()
            assert first is not None
            undo_report(session, report_id=first, why="Nhầm tệp", by=SYSTEM)
        assert cells_of(district) == {"21040": None, "21061": 1}
