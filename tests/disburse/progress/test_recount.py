"""The recount: every stage from dated rows, as of any day."""

from __future__ import annotations

from datetime import date

import pytest
from sqlmodel import Session

from disburse import clock
from disburse.accounts.tables import Link, LinkState, RecipientLink
from disburse.db import Database
from disburse.people.tables import EndReason, Enrolment, RecipientKind, Verified, VerifiedResult, Wish
from disburse.progress.measures import Funnel
from disburse.progress.recount import recount
from tests.drawn import BINH_THANH, BINH_TRI, CHAU_O, NEW_LIST, draw, draw_link, draw_person

MARCH = date(2024, 3, 31)
TODAY = date(2026, 11, 22)


@pytest.fixture
def district(stocked: Database) -> Database:
    return stocked


def counted(session: Session, day: date = MARCH) -> Funnel:
    """Return the sum of all cells."""
    total = Funnel()
    for cell in recount(session, day):
        total += cell.funnel
    return total


class TestTotal:
    def test_it_counts_enrolments_in_force(self, district: Database) -> None:
        """One that has not begun, one that ended before, and one entered by mistake are not counted."""
        with district.transaction() as session:
            draw(session, "Đinh Văn Tám")
            draw(session, "Phạm Thị Ba", since=date(2024, 4, 1))
            draw(session, "Hồ Thị Tư", until=date(2024, 3, 30))
            mistaken = draw(session, "Võ Văn Năm")
            found = session.get(Enrolment, mistaken.enrolment)
            assert found is not None
            found.end_reason = EndReason.MISTAKE
            session.flush()
            assert counted(session).total == 1

    def test_the_last_day_still_counts(self, district: Database) -> None:
        """Who dies in March is entitled to the end of March."""
        with district.transaction() as session:
            draw(session, "Hồ Thị Tư", until=MARCH)
            assert counted(session).total == 1
            assert counted(session, date(2024, 4, 1)).total == 0

    def test_lines_and_amounts_are_summed(self, district: Database) -> None:
        """A line without an amount is a line, and nothing is added for it."""
        with district.transaction() as session:
            draw(session, "Đinh Văn Tám", amount=720_000)
            draw(session, "Phạm Thị Ba", amount=None)
            assert (counted(session).lines, counted(session).amount_total) == (2, 720_000)


class TestAreas:
    def test_a_day_before_the_merger_has_the_earlier_communes(self, district: Database) -> None:
        """Châu Ổ and Bình Thạnh are two communes in 2024 and one since July 2025."""
        with district.transaction() as session:
            for origin in (CHAU_O, BINH_THANH, BINH_TRI):
                draw(session, "Đinh Văn Tám", origin=origin)
            then = {(cell.code, cell.valid_from.year): cell.funnel.total for cell in recount(session, MARCH)}
            now = {(cell.code, cell.valid_from): cell.funnel.total for cell in recount(session, TODAY)}
        assert then == {("21040", 2004): 1, ("21046", 2004): 1, ("21061", 2004): 1}
        assert now == {("21040", NEW_LIST): 2, ("21061", NEW_LIST): 1}


class TestVerified:
    def test_the_newest_answer_before_the_day_counts(self, district: Database) -> None:
        """A match in March and a mismatch in April: verified as of March, not as of May."""
        with district.transaction() as session:
            drawn = draw(session, "Đinh Văn Tám", citizen_id="051045000001")
            for day, result in ((date(2024, 3, 5), VerifiedResult.MATCH), (date(2024, 4, 5), VerifiedResult.MISMATCH)):
                session.add(
                    Verified(
                        person_id=drawn.person, source="CSDL dân cư", on=day, result=result,
                        imported_at=clock.utc_now(),
                    )
                )  # fmt: skip
            session.flush()
            assert counted(session, date(2024, 3, 4)).verified == 0
            assert counted(session).verified == 1
            assert counted(session, date(2024, 5, 1)).verified == 0


class TestRegistered:
    def test_own_and_other_are_told_apart(self, district: Database) -> None:
        """A guardian with one account and two wards: one link, three enrolments, one of them own."""
        with district.transaction() as session:
            mother = draw(session, "Đinh Thị Lan")
            draw_link(session, mother.person, "4506205111111")
            for name in ("Đinh Văn Tí", "Đinh Văn Tèo"):
                draw(session, name, received_by=mother.person, kind=RecipientKind.LEGAL_REP)
            funnel = counted(session)
        assert (funnel.registered_own, funnel.registered_other, funnel.registered) == (1, 2, 3)

    @pytest.mark.parametrize(
        ("state", "days", "expected"),
        [
            (LinkState.ACCEPTED, {}, (1, 0)),
            (LinkState.CONFIRMED, {"confirmed_on": date(2024, 3, 20)}, (1, 1)),
            (LinkState.CONFIRMED, {"confirmed_on": date(2024, 4, 20)}, (1, 0)),
            (LinkState.REFUSED, {"ended_on": date(2024, 3, 20)}, (0, 0)),
            (LinkState.REFUSED, {"ended_on": date(2024, 4, 20)}, (1, 0)),
            (LinkState.ACCEPTED, {"since": date(2024, 4, 1)}, (0, 0)),
            (LinkState.PROPOSED, {}, (0, 0)),
        ],
    )
    def test_a_link_counts_from_its_day_to_its_end(
        self, district: Database, state: LinkState, days: dict[str, date], expected: tuple[int, int]
    ) -> None:
        """Registered and confirmed follow the link's own days, not the day somebody typed them."""
        with district.transaction() as session:
            drawn = draw(session, "Đinh Văn Tám")
            draw_link(session, drawn.person, "4506205111111", state=state, **days)
            funnel = counted(session)
        assert (funnel.registered, funnel.confirmed) == expected

    def test_a_named_link_wins_while_it_lives(self, district: Database) -> None:
        """A recipient uses the link it names while that is live, and the person's primary one when it is no more."""
        with district.transaction() as session:
            drawn = draw(session, "Đinh Văn Tám")
            draw_link(session, drawn.person, "4506205111111", state=LinkState.CONFIRMED, confirmed_on=date(2024, 3, 2))
            named = draw_link(session, drawn.person, "4506205222222", primary=False)
            assert counted(session).confirmed == 1
            session.add(RecipientLink(recipient_id=drawn.recipient, link_id=named))
            session.flush()
            assert (counted(session).registered, counted(session).confirmed) == (1, 0)
            link = session.get_one(Link, named)
            link.state, link.ended_on = LinkState.REFUSED, date(2024, 3, 12)
            session.add(link)
            session.flush()
            assert (counted(session).registered, counted(session).confirmed) == (1, 1)

    def test_a_stranger_with_an_account_counts_for_nobody(self, district: Database) -> None:
        """A link of a person who receives for nobody moves no number."""
        with district.transaction() as session:
            draw(session, "Đinh Văn Tám")
            draw_link(session, draw_person(session, "Người Lạ"), "4506205111111")
            assert counted(session).registered == 0


class TestWish:
    def test_cash_by_choice_is_counted_beside(self, district: Database) -> None:
        """Who asks for cash is not a failure of the table."""
        with district.transaction() as session:
            draw(session, "Đinh Văn Tám", wish=Wish.CASH)
            draw(session, "Phạm Thị Ba", wish=Wish.ACCOUNT)
            funnel = counted(session)
        assert (funnel.wish_cash, funnel.wish_account) == (1, 1)


class TestPaid:
    def test_before_the_first_report_it_is_not_zero_but_unknown(self, district: Database) -> None:
        """Nobody reported: "not measured", never 0."""
        with district.transaction() as session:
            draw(session, "Đinh Văn Tám")
            funnel = counted(session)
        assert (funnel.paid, funnel.amount_by_account) == (None, None)
