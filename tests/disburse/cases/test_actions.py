"""Acts on a case: an end, its undoing, a move; the cells stay the sum of their rows and equal the recount."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from disburse import clock
from disburse.accounts import actions as accounts
from disburse.accounts.actions import Acceptance, Statement
from disburse.accounts.overview import links_of
from disburse.accounts.statements import find_accounts
from disburse.accounts.states import CloseReason, How
from disburse.accounts.tables import HoldReason, Link, LinkState, RecipientHold, RegistrationList, RegistrationSource
from disburse.areas.tables import Area, AreaKind
from disburse.audit.actor import COMMAND
from disburse.cases import actions as cases
from disburse.cases.actions import Moving
from disburse.cases.effects import effects_of_end
from disburse.cases.history import history
from disburse.errors import Conflict, Invalid
from disburse.people import actions as people
from disburse.people import changes
from disburse.people.entries import End
from disburse.people.stated import read_person
from disburse.people.tables import EndReason, EnrolmentState, Person, PersonStatus, Recipient
from disburse.progress.recount import recount
from tests.disburse.rosters.desk import TODAY, Desk, monthly

LAN = "name | born | id | amount\nLê Thị Lan | 1950 | 051150000001 | 500000"


def kinds_of_today() -> sa.ColumnElement[bool]:
    return sa.and_(col(Area.kind) == AreaKind.COMMUNE, col(Area.valid_to).is_(None))


def recounted(desk: Desk) -> dict[str, int]:
    """Return today's active enrolments by commune, counted from the rows by other code."""
    with desk.database.reading() as session:
        return {cell.code: cell.funnel.total for cell in recount(session, clock.today()) if cell.funnel.total}


class TestEnd:
    def test_told_before_then_done_then_undone(self, desk: Desk) -> None:
        """Death ends on the month's last day; by mistake, everything stands again as it did."""
        desk.full("2026-04", LAN)
        desk.full("2026-05", LAN.replace("| 500000", "| 600000"))
        enrolment, lines, cell = desk.enrolment("Lê Thị Lan"), desk.lines("Lê Thị Lan"), desk.cell()
        on = date(2026, 5, 20)
        with desk.database.transaction() as session:
            [effect] = effects_of_end(session, enrolments=[enrolment], reason=EndReason.DIED, on=on)
            cases.end(session, enrolments=[enrolment], reason=EndReason.DIED, on=on, why="giấy báo tử", by=COMMAND)
        assert (effect.last_day, effect.first_month_without, effect.amount) == (date(2026, 5, 31), "06/2026", 600_000)
        assert (desk.enrolment("Lê Thị Lan").state, recounted(desk), desk.is_sound()) == ("ended", {}, True)
        with desk.database.transaction() as session:
            cases.reopen(session, enrolment_id=enrolment.id, why="nhầm người", by=COMMAND)
        again = desk.enrolment("Lê Thị Lan")
        assert (again.state, again.to_date, desk.lines("Lê Thị Lan")) == (EnrolmentState.ACTIVE, None, lines)
        assert (desk.cell(), recounted(desk), desk.is_sound()) == (cell, {"21040": 1}, True)
        with desk.database.reading() as session:
            assert session.get_one(Person, enrolment.person_id).status == PersonStatus.ACTIVE
            told = history(session, person_id=again.person_id, enrolments=[again], links=[])
        assert "enrolment.reopened" in {moment.what for moment in told}
        sources = {(moment.what, moment.file, moment.line) for moment in told}
        assert {("row_changed", "ve.csv", 2), ("enrolment_began", "ve.csv", 2)} <= sources

    def test_a_death_closes_the_account_s_link_at_once(self, desk: Desk) -> None:
        """Nobody waits for the day to turn: from the moment a death is recorded no money can go to that account."""
        desk.full("2026-05", LAN)
        enrolment = desk.enrolment("Lê Thị Lan")
        with desk.database.transaction() as session:
            listed = RegistrationList(
                bank_code="VBA", source=RegistrationSource.BANK_LIST, basis="Công văn", file_name="VBA.xlsx",
                sha256="ab" * 32, created_by="x", created_at=clock.utc_now(),
            )  # fmt: skip
            session.add(listed)
            session.flush()
            said = Statement(
                bank_code="VBA", account_number="1500201234567", source=RegistrationSource.BANK_LIST, stated_on=TODAY,
                list_id=listed.id, line=7,
            )  # fmt: skip
            accounts.state_accounts(session, statements=[said], by=COMMAND)
            account_id = find_accounts(session, [("VBA", "1500201234567")])["VBA", "1500201234567"].id
            taken = Acceptance(account_id=account_id, how=How.CLERK, since=TODAY, person_id=enrolment.person_id)
            link_id = accounts.accept(session, acceptance=taken, by=COMMAND)
        with desk.database.reading() as session:
            links = links_of(session, enrolment.person_id)
            told = history(session, person_id=enrolment.person_id, enrolments=[enrolment], links=links)
        assert ("linked", "VBA.xlsx", 7) in {(moment.what, moment.file, moment.line) for moment in told}
        with desk.database.transaction() as session:
            cases.end(session, enrolments=[enrolment], reason=EndReason.DIED, on=TODAY, why="giấy báo tử", by=COMMAND)
        with desk.database.reading() as session:
            link = session.get_one(Link, link_id)
            assert (link.state, link.reason) == (LinkState.CLOSED, CloseReason.DIED)

    def test_a_death_after_a_stop_brings_nothing_back(self, desk: Desk) -> None:
        """An enrolment that ended stays ended when a later last day is told; who is dead is dead all the same."""
        desk.full("2026-04", LAN)
        enrolment = desk.enrolment("Lê Thị Lan")
        earlier = date(2026, 4, 30)
        with desk.database.transaction() as session:
            people.end_enrolments(session, ends=[End(enrolment.id, earlier, EndReason.STOPPED)], by=COMMAND)
        later = clock.today() + timedelta(days=9)
        with desk.database.transaction() as session:
            people.end_enrolments(session, ends=[End(enrolment.id, later, EndReason.DIED)], by=COMMAND)
        again = desk.enrolment("Lê Thị Lan")
        assert (again.state, again.to_date) == (EnrolmentState.ENDED, earlier)
        with desk.database.reading() as session:
            assert session.get_one(Person, again.person_id).status == PersonStatus.DEAD
        assert (recounted(desk), desk.is_sound()) == ({}, True)

    def test_a_mistake_takes_every_line_and_gives_it_back(self, desk: Desk) -> None:
        """An enrolment that never was has no lines in force; opened again it has those with a last day as well."""
        desk.full("2026-04", LAN)
        desk.full("2026-05", LAN.replace("| 500000", "| 600000"))
        enrolment, lines = desk.enrolment("Lê Thị Lan"), desk.lines("Lê Thị Lan")
        with desk.database.transaction() as session:
            cases.end(session, enrolments=[enrolment], reason=EndReason.MISTAKE, on=TODAY, why="nhầm", by=COMMAND)
        assert all(to is not None and to < start for _, _, start, to in desk.lines("Lê Thị Lan"))
        with desk.database.transaction() as session:
            cases.reopen(session, enrolment_id=enrolment.id, why="không nhầm", by=COMMAND)
        assert desk.lines("Lê Thị Lan") == lines

    def test_what_is_refused(self, desk: Desk) -> None:
        """A day before the beginning, an end twice, and opening what no officer ended."""
        desk.full("2026-05", LAN)
        enrolment = desk.enrolment("Lê Thị Lan")
        with pytest.raises(Invalid, match="before the entitlement"), desk.database.transaction() as session:
            cases.end(session, enrolments=[enrolment], reason=EndReason.DIED, on=date(2026, 4, 1), why="x", by=COMMAND)
        with pytest.raises(Conflict, match="opened again"), desk.database.transaction() as session:
            cases.reopen(session, enrolment_id=enrolment.id, why="x", by=COMMAND)
        assert desk.active() == 1


class TestMove:
    def test_the_old_commune_ends_and_the_new_begins(self, desk: Desk) -> None:
        """One person, two enrolments that touch: money and recipient go along, each day counts in one commune."""
        desk.full("2026-05", LAN)
        old = desk.enrolment("Lê Thị Lan")
        with desk.database.transaction() as session:
            moving = Moving(old.id, "21061", date(2026, 6, 1), hamlet="Thôn 2")
            cases.move(session, moving=moving, why="đơn chuyển", by=COMMAND)
        new = desk.enrolment("Lê Thị Lan")
        assert (new.commune_code, new.from_date, new.state, new.id != old.id) == (
            "21061",
            date(2026, 6, 1),
            "active",
            True,
        )
        assert monthly(desk.lines("Lê Thị Lan")) == [
            (500_000, "2026-05-01", "2026-05-31"),
            (500_000, "2026-06-01", None),
        ]
        assert desk.recipient("Lê Thị Lan") == ("own", "Lê Thị Lan")
        assert (recounted(desk), desk.is_sound(), desk.cell()) == ({"21061": 1}, True, {})
        with desk.database.reading() as session:
            may = {cell.code: cell.funnel.total for cell in recount(session, date(2026, 5, 31)) if cell.funnel.total}
            person = session.get_one(Person, new.person_id)
        assert may == {"21040": 1}
        assert (person.status, person.commune_code, person.hamlet) == ("active", "21061", "Thôn 2")
        for commune, on in (("21061", date(2026, 6, 10)), ("99999", date(2026, 6, 10)), ("21040", date(2026, 7, 1))):
            with pytest.raises(Invalid), desk.database.transaction() as session:
                cases.move(session, moving=Moving(new.id, commune, on), why="x", by=COMMAND)

    def test_nobody_is_moved_into_another_province(self, desk: Desk) -> None:
        """Whoever leaves the province is ended here as moved away; the other province enters them, or does not."""
        desk.full("2026-05", LAN)
        old = desk.enrolment("Lê Thị Lan")
        with desk.database.reading() as session:
            far = session.exec(select(Area.code).where(Area.province_code == "01", kinds_of_today())).first() or ""
        moving = Moving(old.id, far, date(2026, 6, 1))
        with pytest.raises(Invalid) as refused, desk.database.transaction() as session:
            cases.move(session, moving=moving, why="x", by=COMMAND)
        assert refused.value.code == "move_province"
        assert (desk.enrolment("Lê Thị Lan").id, desk.enrolment("Lê Thị Lan").state) == (old.id, "active")
        with desk.database.transaction() as session:
            cases.end(
                session, enrolments=[old], reason=EndReason.MOVED, on=date(2026, 6, 1), why="ra Hà Nội", by=COMMAND
            )
        assert (desk.enrolment("Lê Thị Lan").end_reason, desk.is_sound()) == (EndReason.MOVED, True)

    def test_an_open_question_goes_along(self, desk: Desk) -> None:
        """A guardian whose ward has come of age is held; the move to another commune does not let them go on."""
        desk.full("2026-05", LAN)
        old = desk.enrolment("Lê Thị Lan")
        with desk.database.transaction() as session:
            recipient = session.exec(select(Recipient).where(Recipient.enrolment_id == old.id)).one()
            session.add(RecipientHold(recipient_id=recipient.id, reason=HoldReason.OF_AGE, since=TODAY))
        with desk.database.transaction() as session:
            cases.move(session, moving=Moving(old.id, "21061", date(2026, 6, 1)), why="đơn chuyển", by=COMMAND)
        with desk.database.reading() as session:
            held = session.exec(
                select(RecipientHold.reason)
                .join(Recipient, col(Recipient.id) == col(RecipientHold.recipient_id))
                .where(Recipient.enrolment_id == desk.enrolment("Lê Thị Lan").id)
            ).all()
        assert held == [HoldReason.OF_AGE]


class TestChange:
    def test_facts_change_with_their_reason_and_the_id_is_judged_anew(self, desk: Desk) -> None:
        """Old and new stand in the event masked; an ID that contradicts the birth year counts no more."""
        desk.full("2026-05", LAN + "\nTrần Văn Bình | 1951 | 051051000002 | 500000")
        person_id = desk.enrolment("Lê Thị Lan").person_id
        stated = read_person(name="Lê Thị Lan Anh", birth="12/3/1951", sex="Nữ", hamlet="Thôn 1")
        with desk.database.transaction() as session:
            changed = changes.change_person(
                session,
                person_id=person_id,
                stated=stated,
                keep=("citizen_id", "old_id", "phone"),
                why="CCCD",
                by=COMMAND,
            )
        assert changed["birth_date"] == ["1950", "1951-03-12"]
        assert (changed["name"], changed["id_valid"]) == (["Lê Thị Lan", "Lê Thị Lan Anh"], ["True", "False"])
        assert (desk.cell()["id_valid"], desk.is_sound()) == (1, True)
        taken = read_person(name="Lê Thị Lan Anh", citizen="051051000002")
        with pytest.raises(Conflict, match="somebody else"), desk.database.transaction() as session:
            changes.change_person(session, person_id=person_id, stated=taken, keep=(), why="x", by=COMMAND)

    def test_suspended_is_counted_and_held(self, desk: Desk) -> None:
        """A suspension has a day and ends; the total does not move."""
        desk.full("2026-05", LAN)
        enrolment = desk.enrolment("Lê Thị Lan")
        with desk.database.transaction() as session:
            changes.suspend(session, enrolment_id=enrolment.id, since=TODAY, why="xác minh", by=COMMAND)
        assert (desk.enrolment("Lê Thị Lan").suspended_since, desk.cell()["total"]) == (TODAY, 1)
        with pytest.raises(Conflict), desk.database.transaction() as session:
            changes.suspend(session, enrolment_id=enrolment.id, since=TODAY, why="x", by=COMMAND)
        with desk.database.transaction() as session:
            changes.resume(session, enrolment_id=enrolment.id, why="xong", by=COMMAND)
        assert desk.enrolment("Lê Thị Lan").suspended_since is None

    @pytest.mark.parametrize(
        "typed",
        [
            {"name": "L3 Thi"}, {"birth": "31/2/1950"}, {"birth": "1/1/2090"}, {"citizen": "05115000000"},
            {"citizen": "０51150000001"}, {"old": "12345"}, {"telephone": "12345"},
        ],
    )  # fmt: skip
    def test_what_cannot_be_read_is_refused(self, typed: dict[str, str]) -> None:
        """A wrong fact is never stored as something else."""
        with pytest.raises(Invalid):
            read_person(**({"name": "Lê Thị Lan"} | typed))
