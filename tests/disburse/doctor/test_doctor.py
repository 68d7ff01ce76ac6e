"""The doctor: a sound installation has no finding, and each planted fault is found, and only that one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from disburse import clock
from disburse.access.tables import Grant, Role, User
from disburse.accounts.asked_tables import AskedHolder
from disburse.accounts.tables import (
    Account,
    Candidate,
    Link,
    LinkState,
    ListState,
    RegistrationList,
    RegistrationSource,
)
from disburse.audit.actions import record
from disburse.audit.actor import SYSTEM
from disburse.db import Database
from disburse.doctor.commands import examine
from disburse.funnel.tables import EnrolmentStage, ProgressCell
from disburse.ids import new_id
from disburse.jobs.tables import Job
from disburse.people.tables import CITIZEN_ID, Enrolment, Person, Recipient, RecipientKind
from disburse.rosters.tables import Roster, RosterState, Scope
from tests.drawn import count_as_drawn, draw, draw_link, draw_person


@pytest.fixture
def sound(stocked: Database) -> Database:
    """A small district in which everything agrees: an own account, a mother with a child, one without account."""
    with stocked.transaction() as session:
        lan = draw(session, "Đinh Thị Lan", citizen_id="051151000001")
        draw_link(session, lan.person, "4506205111111", state=LinkState.CONFIRMED, confirmed_on=date(2024, 3, 20))
        draw(session, "Đinh Văn Tí", received_by=lan.person, kind=RecipientKind.LEGAL_REP)
        draw(session, "Phạm Văn Ba", citizen_id="051045000002")
        count_as_drawn(session)
        record(session, action="test.drawn", object_type="district", object_id="524", by=SYSTEM)
    return stocked


def checks(database: Database) -> set[str]:
    with database.reading() as session:
        return {found.check for found in examine(session)}


def roster(**values: object) -> Roster:
    given: dict[str, object] = {
        "programme": "NCC", "period": "2024-03", "scope": Scope.PART, "file_name": "a.xlsx", "sha256": "0" * 64,
        "state": RosterState.IMPORTED, "created_by": "ai đó", "created_at": clock.utc_now(),
    }  # fmt: skip
    return Roster(**(given | values))


def change(table: type, **values: object) -> Callable[[Session], None]:
    return lambda session: session.execute(sa.update(table).values(**values)) and None


def swap_sealed_ids(session: Session) -> None:
    """Give each person the other's sealed number, as someone with the database but without the key would."""
    lan, ba = session.query(Person).where(Person.citizen_id_index.is_not(None)).order_by(Person.name)  # type: ignore[union-attr]
    lan.citizen_id_sealed, ba.citizen_id_sealed = ba.citizen_id_sealed, lan.citizen_id_sealed


def number_of_eleven(session: Session) -> None:
    person = session.query(Person).where(Person.citizen_id_index.is_not(None)).first()  # type: ignore[union-attr]
    person.citizen_id_sealed = CITIZEN_ID.seal(person.id, "05115100000")
    person.citizen_id_index = CITIZEN_ID.index("05115100000")


def receiver_is_another(session: Session) -> None:
    stranger = draw_person(session, "Người Lạ")
    own = session.query(Recipient).where(Recipient.kind == RecipientKind.OWN).first()
    own.person_id = stranger


def uncount_one(session: Session) -> None:
    session.delete(session.query(EnrolmentStage).first())


def disabled_but_in(session: Session) -> None:
    session.add(User(name="cu", created_at=clock.utc_now()))


def unguarded(session: Session, trigger: str, table: str) -> None:
    """Switch a trigger off, as who repairs a database by hand may."""
    session.flush()
    postgres = session.connection().dialect.name == "postgresql"
    off = f"ALTER TABLE {table} DISABLE TRIGGER {trigger}" if postgres else f"DROP TRIGGER {trigger}"
    session.execute(sa.text(off))


def pair_of_no_statement(session: Session) -> None:
    link = session.query(Link).first()
    unguarded(session, "candidate_refers", "candidate")
    session.add(
        Candidate(
            person_id=link.person_id, account_id=link.account_id, registration_id=new_id(), score=0.5,
            decision="review", preset="t", evidence_sealed=b"", found_at=clock.utc_now(),
        )
    )  # fmt: skip


def link_to_no_account(session: Session) -> None:
    unguarded(session, "link_stays", "link")
    session.execute(sa.update(Link).values(account_id=new_id()))


FAULTS: dict[str, tuple[Callable[[Session], None], set[str]]] = {
    "a cell says one more": (change(ProgressCell, registered_own=5), {"cells"}),
    "a cell counts rows that do not wait": (change(ProgressCell, parked=2), {"cells"}),
    "a stage says paid": (change(EnrolmentStage, paid=1), {"stages"}),
    "an enrolment is in no stage": (uncount_one, {"stages"}),
    "an enrolment ended behind the funnel's back": (change(Enrolment, to_date=date(2024, 3, 5)), {"cells", "stages"}),
    "nobody receives": (change(Recipient, ended_on=date(2030, 1, 1)), {"recipients"}),
    "own, but another person's": (receiver_is_another, {"recipients", "stages", "cells"}),
    "sealed numbers were swapped": (swap_sealed_ids, {"sealed"}),
    "a number of eleven digits": (number_of_eleven, {"sealed"}),
    "a tail of another number": (change(Account, number_tail="0000"), {"sealed"}),
    "a name holds a zero-width space": (change(Person, name="Đinh\u200b Thị Lan"), {"names"}),
    "confirmed, but nobody said when": (change(Link, confirmed_on=None), {"links", "stages", "cells"}),
    "nobody knows whom the bank was asked about": (lambda s: s.execute(sa.delete(AskedHolder)), {"links"}),
    "closed without a day": (change(Link, state=LinkState.CLOSED), {"links"}),
    "a pair stands on no statement": (pair_of_no_statement, {"statements"}),
    "a link's account is gone": (link_to_no_account, {"links"}),
    "decided by nobody": (change(Link, decided_by=""), {"decisions"}),
    "a roster lost a row": (lambda s: s.add(roster(rows_read=3, rows_ok=2)), {"rosters"}),
    "a roster stopped half read": (lambda s: s.add(roster(state=RosterState.READING)), {"stuck"}),
    "a bank list stopped half read": (
        lambda s: s.add(
            RegistrationList(
                bank_code="VBA", source=RegistrationSource.BANK_LIST, basis="x", file_name="a", sha256="0" * 64,
                state=ListState.READING, created_by="ai đó", created_at=clock.utc_now(),
            )
        ),
        {"stuck"},
    ),
    "a job holds a whole ID": (
        lambda s: s.add(Job(kind="t", payload={"id": "051151000001"}, created_at=clock.utc_now())),
        {"leak"},
    ),
    "an event holds a whole ID": (
        # record masks texts; a name of a fact is none
        lambda s: record(s, action="t", object_type="t", object_id=1, by=SYSTEM, numbers={"051151000001": 1}),
        {"leak"},
    ),
}  # fmt: skip


class TestExamine:
    def test_a_sound_installation_has_no_finding(self, sound: Database) -> None:
        """Nothing is reported where nothing is wrong."""
        assert checks(sound) == set()

    @pytest.mark.parametrize("fault", FAULTS)
    def test_each_planted_fault_is_found(self, sound: Database, fault: str) -> None:
        """The check that speaks is the one whose promise was broken."""
        plant, expected = FAULTS[fault]
        with sound.transaction() as session:
            plant(session)
        assert checks(sound) == expected

    def test_a_link_of_nobody_is_found(self, sound: Database) -> None:
        """Where triggers see to it that its person is there; SQLite keeps a foreign key that says so."""
        if sound.is_sqlite:
            pytest.skip("a foreign key cannot be switched off inside a transaction")
        with sound.transaction() as session:
            unguarded(session, "link_goes_to_a_person", "link")
            session.execute(sa.update(Link).values(person_id=new_id()))
        with sound.reading() as session:
            assert "its person is missing" in {finding.what for finding in examine(session)}

    def test_a_grant_to_nowhere_is_found(self, sound: Database) -> None:
        """A grant that names no area, and a commune officer without a commune."""
        with sound.transaction() as session:
            user = User(name="lan", created_at=clock.utc_now())
            session.add(user)
            session.flush()
            session.add(Grant(user_id=user.id, role=Role.COMMUNE, area_code="99"))
        assert checks(sound) == {"access"}

    def test_it_changes_nothing(self, sound: Database) -> None:
        """Examining twice says the same, and leaves the audit chain as it was."""
        with sound.reading() as session:
            before = session.execute(sa.text("SELECT count(*) FROM audit_event")).scalar_one()
        checks(sound)
        with sound.reading() as session:
            assert session.execute(sa.text("SELECT count(*) FROM audit_event")).scalar_one() == before
