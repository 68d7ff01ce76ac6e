"""Notes about a person: sealed, only ever added to, read by whoever sees the enrolment they belong to."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from disburse.access.actor import Actor, Held, Scope
from disburse.access.tables import Role
from disburse.audit.actor import COMMAND
from disburse.audit.tables import AuditEvent
from disburse.errors import Invalid
from disburse.ids import new_id
from disburse.people import notes
from disburse.people.tables import PersonNote
from tests.disburse.rosters.desk import Desk

LAN = "name | born | id | amount\nLê Thị Lan | 1950-03-12 | 051150000001 | 500000"
TEXT = "Bà Lan vắng nhà đến hết tháng,\ncon gái nhận thay."


def reader(programme: str) -> Actor:
    held = Held(Role.COMMUNE, Scope("21040", programme))
    return Actor(user_id=new_id(), name="doc", full_name="Người đọc", by=COMMAND, held=(held,))


def written(desk: Desk, text: str = TEXT) -> None:
    with desk.database.transaction() as session:
        one = desk.enrolment("Lê Thị Lan")
        notes.add_note(session, person_id=one.person_id, enrolment=one, text=text, by=COMMAND)


class TestNotes:
    def test_sealed_logged_and_read_inside_the_programme(self, desk: Desk) -> None:
        """The text stands nowhere open; who is granted another programme only does not read it."""
        desk.full("2026-05", LAN)
        written(desk)
        person = desk.enrolment("Lê Thị Lan").person_id
        with desk.database.reading() as session:
            assert [(one.text, one.programme) for one in notes.notes_of(session, reader("BTXH"), person)] == [
                (TEXT, "BTXH")
            ]
            assert notes.notes_of(session, reader("NCC"), person) == []
            assert "con gái".encode() not in session.exec(select(PersonNote)).one().text_sealed
            [event] = session.exec(select(AuditEvent).where(AuditEvent.action == "note.added"))
            assert (event.object_id, event.facts) == (str(person), {"letters": len(TEXT)})

    @pytest.mark.parametrize("change", ["UPDATE person_note SET written_by = 'khác'", "DELETE FROM person_note"])
    def test_never_changed_below_any_code_of_ours(self, desk: Desk, change: str) -> None:
        """The database itself refuses to change or delete a note."""
        desk.full("2026-05", LAN)
        written(desk)
        with pytest.raises(DBAPIError, match="never changed"), desk.database.transaction() as session:
            session.execute(sa.text(change))

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            (" \n ", "note_empty"), ("x" * 1001, "note_too_long"), ("CCCD 051150000001", "text_number"),
            ("stk 4506 2050 12345", "text_number"), ("gọi 0912.345.678", "text_number"),
        ],
    )  # fmt: skip
    def test_what_is_refused(self, text: str, code: str) -> None:
        """Nothing, too much, or a number that is masked everywhere else."""
        with pytest.raises(Invalid) as refused:
            notes.read_note(text)
        assert refused.value.code == code

    def test_days_and_sums_are_no_whole_numbers(self) -> None:
        """Two days beside each other, a sum, a decision number and the last digits pass."""
        text = "Từ 12/03/2026 đến 30.06.2026, 1.500.000 đồng, QĐ 1234/2026, •••• 0866"
        assert notes.read_note("  " + text + "\n\n\n\nHết ") == text + "\n\nHết"
