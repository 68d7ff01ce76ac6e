"""Two records of one human being: found, merged, undone as if nothing had been, or remembered as two."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session, col, select

from disburse import clock
from disburse.access.actor import Actor, Held, Scope
from disburse.access.tables import Role
from disburse.accounts import actions as accounts
from disburse.accounts.actions import Acceptance
from disburse.accounts.states import CloseReason, How
from disburse.accounts.tables import ACCOUNT_NUMBER, Account, AccountStatus, Link, LinkState
from disburse.audit.actor import COMMAND, By
from disburse.duplicates import actions, finding, queries
from disburse.duplicates.tables import DuplicatePair, MergedRow, MergeState, PersonMerge
from disburse.errors import Denied, Invalid, NotFound
from disburse.ids import new_id
from disburse.people.tables import Person, PersonStatus
from tests.disburse.rosters.desk import TODAY, Desk

BTXH = "name | born | id | old | amount\nLê Thị Lan | 1950-03-12 | 051150000001 | | 500000"
NCC = "name | born | old | phone | amount\nLê Thị Lan | 1950-03-12 | 212345678 | 0912345678 | 900000"
SECOND = By(name="nguoi.hai")


def two_records(desk: Desk) -> tuple[UUID, UUID]:
    """Return the same Lan as BTXH knows her (kept) and as NCC does."""
    desk.full("2026-05", BTXH)
    desk.full("2026-05", NCC, programme="NCC")
    return desk.enrolment("Lê Thị Lan", "BTXH").person_id, desk.enrolment("Lê Thị Lan", "NCC").person_id


def link(desk: Desk, person: UUID, *, confirmed: bool = False) -> UUID:
    with desk.database.transaction() as session:
        key = new_id()
        session.add(
            Account(
                id=key, bank_code="VBA", number_sealed=ACCOUNT_NUMBER.seal(key, "1"), number_tail="0001",
                number_index=ACCOUNT_NUMBER.index(str(key)), status=AccountStatus.OPEN, created_at=clock.utc_now(),
            )
        )  # fmt: skip
        session.flush()
        made = accounts.accept(
            session, acceptance=Acceptance(account_id=key, how=How.CLERK, since=TODAY, person_id=person), by=COMMAND
        )
    if confirmed:
        with desk.database.transaction() as session:
            accounts.mark_requested(session, link_ids=[made], by=COMMAND)
            accounts.mark_received(session, link_ids=[made], by=COMMAND)
            accounts.confirm(session, link_id=made, version=1, on=TODAY, by=COMMAND)
    return made


def picture(desk: Desk) -> dict[str, Any]:
    """Return everything a merge may touch, to see that undoing it leaves nothing behind."""
    with desk.database.reading() as session:
        people = session.exec(select(Person).order_by(col(Person.id)))
        shown = [p.model_dump(exclude={"citizen_id_sealed", "old_id_sealed", "phone_sealed"}) for p in people]
    return {"people": shown, "cells": (desk.cell(), desk.cell(programme="NCC"))}


def merge(desk: Desk, kept: UUID, gone: UUID, **more: Any) -> PersonMerge:
    with desk.database.transaction() as session:
        facts = {"kept_link_id": None, "reason": "cùng một người", "by": COMMAND} | more
        return actions.propose(session, kept_id=kept, gone_id=gone, **facts)


class TestFind:
    def test_pairs_are_found_once_and_forgotten_once_decided(self, desk: Desk) -> None:
        """Name and birth in a commune make a pair; another valid ID does not; two people stay two."""
        kept, gone = two_records(desk)
        desk.part("2026-06", "name | born | id\nLê Thị Lan | 1950-03-12 | 051150000009", commune="21061")
        with desk.database.transaction() as session:
            assert finding.find_pairs(session) == finding.find_pairs(session) == 2  # with each that lacks another ID
            pairs = {(p.low_id, p.high_id) for p in session.exec(select(DuplicatePair))}
            assert tuple(sorted((kept, gone))) in pairs
        with desk.database.transaction() as session:
            actions.say_two(session, low_id=kept, high_id=gone, reason="chị em", by=COMMAND)
            assert finding.find_pairs(session) == 1


class TestMerge:
    def test_one_record_of_two_and_two_again(self, desk: Desk) -> None:
        """Both programmes stand on one person who knows all numbers; undone, everything is as it was."""
        kept, gone = two_records(desk)
        before = picture(desk)
        done = merge(desk, kept, gone)
        assert done.state == "done"
        assert {desk.enrolment("Lê Thị Lan", p).person_id for p in ("BTXH", "NCC")} == {kept}
        with desk.database.reading() as session:
            one, other = session.get_one(Person, kept), session.get_one(Person, gone)
            assert (one.old_id_index is not None, one.phone_index is not None, other.old_id_index) == (True, True, None)
            assert other.merged_into == kept
            assert len(session.exec(select(MergedRow)).all()) >= 2
        assert (desk.cell(programme="NCC")["id_valid"], desk.is_sound()) == (1, True)
        with desk.database.transaction() as session:
            actions.undo(session, merge_id=done.id, why="nhầm", by=COMMAND)
        assert picture(desk) == before
        assert desk.is_sound()

    def test_what_one_record_knew_re_opens_the_other_s_account(self, desk: Desk) -> None:
        """The kept record is of somebody who died: the account that the other brings is closed the same moment."""
        kept, gone = two_records(desk)
        brought = link(desk, gone)
        with desk.database.transaction() as session:
            dead = session.get_one(Person, kept)
            dead.status = PersonStatus.DEAD
            session.add(dead)
        merge(desk, kept, gone)
        with desk.database.reading() as session:
            found = session.get_one(Link, brought)
        assert (found.person_id, found.state, found.reason) == (kept, LinkState.CLOSED, CloseReason.DIED)
        assert desk.is_sound()

    def test_an_account_that_both_records_had_one_after_the_other_stays_in_use(self, desk: Desk) -> None:
        """Linked to the one record, ended, linked to the other: merged, the live link is the kept record's."""
        kept, gone = two_records(desk)
        ended = link(desk, kept)
        with desk.database.transaction() as session:
            accounts.close(session, link_id=ended, reason=CloseReason.MISTAKE, by=COMMAND)
            again = Acceptance(
                account_id=session.get_one(Link, ended).account_id, how=How.CLERK, since=TODAY, person_id=gone
            )
            live = accounts.accept(session, acceptance=again, by=SECOND)
        done = merge(desk, kept, gone)
        with desk.database.reading() as session:
            assert session.get_one(Link, live).person_id == kept
        assert (desk.cell()["registered_own"], desk.cell(programme="NCC")["registered_own"]) == (1, 1)
        with desk.database.transaction() as session:
            actions.undo(session, merge_id=done.id, why="nhầm", by=COMMAND)
        with desk.database.reading() as session:
            assert session.get_one(Link, live).person_id == gone
        assert desk.is_sound()

    def test_the_same_programme_twice_is_ended_once_and_comes_back(self, desk: Desk) -> None:
        """One person has one enrolment of a programme; the second returns with the undoing."""
        desk.full("2026-05", BTXH)
        desk.part("2026-05", "name | born | amount\nLê Thị Lan | 1950-03-12 | 300000", commune="21061")
        people = [desk.enrolment("Lê Thị Lan").person_id]
        with desk.database.reading() as session:
            people += [p for p in session.exec(select(Person.id)) if p not in people]
        before = (desk.active(), desk.cell(), desk.cell("21061"))
        done = merge(desk, people[1], people[0])
        assert (desk.active(), desk.is_sound()) == (1, True)
        with desk.database.transaction() as session:
            actions.undo(session, merge_id=done.id, why="nhầm", by=COMMAND)
        assert ((desk.active(), desk.cell(), desk.cell("21061")), desk.is_sound()) == (before, True)

    def test_two_accounts_and_a_confirmed_one(self, desk: Desk) -> None:
        """Which account stays is asked; a confirmed one needs a second person; undone, each has theirs again."""
        kept, gone = two_records(desk)
        mine, theirs = link(desk, kept), link(desk, gone, confirmed=True)
        with pytest.raises(Invalid, match="which one stays"):
            merge(desk, kept, gone)
        proposed = merge(desk, kept, gone, kept_link_id=theirs)
        assert proposed.state == "proposed"
        with pytest.raises(Denied), desk.database.transaction() as session:
            actions.approve(session, merge_id=proposed.id, by=COMMAND)
        with desk.database.transaction() as session:
            actions.approve(session, merge_id=proposed.id, by=SECOND)
        with desk.database.reading() as session:
            states = {row.id: (str(row.state), row.person_id) for row in session.exec(select(Link))}
        assert states == {mine: ("closed", kept), theirs: ("confirmed", kept)}
        assert (desk.cell()["confirmed"], desk.cell(programme="NCC")["confirmed"], desk.is_sound()) == (1, 1, True)
        with desk.database.transaction() as session:
            assert not actions.undo(session, merge_id=proposed.id, why="nhầm", by=SECOND)
        with desk.database.transaction() as session:
            actions.agree_to_undo(session, merge_id=proposed.id, by=COMMAND)
        with desk.database.reading() as session:
            live = {str(row.state): row.person_id for row in session.exec(select(Link)) if str(row.state) != "closed"}
        assert live == {"confirmed": gone, "accepted": kept}
        assert (desk.cell().get("confirmed"), desk.cell()["registered_own"], desk.is_sound()) == (None, 1, True)

    def test_a_list_finds_the_kept_one(self, desk: Desk) -> None:
        """After a merge, next month's lists of both programmes meet the one record and make nobody new."""
        kept, gone = two_records(desk)
        merge(desk, kept, gone)
        people = len(desk.people())
        desk.full("2026-06", NCC, programme="NCC")
        desk.full("2026-06", BTXH)
        assert len(desk.people()) == people
        assert desk.enrolment("Lê Thị Lan", "NCC").person_id == kept
        assert date(2026, 6, 15) == clock.today()


class TestWhoMayMerge:
    def test_both_records_lie_in_ones_scope(self, desk: Desk) -> None:
        """Before, during and after: whoever has one of the two sees no merge, nor may undo it; who has both does."""
        desk.full("2026-05", BTXH)
        desk.full("2026-05", NCC, programme="NCC", commune="21061")
        kept, gone = (desk.enrolment("Lê Thị Lan", programme).person_id for programme in ("BTXH", "NCC"))
        link(desk, kept, confirmed=True)
        made = merge(desk, kept, gone)
        scopes = (("51", "", True), ("21040", "", False), ("21061", "", False), ("51", "BTXH", False))

        def seen() -> list[bool]:
            with desk.database.reading() as session:
                return [may_settle(session, area, programme, made) for area, programme, _ in scopes]

        both = [expected for _, _, expected in scopes]
        assert (made.state, seen()) == (MergeState.PROPOSED, both)
        with desk.database.transaction() as session:
            actions.approve(session, merge_id=made.id, by=SECOND)
        assert seen() == both
        with desk.database.transaction() as session:
            actions.undo(session, merge_id=made.id, why="hai người", by=COMMAND)
        with desk.database.transaction() as session:
            actions.agree_to_undo(session, merge_id=made.id, by=SECOND)
        assert seen() == both


def may_settle(session: Session, area: str, programme: str, made: PersonMerge) -> bool:
    actor = Actor(new_id(), "x", "x", COMMAND, (Held(Role.PROVINCE, Scope(area, programme)),))
    listed = [line.merge.id for line in queries.merges(session, actor, *MergeState)]
    listed += [line.merge.id for line in queries.merges(session, actor, *MergeState, parting=True)]
    try:
        queries.merge(session, actor, made.id)
    except NotFound:
        assert listed == []
        return False
    assert listed == [made.id]
    return True
