"""Whose file a person's is: reading rests on the past as well, every act on where they are enrolled now."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

import pytest
from sqlmodel import select

from disburse.access.actor import Actor, Held, Scope
from disburse.access.roles import Permission
from disburse.access.tables import Role
from disburse.accounts.sight import Sight
from disburse.audit.actor import COMMAND
from disburse.cases import actions as cases
from disburse.cases.actions import Moving
from disburse.cases.receiving import Paper, Receiving, receive
from disburse.errors import NotFound
from disburse.people import papers
from disburse.people.profile import profile
from disburse.people.stated import read_person
from disburse.people.tables import EndReason, Person, Recipient, RecipientKind
from tests.disburse.rosters.conftest import desk
from tests.disburse.rosters.desk import LAN, TODAY, Desk

__all__ = ["desk"]

OLD, NEW = "21040", "21061"
ACTS = (
    Permission.PERSON_CHANGE, Permission.NUMBER_REVEAL, Permission.NOTE_WRITE, Permission.LINK_PROPOSE,
    Permission.PERSON_MERGE, Permission.RECIPIENT_CHANGE,
)  # fmt: skip


def officer(*communes: str, programme: str = "") -> Actor:
    held = tuple(Held(Role.COMMUNE, Scope(commune, programme)) for commune in communes)
    return Actor(uuid4(), "can.bo", "Cán bộ", COMMAND, held)


def who_acts(desk: Desk, name: str) -> dict[str, set[str]]:
    """Return which of the two communes' officers may read a person, and which may act on them in every way."""
    found: dict[str, set[str]] = {"reads": set(), "acts": set()}
    with desk.database.reading() as session:
        person = session.exec(select(Person.id).where(Person.name == name)).one()
        for commune in (OLD, NEW):
            actor = officer(commune)
            if opens(desk, actor, person, Permission.PERSON_READ):
                found["reads"].add(commune)
            answers = {opens(desk, actor, person, act) for act in ACTS}
            answers |= {bool(Sight(actor, act).of(session, [person])) for act in ACTS}
            assert len(answers) == 1, "every act asks the same"
            if answers == {True}:
                found["acts"].add(commune)
    return found


def opens(desk: Desk, actor: Actor, person: UUID, permission: Permission) -> bool:
    with desk.database.reading() as session:
        try:
            profile(session, actor, person, permission)
        except NotFound:
            return False
    return True


def end(desk: Desk, name: str) -> None:
    with desk.database.transaction() as session:
        enrolment = desk.enrolment(name)
        cases.end(
            session, enrolments=[enrolment], reason=EndReason.STOPPED, on=date(2026, 5, 31), why="thôi", by=COMMAND
        )


class TestPeopleWithin:
    def test_who_moved_is_read_by_the_old_commune_and_kept_by_the_new(self, desk: Desk) -> None:
        """Only the new commune changes, reveals, notes, merges, links; whatever ended last leaves the file there."""
        desk.full("2026-04", LAN)
        old = desk.enrolment("Lê Thị Lan")
        assert who_acts(desk, "Lê Thị Lan") == {"reads": {OLD}, "acts": {OLD}}
        with desk.database.transaction() as session:
            cases.move(session, moving=Moving(old.id, NEW, date(2026, 5, 1)), why="theo con", by=COMMAND)
        assert who_acts(desk, "Lê Thị Lan") == {"reads": {OLD, NEW}, "acts": {NEW}}
        assert opens(desk, officer(OLD, NEW), old.person_id, Permission.PERSON_CHANGE)
        end(desk, "Lê Thị Lan")
        assert who_acts(desk, "Lê Thị Lan") == {"reads": {OLD, NEW}, "acts": {NEW}}
        with desk.database.reading() as session:
            paper = select(Recipient.id).where(Recipient.enrolment_id == old.id)
            with pytest.raises(NotFound):
                papers.seen_recipient(session, officer(OLD), session.exec(paper).one(), Permission.RECIPIENT_CHANGE)

    def test_the_last_commune_keeps_the_file(self, desk: Desk) -> None:
        """Of somebody enrolled nowhere any more; an enrolment of another programme elsewhere takes it over."""
        desk.full("2026-04", LAN)
        end(desk, "Lê Thị Lan")
        assert who_acts(desk, "Lê Thị Lan") == {"reads": {OLD}, "acts": {OLD}}
        desk.full("2026-05", LAN, programme="NCC", commune=NEW)
        assert who_acts(desk, "Lê Thị Lan") == {"reads": {OLD, NEW}, "acts": {NEW}}
        person = desk.enrolment("Lê Thị Lan").person_id
        with desk.database.reading() as session:
            assert profile(session, officer(OLD), person, Permission.PERSON_CHANGE, past=True).entitlements

    def test_naming_a_stranger_as_recipient_opens_their_name_alone(self, desk: Desk) -> None:
        """Who is enrolled in another commune is changed and revealed there; a recipient enrolled nowhere, here."""
        desk.full("2026-05", LAN)
        desk.full("2026-05", "name | born | id | amount\nTrần Văn Bảy | 1947 | 051047000002 | 700000", commune=NEW)
        assert who_acts(desk, "Trần Văn Bảy") == {"reads": {NEW}, "acts": {NEW}}
        for name, citizen in (("Trần Văn Bảy", "051047000002"), ("Ngô Thị Tư", "")):
            receiving = Receiving(
                enrolment_id=desk.enrolment("Lê Thị Lan").id, kind=RecipientKind.AUTHORISED, since=TODAY,
                who=read_person(name=name, citizen=citizen), paper=Paper("Giấy ủy quyền", "1", date(2026, 6, 1)),
            )  # fmt: skip
            with desk.database.transaction() as session:
                receive(session, receiving=receiving, cap=3, by=COMMAND)
            reads = {OLD, NEW} if citizen else {OLD}
            assert who_acts(desk, name) == {"reads": reads, "acts": {NEW} if citizen else {OLD}}
        end(desk, "Lê Thị Lan")
        assert who_acts(desk, "Ngô Thị Tư") == {"reads": {OLD}, "acts": {OLD}}
