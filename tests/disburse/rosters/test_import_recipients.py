"""Who receives: guardians and authorised people are persons too, one current recipient per enrolment."""

from __future__ import annotations

import sqlalchemy as sa
from sqlmodel import col, select

from disburse.accounts.tables import Registration, RegistrationSource
from disburse.people.tables import Person, Recipient
from disburse.rosters.tables import RowIssue, Scope
from tests.disburse.rosters.desk import Desk

WARD = "name | born | id | amount | recipient | recipient id"


class TestRecipients:
    def test_without_a_word_people_receive_themselves(self, desk: Desk) -> None:
        """No recipient column: own."""
        desk.full("2026-05", "name | amount\nLê Thị Lan | 5")
        assert desk.recipient("Lê Thị Lan") == ("own", "Lê Thị Lan")

    def test_a_guardian_is_found_by_citizen_id_among_the_listed_people(self, desk: Desk) -> None:
        """A mother who is herself on the list, further down, is the same person as her children's recipient."""
        desk.full(
            "2026-05",
            f"{WARD}\n"
            "Lê Văn Con | 2015 | | 5 | Trần Thị Mẹ | 051180000009\n"
            "Lê Thị Út | 2017 | | 5 | Trần Thị Mẹ | 051180000009\n"
            "Trần Thị Mẹ | 1980 | 051180000009 | 5 | |",
        )
        assert len(desk.people()) == 3
        assert desk.recipient("Lê Văn Con") == desk.recipient("Lê Thị Út") == ("authorised", "Trần Thị Mẹ")

    def test_a_guardian_is_found_by_name_birth_and_commune(self, desk: Desk) -> None:
        """Without an ID, name and birth in the ward's commune find the one person there is."""
        desk.full("2026-05", "name | born | amount\nTrần Thị Mẹ | 1980-02-03 | 5", programme="NCC")
        desk.full("2026-05", "name | amount | recipient | recipient born\nLê Văn Con | 5 | Trần Thị Mẹ | 1980-02-03")
        assert len(desk.people()) == 2

    def test_the_name_alone_makes_nobody_one_person(self, desk: Desk) -> None:
        """Two wards, two recipients of one name and nothing else: two persons."""
        desk.full("2026-05", "name | amount | recipient\nLê Văn Con | 5 | Trần Thị Mẹ\nHồ Văn Em | 5 | Trần Thị Mẹ")
        assert len(desk.people()) == 4

    def test_an_id_of_another_name_is_not_taken(self, desk: Desk) -> None:
        """The recipient's ID stands for someone of another name: stored for neither, with a warning."""
        desk.full("2026-05", "name | id | amount\nPhạm Văn Sáu | 051070000008 | 5")
        listed = desk.part("2026-05", f"{WARD}\nLê Văn Con | 2015 | | 5 | Trần Thị Mẹ | 051070000008")
        assert len(desk.people()) == 3
        with desk.database.reading() as session:
            codes = session.exec(select(RowIssue.code).where(RowIssue.roster_id == listed.id)).all()
        assert list(codes) == ["recipient_id_of_another"]

    def test_another_recipient_ends_the_one_before(self, desk: Desk) -> None:
        """One current recipient: the first ends on the day the second begins; the first stays in the record."""
        desk.full("2026-05", f"{WARD}\nLê Văn Con | 2015 | 051215000001 | 5 | Trần Thị Mẹ | 051180000009")
        changed = desk.full("2026-06", f"{WARD}\nLê Văn Con | 2015 | 051215000001 | 5 | Lê Văn Cha | 051078000007")
        assert desk.rows(changed) == [(2, "changed")]
        assert desk.recipient("Lê Văn Con") == ("authorised", "Lê Văn Cha")
        with desk.database.reading() as session:
            kept = session.exec(select(Recipient.since, Recipient.ended_on).order_by(col(Recipient.since))).all()
        assert [(a.isoformat(), b and b.isoformat()) for a, b in kept] == [
            ("2026-05-01", "2026-06-01"), ("2026-06-01", None),
        ]  # fmt: skip

    def test_a_list_that_says_nothing_leaves_the_recipient(self, desk: Desk) -> None:
        """A list without recipients is no reason to pay the ward in person."""
        desk.full("2026-05", f"{WARD}\nLê Văn Con | 2015 | 051215000001 | 5 | Trần Thị Mẹ | 051180000009")
        again = desk.full("2026-06", "name | born | id | amount\nLê Văn Con | 2015 | 051215000001 | 5")
        assert desk.rows(again) == [(2, "same")]
        assert desk.recipient("Lê Văn Con") == ("authorised", "Trần Thị Mẹ")

    def test_papers_name_recipients_and_no_benefit(self, desk: Desk) -> None:
        """A supplement of recipients' papers changes who receives and leaves the amounts alone."""
        desk.full("2026-05", "name | born | id | amount\nLê Văn Con | 2015 | 051215000001 | 500000")
        papers = "name | born | id | recipient | relation\nLê Văn Con | 2015 | 051215000001 | Trần Thị Mẹ | Mẹ"
        assert desk.rows(desk.put(Scope.SUPPLEMENT, "2026-05", papers)) == [(2, "changed")]
        assert desk.cell() == {"total": 1, "id_valid": 1, "lines": 1, "amount_total": 500_000}

    def test_the_way_of_pay_is_a_wish(self, desk: Desk) -> None:
        """Account or cash as the list says; home delivery is cash."""
        desk.full("2026-05", "name | amount | pay\nLê Thị Lan | 5 | account\nHồ Văn Em | 5 | home\nTrần Văn Ba | 5 |")
        assert {k: v for k, v in desk.cell().items() if k.startswith("wish")} == {"wish_account": 1, "wish_cash": 1}


class TestStatedAccounts:
    def test_an_account_column_is_a_registration_of_the_recipient(self, desk: Desk) -> None:
        """Source roster, about the recipient's person, with none of the list's own facts as evidence."""
        table = "name | amount | recipient | account | bank\nLê Văn Con | 5 | Trần Thị Mẹ | 0123456789 | VCB"
        roster = desk.full("2026-05", table)
        with desk.database.reading() as session:
            [stated] = session.exec(select(Registration)).all()
            person = session.get(Person, stated.person_id)
        assert person is not None
        assert (person.name, stated.source, stated.roster_id, stated.line) == (
            "Trần Thị Mẹ", RegistrationSource.ROSTER, roster.id, 2,
        )  # fmt: skip
        assert stated.holder_citizen_id_index is None

    def test_the_same_list_again_states_nothing_new(self, desk: Desk) -> None:
        """The next month's list with the same accounts only moves the day they were last seen."""
        table = "name | born | amount | account | bank\nLê Thị Lan | 1950 | 5 | 0123456789 | VCB"
        desk.full("2026-05", table)
        desk.full("2026-06", table)
        with desk.database.reading() as session:
            assert session.exec(select(sa.func.count()).select_from(Registration)).one() == 1
