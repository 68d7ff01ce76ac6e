"""`paid` recounted from the payers' reports says what the cells say: today, on a past day, in a closed month."""

from __future__ import annotations

from datetime import date

import pytest

from disburse.audit.actor import SYSTEM
from disburse.clock import Period
from disburse.db import Database
from disburse.doctor.commands import examine
from disburse.funnel import queries as funnel
from disburse.payments.actions import COLUMNS, NEEDED, take_report
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
